/// Dense operations on long vectors of `Double`, in pieces of fixed size, so that sums do not
/// depend on the number of threads.
public struct VectorOperations: Sendable {
  /// The number of threads to use.
  public var threads: Int
  private let pieceSize = 1 << 14

  /// Makes the operations for a number of threads.
  public init(threads: Int) { self.threads = threads }

  private func forPieces(_ count: Int, _ body: (Int, Range<Int>) -> Void) {
    let pieces = (count + pieceSize - 1) / pieceSize
    inParallel(pieces: pieces, threads: threads) { piece in
      body(piece, piece * pieceSize..<min((piece + 1) * pieceSize, count))
    }
  }

  private func sum(_ count: Int, _ body: (Range<Int>) -> Double) -> Double {
    let pieces = (count + pieceSize - 1) / pieceSize
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(pieces, 1)) { sums in
      forPieces(count) { piece, range in sums[piece] = body(range) }
      var total = 0.0
      for piece in 0..<pieces { total += sums[piece] }
      return total
    }
  }

  /// Σ aᵢ·bᵢ.
  public func dot(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int
  ) -> Double {
    sum(count) { range in
      var sum = SIMD8<Double>(repeating: 0)
      var i = range.lowerBound
      while i + 8 <= range.upperBound {
        sum += load8(a + i) * load8(b + i)
        i += 8
      }
      var total = sum.sum()
      while i < range.upperBound {
        total += a[i] * b[i]
        i += 1
      }
      return total
    }
  }

  /// Σ aᵢ·bᵢ of a vector and one kept in single precision.
  public func dot(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Float>, count: Int
  ) -> Double {
    sum(count) { range in
      var sum = SIMD8<Double>(repeating: 0)
      var i = range.lowerBound
      while i + 8 <= range.upperBound {
        sum += load8(a + i) * SIMD8<Double>(Vector(loading: b + i))
        i += 8
      }
      var total = sum.sum()
      while i < range.upperBound {
        total += a[i] * Double(b[i])
        i += 1
      }
      return total
    }
  }

  /// yᵢ += factor · xᵢ.
  public func add(
    _ factor: Double, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Double>, count: Int
  ) {
    forPieces(count) { _, range in
      var i = range.lowerBound
      while i + 8 <= range.upperBound {
        let sum = load8(y + i) + SIMD8<Double>(Vector(loading: x + i)) * factor
        UnsafeMutableRawPointer(y + i).storeBytes(of: sum, as: SIMD8<Double>.self)
        i += 8
      }
      while i < range.upperBound {
        y[i] += factor * Double(x[i])
        i += 1
      }
    }
  }

  /// Calls `body` for each index range of `count` elements, in parallel.
  public func forEach(_ count: Int, _ body: (Range<Int>) -> Void) {
    forPieces(count) { _, range in body(range) }
  }

  /// The sum over index ranges of what `body` gives for each.
  public func sum(over count: Int, _ body: (Range<Int>) -> Double) -> Double {
    sum(count, body)
  }
}

@inline(__always)
private func load8(_ pointer: UnsafePointer<Double>) -> SIMD8<Double> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self)
}
