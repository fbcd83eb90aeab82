internal import SeqMath

/// What a layer gives for every frame: T rows of C channels, each row padded to two vectors.
///
/// The padding is kept at 0 by every layer. A class because it owns memory, which is reused from
/// sequence to sequence; not to be shared by threads but row by row.
package final class Activations {
  /// The number of frames, T.
  package private(set) var count: Int
  /// The number of channels, C.
  package let width: Int
  /// The distance between two rows, in values: C rounded up to 16.
  package let stride: Int
  private var buffer: AlignedBuffer

  /// Makes rows of zeros.
  package init(count: Int, width: Int) {
    self.count = count
    self.width = width
    stride = (width + 15) & ~15
    buffer = AlignedBuffer(count: count * stride)
  }

  /// The first value of the first row.
  package var base: UnsafeMutablePointer<Float> { buffer.base }

  /// The first value of a row.
  @inline(__always)
  package func row(_ t: Int) -> UnsafeMutablePointer<Float> { buffer.base + t &* stride }

  /// Makes room for `count` rows; their values are those of an earlier use or 0, the padding 0.
  package func resize(count: Int) {
    self.count = count
    AlignedBuffer.reserve(count * stride, in: &buffer)
  }

  /// Sets every value to 0.
  package func clear() { buffer.base.update(repeating: 0, count: count * stride) }
}
