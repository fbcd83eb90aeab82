internal import SeqXML

/// Writes sentences as CoNLL-U: comments with their place in the document, a line a word.
///
/// `Docs/Formats/tei-import.md` lists the comments and the keys in MISC.
final class CoNLLUSentences: SegmentReceiver {
  private let builder = SentenceBuilder(splitsSurface: true)
  private let pass: (inout [UInt8]) throws -> Void
  private let writesSources: Bool
  @exclusivity(unchecked) private var output: [UInt8] = []
  @exclusivity(unchecked) private var document = 0
  @exclusivity(unchecked) private var labels: [[UInt8]] = []
  /// The parts of the segment's names; of many, in order of their starts.
  @exclusivity(unchecked) private var nameParts:
    [(text: Range<Int>, label: Int, isContinued: Bool)] = []
  /// Where they are found, if they are many.
  @exclusivity(unchecked) private var nameSearch: StretchSearch?
  @exclusivity(unchecked) private var nameMarks: [(layer: Int, isFirst: Bool, label: Int)] = []
  @exclusivity(unchecked) private var marksOfWords: [Range<Int>] = []
  @exclusivity(unchecked) private var headSlots: [(hash: UInt64, word: Int)] = []
  @exclusivity(unchecked) private var readings: WordReadings?
  @exclusivity(unchecked) private var heads: [(head: Int, relation: ValueRange)] = []

  /// - Parameters:
  ///   - writesSources: whether MISC has the bytes of the file that each word comes from.
  ///   - pass: takes what is written, when enough is together.
  init(writesSources: Bool, pass: @escaping (inout [UInt8]) throws -> Void) {
    self.writesSources = writesSources
    self.pass = pass
    output.reserveCapacity(1 << 17)
  }

  func receive(_ segment: TEISegment, from importer: TEIImporter) throws {
    if segment.document != document {
      document = segment.document
      writeDocument(importer)
    }
    try builder.forEachSentence(of: segment, importer) {
      importer.report.sentences += 1
      importer.report.tokens += builder.words.count
      write(segment, importer)
    }
    if output.count >= 1 << 16 { try flush() }
  }

  /// Passes on what waits.
  func flush() throws {
    try pass(&output)
    output.removeAll(keepingCapacity: true)
  }

  // MARK: - Comments

  private func comment(_ name: String, _ value: some Collection<UInt8>) {
    output.append(contentsOf: "# ".utf8)
    output.append(contentsOf: name.utf8)
    output.append(contentsOf: " = ".utf8)
    for byte in value { output.append(byte < 0x20 ? 0x20 : byte) }
    output.append(0x0A)
  }

  private func writeDocument(_ importer: TEIImporter) {
    let data = importer.document
    comment("newdoc id", data.name.utf8)
    comment("source", importer.currentSource.utf8)
    for (name, value) in [
      ("corpus", data.corpus), ("title", data.title), ("author", data.author), ("date", data.date),
      ("language", data.language),
    ] where !value.isEmpty {
      comment(name, value.utf8)
    }
  }

  private func writeComments(_ segment: TEISegment, _ importer: TEIImporter) {
    if builder.index == 0, !segment.isSentence || segment.startsBlock {
      let id = segment.isSentence ? segment.blockID : segment.id
      if id.isEmpty {
        output.append(contentsOf: "# newpar\n".utf8)
      } else {
        comment("newpar id", segment.values[id.indices])
      }
    }
    if segment.isSentence, !segment.id.isEmpty {
      comment("sent_id", segment.values[segment.id.indices])
    } else {
      comment("sent_id", "\(importer.document.name)-s\(builder.number)".utf8)
    }
    comment("kind", importer.names.utf8(segment.kind))
    var written: XMLNameID = -1
    for field in segment.fields {
      let name = importer.names.string(field.name)
      // Divisions are a path, from the outermost.
      if field.name == written, written == importer.vocabulary.div {
        output.removeLast()
        output.append(UInt8(ascii: "/"))
        output.append(contentsOf: segment.values[field.value.indices])
        output.append(0x0A)
      } else {
        comment(name == "xml:lang" ? "lang" : name, segment.values[field.value.indices])
      }
      written = field.name
    }
    comment("text", segment.text[builder.text])
  }

  // MARK: - Words

  private func write(_ segment: TEISegment, _ importer: TEIImporter) {
    writeComments(segment, importer)
    let words = builder.words
    if !segment.names.isEmpty { markNames(segment, importer) } else { marksOfWords.removeAll() }
    if !segment.links.isEmpty { resolveLinks(segment) }
    let hasHeads = !segment.links.isEmpty
    readings = segment.readings.isEmpty ? nil : WordReadings(segment, words)
    segment.values.withUnsafeBufferPointer { values in
      for (index, word) in words.enumerated() {
        if word.lastOfSurface >= 0 { writeSurface(index, word, segment) }
        output.append(decimal: index + 1)
        output.append(0x09)
        if word.form.isEmpty {
          appendText(segment, word.text)
        } else {
          appendField(values, word.form)
        }
        output.append(0x09)
        if word.token >= 0 {
          writeFields(segment.tokens[word.token], values, word, segment)
        } else {
          output.append(contentsOf: "_\t_\t_\t_".utf8)
        }
        if hasHeads, heads[index].head >= 0 {
          output.append(0x09)
          output.append(decimal: heads[index].head)
          output.append(0x09)
          appendField(values, heads[index].relation)
          output.append(contentsOf: "\t_\t".utf8)
        } else {
          output.append(contentsOf: "\t_\t_\t_\t".utf8)
        }
        writeMisc(index, word, segment, values, importer)
        output.append(0x0A)
      }
    }
    output.append(0x0A)
  }

  private func appendText(_ segment: TEISegment, _ range: Range<Int>) {
    if range.isEmpty {
      output.append(UInt8(ascii: "_"))
      return
    }
    segment.text.withUnsafeBufferPointer { text in
      let bytes = UnsafeBufferPointer(rebasing: text[range])
      // White space inside a form: CoNLL-U has spaces, and no tabs or line ends.
      if bytes.contains(where: { $0 < 0x20 }) {
        for byte in bytes { output.append(byte < 0x20 ? 0x20 : byte) }
      } else {
        output.append(contentsOf: bytes)
      }
    }
  }

  private func appendField(_ values: UnsafeBufferPointer<UInt8>, _ range: ValueRange) {
    if range.isEmpty {
      output.append(UInt8(ascii: "_"))
      return
    }
    output.append(contentsOf: UnsafeBufferPointer(rebasing: values[range.indices]))
  }

  private func writeSurface(_ index: Int, _ word: SentenceWord, _ segment: TEISegment) {
    output.append(decimal: index + 1)
    output.append(UInt8(ascii: "-"))
    output.append(decimal: word.lastOfSurface + 1)
    output.append(0x09)
    let start = word.text.lowerBound
    let end = builder.words[word.lastOfSurface].text.upperBound
    appendText(segment, start..<max(start, end))
    output.append(contentsOf: "\t_\t_\t_\t_\t_\t_\t_\t".utf8)
    output.append(
      contentsOf: builder.hasSpaceAfter(word.lastOfSurface, in: segment)
        || word.lastOfSurface == builder.words.count - 1
        ? "_\n".utf8 : "SpaceAfter=No\n".utf8)
  }

  /// LEMMA, UPOS, XPOS and FEATS. A punctuation mark without a lemma is its own.
  private func writeFields(
    _ token: SegmentToken, _ values: UnsafeBufferPointer<UInt8>, _ word: SentenceWord,
    _ segment: TEISegment
  ) {
    if token.isPunctuation, token.lemma.isEmpty {
      appendText(segment, word.text)
    } else {
      appendField(values, token.lemma)
    }
    output.append(0x09)
    let tags = TokenTags(token, values)
    for bytes in [tags.upos, tags.xpos] {
      if bytes.isEmpty {
        output.append(UInt8(ascii: "_"))
      } else {
        output.append(contentsOf: bytes)
      }
      output.append(0x09)
    }
    if tags.features.isEmpty {
      output.append(UInt8(ascii: "_"))
    } else {
      output.append(contentsOf: tags.features)
    }
  }

  private func writeMisc(
    _ index: Int, _ word: SentenceWord, _ segment: TEISegment,
    _ values: UnsafeBufferPointer<UInt8>, _ importer: TEIImporter
  ) {
    var isFirst = true
    func key(_ name: StaticString) {
      if !isFirst { output.append(UInt8(ascii: "|")) }
      isFirst = false
      output.append(
        contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }
    if word.token >= 0, !segment.tokens[word.token].id.isEmpty {
      key("Id=")
      appendField(values, segment.tokens[word.token].id)
    }
    if !marksOfWords.isEmpty {
      for mark in nameMarks[marksOfWords[index]] {
        if mark.layer == 0 {
          key("NER=")
        } else {
          key("NER")
          output.append(decimal: mark.layer + 1)
          output.append(UInt8(ascii: "="))
        }
        output.append(contentsOf: mark.isFirst ? "B-".utf8 : "I-".utf8)
        appendLabel(mark.label, importer)
      }
    }
    if !segment.marks.isEmpty {
      let labels = segment.markLabels(of: word.text, importer.labels)
      if !labels.isEmpty {
        key("Mark=")
        output.append(contentsOf: labels)
      }
    }
    if let readings {
      for number in readings.keys.indices where !readings.values[number][index].isEmpty {
        key("")
        output.append(contentsOf: readings.keys[number])
        output.append(UInt8(ascii: "="))
        for byte in readings.values[number][index] {
          output.append(byte == UInt8(ascii: "|") ? UInt8(ascii: "_") : byte)
        }
      }
    }
    if writesSources, !word.text.isEmpty {
      key("Source=")
      appendSources(word.text, segment, importer)
    }
    let isLastOfSurface =
      word.lastOfSurface < 0
      && (!word.continuesSurface
        || index + 1 == builder.words.count || !builder.words[index + 1].continuesSurface)
    if !word.continuesSurface, isLastOfSurface, index + 1 < builder.words.count,
      !builder.hasSpaceAfter(index, in: segment)
    {
      key("SpaceAfter=No")
    }
    if isFirst { output.append(UInt8(ascii: "_")) }
  }

  private func appendLabel(_ label: Int, _ importer: TEIImporter) {
    while labels.count < importer.labels.count {
      labels.append(
        importer.labels[labels.count].utf8.map {
          $0 <= 0x20 || $0 == UInt8(ascii: "|") ? UInt8(ascii: "_") : $0
        })
    }
    output.append(contentsOf: labels[label])
  }

  /// The places of a word in the file, as `start-end,start-end`.
  private func appendSources(_ range: Range<Int>, _ segment: TEISegment, _ importer: TEIImporter) {
    let run = segment.runs[segment.runIndex(of: range.lowerBound)]
    let end = run.source.lowerBound + (range.upperBound - run.textStart)
    if run.isVerbatim, end <= run.source.upperBound {
      // The usual case: one piece, as it stands.
      append(
        source: (run.source.lowerBound + (range.lowerBound - run.textStart))..<end, importer)
      return
    }
    for (index, source) in segment.sources(range).enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      append(source: source, importer)
    }
  }

  private func append(source: Range<Int>, _ importer: TEIImporter) {
    output.append(decimal: importer.original(source.lowerBound))
    output.append(UInt8(ascii: "-"))
    output.append(decimal: importer.original(source.upperBound))
  }

  // MARK: - Names

  /// Deals the names out to layers in which none overlaps, and notes the marks of each word.
  private func markNames(_ segment: TEISegment, _ importer: TEIImporter) {
    if builder.index == 0 { collectNameParts(segment) }
    var found: [(words: Range<Int>, label: Int, isContinued: Bool)] = []
    for part in nameParts[nameSearch?.candidates(builder.text) ?? nameParts.indices] {
      guard part.text.lowerBound < builder.text.upperBound,
        part.text.upperBound > builder.text.lowerBound,
        let (words, isExact) = builder.wordRange(part.text)
      else { continue }
      if !isExact, !part.isContinued { importer.report.movedEdges += 1 }
      found.append((words, part.label, part.isContinued))
    }
    found.sort {
      $0.words.lowerBound != $1.words.lowerBound
        ? $0.words.lowerBound < $1.words.lowerBound : $0.words.upperBound > $1.words.upperBound
    }
    var ends: [Int] = []
    var marks: [(word: Int, layer: Int, isFirst: Bool, label: Int)] = []
    for name in found {
      var layer = ends.firstIndex { $0 <= name.words.lowerBound }
      if layer == nil {
        ends.append(0)
        layer = ends.count - 1
      }
      ends[layer!] = name.words.upperBound
      for word in name.words {
        marks.append(
          (word, layer!, word == name.words.lowerBound && !name.isContinued, name.label))
      }
    }
    marks.sort { $0.word != $1.word ? $0.word < $1.word : $0.layer < $1.layer }
    nameMarks = marks.map { ($0.layer, $0.isFirst, $0.label) }
    marksOfWords.removeAll(keepingCapacity: true)
    var next = 0
    for word in builder.words.indices {
      let start = next
      while next < marks.count, marks[next].word == word { next += 1 }
      marksOfWords.append(start..<next)
    }
  }

  /// Notes the parts of a segment's names, to be looked for sentence by sentence.
  private func collectNameParts(_ segment: TEISegment) {
    nameParts.removeAll(keepingCapacity: true)
    for name in segment.names {
      for (index, part) in name.parts.enumerated() {
        nameParts.append((part, name.label, index > 0))
      }
    }
    nameSearch = nil
    guard nameParts.count > 16 else { return }
    nameParts.sort { $0.text.lowerBound < $1.text.lowerBound }
    nameSearch = StretchSearch(nameParts.lazy.map(\.text))
  }

  // MARK: - Links

  private func resolveLinks(_ segment: TEISegment) {
    heads = Array(repeating: (-1, ValueRange()), count: builder.words.count)
    var capacity = 16
    while capacity < 2 * builder.words.count + 2 { capacity *= 2 }
    headSlots = Array(repeating: (0, -1), count: capacity)
    func insert(_ hash: UInt64, _ word: Int) {
      guard hash != 0 else { return }
      var slot = Int(truncatingIfNeeded: hash ^ hash >> 29) & (capacity - 1)
      while headSlots[slot].hash != 0, headSlots[slot].hash != hash {
        slot = (slot + 1) & (capacity - 1)
      }
      headSlots[slot] = (hash, word)
    }
    func word(_ hash: UInt64) -> Int? {
      var slot = Int(truncatingIfNeeded: hash ^ hash >> 29) & (capacity - 1)
      while headSlots[slot].hash != 0 {
        if headSlots[slot].hash == hash { return headSlots[slot].word }
        slot = (slot + 1) & (capacity - 1)
      }
      return nil
    }
    for (index, word) in builder.words.enumerated() where word.token >= 0 {
      insert(segment.tokens[word.token].idHash, index)
    }
    for link in segment.links {
      guard let argument = word(link.argument) else { continue }
      if let head = word(link.head) {
        heads[argument] = (head + 1, link.relation)
      } else if link.head == segment.idHash {
        heads[argument] = (0, link.relation)
      }
    }
  }
}

extension [UInt8] {
  /// Appends a number that is not negative, in decimal digits.
  mutating func append(decimal value: Int) {
    if value < 10 {
      append(0x30 + UInt8(truncatingIfNeeded: value))
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var value = UInt(value)
      var start = digits.count
      while value > 0 {
        start -= 1
        digits[start] = 0x30 + UInt8(truncatingIfNeeded: value % 10)
        value /= 10
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }
}
