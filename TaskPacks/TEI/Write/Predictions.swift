public import SeqCore
internal import SeqFormats

/// Tags that were made elsewhere, sentence by sentence, for the sentences of a document in the order in
/// which `tei import` writes them.
public final class Predictions {
  private var reader: RecordReader
  private let source: String

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
    let (words, theirs) = (record.strings("form") ?? [], next.strings("form") ?? [])
    guard words.count == theirs.count else {
      throw TEIError.predictions(
        at: place, found: "\(theirs.count) words",
        expected: "\(words.count): \(words.prefix(8).joined(separator: " "))")
    }
    for (mine, other) in zip(words, theirs) where spaced(mine) != other {
      throw TEIError.predictions(at: place, found: "\"\(other)\"", expected: "\"\(mine)\"")
    }
    for layer in ["upos", "xpos", "lemma"] {
      guard let values = next.strings(layer) else { continue }
      record.setText(layer, to: values.map { record.append($0 == "_" ? [] : Array($0.utf8)) })
    }
    addNames(next.strings("misc") ?? [], to: &record)
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

  /// White space inside a word is a space in CoNLL-U.
  private func spaced(_ word: String) -> String {
    String(decoding: word.utf8.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
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
