public import SeqCore

/// Lines of text, each a record, whose positions are what an expression finds in them: log lines,
/// messages, serial numbers. See `Docs/Formats/pack.md`.
///
/// Tokens are the layer `form`. What stands between them stays in the source.
public struct TokenLines: RecordFormat {
  /// `lines`.
  public var name: String { Self.formatName }
  static let formatName = "lines"
  /// What finds tokens.
  public let tokens: TextExpression

  /// Makes the format.
  public init(tokens: TextExpression) { self.tokens = tokens }

  /// The offset after the last line that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    bytes.lastIndex(of: .lineFeed).map { $0 + 1 }
  }

  /// Decodes lines; a blank line is a record of no positions.
  ///
  /// - Throws: `FormatError.notUTF8`, `.nulByte`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try chunk.bytes.withUnsafeBytes { bytes in
      guard !bytes.isEmpty else { return }
      try TextCheck.check(bytes, of: chunk)
      var start = 0
      var line = chunk.provenance.line
      while start < bytes.count {
        var end = start
        while end < bytes.count, bytes[end] != .lineFeed { end += 1 }
        let next = min(end + 1, bytes.count)
        if end > start, bytes[end - 1] == .carriageReturn { end -= 1 }
        let mark =
          start == 0 && chunk.provenance.byteOffset == 0 ? ByteOrderMark.length(in: bytes) : 0
        let text = Array(
          UnsafeRawBufferPointer(rebasing: bytes[start + mark..<max(end, start + mark)]))
        let forms = tokens.matches(in: text).map {
          ByteRange($0.lowerBound + mark, $0.upperBound + mark)
        }
        try receive(
          Record(
            source: Array(UnsafeRawBufferPointer(rebasing: bytes[start..<next])),
            count: forms.count,
            layers: [Layer(name: "form", values: .text(forms), places: forms)],
            provenance: Provenance(
              source: chunk.provenance.source, line: line,
              byteOffset: chunk.provenance.byteOffset + start),
            format: Self.formatName, text: ByteRange(mark, mark + text.count)))
        start = next
        line += 1
      }
    }
  }

  /// Appends the line.
  ///
  /// - Throws: `FormatError.missingLayer` if there is neither text nor words.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    if record.format == Self.formatName {
      output.append(contentsOf: record.buffer[..<record.sourceCount])
    } else {
      try PlainText(unit: .line).encode(record, into: &output)
    }
  }
}
