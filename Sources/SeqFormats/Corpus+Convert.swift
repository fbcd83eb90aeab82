public import SeqCore

extension Corpus {
  /// What conversion did, and what it did not carry over.
  public struct Conversion: Hashable, Sendable {
    /// Records that were written.
    public var records = 0
    /// Positions of these records.
    public var positions = 0
    /// What is not in the output, with counts, in order of appearance; empty if nothing was lost.
    public fileprivate(set) var losses: [RecordLoss] = []
    /// What is in the output otherwise than in the input, with counts.
    public fileprivate(set) var notes: [RecordLoss] = []

    fileprivate mutating func lose(_ what: String, _ count: Int) {
      Self.add(RecordLoss(what, count), to: &losses)
    }

    fileprivate static func add(_ loss: RecordLoss, to losses: inout [RecordLoss]) {
      guard loss.count > 0 else { return }
      if let index = losses.firstIndex(where: { $0.what == loss.what }) {
        losses[index].count += loss.count
      } else {
        losses.append(loss)
      }
    }
  }

  /// Cuts a record that has a text and no positions into records with words: sentences.
  public typealias Segmenter = (Record) throws -> [Record]

  /// Reads records in one format and writes them in another; the sink is finished.
  ///
  /// Values that the output's format has no place for, comments and the like are left out and
  /// counted; a value of `_`, and an empty one, counts as nothing.
  ///
  /// - Parameters:
  ///   - spans: how labels that tell spans are read and written.
  ///   - segmenter: makes words of texts without, where the output needs words.
  /// - Throws: what reading and writing throw, such as `FormatError.missingLayer` where the output
  ///   needs a layer that the input does not have.
  public static func convert(
    _ source: ByteSource, as input: any RecordFormat, to sink: ByteSink,
    as output: any RecordFormat, spans: SpanConversion = SpanConversion(),
    segmenter: Segmenter? = nil
  ) throws -> Conversion {
    var writer = RecordWriter(sink, as: output)
    let result = try convert(source, as: input, as: output, spans, segmenter) {
      try writer.write($0)
    }
    try writer.finish()
    return result
  }

  /// Reads records in one format and writes them as one brat document; both files are finished.
  public static func convert(
    _ source: ByteSource, as input: any RecordFormat, toBratText text: ByteSink,
    annotations: ByteSink, spans: SpanConversion = SpanConversion()
  ) throws -> Conversion {
    var writer = BratWriter(text: text, annotations: annotations)
    let output = Brat(annotations: [], name: annotations.name)
    let result = try convert(source, as: input, as: output, spans, nil) { try writer.write($0) }
    try writer.finish()
    return result
  }

  private static func convert(
    _ source: ByteSource, as input: any RecordFormat, as output: any RecordFormat,
    _ spans: SpanConversion, _ segmenter: Segmenter?, _ write: (borrowing Record) throws -> Void
  ) throws -> Conversion {
    var result = Conversion()
    var converter = SpanConverter(spans, to: output)
    var reader = RecordReader(source, as: input)
    func convert(_ record: inout Record) throws {
      try converter.convert(&record, from: input)
      for loss in converter.losses { result.lose(loss.what, loss.count) }
      for note in converter.notes { Conversion.add(note, to: &result.notes) }
      if try adapt(&record, from: input, to: output, &result) {
        try write(record)
        result.records += 1
        result.positions += record.count
      }
    }
    try reader.forEach { record in
      if record.count == 0, record.text != nil, needsWords(output), let segmenter {
        for loss in record.losses { result.lose(loss.what, loss.count) }
        for var sentence in try segmenter(record) { try convert(&sentence) }
        return
      }
      var record = record
      try convert(&record)
    }
    return result
  }

  private static func needsWords(_ output: any RecordFormat) -> Bool {
    output is Columns || output is CoNLLU || output is CRFsuite || output is SlashText
  }

  /// Takes from a record what the output cannot hold.
  ///
  /// - Returns: whether there is something to write.
  private static func adapt(
    _ record: inout Record, from input: any RecordFormat, to output: any RecordFormat,
    _ result: inout Conversion
  ) throws -> Bool {
    if isSame(input, output) { return true }
    if record.count == 0, record.text == nil {
      result.lose("records without positions", 1)
      return false
    }
    if !(input is JSONLines), !(input is PlainText), !hasText(input), record.format != "" {
      result.lose("lines that are no positions (comments and the like)", otherLines(of: record))
    }
    for layer in record.layers where !holds(layer.name, output) {
      guard case .text(let values) = layer.values else { continue }
      // The numbers of CoNLL-U's words are made anew; which words make a token goes with the text.
      if layer.name == TokensOfWords.layer {
        record.removeLayer(layer.name)
        continue
      }
      if !(input is CoNLLU && layer.name == "id") {
        let count = values.count { range in
          !(range.isEmpty
            || range.count == 1 && record.buffer[Int(range.start)] == UInt8(ascii: "_"))
        }
        result.lose("values of \(layer.name)", count)
      }
      record.removeLayer(layer.name)
    }
    return true
  }

  /// Whether records of a format are texts, whose sources have no lines of positions.
  private static func hasText(_ format: any RecordFormat) -> Bool {
    format is Brat || format is Doccano || format is LabelStudio
  }

  private static func isSame(_ input: any RecordFormat, _ output: any RecordFormat) -> Bool {
    if let a = input as? Columns, let b = output as? Columns { return a.signature == b.signature }
    return input.name == output.name
  }

  private static func holds(_ layer: String, _ format: any RecordFormat) -> Bool {
    switch format {
    case is CoNLLU: CoNLLU.fields.contains(layer) || CoNLLU.miscKey(layer) != nil
    case let columns as Columns:
      columns.names.contains(layer) || columns.names.contains(layer + "*")
    case let crfsuite as CRFsuite: [crfsuite.labelLayer, "attributes"].contains(layer)
    case let slash as SlashText: ["form", slash.tagLayer].contains(layer)
    case is PlainText, is Brat, is Doccano, is LabelStudio: layer == "form"
    case is JSONLines: layer != "id" && !JSONLines.reserved.contains(layer)
    default: true
    }
  }

  /// The number of lines of the source that are neither blank nor a position.
  private static func otherLines(of record: borrowing Record) -> Int {
    let lines = record.buffer[..<record.sourceCount].split(separator: .lineFeed)
      .count { line in line.contains { $0 > .space } }
    return max(0, lines - record.count)
  }
}
