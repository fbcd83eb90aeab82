public import SeqCore

/// Entities in the MISC field of CoNLL-U, in the two ways that are in use.
///
/// Labels: `NER=B-PER` (or `ner=`, as Stanza writes), one a word. Brackets: `Entity=(e1-person-1-…`, as UD
/// corpora with coreference have it: `(` opens a span whose type is the second field, or what `# global.Entity`
/// says is `etype`; `)` closes the span of that name, and a bracket around one word does both.
public enum CoNLLUEntities {
  /// The key under which labels are written.
  public static let key = "NER"

  /// Sets a span layer from MISC; the field itself stays.
  ///
  /// - Parameters:
  ///   - reader: reads labels.
  ///   - typeField: which field of a bracket names the type, from 0.
  /// - Returns: the labels or brackets that could not be read.
  /// - Throws: nothing; a record without such keys is left as it is.
  @discardableResult
  public static func addSpans(
    to record: inout Record, layer: String, reader: inout SpanLabelReader, typeField: Int = 1
  ) -> Int {
    guard let misc = record.ranges("misc") else { return 0 }
    var labels = [String?](repeating: nil, count: record.count)
    var brackets: [(word: Int, text: String)] = []
    for (word, range) in misc.enumerated() {
      for part in record.buffer[range.indices].split(separator: UInt8(ascii: "|")) {
        guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
        let value = String(decoding: part[(equals + 1)...], as: UTF8.self)
        switch String(decoding: part[..<equals], as: UTF8.self) {
        case "NER", "ner": labels[word] = value
        case "Entity": brackets.append((word, value))
        default: break
        }
      }
    }
    var unread = 0
    var spans: [LabelledSpan] = []
    if labels.contains(where: { $0 != nil }) {
      let tags = labels.map { label -> SpanTag in
        guard let label else { return .outside }
        if let tag = reader.tag(label) { return tag }
        unread += 1
        return .outside
      }
      spans = TaggingScheme.bioes.segments(of: tags).map { LabelledSpan($0) }
    }
    unread += read(brackets, &reader, typeField, into: &spans)
    guard !spans.isEmpty || unread > 0 else { return 0 }
    for layer in SpanLayer.layers(named: layer, types: reader.types, of: spans) {
      record.setSpans(layer)
    }
    return unread
  }

  /// Reads brackets.
  ///
  /// - Returns: those that are not closed, or close nothing, in this record.
  private static func read(
    _ brackets: [(word: Int, text: String)], _ reader: inout SpanLabelReader, _ typeField: Int,
    into spans: inout [LabelledSpan]
  ) -> Int {
    var open: [(name: String, type: String, word: Int)] = []
    var unread = 0
    for (word, text) in brackets {
      var index = text.startIndex
      func take(until stops: String) -> String {
        let start = index
        while index < text.endIndex, !stops.contains(text[index]) {
          index = text.index(after: index)
        }
        return String(text[start..<index])
      }
      while index < text.endIndex {
        if text[index] == "(" {
          index = text.index(after: index)
          let fields = take(until: "()").split(separator: "-", omittingEmptySubsequences: false)
          let name = fields.first.map(String.init) ?? ""
          let type = typeField < fields.count ? String(fields[typeField]) : name
          if index < text.endIndex, text[index] == ")" {
            index = text.index(after: index)
            spans.append(
              LabelledSpan(
                positions: word..<(word + 1), type: reader.number(ofType: type), id: name))
          } else {
            open.append((name, type, word))
          }
        } else {
          let name = String(take(until: "()").split(separator: "-").first ?? "")
          if index < text.endIndex, text[index] == ")" { index = text.index(after: index) }
          guard let place = open.lastIndex(where: { $0.name == name }) else {
            unread += 1
            continue
          }
          let found = open.remove(at: place)
          spans.append(
            LabelledSpan(
              positions: found.word..<(word + 1), type: reader.number(ofType: found.type), id: name)
          )
        }
      }
    }
    return unread + open.count
  }
}
