internal import SeqMath

/// What weights are summed in: floats, or, for models with 8-bit weights, the whole numbers that
/// stand for them. Sums of these are exact in any order, and their rows take half the memory, which
/// is what scoring waits for.
protocol RowScalar: BitwiseCopyable, SIMDScalar, AdditiveArithmetic, Codable, Hashable {
  /// Adds the weights of a list to a row.
  static func add(_ list: Int, of weights: LinearWeights, to row: UnsafeMutablePointer<Self>)
  /// The sums, lane by lane.
  static func sum(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self>
  /// The scores that sums stand for.
  static func scores(_ sums: SIMD8<Self>, scale: Float) -> Vector
}

extension Float: RowScalar {
  @inline(__always)
  static func add(_ list: Int, of weights: LinearWeights, to row: UnsafeMutablePointer<Float>) {
    weights.addList(list, to: row)
  }
  @inline(__always)
  static func sum(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { a + b }
  @inline(__always)
  static func scores(_ sums: SIMD8<Float>, scale: Float) -> Vector { sums }
}

extension Int16: RowScalar {
  /// The largest number of 8-bit weights whose sum always fits.
  static let mostWeights = Int(Int16.max) / 127

  @inline(__always)
  static func add(_ list: Int, of weights: LinearWeights, to row: UnsafeMutablePointer<Int16>) {
    weights.addList(list, to: row)
  }
  @inline(__always)
  static func sum(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD8<Int16> { a &+ b }
  @inline(__always)
  static func scores(_ sums: SIMD8<Int16>, scale: Float) -> Vector { Vector(sums) * scale }
}

extension UnsafeMutablePointer where Pointee: RowScalar {
  /// Adds a row to the row from here on.
  ///
  /// - Parameter count: a multiple of 8.
  @inline(__always)
  func add(_ row: UnsafePointer<Pointee>, count: Int) {
    var at = 0
    while at < count {
      let sum = Pointee.sum(
        UnsafeRawPointer(self + at).loadUnaligned(as: SIMD8<Pointee>.self),
        UnsafeRawPointer(row + at).loadUnaligned(as: SIMD8<Pointee>.self))
      UnsafeMutableRawPointer(self + at).storeBytes(of: sum, as: SIMD8<Pointee>.self)
      at &+= 8
    }
  }
}
