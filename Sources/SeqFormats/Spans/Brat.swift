public import SeqCore

/// Brat's stand-off annotation: a text, and beside it a file of the same name that ends in `.ann`,
/// with the spans of the text by offsets in code points. See `Docs/Formats/spans.md`.
///
/// A document is one record of no positions, with its text and the span layer `ner`. Text-bound annotations
/// (`T`), discontinuous ones too, are read and written; relations, events, attributes and notes are
/// counted. Writing takes two files: ``BratWriter``.
public struct Brat: RecordFormat {
  /// `brat`.
  public var name: String { Self.formatName }
  static let formatName = "brat"

  private let partner: [UInt8]
  private let partnerName: String
  private let partnerIsText: Bool

  /// Makes the format for a file of a pair, and reads the other one.
  ///
  /// - Parameter path: the text or the annotation file; the other has the same name and ends in
  ///   `.ann` or `.txt`.
  /// - Throws: `FormatError.pairNeeded`, `.readFailed`.
  public init(beside path: String) throws {
    partnerIsText = path.hasSuffix(".ann")
    partnerName = Self.partner(of: path)
    do {
      partner = try ByteSource(path: partnerName).readAll()
    } catch FormatError.cannotOpen {
      throw FormatError.pairNeeded(path: path, missing: partnerName)
    }
  }

  /// Makes the format of a text from its annotations in memory.
  public init(annotations: [UInt8], name: String) {
    partner = annotations
    partnerName = name
    partnerIsText = false
  }

  /// The name of the other file of a pair: `a.ann` for `a.txt` and for `a`, `a.txt` for `a.ann`.
  public static func partner(of path: String) -> String {
    if path.hasSuffix(".ann") { return path.dropLast(4) + ".txt" }
    return (path.hasSuffix(".txt") ? String(path.dropLast(4)) : path) + ".ann"
  }

  /// Always `nil`: a document is read as a whole.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? { nil }

  /// Decodes the document.
  ///
  /// - Throws: `FormatError.notUTF8`, `.nulByte`; `.annotation` for a line that is no annotation;
  ///   `.span` for one that is not in the text or has another text than stands there.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    let other = Chunk(bytes: partner, provenance: Provenance(source: partnerName))
    let (text, annotations) = partnerIsText ? (other, chunk) : (chunk, other)
    for part in [text, annotations] {
      try part.bytes.withUnsafeBytes { try TextCheck.check($0, of: part) }
    }
    var record = Record(
      source: text.bytes, count: 0, layers: [], provenance: text.provenance, format: name,
      text: ByteRange(0, text.bytes.count))
    var losses: [String: Int] = [:]
    var number = 0
    let lines = annotations.bytes.split(separator: .lineFeed, omittingEmptySubsequences: false)
    var spans: [OffsetSpan] = []
    for line in lines {
      number += 1
      let line = line.last == .carriageReturn ? line.dropLast() : line
      guard let first = line.first else { continue }
      let place = Place(source: annotations.provenance.source, line: number)
      if first != UInt8(ascii: "T") {
        losses[Self.kind(first), default: 0] += 1
        continue
      }
      let span = try Self.span(line, place)
      // Checked one by one, so that an error names the line.
      var probe = record
      try OffsetSpans.set([span], on: &probe, unit: .codepoints, place: place)
      spans.append(span)
    }
    try OffsetSpans.set(
      spans, on: &record, unit: .codepoints,
      place: Place(source: annotations.provenance.source, line: 1))
    record.losses = losses.sorted { $0.key < $1.key }.map { RecordLoss($0.key, $0.value) }
    try receive(record)
  }

  private static func span(
    _ line: ArraySlice<UInt8>, _ place: Place
  ) throws(FormatError) -> OffsetSpan {
    let expected = "T1, a tab, TYPE START END (several with ;), a tab, and the text"
    let fields = line.split(
      separator: .tab, maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3 else { throw .annotation(at: place, expected: expected) }
    var span = OffsetSpan()
    span.id = String(decoding: fields[0], as: UTF8.self)
    span.text = Array(fields[2])
    let middle = fields[1].split(separator: .space, maxSplits: 1)
    guard middle.count == 2 else { throw .annotation(at: place, expected: expected) }
    span.type = String(decoding: middle[0], as: UTF8.self)
    for part in middle[1].split(separator: UInt8(ascii: ";")) {
      let numbers = part.split(separator: .space).map {
        Int(String(decoding: $0, as: UTF8.self)) ?? -1
      }
      guard numbers.count == 2, numbers.allSatisfy({ $0 >= 0 }) else {
        throw .annotation(at: place, expected: expected)
      }
      span.parts.append((numbers[0], numbers[1]))
    }
    return span
  }

  private static func kind(_ letter: UInt8) -> String {
    switch letter {
    case UInt8(ascii: "R"): "relations"
    case UInt8(ascii: "E"): "events"
    case UInt8(ascii: "A"), UInt8(ascii: "M"): "attributes"
    case UInt8(ascii: "N"): "normalizations"
    case UInt8(ascii: "#"): "notes"
    case UInt8(ascii: "*"): "equivalences"
    default: "annotations of unknown kind"
    }
  }

  /// - Throws: always `FormatError.pairNeeded`: two files are written by ``BratWriter``.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    throw FormatError.pairNeeded(path: record.provenance.source, missing: "a second output")
  }
}

/// Writes records as one brat document: a text, and its annotations.
public struct BratWriter {
  private let text: ByteSink
  private let annotations: ByteSink
  /// The code points written so far.
  private var offset = 0
  private var names: Set<String> = []
  private var number = 0

  /// Writes to two sinks.
  public init(text: ByteSink, annotations: ByteSink) {
    self.text = text
    self.annotations = annotations
  }

  /// Writes one record: its running text, or its words with spaces between them, on lines of its own,
  /// and all its spans.
  ///
  /// A span keeps its name if that is `T` and a number and not yet in use. Line ends in the text of an
  /// annotation are written as spaces.
  ///
  /// - Throws: `FormatError.unwritableValue` for a type with white space in it; `.token` if a word or
  ///   span does not lie in the running text; what the sinks throw.
  public mutating func write(_ record: borrowing Record) throws {
    let spanText = try SpanText(record)
    let offsets = TextOffsets(spanText.text, .codepoints)
    var lines: [UInt8] = []
    for span in spanText.spans {
      guard !span.type.utf8.contains(where: { $0 <= .space }) else {
        throw FormatError.unwritableValue(
          at: Place(record.provenance), format: Brat.formatName, layer: span.layer,
          position: span.source.positions.lowerBound, value: span.type)
      }
      var parts: [String] = []
      for part in span.parts {
        guard let start = offsets.offset(ofByte: part.lowerBound),
          let end = offsets.offset(ofByte: part.upperBound)
        else {
          throw FormatError.token(
            at: Place(record.provenance), position: 0, fault: .insideCharacter)
        }
        parts.append("\(offset + start) \(offset + end)")
      }
      lines += "\(name(for: span.source))\t\(span.type) \(parts.joined(separator: ";"))\t".utf8
      lines += spanText.bytes(of: span).map {
        $0 == .lineFeed || $0 == .carriageReturn || $0 == .tab ? .space : $0
      }
      lines.append(.lineFeed)
    }
    var body = spanText.text
    if record.format != Brat.formatName, body.last != .lineFeed { body.append(.lineFeed) }
    offset += TextOffsets(body, .codepoints).count
    try text.write(body)
    try annotations.write(lines)
  }

  private mutating func name(for span: LabelledSpan) -> String {
    if let id = span.id, id.first == "T", Int(id.dropFirst()) != nil, names.insert(id).inserted {
      return id
    }
    repeat { number += 1 } while !names.insert("T\(number)").inserted
    return "T\(number)"
  }

  /// Finishes both files.
  public mutating func finish() throws {
    try text.finish()
    try annotations.finish()
  }
}
