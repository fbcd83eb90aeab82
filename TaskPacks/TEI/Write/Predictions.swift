public import SeqCore
internal import SeqFormats

/// Tags that were made elsewhere, sentence by sentence, for the sentences of a document in the order in
/// which `tei import` writes them.
public final class Predictions {
  private var reader: RecordReader
  private let source: String
  /// The values of a layer at work; kept for its memory.
  private var values: [UInt8] = []

  /// Opens a CoNLL-U file.
  ///
  /// - Throws: what opening the file throws.
  public init(path: String) throws {
    reader = try RecordReader(path: path, as: CoNLLU())
    source = path
  }

  /// Gives a sentence its tags: `upos`, `xpos`, `lemma`, and the names that `NER=` in MISC tells.
  ///
  /// - Throws: `TEIError.predictions` if the next sentence of the file has other words.
  public func annotate(_ record: inout Record) throws {
    guard let next = try nextSentence() else {
      throw TEIError.predictions(
        at: source, found: "the end of the file",
        expected: "the sentence \"\(record.string(record.text ?? ByteRange(0, 0)))\"")
    }
    let place = "\(next.provenance.source):\(next.provenance.line)"
    let (words, theirs) = (record.ranges("form") ?? [], next.ranges("form") ?? [])
    guard words.count == theirs.count else {
      throw TEIError.predictions(
        at: place, found: "\(theirs.count) words",
        expected: "\(words.count): "
          + words.prefix(8).map { record.string($0) }.joined(separator: " "))
    }
    for (mine, other) in zip(words, theirs) {
      guard isEqual(record.buffer[mine.indices], next.buffer[other.indices]) else {
        throw TEIError.predictions(
          at: place, found: "\"\(next.string(other))\"", expected: "\"\(record.string(mine))\"")
      }
    }
    for layer in ["upos", "xpos", "lemma"] {
      guard let ranges = next.ranges(layer) else { continue }
      // All values behind one another, and each one's place among them.
      values.removeAll(keepingCapacity: true)
      let base = record.buffer.count
      let places = ranges.map { range in
        let start = base + values.count
        if range.count != 1 || next.buffer[range.indices.lowerBound] != UInt8(ascii: "_") {
          values += next.buffer[range.indices]
        }
        return ByteRange(start, base + values.count)
      }
      _ = record.append(values)
      record.setText(layer, to: places)
    }
    if let misc = next.ranges("misc"),
      misc.contains(where: { $0.count > 4 && next.buffer[$0.indices].contains(UInt8(ascii: "=")) })
    {
      addNames(next.strings("misc") ?? [], to: &record)
    }
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
    while let record = try reader.next() {
      if record.count > 0 { return record }
    }
    return nil
  }

  /// Whether words are equal; white space inside a word is a space in CoNLL-U.
  private func isEqual(_ word: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool {
    word.count == other.count && zip(word, other).allSatisfy { max($0, 0x20) == $1 }
  }

  private func addNames(_ misc: [String], to record: inout Record) {
    var types: [String] = []
    var spans: [LabelledSpan] = []
    var open: (start: Int, type: Label)?
    func close(_ end: Int) {
      if let open { spans.append(LabelledSpan(positions: open.start..<end, type: open.type)) }
      open = nil
    }
    for (index, field) in misc.enumerated() {
      let label = field.split(separator: "|").first { $0.hasPrefix("NER=") }?.dropFirst(4) ?? "O"
      guard label.count > 2, label.hasPrefix("B-") || label.hasPrefix("I-") else {
        close(index)
        continue
      }
      let name = String(label.dropFirst(2))
      if !types.contains(name) { types.append(name) }
      let type = Label(types.firstIndex(of: name) ?? 0)
      if label.hasPrefix("I-"), let open, open.type == type { continue }
      close(index)
      open = (index, type)
    }
    close(misc.count)
    if !spans.isEmpty { record.setSpans(SpanLayer(name: "ner", types: types, spans: spans)) }
  }
}
