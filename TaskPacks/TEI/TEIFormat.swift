public import SeqCore
public import SeqFormats

/// TEI as a format of records, so that taggers are trained and evaluated on it as on any other.
///
/// A file is one chunk: it is read into memory whole. What is written is not TEI (``TEIWriter`` does
/// that); records become CoNLL-U.
public struct TEIFormat: RecordFormat {
  /// `tei`.
  public var name: String { "tei" }
  private let reader: TEIReader

  /// Makes the format of a reader.
  public init(_ reader: TEIReader) { self.reader = reader }

  /// `nil`: a document has no border before its end.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? { nil }

  /// Decodes the sentences of a document.
  ///
  /// - Throws: `XMLError`, `TEIError`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try withoutActuallyEscaping(receive) { receive in
      _ = try reader.records(of: chunk.bytes, name: chunk.provenance.source) { try receive($0) }
    }
  }

  /// Appends the record as CoNLL-U.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    try CoNLLU().encode(record, into: &output)
  }
}
