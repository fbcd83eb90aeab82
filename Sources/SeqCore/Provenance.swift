/// Where a record was read from: the place that error messages name.
public struct Provenance: Hashable, Sendable {
  /// The file's path as the user gave it, `<stdin>` for standard input, or a name given in code.
  public var source: String
  /// The 1-based line on which the record starts.
  public var line: Int
  /// The offset of the record's first byte in its source, after decompression, in bytes.
  public var byteOffset: Int

  /// Makes a provenance from its parts.
  public init(source: String, line: Int = 1, byteOffset: Int = 0) {
    self.source = source
    self.line = line
    self.byteOffset = byteOffset
  }
}
