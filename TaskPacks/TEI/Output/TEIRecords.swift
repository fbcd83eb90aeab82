public import SeqCore
internal import SeqFormats
internal import SeqXML

extension TEIReader {
  /// Reads a file's sentences as records: the running text, layers for what tokens tell, and span
  /// layers `ner`, `ner.2`, … for names.
  ///
  /// - Parameter receive: called with every record, in order.
  /// - Returns: what was read, and what was not.
  /// - Throws: `XMLError`, `TEIError`, `FormatError`, and what `receive` throws.
  public func records(
    path: String, into receive: @escaping (consuming Record) throws -> Void
  ) throws -> ImportReport {
    try run(path: path, receiver: RecordBuilder(receive))
  }

  /// Reads the records of a document in memory.
  public func records(
    of bytes: [UInt8], name: String, into receive: @escaping (consuming Record) throws -> Void
  ) throws -> ImportReport {
    try run(XMLInput(bytes: bytes, name: name), receiver: RecordBuilder(receive))
  }
}

/// Makes a record of every sentence.
final class RecordBuilder: SegmentReceiver {
  private let builder = SentenceBuilder(splitsSurface: false)
  private let pass: (consuming Record) throws -> Void

  init(_ pass: @escaping (consuming Record) throws -> Void) { self.pass = pass }

  func receive(_ segment: TEISegment, from importer: TEIImporter) throws {
    try builder.forEachSentence(of: segment, importer) {
      importer.report.sentences += 1
      importer.report.tokens += builder.words.count
      try pass(makeRecord(of: segment, builder, importer))
    }
  }
}

/// A record of the sentence that a builder has made: its source is the sentence's text.
///
/// - Parameter keepsIdentifiers: whether the layer `misc.Id` is made.
func makeRecord(
  of segment: TEISegment, _ builder: SentenceBuilder, _ importer: TEIImporter,
  keepsIdentifiers: Bool = true
) -> Record {
  let start = builder.text.lowerBound
  var source = Array(segment.text[builder.text])
  let textCount = source.count
  let words = builder.words
  let forms = words.map {
    ByteRange($0.text.lowerBound - start, $0.text.upperBound - start)
  }
  var layers = [Layer(name: "form", values: .text(forms), places: forms)]
  // Values stand behind the text, in the same buffer.
  var added: [UInt8] = []
  func layer(
    _ name: String, if mayHaveValue: Bool, _ value: (Int) -> UnsafeBufferPointer<UInt8>
  ) {
    guard mayHaveValue else { return }
    var ranges: [ByteRange] = []
    ranges.reserveCapacity(words.count)
    var hasValue = false
    for word in words {
      let begin = textCount + added.count
      if word.token >= 0 { added.append(contentsOf: value(word.token)) }
      if textCount + added.count > begin { hasValue = true }
      ranges.append(ByteRange(begin, textCount + added.count))
    }
    if hasValue { layers.append(Layer(name: name, values: .text(ranges))) }
  }
  segment.values.withUnsafeBufferPointer { values in
    segment.tokens.withUnsafeBufferPointer { tokens in
      // Many documents have no tags yet: nothing is made for them.
      let hasTags = tokens.contains { !$0.pos.isEmpty || !$0.msd.isEmpty || !$0.ana.isEmpty }
      let tags = hasTags ? tokens.map { TokenTags($0, values) } : []
      func kept(_ range: ValueRange) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: values[range.indices])
      }
      layer("lemma", if: tokens.contains { !$0.lemma.isEmpty }) { kept(tokens[$0].lemma) }
      layer("upos", if: hasTags) { tags[$0].upos }
      layer("xpos", if: hasTags) { tags[$0].xpos }
      layer("feats", if: hasTags) { tags[$0].features }
      layer("misc.Id", if: keepsIdentifiers) { kept(tokens[$0].id) }
    }
  }
  func layer(_ name: String, of values: [[UInt8]]) {
    guard values.contains(where: { !$0.isEmpty }) else { return }
    let ranges = values.map { value in
      let begin = textCount + added.count
      added += value
      return ByteRange(begin, textCount + added.count)
    }
    layers.append(Layer(name: name, values: .text(ranges)))
  }
  if !segment.marks.isEmpty {
    layer("misc.Mark", of: words.map { segment.markLabels(of: $0.text, importer.labels) })
  }
  if !segment.readings.isEmpty {
    let readings = WordReadings(segment, words)
    for (key, values) in zip(readings.keys, readings.values) {
      layer("misc." + String(decoding: key, as: UTF8.self), of: values)
    }
  }
  source += added
  var record = Record(
    source: source, count: forms.count, layers: layers,
    provenance: Provenance(
      source: importer.currentSource, line: segment.line,
      byteOffset: importer.original(segment.start)),
    text: ByteRange(0, textCount))
  let spans = spans(of: segment, builder, importer)
  if !spans.isEmpty {
    for layer in SpanLayer.layers(named: "ner", types: importer.labels, of: spans) {
      record.setSpans(layer)
    }
  }
  return record
}

/// The names of a sentence: the words that they touch, and their own bytes where words do not say it.
private func spans(
  of segment: TEISegment, _ builder: SentenceBuilder, _ importer: TEIImporter
) -> [LabelledSpan] {
  var spans: [LabelledSpan] = []
  let text = builder.text
  for name in segment.names {
    let parts = name.parts.filter {
      $0.lowerBound < text.upperBound && $0.upperBound > text.lowerBound
    }
    guard let first = parts.first, let last = parts.last,
      let (words, isExact) = builder.wordRange(first.lowerBound..<last.upperBound)
    else { continue }
    if !isExact { importer.report.movedEdges += 1 }
    let needsParts = !isExact || parts.count > 1
    spans.append(
      LabelledSpan(
        positions: words, type: Label(name.label),
        parts: needsParts
          ? parts.map {
            ByteRange(
              max($0.lowerBound, text.lowerBound) - text.lowerBound,
              min($0.upperBound, text.upperBound) - text.lowerBound)
          } : []))
  }
  return spans
}
