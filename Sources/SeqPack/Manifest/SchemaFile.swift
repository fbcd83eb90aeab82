internal import FoundationEssentials

extension PackManifest.SchemaManifest {
  /// Reads a file with a label set: an object with `name`, `version` and `labels`.
  ///
  /// - Throws: `PackError.manifest` with the line, `.unreadableFile`.
  public init(path: String) throws {
    var object = try ManifestObject(JSON5Value.read(path), path: path, name: "the label set")
    self = try ManifestReader.schema(&object)
    guard !labels.isEmpty else {
      throw PackError.manifest(path: path, line: 1, problem: "the label set has no \"labels\"")
    }
  }
}

/// How labels of one set become labels of another, as a file (JSON5) gives it.
public struct SchemaMapping: Hashable, Sendable {
  /// The name and version of the set that labels are of.
  public var from: String
  /// The name and version of the set that they become labels of.
  public var to: String
  /// The new label of each old one that changes; `nil` for one that is given up.
  public var labels: [String: String?]
  /// What given-up labels of positions become; spans that are given up are no spans any more.
  public var outside: String

  /// Reads a mapping file.
  ///
  /// - Throws: `PackError.manifest` with the line, `.unreadableFile`.
  public init(path: String) throws {
    var object = try ManifestObject(JSON5Value.read(path), path: path, name: "the mapping")
    from = try object.required("from")
    to = try object.required("to")
    outside = try object.string("outside") ?? "O"
    labels = [:]
    if let members = try object.object("labels") {
      for member in members.all {
        switch member.value.content {
        case .string(let label): labels[member.key] = .some(label)
        case .null: labels[member.key] = .some(nil)
        default: throw members.fault(member.key, member.value, "a label, or null to give it up")
        }
      }
    }
    try object.finish()
  }
}

extension JSON5Value {
  static func read(_ path: String) throws -> JSON5Value {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      throw PackError.unreadableFile(path: path)
    }
    return try parse(Array(data), path: path)
  }
}
