/// A matrix of `Float` in row-major order: the [T][L] scores that every task comes down to.
public struct Matrix: Hashable, Sendable {
  /// The number of rows, T.
  public let rows: Int
  /// The number of columns, L.
  public let columns: Int
  /// `rows * columns` values, row after row.
  public var values: [Float]

  /// Makes a matrix with every value the same.
  public init(rows: Int, columns: Int, repeating value: Float = 0) {
    self.rows = rows
    self.columns = columns
    self.values = Array(repeating: value, count: rows * columns)
  }

  /// Makes a matrix from rows of equal length.
  public init(_ rows: [[Float]]) {
    let columns = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columns }, "Rows must be equally long.")
    self.rows = rows.count
    self.columns = columns
    self.values = rows.flatMap { $0 }
  }

  /// The value at `row` and `column`.
  public subscript(row: Int, column: Int) -> Float {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// The values of one row.
  public func row(_ row: Int) -> ArraySlice<Float> {
    values[(row * columns)..<((row + 1) * columns)]
  }
}
