internal import SeqCore

extension NPYArray {
  /// The endings of files that ``init(file:)`` reads, without the point.
  public static let endings = ["npy", "npz", "csv", "tsv"]

  /// Opens a file by its ending: an array of an archive `.npz` (``NPZArchive``), a table `.csv` or
  /// `.tsv` with a heading (``NumberTable``), an array `.npy` else.
  ///
  /// - Throws: `ArrayError`.
  public init(file path: String) throws(ArrayError) {
    switch path.split(separator: ".").last.map({ $0.lowercased() }) {
    case "npz": self = try NPZArchive(path: path).array()
    case "csv", "tsv": self.init(try NumberTable(path: path), name: path)
    default: try self.init(path: path)
    }
  }

  /// Takes the rows of a table, which are frames.
  public init(_ table: NumberTable, name: String) {
    self.init(table.rows, name: name, leftOut: table.leftOut)
  }

  /// A path without the ending of a file of numbers.
  public static func stem(of path: String) -> String {
    for ending in endings where path.lowercased().hasSuffix("." + ending) {
      return String(path.dropLast(ending.count + 1))
    }
    return path
  }
}
