public import FoundationEssentials

/// The corpora that lie beside the project: `../shared/data`, or the folder `SEQTAG_DATA` names.
public enum DataSets {
  /// The folder of the data sets, or `nil` if there is none.
  public static let folder: String? = {
    let environment = ProcessInfo.processInfo.environment["SEQTAG_DATA"]
    let beside = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../shared/data").standardizedFileURL.path
    return [environment, beside].compactMap { $0 }
      .first { FileManager.default.fileExists(atPath: $0) }
  }()

  /// Whether the data sets are at hand; tests that need them are skipped where they are not.
  public static var atHand: Bool { folder != nil }

  /// The reason to print when a test is skipped.
  public static let reason = "needs the data sets (../shared/data or $SEQTAG_DATA)"

  /// The path of a file or folder in the data sets.
  public static func path(_ name: String) -> String { (folder ?? ".") + "/" + name }

  /// The bytes of a file in the data sets.
  public static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path(name))))
  }
}
