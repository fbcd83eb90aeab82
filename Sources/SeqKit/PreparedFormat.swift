public import SeqCore
public import SeqFeatures
public import SeqFormats
public import SeqPack

/// A format whose records get a pack's derived fields as they are read, so that whoever trains, tags,
/// scores or explains finds them.
public struct PreparedFormat: RecordFormat {
  /// The format that reads and writes.
  public let base: any RecordFormat
  /// The fields of the manifest, in the order in which they are made.
  public let fields: [FieldRule]
  /// The pack whose code adds further ones before.
  public let pack: any Pack
  /// What cuts running text into records, where `base` reads that.
  public let tokenizer: Tokenizer?

  /// Makes a format.
  public init(
    _ base: any RecordFormat, fields: [FieldRule], pack: any Pack, tokenizer: Tokenizer? = nil
  ) {
    self.base = base
    self.fields = fields
    self.pack = pack
    self.tokenizer = tokenizer
  }

  /// The base's name, unless it is of text that is tokenized here.
  public var name: String { tokenizer == nil ? base.name : "prepared" }

  /// What the base cuts chunks from.
  public func stream(of source: ByteSource) throws -> ByteSource { try base.stream(of: source) }

  /// Where the base says.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    base.lastBoundary(in: bytes)
  }

  /// Decodes records and adds their fields.
  ///
  /// - Throws: what the base and the pack throw; `FeatureError.missingLayer`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    func prepare(_ record: consuming Record) throws {
      var record = record
      if record.count > 0 {
        try pack.derive(&record)
        for field in fields { try field.add(to: &record) }
      }
      try receive(record)
    }
    if let tokenizer {
      try tokenizer.decode(chunk) { try prepare($0) }
    } else {
      try base.decode(chunk) { try prepare($0) }
    }
  }

  /// Appends the record without its derived fields.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    var bare = copy record
    LayerRemover(fields.map(\.name) + pack.derivedLayers).annotate(&bare)
    try base.encode(bare, into: &output)
  }

  /// What stands around the records.
  public var frame: RecordFrame? { base.frame }
}

/// Takes layers away before a record is written.
public final class LayerRemover: RecordAnnotator {
  private let names: [String]

  /// Makes a remover of the layers called so.
  public init(_ names: [String]) { self.names = names }

  /// Removes them.
  public func annotate(_ record: inout Record) {
    for name in names { record.removeLayer(name) }
  }
}
