internal import SeqXML

/// Writes sentences as a vertical file of CWB: a token a line, structures as tags, `<g/>` where no
/// space stands between two tokens.
final class VerticalSentences: SegmentReceiver {
  /// The columns that can be written.
  static let columnNames = ["form", "lemma", "upos", "xpos", "feats", "id"]

  private let builder = SentenceBuilder(splitsSurface: false)
  private let pass: ([UInt8]) throws -> Void
  private let columns: [String]
  private var output: [UInt8] = []
  private var document = 0
  private var isInBlock = false

  /// - Parameter columns: names of ``columnNames``.
  init(columns: [String], pass: @escaping ([UInt8]) throws -> Void) {
    self.columns = columns
    self.pass = pass
  }

  /// Closes what is open, and passes on what waits.
  func finish() throws {
    closeDocument()
    try pass(output)
    output.removeAll()
  }

  func receive(_ segment: TEISegment, from importer: TEIImporter) throws {
    if segment.document != document || document == 0 && output.isEmpty && !isInDocument {
      closeDocument()
      document = segment.document
      openDocument(importer)
    }
    try builder.forEachSentence(of: segment, importer) {
      importer.report.sentences += 1
      importer.report.tokens += builder.words.count
      write(segment, importer)
    }
    if output.count >= 1 << 16 {
      try pass(output)
      output.removeAll(keepingCapacity: true)
    }
  }

  // MARK: - Structures

  private var isInDocument = false

  private func openDocument(_ importer: TEIImporter) {
    let data = importer.document
    tag(
      "text",
      [
        ("id", Array(data.name.utf8)), ("title", Array(data.title.utf8)),
        ("author", Array(data.author.utf8)), ("date", Array(data.date.utf8)),
        ("lang", Array(data.language.utf8)),
      ])
    isInDocument = true
  }

  private func closeDocument() {
    closeBlock()
    if isInDocument { output += "</text>\n".utf8 }
    isInDocument = false
  }

  private func closeBlock() {
    if isInBlock { output += "</p>\n".utf8 }
    isInBlock = false
  }

  private func tag(_ name: String, _ attributes: [(name: String, value: [UInt8])]) {
    output += "<\(name)".utf8
    for (name, value) in attributes where !value.isEmpty {
      output += " \(name)=\"".utf8
      output += InsertionEncoder.escaped(value)
      output.append(UInt8(ascii: "\""))
    }
    output += ">\n".utf8
  }

  private func write(_ segment: TEISegment, _ importer: TEIImporter) {
    func value(_ range: ValueRange) -> [UInt8] { Array(segment.values[range.indices]) }
    if builder.index == 0, !segment.isSentence || segment.startsBlock || !isInBlock {
      closeBlock()
      var attributes = [
        ("id", value(segment.isSentence ? segment.blockID : segment.id)),
        ("kind", importer.names.utf8(segment.kind)),
      ]
      var path: [UInt8] = []
      for field in segment.fields {
        let name = importer.names.string(field.name)
        if field.name == importer.vocabulary.div {
          path += (path.isEmpty ? [] : [UInt8(ascii: "/")]) + value(field.value)
        } else {
          attributes.append((name == "xml:lang" ? "lang" : name, value(field.value)))
        }
      }
      attributes.append(("div", path))
      tag("p", attributes)
      isInBlock = true
    }
    tag("s", segment.isSentence ? [("id", value(segment.id))] : [])
    writeWords(segment, importer)
    output += "</s>\n".utf8
  }

  // MARK: - Words

  private func writeWords(_ segment: TEISegment, _ importer: TEIImporter) {
    let (opens, closes) = nameBorders(segment, importer)
    segment.values.withUnsafeBufferPointer { values in
      for (index, word) in builder.words.enumerated() {
        for label in opens[index] { tag("name", [("type", Array(importer.labels[label].utf8))]) }
        let token = word.token >= 0 ? segment.tokens[word.token] : nil
        for (place, column) in columns.enumerated() {
          if place > 0 { output.append(0x09) }
          append(field(column, word, token, segment, values))
        }
        output.append(0x0A)
        for _ in 0..<closes[index] { output += "</name>\n".utf8 }
        if index + 1 < builder.words.count, !builder.hasSpaceAfter(index, in: segment) {
          output += "<g/>\n".utf8
        }
      }
    }
  }

  private func field(
    _ column: String, _ word: SentenceWord, _ token: SegmentToken?, _ segment: TEISegment,
    _ values: UnsafeBufferPointer<UInt8>
  ) -> [UInt8] {
    func kept(_ range: ValueRange) -> [UInt8] { Array(values[range.indices]) }
    switch column {
    case "form":
      return word.form.isEmpty ? Array(segment.text[word.text]) : kept(word.form)
    case "lemma": return token.map { kept($0.lemma) } ?? []
    case "upos": return token.map { Array(TokenTags($0, values).upos) } ?? []
    case "xpos": return token.map { Array(TokenTags($0, values).xpos) } ?? []
    case "feats": return token.map { Array(TokenTags($0, values).features) } ?? []
    default: return token.map { kept($0.id) } ?? []
    }
  }

  private func append(_ value: [UInt8]) {
    if value.isEmpty { return output.append(UInt8(ascii: "_")) }
    for byte in value {
      switch byte {
      case UInt8(ascii: "&"): output += "&amp;".utf8
      case UInt8(ascii: "<"): output += "&lt;".utf8
      case UInt8(ascii: ">"): output += "&gt;".utf8
      case ..<0x20: output.append(0x20)
      default: output.append(byte)
      }
    }
  }

  /// Where names begin and how many end, by word. A name that crosses another one is left out and
  /// counted; of a discontinuous one every part is an element.
  private func nameBorders(
    _ segment: TEISegment, _ importer: TEIImporter
  ) -> (opens: [[Int]], closes: [Int]) {
    var opens = [[Int]](repeating: [], count: builder.words.count)
    var closes = [Int](repeating: 0, count: builder.words.count)
    var found: [(words: Range<Int>, label: Int)] = []
    for name in segment.names {
      for part in name.parts
      where part.lowerBound < builder.text.upperBound && part.upperBound > builder.text.lowerBound {
        guard let (words, isExact) = builder.wordRange(part) else { continue }
        if !isExact { importer.report.movedEdges += 1 }
        found.append((words, name.label))
      }
    }
    found.sort {
      $0.words.lowerBound != $1.words.lowerBound
        ? $0.words.lowerBound < $1.words.lowerBound : $0.words.upperBound > $1.words.upperBound
    }
    var open: [Range<Int>] = []
    for (words, label) in found {
      while let last = open.last, last.upperBound <= words.lowerBound { open.removeLast() }
      if let last = open.last, last.upperBound < words.upperBound {
        importer.report.crossingNames += 1
        continue
      }
      open.append(words)
      opens[words.lowerBound].append(label)
      closes[words.upperBound - 1] += 1
    }
    return (opens, closes)
  }
}
