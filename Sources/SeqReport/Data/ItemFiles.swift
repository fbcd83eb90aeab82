internal import SeqCore

/// Reads the items of a task's files, and writes them without their labels.
protocol ItemFiles: Sendable {
  /// The items of a file or folder, in its order.
  ///
  /// - Parameter wanted: the names of the items to read, where a folder holds more.
  func items(of path: String, names: inout NameTable, wanted: [String]?) throws -> [TestItem]

  /// Writes the items of a gold file without what is to be predicted, for systems to read.
  ///
  /// - Parameters:
  ///   - limit: the most items that are written.
  ///   - layers: the layers that are scored; none of them may be told.
  func writeBlind(_ path: String, to output: String, layers: [String], limit: Int?) throws

  /// Where in a folder ``writeSubset(_:to:chosen:)`` is to put a training file of this name.
  func place(of name: String, in folder: String) -> String

  /// Writes some of the items of a training file.
  ///
  /// - Parameter chosen: their indices, ascending.
  func writeSubset(_ path: String, to output: String, chosen: [Int]) throws
}

extension ItemFiles {
  /// The folder itself.
  func place(of name: String, in folder: String) -> String { "\(folder)/\(name)" }
}

extension ItemFiles {
  /// The predicted items of a file, checked to be those of the gold standard.
  ///
  /// - Throws: `ReportError.misaligned` with the first place where they are not.
  func predictions(
    of path: String, for gold: [TestItem], names: inout NameTable
  ) throws -> [TestItem] {
    let predicted = try items(of: path, names: &names, wanted: gold.map(\.name))
    func fail(_ item: Int, _ found: String, _ expected: String) -> ReportError {
      let line = item < predicted.count ? predicted[item].line : predicted.last?.line ?? 0
      return .misaligned(path: path, line: line, found: found, expected: expected)
    }
    for (index, item) in gold.enumerated() {
      guard index < predicted.count else {
        throw fail(index, "\(predicted.count) items", "\(gold.count) items, as the gold file has")
      }
      let other = predicted[index]
      if other.count != item.count {
        throw fail(
          index, "item \(index + 1) (\(other.name)) of \(other.count) positions",
          "\(item.count) positions, as \(item.name) has in the gold file")
      }
      for (position, token) in item.tokens.enumerated()
      where position < other.tokens.count && other.tokens[position] != token {
        throw fail(
          index, "\"\(other.tokens[position])\" at position \(position + 1) of item \(index + 1)",
          "\"\(token)\", as in the gold file")
      }
    }
    if predicted.count > gold.count {
      throw fail(
        gold.count, "\(predicted.count) items", "\(gold.count) items, as the gold file has")
    }
    return predicted
  }
}
