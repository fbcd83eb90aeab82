/// What a model sees of a record: T rows of named columns.
///
/// Packs turn records into feature sequences, scorers turn them into a [T][L] matrix of scores;
/// after that, nothing knows where the scores came from.
public struct FeatureSequence: Sendable {
  /// The number of positions, T.
  public let count: Int
  /// The columns by name, in the order they were added.
  public private(set) var columns: [(name: String, column: FeatureColumn)] = []

  /// Makes a sequence without columns.
  public init(count: Int) { self.count = count }

  /// The column called `name`, if there is one.
  public subscript(name: String) -> FeatureColumn? {
    columns.first { $0.name == name }?.column
  }

  /// Adds a column, or replaces the one of the same name.
  public mutating func set(_ name: String, to column: FeatureColumn) {
    precondition(column.count == count, "A column must have one row per position.")
    if let index = columns.firstIndex(where: { $0.name == name }) {
      columns[index].column = column
    } else {
      columns.append((name, column))
    }
  }
}

/// One column of a feature sequence.
public enum FeatureColumn: Sendable {
  /// [T][*] feature numbers in compressed rows; their values are 1 unless given.
  case sparse(SparseRows)
  /// [T] codes below `alphabetSize`: residues, byte classes.
  case symbols([UInt8], alphabetSize: Int)
  /// [T][D] numbers: embeddings, frames, another network's scores.
  case dense(DenseRows)

  /// The number of rows, T.
  public var count: Int {
    switch self {
    case .sparse(let rows): rows.rows
    case .symbols(let codes, _): codes.count
    case .dense(let rows): rows.rows
    }
  }
}

/// Rows of feature numbers in compressed form: row t is `ids[starts[t]..<starts[t + 1]]`.
public struct SparseRows: Hashable, Sendable {
  /// T + 1 offsets into `ids`, rising from 0.
  public private(set) var starts: [Int32] = [0]
  /// The feature numbers of all rows.
  public private(set) var ids: [UInt32] = []
  /// One value per id, or empty if every value is 1.
  public private(set) var values: [Float] = []

  /// Makes no rows.
  public init() {}

  /// The number of rows, T.
  public var rows: Int { starts.count - 1 }

  /// Adds a row of features whose values are 1.
  public mutating func append(_ row: some Collection<UInt32>) {
    precondition(values.isEmpty, "Either every row has values or none has.")
    ids.append(contentsOf: row)
    starts.append(Int32(ids.count))
  }

  /// Adds a row of features with values.
  public mutating func append(_ row: some Collection<(id: UInt32, value: Float)>) {
    precondition(values.count == ids.count, "Either every row has values or none has.")
    for (id, value) in row {
      ids.append(id)
      values.append(value)
    }
    starts.append(Int32(ids.count))
  }
}

/// T vectors of width D in row-major order.
public struct DenseRows: Hashable, Sendable {
  /// The number of vectors, T.
  public let rows: Int
  /// The width of a vector, D.
  public let width: Int
  /// `rows * width` values.
  public let values: [Float]

  /// Makes rows from their values.
  public init(rows: Int, width: Int, values: [Float]) {
    precondition(values.count == rows * width, "Dense rows must have rows × width values.")
    self.rows = rows
    self.width = width
    self.values = values
  }
}
