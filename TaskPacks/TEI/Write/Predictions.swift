public import SeqCore
internal import SeqFormats

/// Tags that were made elsewhere, sentence by sentence, for the sentences of a document in the order in
/// which `tei import` writes them.
public final class Predictions {
  @exclusivity(unchecked) private var reader: RecordReader
  private let source: String
  /// The values of a layer at work; kept for its memory.
  @exclusivity(unchecked) private var values: [UInt8] = []

  /// Opens a CoNLL-U file.
  ///
  /// - Throws: `TEIError.notPredictions` if it cannot be opened.
  public init(path: String) throws {
    reader = try Self.reading { try RecordReader(path: path, as: CoNLLU()) }
    source = path
  }

  /// What reading the file throws, as an error that says which file it is.
  private static func reading<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as FormatError {
      throw TEIError.notPredictions(reason: "\(error)")
    }
  }

  /// Gives a sentence its tags: `upos`, `xpos`, `lemma`, and the names that `NER=` in MISC tells.
  ///
  /// - Throws: `TEIError.predictions` if the next sentence of the file has other words,
  ///   `TEIError.notPredictions` if the file is not CoNLL-U.
  public func annotate(_ record: inout Record) throws {
    guard let next = try nextSentence() else {
      throw TEIError.predictions(
        at: source, found: "the end of the file",
        expected: "the sentence \"\(record.string(record.text ?? ByteRange(0, 0)))\"")
    }
    let (words, theirs) = (record.ranges("form") ?? [], next.ranges("form") ?? [])
    guard words.count == theirs.count else {
      throw TEIError.predictions(
        at: "\(next.provenance.source):\(next.provenance.line)",
        found: "\(theirs.count) words",
        expected: "\(words.count): "
          + words.prefix(8).map { record.string($0) }.joined(separator: " "))
    }
    let wrong = record.buffer.withUnsafeBufferPointer { mine in
      next.buffer.withUnsafeBufferPointer { other in
        words.indices.first { index in
          !isEqual(
            UnsafeBufferPointer(rebasing: mine[words[index].indices]),
            UnsafeBufferPointer(rebasing: other[theirs[index].indices]))
        }
      }
    }
    if let wrong {
      throw TEIError.predictions(
        at: "\(next.provenance.source):\(next.provenance.line)",
        found: "\"\(next.string(theirs[wrong]))\"",
        expected: "\"\(record.string(words[wrong]))\"")
    }
    for layer in ["upos", "xpos", "lemma"] {
      guard let ranges = next.ranges(layer) else { continue }
      // All values behind one another, and each one's place among them.
      values.removeAll(keepingCapacity: true)
      let base = record.buffer.count
      let places = next.buffer.withUnsafeBufferPointer { buffer in
        ranges.map { range in
          let start = base + values.count
          if range.count != 1 || buffer[range.indices.lowerBound] != UInt8(ascii: "_") {
            values.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[range.indices]))
          }
          return ByteRange(start, base + values.count)
        }
      }
      _ = record.append(values)
      record.setText(layer, to: places)
    }
    addNames(of: next, to: &record)
  }

  /// Checks that every sentence was asked for.
  ///
  /// - Throws: `TEIError.predictions` if one is left.
  public func finish() throws {
    guard let next = try nextSentence() else { return }
    throw TEIError.predictions(
      at: "\(next.provenance.source):\(next.provenance.line)", found: "another sentence",
      expected: "the end of the file, as the document has no more")
  }

  private func nextSentence() throws -> Record? {
    while let record = try Self.reading({ try reader.next() }) {
      if record.count > 0 { return record }
    }
    return nil
  }

  /// Whether words are equal; white space inside a word is a space in CoNLL-U.
  private func isEqual(
    _ word: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard word.count == other.count else { return false }
    for index in word.indices where max(word[index], 0x20) != other[index] { return false }
    return true
  }

  private func addNames(of next: Record, to record: inout Record) {
    guard let misc = next.ranges("misc") else { return }
    var types: [String] = []
    var spans: [LabelledSpan] = []
    var open: (start: Int, type: Label)?
    func close(_ end: Int) {
      if let open { spans.append(LabelledSpan(positions: open.start..<end, type: open.type)) }
      open = nil
    }
    next.buffer.withUnsafeBufferPointer { buffer in
      for (index, range) in misc.enumerated() {
        let field = UnsafeBufferPointer(rebasing: buffer[range.indices])
        guard let label = Self.label(in: field), label.count > 2,
          label[label.startIndex + 1] == UInt8(ascii: "-"),
          label.first == UInt8(ascii: "B") || label.first == UInt8(ascii: "I")
        else {
          close(index)
          continue
        }
        let name = String(decoding: label.dropFirst(2), as: UTF8.self)
        if !types.contains(name) { types.append(name) }
        let type = Label(types.firstIndex(of: name) ?? 0)
        if label.first == UInt8(ascii: "I"), let open, open.type == type { continue }
        close(index)
        open = (index, type)
      }
    }
    close(misc.count)
    if !spans.isEmpty { record.setSpans(SpanLayer(name: "ner", types: types, spans: spans)) }
  }

  /// The value of `NER=` in a MISC field.
  private static func label(in field: UnsafeBufferPointer<UInt8>) -> Slice<
    UnsafeBufferPointer<UInt8>
  >? {
    var start = 0
    while start + 4 < field.count {
      let end = field[start...].firstIndex(of: UInt8(ascii: "|")) ?? field.count
      if end - start > 4, field[start] == UInt8(ascii: "N"), field[start + 1] == UInt8(ascii: "E"),
        field[start + 2] == UInt8(ascii: "R"), field[start + 3] == UInt8(ascii: "=")
      {
        return field[(start + 4)..<end]
      }
      start = end + 1
    }
    return nil
  }
}
