public import SeqCore

/// Label Studio's JSON: an array of tasks with texts and labelled regions, as it exports and
/// imports them. See `Docs/Formats/spans.md`.
///
/// A record is a task of no positions with its text and the spans of its first annotation in the
/// layer `ner`; those of further annotations are in `annotation-2`, `annotation-3`, …, those of predictions in
/// `prediction`. Offsets count code points; versions before 1.4 counted UTF-16: the text of the regions tells.
/// A whole export is one chunk in memory.
public struct LabelStudio: RecordFormat {
  /// `labelstudio`.
  public var name: String { "labelstudio" }

  /// Makes the format.
  public init() {}

  /// Always `nil`: an array is read as a whole.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? { nil }

  /// Decodes an array of tasks, or tasks one after another.
  ///
  /// - Throws: `FormatError.notUTF8`, `.nulByte`, `.json`, `.span`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try chunk.bytes.withUnsafeBytes { bytes in
      guard !bytes.isEmpty else { return }
      try TextCheck.check(bytes, of: chunk)
      do {
        let start = chunk.provenance.byteOffset == 0 ? ByteOrderMark.length(in: bytes) : 0
        var scanner = JSONScanner(bytes, start..<bytes.count)
        if scanner.next == UInt8(ascii: "[") {
          try scanner.elements { try task(&$0, bytes, chunk.provenance, receive) }
          if scanner.offset < scanner.end { throw scanner.fault("the end of the file") }
        } else {
          while scanner.offset < scanner.end {
            try task(&scanner, bytes, chunk.provenance, receive)
          }
        }
      } catch let fault as JSONFault {
        throw FormatError.json(
          at: TextCheck.place(of: fault.offset, in: bytes, startingAt: chunk.provenance),
          expected: fault.expected)
      }
    }
  }

  private func task(
    _ scanner: inout JSONScanner, _ bytes: UnsafeRawBufferPointer, _ provenance: Provenance,
    _ receive: (consuming Record) throws -> Void
  ) throws {
    var probe = scanner
    let range = try probe.skipValue()
    var values = JSONValues(bytes, range)
    var text: ByteRange?
    var spans: [OffsetSpan] = []
    var losses: [String: Int] = [:]
    let at = scanner
    try scanner.members { key, scanner in
      switch key {
      case "data":
        try scanner.members { key, scanner in
          // The member that the labelling configuration names; “text” unless there is but one.
          if scanner.next == UInt8(ascii: "\""), key == "text" || text == nil {
            text = try values.string(&scanner)
          } else {
            _ = try scanner.skipValue()
          }
        }
      case "annotations", "completions":
        var number = 0
        try scanner.elements { scanner in
          number += 1
          let layer = number == 1 ? OffsetSpans.defaultLayer : "annotation-\(number)"
          try regions(&scanner, layer, &spans, &losses)
        }
      case "predictions":
        try scanner.elements { try regions(&$0, "prediction", &spans, &losses) }
      default: _ = try scanner.skipValue()
      }
    }
    guard let text else { throw at.fault("a task with a text in its data") }
    let place = TextCheck.place(of: range.lowerBound, in: bytes, startingAt: provenance)
    var record = values.record(
      text: text, count: range.count,
      Provenance(
        source: provenance.source, line: place.line,
        byteOffset: provenance.byteOffset + range.lowerBound),
      format: name)
    let unit = OffsetSpans.unit(of: spans, in: record.buffer[text.indices])
    try OffsetSpans.set(
      spans, on: &record, unit: unit, place: Place(source: place.source, line: place.line))
    record.losses = losses.sorted { $0.key < $1.key }.map { RecordLoss($0.key, $0.value) }
    try receive(record)
  }

  private func regions(
    _ scanner: inout JSONScanner, _ layer: String, _ spans: inout [OffsetSpan],
    _ losses: inout [String: Int]
  ) throws {
    guard scanner.next == UInt8(ascii: "{") else {
      _ = try scanner.skipValue()
      losses["annotations given by their number", default: 0] += 1
      return
    }
    try scanner.members { key, scanner in
      guard key == "result" else {
        _ = try scanner.skipValue()
        return
      }
      try scanner.elements { try region(&$0, layer, &spans, &losses) }
    }
  }

  private func region(
    _ scanner: inout JSONScanner, _ layer: String, _ spans: inout [OffsetSpan],
    _ losses: inout [String: Int]
  ) throws {
    var span = OffsetSpan()
    span.layer = layer
    var types: [String] = []
    var (start, end): (Int?, Int?)
    try scanner.members { key, scanner in
      switch key {
      case "id": span.id = try JSONValues.text(&scanner)
      case "score" where scanner.next != UInt8(ascii: "n"):
        span.confidence = try JSONValues.number(&scanner)
      case "value":
        try scanner.members { key, scanner in
          switch key {
          case "start" where scanner.next != UInt8(ascii: "\""):
            start = try JSONValues.integer(&scanner)
          case "end" where scanner.next != UInt8(ascii: "\""):
            end = try JSONValues.integer(&scanner)
          case "text" where scanner.next == UInt8(ascii: "\""):
            span.text = try JSONValues.bytes(&scanner)
          case "labels":
            try scanner.elements { types.append(try JSONValues.text(&$0)) }
          default: _ = try scanner.skipValue()
          }
        }
      default: _ = try scanner.skipValue()
      }
    }
    guard let start, let end, !types.isEmpty else {
      losses["results that are no labelled text", default: 0] += 1
      return
    }
    span.parts = [(start, end)]
    for type in types {
      span.type = type
      spans.append(span)
    }
  }

  /// Appends a task on one line; ``RecordWriter`` makes an array of them. Every span is a region from
  /// its first to its last byte.
  ///
  /// - Throws: `FormatError.token` if a word or span does not lie in the running text.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    if record.format == name, !record.hasChangedSpans {
      output.append(contentsOf: record.buffer[..<record.sourceCount])
      output.append(.lineFeed)
      return
    }
    let spanText = try SpanText(record)
    let offsets = TextOffsets(spanText.text, .codepoints)
    output.append(contentsOf: "{\"data\":{\"text\":".utf8)
    output.appendJSON(spanText.text)
    output.append(contentsOf: "},\"annotations\":[{\"result\":[".utf8)
    for (index, span) in spanText.spans.enumerated() {
      let (bytes, start, end) = try spanText.bounds(of: span, offsets, record)
      output.append(contentsOf: (index > 0 ? ",{\"id\":" : "{\"id\":").utf8)
      output.appendJSON((span.source.id ?? "s\(index + 1)").utf8)
      output.append(
        contentsOf: ",\"from_name\":\"label\",\"to_name\":\"text\",\"type\":\"labels\"".utf8)
      if let confidence = span.source.confidence {
        output.append(contentsOf: ",\"score\":\(confidence)".utf8)
      }
      output.append(contentsOf: ",\"value\":{\"start\":\(start),\"end\":\(end),\"text\":".utf8)
      output.appendJSON(spanText.text[bytes])
      output.append(contentsOf: ",\"labels\":[".utf8)
      output.appendJSON(span.type.utf8)
      output.append(contentsOf: "]}}".utf8)
    }
    output.append(contentsOf: "]}]}\n".utf8)
  }

  /// An array.
  public var frame: RecordFrame? {
    RecordFrame(opening: Array("[\n".utf8), separator: Array(",".utf8), closing: Array("]\n".utf8))
  }
}
