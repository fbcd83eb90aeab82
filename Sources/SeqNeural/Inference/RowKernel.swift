internal import CProcessor
internal import SeqMath

/// Rows times packed weights where every row is found by a pointer, so that rows may lie in rings, and
/// where what follows the sum is done in registers.
///
/// Sums are taken in the order of ``ConvolutionKernel``, so both give the same bits.
enum RowKernel {
  /// What is done with a sum.
  enum Finish {
    /// It is stored.
    case store
    /// max(0, sum).
    case rectify
    /// sum + residual, row by row.
    case add
  }

  /// The most rows of a call.
  static let rows = 48

  @inline(__always)
  private static func multiplyAdd(_ sum: Vector, _ x: Vector, _ y: Vector) -> Vector {
    seqkit_has_fused_multiply_add() != 0 ? sum.addingProduct(x, y) : sum + x * y
  }

  /// out[r] = finish(bias + Σ_k in[k][r] · w[k]).
  ///
  /// - Parameters:
  ///   - inputs: [taps][count] pointers to rows of `width` values, tap by tap, ``rows`` apart.
  ///   - out: `count` pointers to rows of `tiles` · 16 values.
  ///   - residual: `count` pointers, read for `add` only.
  static func apply(
    _ layer: PackedConvolution, inputs: UnsafePointer<UnsafePointer<Float>>,
    residual: UnsafePointer<UnsafePointer<Float>>,
    out: UnsafePointer<UnsafeMutablePointer<Float>>, count: Int, finish: Finish
  ) {
    let size = layer.taps * layer.inputs * 16
    let tiles = layer.stride / 16
    if count == 1 {
      // A single row is summed for four tiles at a time, which keeps eight sums going.
      var tile = 0
      while tile + 4 <= tiles {
        single(layer, inputs, residual, out[0], tile, size, finish)
        tile += 4
      }
      while tile < tiles {
        Tile<1>.apply(layer, inputs, residual, out, tile, size, finish)
        tile += 1
      }
      return
    }
    for tile in 0..<tiles {
      var r = 0
      while r + 6 <= count {
        Tile<6>.apply(layer, inputs + r, residual + r, out + r, tile, size, finish)
        r += 6
      }
      switch count - r {
      case 5: Tile<5>.apply(layer, inputs + r, residual + r, out + r, tile, size, finish)
      case 4: Tile<4>.apply(layer, inputs + r, residual + r, out + r, tile, size, finish)
      case 3: Tile<3>.apply(layer, inputs + r, residual + r, out + r, tile, size, finish)
      case 2: Tile<2>.apply(layer, inputs + r, residual + r, out + r, tile, size, finish)
      case 1: Tile<1>.apply(layer, inputs + r, residual + r, out + r, tile, size, finish)
      default: break
      }
    }
  }

  @inline(never)
  private static func single(
    _ layer: PackedConvolution, _ inputs: UnsafePointer<UnsafePointer<Float>>,
    _ residual: UnsafePointer<UnsafePointer<Float>>, _ out: UnsafeMutablePointer<Float>,
    _ tile: Int, _ size: Int, _ finish: Finish
  ) {
    var sums = InlineArray<8, Vector>(repeating: Vector(repeating: 0))
    for i in 0..<8 { sums[i] = Vector(loading: layer.bias + tile * 16 + i * 8) }
    let weights = layer.weights + tile * size
    var at = 0
    for k in 0..<layer.taps {
      let row = inputs[k * rows]
      for c in 0..<layer.inputs {
        let x = Vector(repeating: row[c])
        for i in 0..<4 {
          let place = weights + (i &* size &+ at)
          sums[2 * i] = multiplyAdd(sums[2 * i], x, Vector(loading: place))
          sums[2 * i + 1] = multiplyAdd(sums[2 * i + 1], x, Vector(loading: place + 8))
        }
        at += 16
      }
    }
    let (target, other) = (out + tile * 16, residual[0] + tile * 16)
    switch finish {
    case .store:
      for i in 0..<8 { sums[i].store(to: target + 8 * i) }
    case .rectify:
      let zero = Vector(repeating: 0)
      for i in 0..<8 { Vector.larger(sums[i], zero).store(to: target + 8 * i) }
    case .add:
      for i in 0..<8 { (sums[i] + Vector(loading: other + 8 * i)).store(to: target + 8 * i) }
    }
  }

  /// R rows of 16 results.
  private enum Tile<let R: Int> {
    @inline(__always)
    static func apply(
      _ layer: PackedConvolution, _ inputs: UnsafePointer<UnsafePointer<Float>>,
      _ residual: UnsafePointer<UnsafePointer<Float>>,
      _ out: UnsafePointer<UnsafeMutablePointer<Float>>, _ tile: Int, _ size: Int, _ finish: Finish
    ) {
      var low = InlineArray<R, Vector>(repeating: Vector(loading: layer.bias + tile * 16))
      var high = InlineArray<R, Vector>(repeating: Vector(loading: layer.bias + tile * 16 + 8))
      var weights = layer.weights + tile * size
      for k in 0..<layer.taps {
        var row = InlineArray<R, UnsafePointer<Float>>(repeating: inputs[k * rows])
        for r in 1..<max(R, 1) { row[r] = inputs[k * rows + r] }
        for c in 0..<layer.inputs {
          let first = Vector(loading: weights)
          let second = Vector(loading: weights + 8)
          weights += 16
          for r in 0..<R {
            let x = Vector(repeating: row[r][c])
            low[r] = multiplyAdd(low[r], x, first)
            high[r] = multiplyAdd(high[r], x, second)
          }
        }
      }
      // Each case has a loop of its own, which is unrolled: sums that a variable index reaches would
      // be written to memory after every product.
      let place = tile * 16
      switch finish {
      case .store:
        for r in 0..<R {
          low[r].store(to: out[r] + place)
          high[r].store(to: out[r] + place + 8)
        }
      case .rectify:
        let zero = Vector(repeating: 0)
        for r in 0..<R {
          Vector.larger(low[r], zero).store(to: out[r] + place)
          Vector.larger(high[r], zero).store(to: out[r] + place + 8)
        }
      case .add:
        for r in 0..<R {
          (low[r] + Vector(loading: residual[r] + place)).store(to: out[r] + place)
          (high[r] + Vector(loading: residual[r] + place + 8)).store(to: out[r] + place + 8)
        }
      }
    }
  }
}
