import FoundationEssentials

/// Files that hold what a command or a report is to print: `Tests/Golden`.
///
/// With `RECORD_GOLDEN=1` in the environment the files are written anew, and the test still fails,
/// so that a recording is never taken for a check.
public enum Golden {
  /// Compares `text` with the file called `name`.
  ///
  /// - Throws: an error that says where they differ, or that the file was recorded.
  public static func check(_ text: String, _ name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Golden/\(name)").standardizedFileURL
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      throw Mismatch(description: "Tests/Golden/\(name) was recorded; look at it and commit it.")
    }
    let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    guard text != expected else { return }
    let found = text.split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let line = zip(found, wanted).enumerated().first { $1.0 != $1.1 }?.offset
    let place = line ?? min(found.count, wanted.count)
    func show(_ lines: [Substring]) -> String {
      place < lines.count ? "'\(lines[place])'" : "nothing"
    }
    throw Mismatch(
      description: "Tests/Golden/\(name):\(place + 1): \(show(found)) where \(show(wanted)) is"
        + " expected. If the new text is right, record it with RECORD_GOLDEN=1.")
  }

  private struct Mismatch: Error, CustomStringConvertible { let description: String }
}
