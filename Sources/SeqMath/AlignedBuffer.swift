/// Floats in memory aligned to 64 bytes, for kernels that load whole SIMD vectors.
///
/// A class because it owns memory. Its users share it as an immutable table or keep it to one
/// thread; it does no locking.
public final class AlignedBuffer: @unchecked Sendable {
  /// The first value.
  public let base: UnsafeMutablePointer<Float>
  /// The number of values.
  public let count: Int

  /// Makes a buffer whose values are all the same.
  public init(count: Int, repeating value: Float = 0) {
    self.count = count
    base = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
      .assumingMemoryBound(to: Float.self)
    base.initialize(repeating: value, count: count)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// Replaces `buffer` by a larger one if it has fewer than `count` values; the contents are lost.
  public static func reserve(_ count: Int, in buffer: inout AlignedBuffer) {
    if buffer.count < count { buffer = AlignedBuffer(count: max(count, buffer.count * 3 / 2)) }
  }
}

/// The SIMD vector of the kernels: eight floats, one AVX2 register.
public typealias Vector = SIMD8<Float>

extension SIMD8 where Scalar == Float {
  /// Loads eight values from memory of any alignment.
  @inlinable @inline(__always)
  public init(loading pointer: UnsafePointer<Float>) {
    self = UnsafeRawPointer(pointer).loadUnaligned(as: Self.self)
  }

  /// Stores the eight values to memory of any alignment.
  @inlinable @inline(__always)
  public func store(to pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
  }

  /// The sum of the lanes, added in pairs.
  @inlinable @inline(__always)
  public var laneSum: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }

  /// The larger of two values, lane by lane.
  @inlinable @inline(__always)
  public static func larger(_ a: Self, _ b: Self) -> Self { a.replacing(with: b, where: b .> a) }

  /// The largest lane.
  @inlinable @inline(__always)
  public var laneMaximum: Float {
    let a = lowHalf
    let b = highHalf
    let four = a.replacing(with: b, where: b .> a)
    let c = four.lowHalf
    let d = four.highHalf
    let two = c.replacing(with: d, where: d .> c)
    return Swift.max(two[0], two[1])
  }
}

/// The SIMD vector of networks' kernels: sixteen floats, one AVX-512 register or two of AVX2.
public typealias WideVector = SIMD16<Float>

extension SIMD16 where Scalar == Float {
  /// Loads sixteen values from memory of any alignment.
  @inlinable @inline(__always)
  public init(loading pointer: UnsafePointer<Float>) {
    self = UnsafeRawPointer(pointer).loadUnaligned(as: Self.self)
  }

  /// Stores the sixteen values to memory of any alignment.
  @inlinable @inline(__always)
  public func store(to pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
  }

  /// The larger of two values, lane by lane.
  @inlinable @inline(__always)
  public static func larger(_ a: Self, _ b: Self) -> Self { a.replacing(with: b, where: b .> a) }
}

/// `count` rounded up to whole vectors of eight.
@inlinable public func paddedCount(_ count: Int) -> Int { (count + 7) & ~7 }
