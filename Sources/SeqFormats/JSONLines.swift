public import SeqCore

/// JSON Lines: one record a line, an object with `text` and `tokens`.
///
/// ```json
/// {"text":"Time flies.","offsets":"bytes","tokens":[{"start":0,"end":4,"form":"Time","upos":"NOUN"}]}
/// ```
///
/// `tokens` are objects, whose other members become layers, or strings, with arrays of equal length
/// beside them that become layers. Offsets count bytes of the text's UTF-8, or Unicode scalars if
/// `offsets` says `characters`. A record whose layers did not change is written as it was read.
/// See `Docs/Formats/jsonl.md`.
public struct JSONLines: RecordFormat {
  /// `jsonl`.
  public var name: String { Self.formatName }
  static let formatName = "jsonl"
  /// Layers whose names end so hold numbers, and are written as such.
  static let numberSuffix = ".probability"

  /// Members of a token that say where it is and cannot be layers.
  static let reserved: Set<String> = ["start", "end", "text"]

  /// Makes the format.
  public init() {}

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    bytes.lastIndex(of: .lineFeed).map { $0 + 1 }
  }

  /// Decodes lines; a blank line is a record of no positions.
  ///
  /// - Throws: `FormatError.notUTF8`, `.nulByte`, `.json`, `.token` for a token whose place is not in
  ///   the text, comes before the one before it ends, or holds other text than the token's `form`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try chunk.bytes.withUnsafeBytes { bytes in
      guard !bytes.isEmpty else { return }
      try TextCheck.check(bytes, of: chunk)
      var start = 0
      var line = chunk.provenance.line
      while start < bytes.count {
        var end = start
        while end < bytes.count, bytes[end] != .lineFeed { end += 1 }
        if end < bytes.count { end += 1 }
        let mark =
          start == 0 && chunk.provenance.byteOffset == 0 ? ByteOrderMark.length(in: bytes) : 0
        let source = Provenance(
          source: chunk.provenance.source, line: line,
          byteOffset: chunk.provenance.byteOffset + start)
        var decoder = JSONLineDecoder(bytes, start..<end, skipping: mark, source)
        do {
          try receive(decoder.decode())
        } catch let fault as JSONFault {
          throw FormatError.json(
            at: Place(source: source.source, line: line, column: fault.offset - start + 1),
            expected: fault.expected)
        }
        start = end
        line += 1
      }
    }
  }

  /// Appends a line.
  ///
  /// The text is the record's running text, or its words with a space between them where
  /// `SpaceAfter=No` does not forbid it. Members of a line that was read and are no layer are kept.
  /// Each span's `text` is what stands at its offsets.
  ///
  /// - Throws: `FormatError.token` if a word does not lie in the running text, `.unwritableLayer` for a
  ///   layer that is not text or is called like the place of a token, `.unwritableValue` for a probability that is no number.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    let isOwn = record.format == Self.formatName
    if isOwn, !record.hasChangedSpans, record.layers.allSatisfy({ !$0.isChanged }) {
      output.append(contentsOf: record.buffer[..<record.sourceCount])
      return
    }
    let forms = record.ranges("form")
    // Ranges that tell which words make a token are no values.
    let tokens = forms.flatMap { TokensOfWords(record, words: $0) }
    let spanText = try SpanText(record)
    let starts = spanText.starts
    output.append(contentsOf: "{\"text\":".utf8)
    output.appendJSON(spanText.text)
    output.append(contentsOf: ",\"offsets\":\"bytes\",\"tokens\":[".utf8)
    for position in 0..<record.count {
      output.append(contentsOf: (position > 0 ? ",{" : "{").utf8)
      var isFirst = true
      if let forms {
        let end = starts[position] + forms[position].count
        output.append(contentsOf: "\"start\":\(starts[position]),\"end\":\(end),\"form\":".utf8)
        output.appendJSON(record.buffer[forms[position].indices])
        isFirst = false
      }
      for layer in record.layers where layer.name != "form" {
        guard case .text(let values) = layer.values, !Self.reserved.contains(layer.name) else {
          throw FormatError.unwritableLayer(
            at: Place(record.provenance), format: name, layer: layer.name, known: ["text layers"])
        }
        let value = record.buffer[values[position].indices]
        if value.isEmpty || tokens != nil && layer.name == TokensOfWords.layer { continue }
        let isNumeric = layer.name.hasSuffix(Self.numberSuffix)
        // Words outside spans have no probability of one.
        if isNumeric, value.elementsEqual([UInt8(ascii: "_")]) { continue }
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        output.appendJSON(layer.name.utf8)
        output.append(UInt8(ascii: ":"))
        if isNumeric {
          guard isNumber(value) else {
            throw FormatError.unwritableValue(
              at: Place(record.provenance), format: name, layer: layer.name, position: position,
              value: record.string(values[position]))
          }
          output.append(contentsOf: value)
        } else {
          output.appendJSON(value)
        }
      }
      output.append(UInt8(ascii: "}"))
    }
    output.append(UInt8(ascii: "]"))
    if !record.spanLayers.isEmpty { SpanObjects.write(spanText, to: &output) }
    if isOwn { try appendOtherMembers(of: record, to: &output) }
    output.append(contentsOf: "}\n".utf8)
  }

  /// Adds members, given as JSON, to the object of the last line.
  package static func add(_ members: String, to output: inout [UInt8]) {
    while output.last == .lineFeed || output.last == .carriageReturn || output.last == .space {
      output.removeLast()
    }
    precondition(output.last == UInt8(ascii: "}"), "A line is an object.")
    output.removeLast()
    output.append(contentsOf: ",\(members)}\n".utf8)
  }

  private func isNumber(_ value: ArraySlice<UInt8>) -> Bool {
    Array(value).withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes, 0..<bytes.count)
      return (try? scanner.number()) == 0..<bytes.count
    }
  }

  private func appendOtherMembers(of record: borrowing Record, to output: inout [UInt8]) throws {
    var layers = Set(record.layers.map(\.name)).union(["text", "offsets", "tokens"])
    if record.hasChangedSpans || !record.spanLayers.isEmpty { layers.insert("spans") }
    try record.buffer.withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes, ByteOrderMark.length(in: bytes)..<record.sourceCount)
      if scanner.next == 0 { return }
      try scanner.members { key, scanner in
        let range = try scanner.skipValue()
        if layers.contains(key) { return }
        output.append(UInt8(ascii: ","))
        output.appendJSON(key.utf8)
        output.append(UInt8(ascii: ":"))
        output.append(contentsOf: bytes[range])
      }
    }
  }
}
