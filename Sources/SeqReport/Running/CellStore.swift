internal import FoundationEssentials
internal import Glibc

/// The work folder: each finished cell in a folder named by a checksum of everything that its result
/// depends on, so that a second run takes what is there and does the rest.
struct CellStore {
  let folder: String

  /// What is kept of a cell beside its files.
  struct Kept: Codable {
    var commands: [String]
    var files: [Report.File]
    var cost: Report.Cost?
    var notes: [String]
    /// Predictions by seed: names of files in the cell's folder, and those with probabilities.
    var predictions: [Predictions]

    struct Predictions: Codable {
      var seed: UInt64
      var file: String
      var confidences: String?
    }
  }

  /// Makes the work folder, if it is not there.
  ///
  /// - Throws: `ReportError.cannotWrite`.
  init(folder: String) throws {
    self.folder = folder
    try Self.makeFolder(folder)
  }

  static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw ReportError.cannotWrite(path: path, reason: "the folder cannot be made")
    }
  }

  /// The cell of a key, if it was finished.
  func kept(_ key: String) -> Kept? {
    let path = self.path(key) + "/cell.json"
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
    return try? JSONDecoder().decode(Kept.self, from: data)
  }

  /// The folder of a key.
  func path(_ key: String) -> String { "\(folder)/\(key)" }

  /// Makes the folder of a key, empty.
  func begin(_ key: String) throws -> String {
    let path = path(key)
    try? FileManager.default.removeItem(atPath: path)
    try Self.makeFolder(path)
    return path
  }

  /// Says that a cell is finished.
  func finish(_ key: String, _ cell: Kept) throws {
    let path = path(key) + "/cell.json"
    do {
      try JSONEncoder().encode(cell).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw ReportError.cannotWrite(path: path, reason: "\(error)")
    }
  }
}
