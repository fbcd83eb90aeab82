internal import SeqCore
internal import SeqMath

/// What is done with a sequence's rows before a network sees them, in this order: expansion,
/// standardization, and the squares of all columns beside them.
public struct RowPreparation: Hashable, Sendable {
  /// The length of the rows that come in, D.
  public let columns: Int
  /// What is put beside each row.
  public let expansion: FeatureExpansion
  /// What expanded rows are standardized by, if they are.
  public let standardization: Standardization?
  /// Whether the squares of all columns follow them: with these, a linear map can give the densities
  /// of Gaussian distributions.
  public let appendsSquares: Bool

  /// Makes a preparation.
  public init(
    columns: Int, expansion: FeatureExpansion = FeatureExpansion(),
    standardization: Standardization? = nil, appendsSquares: Bool = false
  ) {
    precondition(
      standardization.map { $0.mean.count == columns * expansion.factor } ?? true,
      "Every expanded column is standardized.")
    self.columns = columns
    self.expansion = expansion
    self.standardization = standardization
    self.appendsSquares = appendsSquares
  }

  /// The length of the rows that a network sees.
  public var width: Int { columns * expansion.factor * (appendsSquares ? 2 : 1) }

  /// Writes the prepared rows of a range.
  func write(
    _ range: Range<Int>, of rows: any InputRows, to target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    precondition(rows.width == columns, "Rows have the width that was prepared for.")
    if expansion.isIdentity {
      rows.write(range, to: target, stride: stride)
    } else {
      ExpandedRows(rows, expansion).write(range, to: target, stride: stride)
    }
    finish(target, count: range.count, stride: stride)
  }

  /// Standardizes rows that are already expanded, and appends squares.
  func standardize(_ input: Activations) {
    finish(input.base, count: input.count, stride: input.stride)
  }

  private func finish(_ target: UnsafeMutablePointer<Float>, count: Int, stride: Int) {
    standardization?.apply(to: target, count: count, stride: stride)
    guard appendsSquares else { return }
    let D = columns * expansion.factor
    for t in 0..<count {
      let row = target + t * stride
      for d in 0..<D { row[D + d] = row[d] * row[d] }
    }
  }

  /// Makes activations of a whole sequence.
  func fill(_ input: Activations, from rows: any InputRows) {
    input.resize(count: rows.count)
    write(0..<rows.count, of: rows, to: input.base, stride: input.stride)
  }
}
