public import SeqCore
package import SeqMath

/// The [T][L] scores of one sequence with rows padded to whole vectors, reused between sequences.
///
/// This is the narrow waist in the layout that the kernels read; padding lanes hold −∞.
/// One thread's scratch: not to be shared.
public final class Emissions {
  /// The number of positions, T.
  @exclusivity(unchecked) public private(set) var count = 0
  /// The number of labels, L.
  public let labelCount: Int
  package let stride: Int
  @exclusivity(unchecked) package private(set) var buffer = AlignedBuffer(count: 0)

  /// Makes an empty table for `labelCount` labels.
  public init(labelCount: Int) {
    self.labelCount = labelCount
    stride = paddedCount(labelCount)
  }

  /// Makes the table of a matrix.
  public convenience init(_ matrix: Matrix) {
    self.init(labelCount: matrix.columns)
    reset(count: matrix.rows)
    for t in 0..<matrix.rows {
      for j in 0..<matrix.columns { self[t, j] = matrix[t, j] }
    }
  }

  /// Makes room for `count` positions and one value more, so that adding 0 to the value after a row
  /// is no fault; whoever calls writes every row, the padding with −∞.
  package func resize(count: Int) {
    self.count = count
    AlignedBuffer.reserve(count * stride + 1, in: &buffer)
  }

  /// Makes room for `count` positions and sets every score to 0.
  public func reset(count: Int) {
    resize(count: count)
    let base = buffer.base
    base.update(repeating: 0, count: count * stride)
    for t in 0..<count {
      for j in labelCount..<stride { base[t * stride + j] = -.infinity }
    }
  }

  /// The score of `label` at `position`.
  public subscript(position: Int, label: Int) -> Float {
    get {
      precondition(position < count && label < labelCount, "Outside the table of scores.")
      return buffer.base[position * stride + label]
    }
    set {
      precondition(position < count && label < labelCount, "Outside the table of scores.")
      buffer.base[position * stride + label] = newValue
    }
  }

  /// Forbids every label but `label` at `position`: a given label.
  public func lock(_ position: Int, to label: Label) {
    for other in 0..<labelCount where other != Int(label) { self[position, other] = -.infinity }
  }

  /// Adds a number to each label's score at all positions.
  ///
  /// - Parameter offsets: [L].
  package func add(_ offsets: [Float]) {
    precondition(offsets.count == labelCount, "One offset per label.")
    for (label, offset) in offsets.enumerated() where offset != 0 {
      for t in 0..<count { buffer.base[t * stride + label] += offset }
    }
  }

  package func row(_ position: Int) -> UnsafeMutablePointer<Float> {
    buffer.base + position * stride
  }
}
