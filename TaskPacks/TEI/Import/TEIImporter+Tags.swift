internal import SeqXML

/// Tags: the rule of each element, and what it begins and ends.
extension TEIImporter {
  func startElement(_ tag: borrowing XMLStartTag, in stream: XMLStream) throws {
    if skipDepth >= 0 {
      if otherReading != nil { startInOtherReading(tag) }
      frames.append(Frame(name: tag.name, rule: -1))
      return
    }
    if rootName < 0 { rootName = tag.name }
    var frame = Frame(name: tag.name, rule: -1)
    let top = frames.last
    frame.preservesSpace = top?.preservesSpace ?? false
    if header != nil {
      header!.start(tag, vocabulary)
      frames.append(frame)
      return
    }
    try readCommonAttributes(tag, &frame, in: stream)
    if profile.namespaces.contains(tag.namespace) {
      frame.rule = profile.rule(for: tag, parent: top?.name ?? -1) { name in
        frames.contains { $0.name == name }
      }
    } else if tag.namespace == vocabulary.xinclude {
      try include(tag, in: stream)
      skip(tag.name, &frame)
      return
    } else {
      frame.isForeign = true
    }
    if let top, top.pick >= 0, !choose(tag, frame.rule, Int(top.pick), in: stream) {
      skip(tag.name, &frame)
      return
    }
    if settings.keepsTags, !tag.isReplacement {
      frame.isNoted = true
      let around = tag.isEmpty ? top?.surrounding : frame.surrounding
      noteTag(tag.isEmpty ? .empty : .open, tag.name, tag.range, around: around)
    }
    if settings.keepsAnchors { openAnchor(tag, &frame) }
    guard frame.rule >= 0 else {
      if linkDepth < 0, standOffDepth < 0 { countUnknown(tag.name) }
      if linkDepth >= 0 { readLink(tag) }
      frames.append(frame)
      return
    }
    knownElements += 1
    let rule = Int(frame.rule)
    if !fallbacks.isEmpty { dropFallbacks(for: profile.rules[rule].action) }
    switch profile.rules[rule].action {
    case .include: if tag.name == vocabulary.c { frame.isSpaceCharacter = true }
    case .exclude, .pointer:
      // What the profile leaves out of an abbreviation or an expansion belongs to it as a reading.
      if settings.keepsReadings, !picks.isEmpty,
        tag.name == vocabulary.am || tag.name == vocabulary.ex
      {
        otherReading = OtherReadingText(
          name: tag.name, witnesses: [], pick: -1, depth: frames.count)
      }
      skip(tag.name, &frame)
      return
    case .fallback: openFallback(tag, &frame)
    case .glue: scopes[scopes.count - 1].segment?.addGlue()
    case .segment: try openBlock(tag, &frame, in: stream)
    case .sentence: try openSentence(tag, &frame, in: stream)
    case .separate: try openSeparate(tag, &frame, in: stream)
    case .token: try openToken(tag, &frame, in: stream)
    case .name: try openName(tag, &frame, profile.rules[rule].label, in: stream)
    case .mark: try openName(tag, &frame, profile.rules[rule].label, isMark: true, in: stream)
    case .choose:
      frame.isContainer = true
      frame.pick = Int32(picks.count)
      picks.append(Pick(frame: frames.count, mark: mark()))
    case .container: try openContainer(&frame)
    case .space: scopes[scopes.count - 1].segment?.addSpace(tag.range, isPlain: false)
    case .break: readBreak(tag, impliesSpace: profile.rules[rule].impliesSpace)
    case .placeholder:
      let text = profile.rules[rule].text
      let segment = try segmentForText(at: tag.range.lowerBound, in: stream)
      text.withUnsafeBufferPointer {
        segment.substitute($0, for: tag.range, preservesSpace: false)
      }
      report.bytesIn += text.count { $0 > 0x20 }
    case .document: try openDocument(tag, &frame)
    case .header:
      header = HeaderReader(depth: frames.count, tag)
    case .standOff:
      frame.isContainer = true
      if standOffDepth < 0 { standOffDepth = frames.count }
    case .links:
      frame.isContainer = true
      if linkDepth < 0 { linkDepth = frames.count }
    case .field: try openContainer(&frame)
    case .annotation: readAnnotation(tag, rule)
    }
    if profile.rules[rule].field >= 0, profile.rules[rule].action != .annotation {
      openField(tag, rule, &frame)
    }
    frames.append(frame)
  }

  func endElement(_ name: XMLNameID, at range: Range<Int>, in stream: XMLStream) throws {
    let frame = frames.removeLast()
    let depth = frames.count
    if skipDepth >= 0 {
      if otherReading != nil { endInOtherReading(depth) }
      if depth == skipDepth {
        if frame.anchor >= 0 { anchors.removeLast() }
        excluded[Int(skipName)] += skipped
        skipped = 0
        skipDepth = -1
        if frame.isNoted, !range.isEmpty {
          noteTag(.close, name, range, around: frames.last?.surrounding)
        }
      }
      return
    }
    if let header {
      if depth > header.depth {
        self.header!.end(name, at: range, vocabulary)
        return
      }
      document.take(header)
      try receiver.receive(header: header, from: self)
      excluded(name, header.bytes)
      self.header = nil
      if frame.anchor >= 0 { anchors.removeLast() }
      return
    }
    position = range.upperBound
    if !fallbacks.isEmpty { closeFallbacks(frame, depth) }
    if frame.targetHash != 0 { closeTarget(frame) }
    if frame.nameIndex >= 0 { closeName(frame) }
    if frame.tokenIndex >= 0 { try closeToken(frame) }
    if frame.fieldCount >= 0 { fields.removeLast(fields.count - Int(frame.fieldCount)) }
    if depth == linkDepth { linkDepth = -1 }
    if depth == standOffDepth { standOffDepth = -1 }
    if frame.pick >= 0 {
      let pick = picks.removeLast()
      if !pick.others.isEmpty { keepReadings(of: pick) }
    }
    if frame.opensScope {
      closeScope()
    } else if frame.isContainer, frame.pick < 0 {
      closeImplicit(depth)
    }
    if frame.isNoted, !range.isEmpty {
      noteTag(.close, name, range, around: frames.last?.surrounding)
    }
    if let last = blocks.last, last.frame == depth { blocks.removeLast() }
    if frame.isDocument { try closeDocument() }
    try flush()
    if depth == 0 { try finish(stream) }
    if frame.isDocument || depth == 0 && !sawDocument, !range.isEmpty, includeDepth == 0 {
      try receiver.receive(documentEnd: range.lowerBound, from: self)
    }
    if frame.anchor >= 0 { anchors.removeLast() }
  }

  /// Notes that `@join` tells of spaces.
  func noteJoin(_ segment: TEISegment) {
    usesJoin = true
    segment.usesJoin = true
  }

  /// The number of a label.
  func labelNumber(_ label: [UInt8]) -> Int {
    if let number = labelNumbers[label] { return number }
    labelNumbers[label] = labels.count
    labels.append(String(decoding: label, as: UTF8.self))
    return labels.count - 1
  }

  func skip(_ name: XMLNameID, _ frame: inout Frame) {
    skipDepth = frames.count
    skipName = name
    excluded(name, 0)
    frames.append(frame)
  }

  /// Counts bytes that a rule leaves out.
  func excluded(_ name: XMLNameID, _ bytes: Int) {
    while excluded.count <= Int(name) { excluded.append(0) }
    excluded[Int(name)] += bytes
  }

  func countUnknown(_ name: XMLNameID) {
    while unknown.count <= Int(name) { unknown.append(0) }
    unknown[Int(name)] += 1
  }

  func readCommonAttributes(
    _ tag: borrowing XMLStartTag, _ frame: inout Frame, in stream: XMLStream
  ) throws {
    for attribute in tag.attributes {
      if attribute.name == vocabulary.id || profile.role(attribute.name) == .id {
        if attribute.name == vocabulary.id {
          identifiers.insert(attribute.value, at: tag.range.lowerBound, stream, &report)
        }
        if let pointers, pointers.hasTargets {
          let hash = identifierHash(attribute.value)
          if pointers.isTarget(hash) {
            frame.targetHash = hash
            frame.targetStart = scopes.last?.segment?.text.count ?? 0
            if pointers.countsCharacters { watchCharacters(in: hash, pointers) }
          }
        }
      } else if attribute.name == vocabulary.space {
        frame.preservesSpace = attribute.value.elementsEqual("preserve".utf8)
      } else if attribute.name == vocabulary.language {
        frame.fieldCount = Int32(fields.count)
        fields.append((vocabulary.language, Array(attribute.value)))
      }
    }
  }
}
