/// How XML is read.
public struct XMLOptions: Sendable {
  /// What becomes of a reference to an entity that no declaration tells.
  public enum UnknownEntity: String, CaseIterable, Sendable {
    /// Reading ends with an error that lists all of them.
    case error
    /// The reference stays in the text as it is written.
    case keep
    /// The reference is left out, and counted.
    case drop
  }

  /// The encoding, if the file does not tell it.
  public var encoding: String?
  /// What becomes of a reference to an entity that no declaration tells.
  public var unknownEntity = UnknownEntity.error
  /// Whether unbound prefixes are let pass, and counted.
  public var lenientNamespaces = false
  /// Namespaces for prefixes that the document does not bind.
  public var bindings: [String: String] = [:]
  /// Finds the text of an external DTD or parameter entity by its system identifier; `nil` opens
  /// nothing.
  public var externalSubset: (@Sendable (_ systemIdentifier: String) throws -> [UInt8]?)?
  /// The deepest nesting of elements.
  public var depthLimit = 10_000
  /// The longest attribute value, in bytes.
  public var attributeLimit = 64 << 20
  /// The bytes of replacement text that are always allowed; ten times the bytes read are as well.
  public var expansionAllowance = 10 << 20
  /// How deep entities may refer to entities.
  public var entityDepthLimit = 16

  /// The defaults.
  public init() {}
}
