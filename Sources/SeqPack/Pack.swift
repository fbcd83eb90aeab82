public import SeqCore

/// A pack as a value: what verbs need to know of it, whether it was compiled into the program or is a
/// folder that was found while the program runs.
public protocol Pack: Sendable {
  /// The name that the command line takes: `pos`. Lower-case letters, digits and hyphens.
  var name: String { get }

  /// What the pack does, in half a line: `Part-of-speech tags for words.`
  var abstract: String { get }

  /// What the positions of its records are.
  var material: PackMaterial { get }

  /// The layers that ``derive(_:)`` adds; they are taken away before a record is written.
  var derivedLayers: [String] { get }

  /// Adds layers to a record that was read, for templates to read.
  func derive(_ record: inout Record) throws

  /// The pack's manifest, read when a verb needs it.
  ///
  /// - Throws: `PackError`.
  func manifest(_ finder: ResourceFinder) throws -> PackManifest

  /// The path of a file that the pack ships.
  ///
  /// - Throws: `PackError`.
  func path(
    _ kind: ResourceFinder.Kind, _ file: String, _ finder: ResourceFinder
  ) throws -> String
}

/// The value of a pack that was compiled in.
public struct CompiledPack<P: TaskPack>: Pack {
  /// Makes the value of a type.
  public init(_ type: P.Type) {}

  /// The type's.
  public var name: String { P.name }
  /// The type's.
  public var abstract: String { P.abstract }
  /// The type's.
  public var material: PackMaterial { P.material }
  /// The type's.
  public var derivedLayers: [String] { P.derivedLayers }

  /// As the type does.
  public func derive(_ record: inout Record) throws { try P.derive(&record) }

  /// The type's.
  public func manifest(_ finder: ResourceFinder) throws -> PackManifest { try P.manifest(finder) }

  /// A file among the type's resources.
  public func path(
    _ kind: ResourceFinder.Kind, _ file: String, _ finder: ResourceFinder
  ) throws -> String {
    try finder.path(kind, file, pack: P.resources)
  }
}

extension PackRegistry {
  /// The packs as values.
  public var values: [any Pack] {
    func value<P: TaskPack>(_ type: P.Type) -> any Pack { CompiledPack(type) }
    return packs.map { value($0) }
  }
}
