public import SeqCore

/// A file format that holds records one after another.
///
/// Its implementers see whole records only: a reader cuts the stream into chunks that end where a
/// record ends, so that chunks can be decoded side by side and memory does not grow with the file.
public protocol RecordFormat: Sendable {
  /// The name that `--format` takes: `conllu`, `columns`, `crfsuite`, `jsonl`, `text`, ….
  var name: String { get }

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  ///
  /// Called when more bytes may follow; at the end of the stream, the rest is one last chunk.
  func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int?

  /// Decodes the records of a chunk, in order.
  func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws

  /// Appends the record's bytes to `output`.
  func encode(_ record: borrowing Record, into output: inout [UInt8]) throws
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
