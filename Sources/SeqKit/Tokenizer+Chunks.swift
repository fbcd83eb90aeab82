public import SeqCore
public import SeqFeatures
public import SeqFormats

extension Tokenizer {
  /// Makes a record of every sentence of a chunk of plain text, as a format decodes its records.
  ///
  /// - Parameters:
  ///   - marksTokens: whether to add the layer that tells which words make a token.
  ///   - receive: called with every record, in order.
  /// - Throws: `FormatError.notUTF8` with the place, or what `receive` throws.
  public func decode(
    _ chunk: Chunk, marksTokens: Bool = false, into receive: (consuming Record) throws -> Void
  ) throws {
    do {
      try records(
        of: chunk.bytes, provenance: chunk.provenance, marksTokens: marksTokens, into: receive)
    } catch TokenizerError.notUTF8(_, let line, let byte) {
      throw FormatError.notUTF8(
        at: Place(source: chunk.provenance.source, line: line), byte: byte)
    }
  }
}
