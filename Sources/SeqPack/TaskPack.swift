public import SeqCore

/// A kind of work that seqkit does: what its records are, its features, its labels and its scores.
///
/// A pack is a value without state. The command makes one where it needs one; the name and the
/// summary are asked of the type, so that the list of commands costs nothing. What can be said in
/// data (layers, templates, bundled models) stands in the pack's manifest file.
public protocol TaskPack: Sendable {
  /// The name that the command line takes: `pos`. Lower-case letters, digits and hyphens.
  static var name: String { get }

  /// What the pack does, in half a line: `Part-of-speech tags for words.`
  static var abstract: String { get }

  /// The target whose resources hold the pack's manifest and models.
  static var resources: String { get }

  /// What the positions of its records are. Words unless the pack says otherwise.
  static var material: PackMaterial { get }

  /// The layers that ``derive(_:)`` adds; they are taken away before a record is written.
  static var derivedLayers: [String] { get }

  /// Adds layers to a record that was read, made by code, for templates to read: what fields of a
  /// manifest cannot say.
  static func derive(_ record: inout Record) throws

  /// The pack's manifest; from its resources, `Manifests/NAME.json5`, unless the pack says otherwise.
  ///
  /// - Throws: `PackError`.
  static func manifest(_ finder: ResourceFinder) throws -> PackManifest

  /// Makes the pack.
  init()
}

/// What the positions of a pack's records are; it decides which verbs the command line gives it.
public enum PackMaterial: Sendable {
  /// Words of text, in CoNLL-U, columns and the like.
  case words
  /// Words of text whose labels tell spans, such as names: spans are shown, scored and explained.
  case spans
  /// Residues of biological sequences, in FASTA.
  case residues
  /// Vectors of numbers, one a video frame or sensor reading, in arrays.
  case frames
}

extension TaskPack {
  /// Words.
  public static var material: PackMaterial { .words }

  /// None.
  public static var derivedLayers: [String] { [] }

  /// Nothing.
  public static func derive(_ record: inout Record) throws {}

  /// `Manifests/NAME.json5` of the pack's resources.
  public static func manifest(_ finder: ResourceFinder) throws -> PackManifest {
    try PackManifest(path: finder.path(.manifests, name + ".json5", pack: resources))
  }

  /// The pack's manifest, looked for beside this program.
  public static func manifest() throws -> PackManifest { try manifest(ResourceFinder()) }
}
