internal import FoundationEssentials
public import SeqCore

/// What a pack says of its work, as its manifest file (JSON5) gives it.
public struct PackManifest: Codable, Hashable, Sendable {
  /// The pack's name on the command line.
  public var name: String
  /// The layers that the pack tags, in the order in which it does.
  public var layers: [LayerManifest]
  /// The columns of the pack's column files, unless told otherwise; `nil` if there are no usual ones.
  public var columns: [String]?

  /// One layer that a pack tags.
  public struct LayerManifest: Codable, Hashable, Sendable {
    /// The layer's name: `upos`.
    public var name: String
    /// The file of the bundled model, if there is one.
    public var model: String?
    /// The feature templates that training uses unless told otherwise.
    public var templates: [String]
    /// The scheme that models of the layer learn and give, if its labels tell spans.
    public var scheme: TaggingScheme?
  }

  /// Parses a manifest.
  ///
  /// - Throws: `PackError.manifest` with what is wrong.
  public init(json5: [UInt8], path: String) throws {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    do {
      self = try decoder.decode(PackManifest.self, from: Data(json5))
    } catch {
      throw PackError.manifest(path: path, problem: "\(error)")
    }
  }

  /// Reads a manifest file.
  public init(path: String) throws {
    let bytes: [UInt8]
    do {
      bytes = Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw PackError.manifest(path: path, problem: "it cannot be read")
    }
    try self.init(json5: bytes, path: path)
  }

  /// The layer called `name`, if the pack tags it.
  public func layer(_ name: String) -> LayerManifest? { layers.first { $0.name == name } }
}
