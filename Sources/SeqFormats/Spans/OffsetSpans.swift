internal import SeqCore

/// A span as files with offsets tell it, before it is checked.
struct OffsetSpan {
  /// Start and end of each part, in the file's unit.
  var parts: [(start: Int, end: Int)] = []
  var type = ""
  var layer = OffsetSpans.defaultLayer
  /// What the file says stands there.
  var text: [UInt8]?
  var id: String?
  var confidence: Float?
  var origin: String?
}

/// Checks spans against their text and gives them to a record.
enum OffsetSpans {
  /// The layer of spans whose file does not name one.
  static let defaultLayer = "ner"

  /// Sets the span layers of a record.
  ///
  /// - Parameter record: with its running text.
  /// - Throws: `FormatError.span` for a span that is not in the text, or whose own text is not what
  ///   stands at its offsets.
  static func set(
    _ spans: [OffsetSpan], on record: inout Record, unit: OffsetUnit, place: Place
  ) throws(FormatError) {
    guard !spans.isEmpty else { return }
    let text = record.text ?? ByteRange(0, 0)
    let offsets = TextOffsets(record.buffer[text.indices], unit)
    var collector = SpanCollector()
    for (index, span) in spans.enumerated() {
      func fault(_ fault: FormatError.SpanPlaceFault) -> FormatError {
        .span(at: place, number: index + 1, fault: fault)
      }
      if span.type.isEmpty { throw fault(.noType) }
      var parts: [ByteRange] = []
      for (start, end) in span.parts {
        guard start < end else { throw fault(.order(start: start, end: end)) }
        guard start >= 0, end <= offsets.count else {
          throw fault(.outside(start: start, end: end, length: offsets.count, unit: unit))
        }
        guard let from = offsets.byte(of: start), let to = offsets.byte(of: end),
          isBoundary(from, in: record, text), isBoundary(to, in: record, text)
        else { throw fault(.insideCharacter(start: start, end: end, unit: unit)) }
        parts.append(ByteRange(Int(text.start) + from, Int(text.start) + to))
      }
      if let expected = span.text {
        let found = Array(
          parts.map { record.buffer[$0.indices] }.joined(separator: [UInt8.space]))
        // Line ends within a span are spaces in files of one line a span.
        guard
          found.map({ $0 == .lineFeed || $0 == .carriageReturn ? .space : $0 })
            == expected.map({ $0 == .lineFeed || $0 == .carriageReturn ? .space : $0 })
        else {
          throw fault(
            .otherText(
              found: String(decoding: found, as: UTF8.self),
              expected: String(decoding: expected, as: UTF8.self), unit: unit))
        }
      }
      collector.add(
        parts, type: span.type, layer: span.layer, id: span.id, confidence: span.confidence,
        origin: span.origin)
    }
    collector.setLayers(of: &record)
    record.markSpansAsRead()
  }

  private static func isBoundary(
    _ offset: Int, in record: borrowing Record, _ text: ByteRange
  ) -> Bool {
    offset == text.count || record.buffer[Int(text.start) + offset] & 0xC0 != 0x80
  }

  /// The unit, of code points and UTF-16, under which every span has the text that it says; the
  /// first if both do or no span says anything.
  static func unit(
    of spans: [OffsetSpan], in text: some Collection<UInt8>
  ) -> OffsetUnit {
    let bytes = Array(text)
    guard bytes.contains(where: { $0 >= 0xF0 }) else { return .codepoints }
    return [OffsetUnit.codepoints, .utf16].first { unit in
      let offsets = TextOffsets(bytes, unit)
      return spans.allSatisfy { span in
        guard let expected = span.text, span.parts.count == 1 else { return true }
        guard let from = offsets.byte(of: span.parts[0].start),
          let to = offsets.byte(of: span.parts[0].end), from <= to
        else { return false }
        return bytes[from..<to].elementsEqual(expected)
      }
    } ?? .codepoints
  }
}

/// Takes values out of a JSON text into a buffer that begins with it: what is written without
/// escapes stays where it is.
struct JSONValues {
  let origin: Int
  /// The JSON text, then the strings that had escapes.
  var buffer: [UInt8]

  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    origin = range.lowerBound
    buffer = Array(UnsafeRawBufferPointer(rebasing: bytes[range]))
  }

  /// A string as a range of the buffer.
  mutating func string(_ scanner: inout JSONScanner) throws -> ByteRange {
    let start = buffer.count
    if let plain = try scanner.plainString(orInto: &buffer) {
      return ByteRange(plain.lowerBound - origin, plain.upperBound - origin)
    }
    return ByteRange(start, buffer.count)
  }

  /// A string's bytes, or those of a number, `true` or `false`; none for `null`.
  static func bytes(_ scanner: inout JSONScanner) throws -> [UInt8] {
    var bytes: [UInt8] = []
    if scanner.next == UInt8(ascii: "\"") {
      try scanner.string(into: &bytes)
      return bytes
    }
    let isNull = scanner.next == UInt8(ascii: "n")
    let range = try scanner.skipValue()
    return isNull ? [] : Array(scanner.bytes[range])
  }

  /// The same as a string.
  static func text(_ scanner: inout JSONScanner) throws -> String {
    String(decoding: try bytes(&scanner), as: UTF8.self)
  }

  /// A whole number.
  static func integer(_ scanner: inout JSONScanner) throws -> Int {
    let at = scanner
    let digits = try scanner.number()
    guard let value = Int(String(decoding: scanner.bytes[digits], as: UTF8.self)) else {
      throw at.fault("a whole number")
    }
    return value
  }

  /// A number.
  static func number(_ scanner: inout JSONScanner) throws -> Float {
    let at = scanner
    let digits = try scanner.number()
    guard let value = Float(String(decoding: scanner.bytes[digits], as: UTF8.self)) else {
      throw at.fault("a number")
    }
    return value
  }

  /// A record of the text, without positions.
  func record(text: ByteRange, count: Int, _ place: Provenance, format: String) -> Record {
    var record = Record(
      source: Array(buffer[..<count]), count: 0, layers: [], provenance: place, format: format,
      text: text)
    if buffer.count > count { _ = record.append(Array(buffer[count...])) }
    return record
  }
}
