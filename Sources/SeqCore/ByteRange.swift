/// A half-open range of bytes in a record's buffer, in eight bytes of memory.
///
/// Tokens are many, so their places are kept as two 32-bit offsets. A record's buffer may hold at
/// most 4 GiB − 1 byte; readers split or refuse longer ones.
public struct ByteRange: Hashable, Sendable {
  /// The offset of the first byte.
  public var start: UInt32
  /// The offset after the last byte.
  public var end: UInt32

  /// Makes the range `start..<end`.
  @inlinable
  public init(_ start: Int, _ end: Int) {
    precondition(start <= end, "A byte range must not end before it starts.")
    self.start = UInt32(start)
    self.end = UInt32(end)
  }

  /// Makes the range `start..<end` of offsets that a reader has found in this order.
  @inlinable
  package init(unchecked start: UInt32, _ end: UInt32) {
    assert(start <= end, "A byte range must not end before it starts.")
    self.start = start
    self.end = end
  }

  /// The number of bytes.
  @inlinable public var count: Int { Int(end &- start) }
  /// Whether the range holds no byte.
  @inlinable public var isEmpty: Bool { start == end }
  /// The same range as `Range<Int>`, to subscript arrays with.
  @inlinable public var indices: Range<Int> { Int(start)..<Int(end) }
}
