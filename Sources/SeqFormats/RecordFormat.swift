public import SeqCore

/// A file format that holds records one after another.
///
/// Its implementers see whole records only: a reader cuts the stream into chunks that end where a
/// record ends, so that chunks can be decoded side by side and memory does not grow with the file.
public protocol RecordFormat: Sendable {
  /// The name that `--input-format` takes: `conllu`, `columns`, `crfsuite`, `jsonl`, `text`, ….
  var name: String { get }

  /// What chunks are cut from: the source itself, for most formats, or a stream of records that is made
  /// from it while it is read.
  func stream(of source: ByteSource) throws -> ByteSource

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  ///
  /// Called when more bytes may follow; at the end of the stream, the rest is one last chunk.
  func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int?

  /// Decodes the records of a chunk, in order.
  func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws

  /// Decodes the records of a chunk, in order, in the memory of `record` as far as the format can:
  /// a record that `receive` does not keep costs no new memory.
  func decode(
    _ chunk: Chunk, reusing record: inout Record, into receive: (inout Record) throws -> Void)
    throws

  /// Appends the record's bytes to `output`.
  func encode(_ record: borrowing Record, into output: inout [UInt8]) throws

  /// What stands around the records of a file; `nil`, as for most formats, if nothing does.
  var frame: RecordFrame? { get }
}

extension RecordFormat {
  /// In new memory.
  public func decode(
    _ chunk: Chunk, reusing record: inout Record, into receive: (inout Record) throws -> Void
  ) throws {
    try decode(chunk) { next in
      var next = next
      try receive(&next)
    }
  }

  /// The source itself.
  public func stream(of source: ByteSource) throws -> ByteSource { source }

  /// Nothing.
  public var frame: RecordFrame? { nil }
}

/// What stands before the first record of a file, between two, and behind the last.
public struct RecordFrame: Hashable, Sendable {
  /// Before the first.
  public var opening: [UInt8]
  /// Between two.
  public var separator: [UInt8]
  /// Behind the last.
  public var closing: [UInt8]

  /// Makes a frame.
  public init(opening: [UInt8], separator: [UInt8], closing: [UInt8]) {
    self.opening = opening
    self.separator = separator
    self.closing = closing
  }
}

/// A piece of a stream that holds whole records.
public struct Chunk: Sendable {
  /// The bytes, after decompression.
  public var bytes: [UInt8]
  /// Where the first byte stands.
  public var provenance: Provenance

  /// Makes a chunk.
  public init(bytes: [UInt8], provenance: Provenance) {
    self.bytes = bytes
    self.provenance = provenance
  }
}
