import FoundationEssentials
import SeqTestSupport
import TEIPack

/// Imports for tests.
enum TEISupport {
  static let folder = DataSets.path("tei")

  /// All XML files of the data sets, below ``folder``.
  static let files: [String] = {
    guard DataSets.atHand, let names = try? FileManager.default.subpathsOfDirectory(atPath: folder)
    else { return [] }
    return names.filter { $0.hasSuffix(".xml") || $0.hasSuffix(".tei") }.sorted()
  }()

  static func reader(
    _ profile: String = "reading", _ change: (inout ImportSettings) throws -> Void = { _ in }
  ) throws -> TEIReader {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../TaskPacks/TEI/Manifests/").standardizedFileURL.path
    var settings = ImportSettings()
    try change(&settings)
    var read = try ReadingProfile(
      json5: Array(try Data(contentsOf: URL(filePath: "\(root)/\(profile).json5"))), path: profile)
    if let base = read.extends {
      read = read.extending(
        try ReadingProfile(
          json5: Array(try Data(contentsOf: URL(filePath: "\(root)/\(base).json5"))), path: base))
    }
    return try TEIReader(profile: read, settings: settings)
  }

  /// A document with this body, as ``Document`` writes it.
  static func documentBytes(_ body: String) -> [UInt8] {
    Array(
      "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\"><text><body>\(body)</body></text></TEI>".utf8)
  }

  /// What an import writes, and its report.
  static func run(
    _ reader: TEIReader, _ path: String, as format: ImportFormat
  ) throws -> (text: String, report: ImportReport) {
    nonisolated(unsafe) var bytes: [UInt8] = []
    let report = try reader.importFile(path, as: format) { bytes += $0 }
    return (String(decoding: bytes, as: UTF8.self), report)
  }

  /// A document written for a test, in a file that goes away with this object.
  final class Document {
    let path: String

    init(_ bytes: [UInt8], name: String = "test.xml") throws {
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "seqkit-tei-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      path = folder.appending(path: name).path
      try Data(bytes).write(to: URL(filePath: path))
    }

    convenience init(body: String) throws {
      try self.init(TEISupport.documentBytes(body))
    }

    deinit {
      try? FileManager.default.removeItem(
        at: URL(filePath: path).deletingLastPathComponent())
    }
  }
}
