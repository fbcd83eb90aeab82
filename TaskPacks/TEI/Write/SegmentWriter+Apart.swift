internal import SeqCore

/// Annotation apart from the text: spans that point at identifiers, which are made where there are
/// none, or at characters of an element that has one.
extension SegmentWriter {
  /// Writes all that a record says apart from the text.
  func writeApart(
    _ record: borrowing Record, _ segment: TEISegment, _ builder: SentenceBuilder
  ) {
    if settings.marksSentences, !segment.isSentence, segment.tokens.isEmpty {
      addSpan("s", builder.words.indices, segment, builder, attributes: [], value: [])
    }
    for (kind, ranges) in values(of: record) where kind != .cert {
      let probability = kind == .pos ? record.ranges("upos.probability") : nil
      for (index, word) in builder.words.enumerated() {
        let value = record.buffer[ranges[index].indices]
        if value.isEmpty || value.elementsEqual("_".utf8) { continue }
        if word.token >= 0, hasValue(kind, segment.tokens[word.token]) {
          report.kept += 1
          continue
        }
        var attributes: [UInt8] = []
        if let probability {
          attributes = attribute("cert", record.buffer[probability[index].indices])
        }
        addSpan(
          kind.rawValue, index..<(index + 1), segment, builder, attributes: attributes,
          value: value)
      }
    }
    for (layer, span) in Self.names(of: record) {
      writeNameApart(span, layer.typeName(of: span), segment, builder)
    }
  }

  private func hasValue(_ kind: WordValue, _ token: SegmentToken) -> Bool {
    guard settings.existing != .replace else { return false }
    switch kind {
    case .pos: return !token.pos.isEmpty
    case .msd: return !token.msd.isEmpty
    case .lemma, .cert: return !token.lemma.isEmpty
    }
  }

  /// Writes a name apart from the text.
  func writeNameApart(
    _ span: LabelledSpan, _ type: String, _ segment: TEISegment, _ builder: SentenceBuilder
  ) {
    guard freeText(of: span, segment, builder) != nil else { return }
    addSpan("ner", span.positions, segment, builder, attributes: cert(span), value: type.utf8)
  }

  /// Writes predicates, each with an identifier that its arguments correspond to.
  func writeFrames(_ frames: [Frame], _ segment: TEISegment, _ builder: SentenceBuilder) {
    for frame in frames {
      let id = "\(settings.layer)-f\(lastFrame + 1)"
      let predicate = frame.predicate..<(frame.predicate + 1)
      guard
        addSpan(
          "srl", predicate, segment, builder, attributes: attribute("xml:id", id.utf8),
          value: frame.sense.utf8)
      else { continue }
      lastFrame += 1
      for argument in frame.arguments {
        addSpan(
          "srl", argument.positions, segment, builder,
          attributes: attribute("corresp", "#\(id)".utf8), value: argument.role.utf8)
      }
    }
  }

  /// Adds a span over words to a group, unless the document has that group of this layer already.
  @discardableResult
  private func addSpan(
    _ type: String, _ words: Range<Int>, _ segment: TEISegment, _ builder: SentenceBuilder,
    attributes: [UInt8], value: some Collection<UInt8>
  ) -> Bool {
    if own.groups.contains(type) {
      report.kept += 1
      return false
    }
    guard !words.isEmpty, words.upperBound <= builder.words.count else { return false }
    guard let target = target(words, segment, builder) else {
      report.unreachable += 1
      return false
    }
    apart.add(
      type, prefix: segment.prefix, attributes: target + attributes,
      text: InsertionEncoder.escapedText(value))
    report.apart += 1
    return true
  }

  // MARK: - Pointers

  /// The attributes that point at words: at the elements of tokens, or at characters of the element
  /// around them.
  private func target(
    _ words: Range<Int>, _ segment: TEISegment, _ builder: SentenceBuilder
  ) -> [UInt8]? {
    let tokens = words.map { builder.words[$0].token }
    if tokens.allSatisfy({ $0 >= 0 }), let first = identifier(ofToken: tokens[0], segment),
      let last = identifier(ofToken: tokens[tokens.count - 1], segment)
    {
      return tokens.count == 1
        ? attribute("target", [UInt8(ascii: "#")] + first)
        : attribute("from", [UInt8(ascii: "#")] + first)
          + attribute("to", [UInt8(ascii: "#")] + last)
    }
    let text =
      builder.words[words.lowerBound].text
      .lowerBound..<builder.words[words.upperBound - 1].text
      .upperBound
    guard let anchor = segment.anchor, let characters = segment.characters(text),
      characters.lowerBound >= anchor.characters, let id = identifier(of: anchor)
    else { return nil }
    return attribute(
      "target",
      Array("#string-range(".utf8) + id
        + Array(",\(characters.lowerBound - anchor.characters),\(characters.count))".utf8))
  }

  private func identifier(ofToken index: Int, _ segment: TEISegment) -> [UInt8]? {
    let token = segment.tokens[index]
    if !token.id.isEmpty { return Array(segment.values[token.id.indices]) }
    guard let id = makeIdentifier(in: token.place) else { return nil }
    segment.tokens[index].id = segment.keep(id)
    return id
  }

  private func identifier(of anchor: TextAnchor) -> [UInt8]? {
    if anchor.id.isEmpty, anchor.tagStart >= passed, let id = makeIdentifier(in: anchor.place) {
      anchor.id = id
    }
    return anchor.id.isEmpty ? nil : anchor.id
  }

  private func makeIdentifier(in place: TokenPlace) -> [UInt8]? {
    let id = Array("\(settings.layer)-e\(lastElement + 1)".utf8)
    guard addAttributes(attribute("xml:id", id), to: place) else { return nil }
    lastElement += 1
    report.newIDs += 1
    return id
  }
}
