internal import SeqCore
internal import SeqMath

/// What is done with a sequence's rows before a network sees them, in this order: projection on principal
/// components, expansion, standardization, and the squares of all columns beside them.
public struct RowPreparation: Hashable, Sendable {
  /// The length of the rows that come in, D.
  public let columns: Int
  /// What rows become first, if they do.
  public let components: PrincipalComponents?
  /// What is put beside each row.
  public let expansion: FeatureExpansion
  /// What expanded rows are standardized by, if they are.
  public let standardization: Standardization?
  /// Whether the squares of all columns follow them: with these, a linear map can give the densities
  /// of Gaussian distributions.
  public let appendsSquares: Bool

  /// Makes a preparation.
  public init(
    columns: Int, components: PrincipalComponents? = nil,
    expansion: FeatureExpansion = FeatureExpansion(), standardization: Standardization? = nil,
    appendsSquares: Bool = false
  ) {
    precondition(
      components.map { $0.columns == columns } ?? true,
      "Principal components are those of the columns that come in.")
    let expanded = (components?.count ?? columns) * expansion.factor
    precondition(
      standardization.map { $0.mean.count == expanded } ?? true,
      "Every expanded column is standardized.")
    self.columns = columns
    self.components = components
    self.expansion = expansion
    self.standardization = standardization
    self.appendsSquares = appendsSquares
  }

  /// Prepares rows as examples need it: their expanded columns' means and deviations are measured.
  init(
    fitting rows: [any InputRows], columns: Int, components: PrincipalComponents?,
    expansion: FeatureExpansion, standardizes: Bool, appendsSquares: Bool = false
  ) {
    self.init(
      columns: columns, components: components, expansion: expansion,
      standardization: standardizes
        ? Standardization(
          of: rows.map { row in
            ExpandedRows(components.map { ProjectedRows(row, $0) } ?? row, expansion)
          }) : nil,
      appendsSquares: appendsSquares)
  }

  /// The number of columns after expansion.
  private var expanded: Int { (components?.count ?? columns) * expansion.factor }

  /// The length of the rows that a network sees.
  public var width: Int { expanded * (appendsSquares ? 2 : 1) }

  /// The mean in training of each column that comes in, [D], where it is known.
  package var columnMeans: [Float]? {
    components?.standardization.mean ?? standardization.map { Array($0.mean.prefix(columns)) }
  }

  /// Writes the prepared rows of a range.
  func write(
    _ range: Range<Int>, of rows: any InputRows, to target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    precondition(rows.width == columns, "Rows have the width that was prepared for.")
    let rows = components.map { ProjectedRows(rows, $0) as any InputRows } ?? rows
    if expansion.isIdentity {
      rows.write(range, to: target, stride: stride)
    } else {
      ExpandedRows(rows, expansion).write(range, to: target, stride: stride)
    }
    finish(target, count: range.count, stride: stride)
  }

  /// Writes the prepared rows of a piece of a stream, whose expansion must change nothing.
  ///
  /// - Parameter rows: `count` rows of D numbers, one after another.
  func write(_ rows: UnsafePointer<Float>, count: Int, to input: Activations) {
    precondition(expansion.isIdentity, "A stream's rows are not expanded.")
    input.resize(count: count)
    if let components {
      let source = AlignedBuffer(count: count * columns)
      source.base.update(from: rows, count: count * columns)
      components.apply(
        to: source.base, count: count, stride: columns, target: input.base,
        targetStride: input.stride)
    } else {
      for t in 0..<count { input.row(t).update(from: rows + t * columns, count: columns) }
    }
    finish(input.base, count: count, stride: input.stride)
  }

  private func finish(_ target: UnsafeMutablePointer<Float>, count: Int, stride: Int) {
    standardization?.apply(to: target, count: count, stride: stride)
    guard appendsSquares else { return }
    let D = expanded
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
