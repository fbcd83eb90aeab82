internal import SeqCore
internal import SeqXML

/// Turns the layers of a tagged record into insertions around the words of its sentence.
final class SegmentWriter {
  let settings: WriteSettings
  private let content: ContentTable
  let mark: [UInt8]
  let markHash: UInt64
  @exclusivity(unchecked) var report = WriteReport()
  /// What the document has of this layer already.
  let own: OwnLayer
  /// The numbers of the last identifiers made.
  @exclusivity(unchecked) var lastName, lastElement, lastFrame: Int
  /// What is written apart from the text, until the document ends.
  @exclusivity(unchecked) var apart = StandOffGroups()
  /// Offsets below it cannot be changed any more.
  @exclusivity(unchecked) var passed = 0
  /// The attributes of the word at work, without and with the mark; kept for their memory.
  @exclusivity(unchecked) private var added: [UInt8] = []
  @exclusivity(unchecked) private var marked: [UInt8] = []
  /// Takes the changes.
  let edits: DocumentEdits

  init(
    _ settings: WriteSettings, _ names: XMLNames, own: OwnLayer, edits: DocumentEdits
  ) {
    self.settings = settings
    self.own = own
    content = ContentTable(names)
    mark = Array(" resp=\"#\(settings.layer)\"".utf8)
    markHash = Array("#\(settings.layer)".utf8).withUnsafeBufferPointer { identifierHash($0) }
    (lastName, lastElement, lastFrame) = (own.lastName, own.lastElement, own.lastFrame)
    self.edits = edits
  }

  /// Writes what a record of a sentence says.
  func write(
    _ record: borrowing Record, of segment: TEISegment, _ builder: SentenceBuilder,
    _ importer: TEIImporter
  ) throws {
    if settings.existing == .skip,
      segment.tokens.contains(where: { !$0.pos.isEmpty || !$0.msd.isEmpty })
    {
      report.kept += builder.words.count
      return
    }
    if let frames = record.frames { writeFrames(frames, segment, builder) }
    if settings.isApart { return writeApart(record, segment, builder) }
    let wrapper = SegmentWrapper(segment: segment, content: content)
    writeWords(record, segment, builder, wrapper)
    if settings.marksSentences, !segment.isSentence, segment.tokens.isEmpty {
      let sentence = Insertion(
        kind: .sentence, element: Array("s".utf8), attributes: [], text: builder.text)
      if insert(sentence, wrapper, splits: true) { report.sentences += 1 }
    }
    // Where an earlier run has marked words, it has looked for names as well. (Some words it may not
    // have reached.)
    if own.hasNames,
      builder.words.contains(where: {
        $0.token >= 0 && segment.tokens[$0.token].place.responsibilityHash == markHash
      })
    {
      report.kept += Self.names(of: record).count
      return
    }
    for (layer, span) in Self.names(of: record) {
      try writeName(span, layer.typeName(of: span), segment, builder, wrapper, importer)
    }
  }

  /// The spans of a record that are names; roles of predicates are not.
  static func names(of record: borrowing Record) -> [(SpanLayer, LabelledSpan)] {
    if record.spanLayers.isEmpty { return [] }
    return record.spanLayers.filter { !SpanLayer.isLayer($0.name, of: "role") }
      .flatMap { layer in layer.spans.filter { !$0.positions.isEmpty }.map { (layer, $0) } }
  }

  // MARK: - Words

  /// What is written of words: attributes of theirs, or spans of a type apart from the text.
  enum WordValue: String {
    case pos, msd, lemma, cert
  }

  /// The layers that are written, and where each word's value stands in the record's buffer.
  func values(of record: borrowing Record) -> [(kind: WordValue, ranges: [ByteRange])] {
    var result: [(kind: WordValue, ranges: [ByteRange])] = []
    let upos = record.ranges("upos")
    let xpos = record.ranges("xpos")
    if let upos { result.append((.pos, upos)) }
    if let xpos { result.append((upos == nil ? .pos : .msd, xpos)) }
    if let lemma = record.ranges("lemma") { result.append((.lemma, lemma)) }
    let probability =
      record.ranges("upos.probability") ?? record.ranges("xpos.probability")
    if let probability { result.append((.cert, probability)) }
    return result
  }

  /// Whether a value says nothing.
  @inline(__always)
  static func isNone(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    value.isEmpty || value.count == 1 && value[0] == UInt8(ascii: "_")
  }

  private func writeWords(
    _ record: borrowing Record, _ segment: TEISegment, _ builder: SentenceBuilder,
    _ wrapper: SegmentWrapper
  ) {
    let layers = values(of: record).map { layer in
      (
        kind: layer.kind, opening: Array(" \(layer.kind.rawValue)=\"".utf8), ranges: layer.ranges
      )
    }
    let tags = record.ranges("upos")
    let words = builder.words
    record.buffer.withUnsafeBufferPointer { buffer in
      for index in words.indices {
        let word = words[index]
        added.removeAll(keepingCapacity: true)
        for layer in layers.indices {
          let range = layers[layer].ranges[index]
          let value = UnsafeBufferPointer(rebasing: buffer[range.indices])
          if Self.isNone(value) { continue }
          if word.token >= 0, !isFree(layers[layer].kind, of: word.token, value, segment) {
            continue
          }
          added.append(contentsOf: layers[layer].opening)
          InsertionEncoder.append(escaped: value, to: &added)
          added.append(UInt8(ascii: "\""))
        }
        if word.token >= 0 {
          annotate(segment.tokens[word.token].place)
          continue
        }
        let isPunctuation =
          tags.map { buffer[$0[index].indices].elementsEqual("PUNCT".utf8) }
          ?? !segment.text[word.text].contains { Self.isWordByte($0) }
        let insertion = Insertion(
          kind: .word, element: Array((isPunctuation ? "pc" : "w").utf8), attributes: added,
          text: word.text)
        if insert(insertion, wrapper, splits: true) { report.newWords += 1 }
      }
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
  }

  func attribute(_ name: String, _ value: some Collection<UInt8>) -> [UInt8] {
    Array(" \(name)=\"".utf8) + InsertionEncoder.escaped(value) + [UInt8(ascii: "\"")]
  }

  /// Whether a token that the document marks has no such value; another one that it has is replaced
  /// where that is asked for.
  private func isFree(
    _ kind: WordValue, of token: Int, _ value: UnsafeBufferPointer<UInt8>, _ segment: TEISegment
  ) -> Bool {
    let (range, known): (Range<Int>, ValueRange) =
      switch kind {
      case .pos: (segment.tokens[token].place.pos, segment.tokens[token].pos)
      case .msd: (segment.tokens[token].place.msd, segment.tokens[token].msd)
      case .lemma: (segment.tokens[token].place.lemma, segment.tokens[token].lemma)
      case .cert: (segment.tokens[token].place.cert, ValueRange())
      }
    // Without a place in the document there is no attribute, and no place for one either.
    if range.lowerBound == 0 || segment.tokens[token].place.end < 0 { return true }
    guard settings.existing == .replace, !segment.values[known.indices].elementsEqual(value) else {
      report.kept += 1
      return false
    }
    // Both quotes are escaped: either may stand around the value.
    let escaped = InsertionEncoder.escaped(value)
      .flatMap { $0 == UInt8(ascii: "'") ? Array("&apos;".utf8) : [$0] }
    edits.add(range.lowerBound, escaped, removed: range.count)
    report.annotatedWords += 1
    return false
  }

  /// Gives the attributes in `added` to a word that the document marks.
  private func annotate(_ place: TokenPlace) {
    guard place.end >= 0 else {
      report.inEntities += 1
      return
    }
    guard !added.isEmpty else { return }
    guard addAttributes(added, to: place) else {
      report.notAllowed += 1
      return
    }
    report.annotatedWords += 1
  }

  /// Adds attributes to a tag of the document, with the mark before them: what follows it is ours. A
  /// tag that has the mark already gets none; where the mark is the last attribute, the whole element is
  /// ours, and has to remain so.
  ///
  /// - Returns: whether there was a place for them.
  func addAttributes(_ added: [UInt8], to place: TokenPlace) -> Bool {
    guard place.end >= 0 else { return false }
    if !place.hasResponsibility {
      marked.removeAll(keepingCapacity: true)
      marked.append(contentsOf: mark)
      marked.append(contentsOf: added)
      edits.add(place.end, marked)
    } else if place.responsibilityHash != markHash {
      return false
    } else {
      edits.add(place.responsibilityIsLast ? place.responsibilityStart : place.end, added)
    }
    return true
  }

  // MARK: - Names

  private func writeName(
    _ span: LabelledSpan, _ type: String, _ segment: TEISegment, _ builder: SentenceBuilder,
    _ wrapper: SegmentWrapper, _ importer: TEIImporter
  ) throws {
    guard let text = freeText(of: span, segment, builder) else { return }
    let element = settings.nameElements[type]
    let attributes = (element == nil ? attribute("type", type.utf8) : []) + cert(span)
    var insertion = Insertion(
      kind: .name, element: Array((element ?? "name").utf8), attributes: attributes, text: text)
    switch settings.overlap {
    case .part: if insert(insertion, wrapper, splits: true) { report.names += 1 }
    case .skip:
      if insert(insertion, wrapper, splits: false) { report.names += 1 }
    case .shrink:
      if let places = try? wrapper.places(of: insertion), let first = places.first {
        insertion.text = first.text
        if insert(insertion, wrapper, splits: false) { report.names += 1 }
      } else {
        report.notAllowed += 1
      }
    case .standoff, .error:
      do {
        _ = try wrapper.places(of: insertion, splits: false)
      } catch {
        guard error == .overlap else { break }
        if settings.overlap == .standoff {
          return writeNameApart(span, type, segment, builder)
        }
        throw TEIError.overlap(
          at: "\(importer.currentSource):\(segment.line):\(segment.column)",
          name: String(decoding: segment.text[text], as: UTF8.self), type: type)
      }
    }
    if settings.overlap == .standoff || settings.overlap == .error,
      insert(insertion, wrapper, splits: false)
    {
      report.names += 1
    }
  }

  /// The text of a new name, unless a name of the document stands there: that stays as it is, and a new
  /// one must not stand beside or across it.
  func freeText(
    of span: LabelledSpan, _ segment: TEISegment, _ builder: SentenceBuilder
  ) -> Range<Int>? {
    let text =
      builder.words[span.positions.lowerBound].text
      .lowerBound..<builder.words[
        span.positions.upperBound - 1
      ].text.upperBound
    let overlaps = segment.names.contains { name in
      name.parts.contains { $0.lowerBound < text.upperBound && $0.upperBound > text.lowerBound }
    }
    if overlaps { report.kept += 1 }
    return overlaps ? nil : text
  }

  /// The probability of a name as an attribute; nothing if it has none.
  func cert(_ span: LabelledSpan) -> [UInt8] {
    guard let confidence = span.confidence else { return [] }
    let scaled = Int((Double(confidence) * 10_000).rounded())
    let digits = String(scaled % 10_000)
    return Array(
      " cert=\"\(scaled / 10_000).\(String(repeating: "0", count: 4 - digits.count))\(digits)\""
        .utf8)
  }

  // MARK: - Elements

  /// Puts an element around text.
  ///
  /// - Returns: whether there was a place for it.
  private func insert(_ insertion: Insertion, _ wrapper: SegmentWrapper, splits: Bool) -> Bool {
    let places: [SegmentWrapper.Place]
    do {
      places = try wrapper.places(of: insertion, splits: splits)
    } catch {
      switch error {
      case .entity: report.inEntities += 1
      case .content: report.notAllowed += 1
      case .overlap: report.overlapping += 1
      }
      return false
    }
    if places.count > 1 { report.split += 1 }
    if places.count > 1, insertion.kind == .name { lastName += 1 }
    let group = lastName
    let name = wrapper.segment.prefix + insertion.element
    for (index, place) in places.enumerated() {
      var tag = [UInt8(ascii: "<")] + name + insertion.attributes
      if places.count > 1 { tag += fragment(insertion.kind, index, places.count, group) }
      // The mark comes last: by that, the whole element is ours.
      tag += mark
      tag.append(UInt8(ascii: ">"))
      let size = place.text.count * 4 + insertion.kind.rawValue
      edits.add(place.range.lowerBound, tag, order: 1 << 40 - size)
      edits.add(
        place.range.upperBound, Array("</".utf8) + name + [UInt8(ascii: ">")], order: size)
    }
    return true
  }

  /// The attributes that tell that fragments belong together.
  private func fragment(
    _ kind: Insertion.Kind, _ index: Int, _ count: Int, _ group: Int
  ) -> [UInt8] {
    if kind != .name {
      let part = index == 0 ? "I" : index == count - 1 ? "F" : "M"
      return Array(" part=\"\(part)\"".utf8)
    }
    let stem = "\(settings.layer)-n\(group)."
    var text = " xml:id=\"\(stem)\(index + 1)\""
    if index > 0 { text += " prev=\"#\(stem)\(index)\"" }
    if index + 1 < count { text += " next=\"#\(stem)\(index + 2)\"" }
    return Array(text.utf8)
  }
}
