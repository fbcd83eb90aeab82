public import SeqCore

/// Doccano's JSON Lines for sequence labelling: `{"text": …, "label": [[0, 4, "PER"], …]}`, offsets in
/// code points. See `Docs/Formats/spans.md`.
///
/// A record is a document of no positions with its text and the span layer `ner`. Exports with
/// `labels` and with `entities` (`start_offset`, `end_offset`, `label`) are read too.
public struct Doccano: RecordFormat {
  /// `doccano`.
  public var name: String { "doccano" }

  /// Makes the format.
  public init() {}

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    bytes.lastIndex(of: .lineFeed).map { $0 + 1 }
  }

  /// Decodes lines; blank lines are passed over.
  ///
  /// - Throws: `FormatError.notUTF8`, `.nulByte`, `.json`, `.span`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try SpanLines.decode(chunk) { bytes, range, place in
      var values = JSONValues(bytes, range)
      var text: ByteRange?
      var spans: [OffsetSpan] = []
      var losses: [String: Int] = [:]
      var scanner = JSONScanner(bytes, range)
      try scanner.members { key, scanner in
        switch key {
        case "text", "data": text = try values.string(&scanner)
        case "label", "labels", "entities":
          try scanner.elements { spans.append(try Self.span(&$0)) }
        case "relations", "Comments", "comments", "cats":
          var count = 0
          if scanner.next == UInt8(ascii: "[") {
            try scanner.elements {
              _ = try $0.skipValue()
              count += 1
            }
          } else {
            _ = try scanner.skipValue()
            count = 1
          }
          losses[key.lowercased(), default: 0] += count
        default: _ = try scanner.skipValue()
        }
      }
      guard let text else { throw scanner.fault("an object with a member text") }
      var record = values.record(
        text: text, count: range.count, place, format: self.name)
      try OffsetSpans.set(spans, on: &record, unit: .codepoints, place: Place(place))
      record.losses = losses.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        .map { RecordLoss($0.key, $0.value) }
      try receive(record)
    }
  }

  private static func span(_ scanner: inout JSONScanner) throws -> OffsetSpan {
    var span = OffsetSpan()
    if scanner.next == UInt8(ascii: "{") {
      var (start, end) = (0, 0)
      try scanner.members { key, scanner in
        switch key {
        case "start_offset", "start": start = try JSONValues.integer(&scanner)
        case "end_offset", "end": end = try JSONValues.integer(&scanner)
        case "label": span.type = try JSONValues.text(&scanner)
        case "id": span.id = try JSONValues.text(&scanner)
        default: _ = try scanner.skipValue()
        }
      }
      span.parts = [(start, end)]
      return span
    }
    var numbers: [Int] = []
    try scanner.elements { scanner in
      if numbers.count < 2 {
        numbers.append(try JSONValues.integer(&scanner))
      } else {
        span.type = try JSONValues.text(&scanner)
      }
    }
    guard numbers.count == 2 else { throw scanner.fault("[start, end, label]") }
    span.parts = [(numbers[0], numbers[1])]
    return span
  }

  /// Appends a line: the record's running text or its words with spaces between them, and all its
  /// spans, each from its first to its last byte.
  ///
  /// - Throws: `FormatError.token` if a word or span does not lie in the running text.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    if record.format == name, !record.hasChangedSpans {
      output.append(contentsOf: record.buffer[..<record.sourceCount])
      return
    }
    let spanText = try SpanText(record)
    let offsets = TextOffsets(spanText.text, .codepoints)
    output.append(contentsOf: "{\"text\":".utf8)
    output.appendJSON(spanText.text)
    output.append(contentsOf: ",\"label\":[".utf8)
    for (index, span) in spanText.spans.enumerated() {
      let (_, start, end) = try spanText.bounds(of: span, offsets, record)
      output.append(contentsOf: (index > 0 ? ",[" : "[").utf8)
      output.append(contentsOf: "\(start),\(end),".utf8)
      output.appendJSON(span.type.utf8)
      output.append(UInt8(ascii: "]"))
    }
    output.append(contentsOf: "]}\n".utf8)
  }
}

/// Lines of JSON, one record each.
enum SpanLines {
  /// Hands over each line that is not blank: the bytes, its range with its line end, its place.
  static func decode(
    _ chunk: Chunk,
    _ body: (UnsafeRawBufferPointer, Range<Int>, Provenance) throws -> Void
  ) throws {
    try chunk.bytes.withUnsafeBytes { bytes in
      guard !bytes.isEmpty else { return }
      try TextCheck.check(bytes, of: chunk)
      var start = chunk.provenance.byteOffset == 0 ? ByteOrderMark.length(in: bytes) : 0
      var line = chunk.provenance.line
      while start < bytes.count {
        var end = start
        while end < bytes.count, bytes[end] != .lineFeed { end += 1 }
        if end < bytes.count { end += 1 }
        if bytes[start..<end].contains(where: { $0 > .space }) {
          let place = Provenance(
            source: chunk.provenance.source, line: line,
            byteOffset: chunk.provenance.byteOffset + start)
          do {
            try body(bytes, start..<end, place)
          } catch let fault as JSONFault {
            throw FormatError.json(
              at: Place(
                source: place.source, line: line, column: max(fault.offset - start, 0) + 1),
              expected: fault.expected)
          }
        }
        start = end
        line += 1
      }
    }
  }
}
