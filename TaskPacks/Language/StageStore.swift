internal import SeqCore
internal import SeqFeatures
internal import SeqModel
internal import Synchronization

/// Keeps the results of a long training's steps in one file, so that a training that was cut off goes on
/// behind the last step that it finished.
///
/// A step has a name and a key that says all that its result depends on; a result is taken only if
/// both are the same. The file is a safetensors container with the bytes of each result as a tensor under
/// its name, and the keys as metadata; it is written anew, whole or not at all, after every step.
final class StageStore: Sendable {
  private let path: String?
  private let results: Mutex<[String: Entry]>

  private struct Entry: Sendable {
    var key: String
    var bytes: [UInt8]
  }

  /// Makes a store.
  ///
  /// - Parameters:
  ///   - path: the file; nothing is kept if `nil`.
  ///   - resumes: whether what stands there is used.
  /// - Throws: `SafetensorsError` for a file that is none.
  init(path: String?, resumes: Bool) throws {
    self.path = path
    var found: [String: Entry] = [:]
    if resumes, let path {
      let file = try SafetensorsFile(path: path)
      for (name, key) in file.metadata {
        guard let tensor = file.tensor(name) else { continue }
        found[name] = Entry(key: key, bytes: Array(try tensor.elements(as: UInt8.self)))
      }
    }
    results = Mutex(found)
  }

  /// The result of a step: the one that is kept, or what `make` gives, which is kept then.
  ///
  /// Steps of different names may be asked for side by side.
  func result(_ name: String, key: String, make: () throws -> [UInt8]) throws -> [UInt8] {
    if let kept = results.withLock({ $0[name] }), kept.key == key { return kept.bytes }
    let bytes = try make()
    try results.withLock { results in
      results[name] = Entry(key: key, bytes: bytes)
      guard let path else { return }
      var file = SafetensorsWriter()
      for (name, entry) in results.sorted(by: { $0.key < $1.key }) {
        file.metadata[name] = entry.key
        file.add(name, shape: [entry.bytes.count], entry.bytes)
      }
      try file.write(to: path)
    }
    return bytes
  }

  /// A key of parts: the hash of their texts.
  static func key(_ parts: [String]) -> String {
    String(FeatureHash.hash(parts.joined(separator: "\u{1F}").utf8), radix: 16)
  }
}

/// Tables of texts as bytes: rows end with U+001E, items of a row with U+001F.
enum TextTable {
  /// The bytes of rows.
  static func encode(_ rows: [[String]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for row in rows {
      for item in row {
        bytes += item.utf8
        bytes.append(0x1F)
      }
      bytes.append(0x1E)
    }
    return bytes
  }

  /// The rows of bytes that ``encode(_:)`` made.
  static func decode(_ bytes: [UInt8]) -> [[String]] {
    bytes.split(separator: 0x1E, omittingEmptySubsequences: false).dropLast().map { row in
      row.split(separator: 0x1F, omittingEmptySubsequences: false).dropLast().map {
        String(decoding: $0, as: UTF8.self)
      }
    }
  }
}
