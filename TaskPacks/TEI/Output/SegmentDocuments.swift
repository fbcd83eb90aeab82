public import SeqCore
internal import SeqXML

extension TEIReader {
  /// Reads a file's segments as records without positions: the text, and a span layer `ner` of its
  /// names with all their nesting and parts. This is what brat's documents are made of.
  ///
  /// - Returns: what was read, and what was not.
  /// - Throws: `XMLError`, `TEIError`, `FormatError`, and what `receive` throws.
  public func segments(
    path: String, into receive: @escaping (consuming Record) throws -> Void
  ) throws -> ImportReport {
    try run(path: path, receiver: SegmentRecords(receive))
  }
}

/// Makes a record of every segment.
private final class SegmentRecords: SegmentReceiver {
  private let pass: (consuming Record) throws -> Void

  init(_ pass: @escaping (consuming Record) throws -> Void) { self.pass = pass }

  func receive(_ segment: TEISegment, from importer: TEIImporter) throws {
    guard !segment.text.isEmpty else { return }
    var record = Record(
      source: segment.text, count: 0, layers: [],
      provenance: Provenance(
        source: importer.currentSource, line: segment.line,
        byteOffset: importer.original(segment.start)),
      text: ByteRange(0, segment.text.count))
    // Types of brat are letters, digits, hyphens and low lines.
    let types = importer.labels.map { label in
      String(label.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "_" })
    }
    let spans = segment.names.map { name in
      LabelledSpan(
        positions: 0..<0, type: Label(name.label),
        parts: name.parts.map { ByteRange($0.lowerBound, $0.upperBound) })
    }
    if !spans.isEmpty {
      for layer in SpanLayer.layers(named: "ner", types: types, of: spans) {
        record.setSpans(layer)
      }
    }
    try pass(record)
  }
}
