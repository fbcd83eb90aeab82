internal import SeqXML

/// Tokens, names and links.
extension TEIImporter {
  // MARK: - Tokens

  func openToken(
    _ tag: borrowing XMLStartTag, _ frame: inout Frame, in stream: XMLStream
  ) throws {
    let segment = try segmentForText(at: tag.range.lowerBound, in: stream)
    var token = SegmentToken()
    if settings.keepsTags, !tag.isReplacement {
      token.place = TagScanner.tokenPlace(tag.bytes, at: tag.range.lowerBound)
    }
    token.isPunctuation = tag.name == vocabulary.pc
    var part: UInt8 = 0
    var previous: UInt64 = 0
    for attribute in tag.attributes {
      switch profile.role(attribute.name) {
      case .none: continue
      case .id:
        token.id = segment.keep(attribute.value)
        token.idHash = identifierHash(attribute.value)
      case .lemma: token.lemma = segment.keep(attribute.value)
      case .pos: token.pos = segment.keep(attribute.value)
      case .msd: token.msd = segment.keep(attribute.value)
      case .ana: token.ana = segment.keep(attribute.value)
      case .norm: token.norm = segment.keep(attribute.value)
      case .join:
        noteJoin(segment)
        switch attribute.value.first {
        case UInt8(ascii: "r"): token.joinsRight = true
        case UInt8(ascii: "l"): token.joinsLeft = true
        case UInt8(ascii: "b"), UInt8(ascii: "o"):
          (token.joinsLeft, token.joinsRight) = (true, true)
        default: break
        }
      case .space:
        if attribute.value.elementsEqual("no".utf8) { token.joinsRight = true }
      case .part: part = attribute.value.first ?? 0
      case .next: token.nextHash = pointerHash(attribute.value)
      case .previous: previous = pointerHash(attribute.value)
      }
    }
    token.awaitsPart = part == UInt8(ascii: "I") || part == UInt8(ascii: "M") || token.nextHash != 0
    let continues = part == UInt8(ascii: "M") || part == UInt8(ascii: "F") || previous != 0
    if continues,
      let index = segment.tokens.lastIndex(where: {
        $0.awaitsPart && $0.textEnd >= 0
          && (previous == 0 || $0.idHash == previous || $0.nextHash == token.idHash)
      }), segment.tokens[index].textEnd == segment.text.count
    {
      // The next fragment of a word: no space, and the word is open again.
      segment.pendingSpace = false
      segment.joinsNext = true
      segment.tokens[index].textEnd = -1
      segment.tokens[index].awaitsPart = token.awaitsPart
      segment.tokens[index].nextHash = token.nextHash
      segment.tokens[index].idHash = token.idHash == 0 ? segment.tokens[index].idHash : token.idHash
      segment.tokens[index].joinsRight = token.joinsRight
      segment.openToken = index
      frame.tokenIndex = Int32(index)
      return
    }
    token.parent = segment.openToken
    let index = segment.tokens.count
    if token.parent >= 0 {
      segment.tokens[token.parent].lastWord = index
    } else if usesJoin(segment), segment.lastTokenEnd == segment.text.count, index > 0 {
      if segment.lastJoinsRight || token.joinsLeft {
        segment.pendingSpace = false
      } else {
        segment.addSpace(tag.range.lowerBound..<tag.range.lowerBound, isPlain: false)
      }
    }
    segment.tokens.append(token)
    segment.openToken = index
    segment.unresolved += 1
    frame.tokenIndex = Int32(index)
    report.markedTokens += 1
  }

  func closeToken(_ frame: Frame) throws {
    guard let segment = scopes[scopes.count - 1].segment,
      Int(frame.tokenIndex) < segment.tokens.count
    else { return }
    let index = Int(frame.tokenIndex)
    let end = segment.text.count
    if segment.tokens[index].textStart < 0 {
      segment.tokens[index].textStart = end
      if segment.unresolved > 0 { segment.unresolved -= 1 }
      if segment.tokens[index].norm.isEmpty { report.emptyTokens += 1 }
    }
    segment.tokens[index].textEnd = end
    segment.openToken = segment.tokens[index].parent
    if segment.openToken < 0 {
      if !spacingText.isEmpty,
        let isGlued = isGlued(segment.text[max(segment.tokens[index].textStart, 0)..<end])
      {
        segment.tokens[index].joinsRight = isGlued
        noteJoin(segment)
      }
      segment.lastTokenEnd = end
      segment.lastJoinsRight = segment.tokens[index].joinsRight
    }
    if end - segment.tokens[index].textStart > settings.tokenLimit {
      throw XMLError.limit(
        at: XMLPlace(source: currentSource, line: segment.line, column: segment.column),
        what: "a token has \(end - segment.tokens[index].textStart) bytes",
        limit: settings.tokenLimit)
    }
  }

  private func usesJoin(_ segment: TEISegment) -> Bool {
    switch profile.spacing {
    case .auto: segment.usesJoin
    case .join: true
    case .xml, .c: false
    }
  }

  /// The hash of a pointer `#id`.
  func pointerHash(_ value: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard value.first == UInt8(ascii: "#") else { return 0 }
    return identifierHash(UnsafeBufferPointer(rebasing: value.dropFirst()))
  }

  // MARK: - Names

  func openName(
    _ tag: borrowing XMLStartTag, _ frame: inout Frame, _ source: CompiledProfile.LabelSource,
    isMark: Bool = false, in stream: XMLStream
  ) throws {
    if !isMark, let wanted = settings.nameElements, !wanted.contains(names.string(tag.name)) {
      return
    }
    var label = names.utf8(tag.name)
    switch source {
    case .element: break
    case .elementAndType:
      if let type = tag.value(vocabulary.type), !type.isEmpty {
        label += [UInt8(ascii: ":")] + type
      }
    case .attribute(let name):
      if let value = tag.value(name), !value.isEmpty { label = Array(value) }
    }
    let segment = try segmentForText(at: tag.range.lowerBound, in: stream)
    var name = SegmentName(label: labelNumber(label))
    name.elementStart = tag.range.lowerBound
    name.isMark = isMark
    if let id = tag.value(vocabulary.id) { name.idHash = identifierHash(id) }
    if let previous = tag.value(vocabulary.previous) { name.previousHash = pointerHash(previous) }
    if let part = tag.value(vocabulary.part)?.first { name.part = part }
    frame.nameIndex = Int32(segment.names.count)
    segment.openNames.append(segment.names.count)
    segment.names.append(name)
    segment.unresolved += 1
  }

  func closeName(_ frame: Frame) {
    guard let segment = scopes[scopes.count - 1].segment else { return }
    let index = Int(frame.nameIndex)
    guard segment.openNames.last == index else { return }
    segment.openNames.removeLast()
    endName(index, of: segment)
  }

  /// Ends a name where the text ends.
  func endName(_ index: Int, of segment: TEISegment) {
    segment.names[index].isOpen = false
    let start = segment.names[index].start
    var end = segment.text.count
    while end > start, start >= 0, segment.text[end - 1] <= 0x20 { end -= 1 }
    if start >= 0, end > start {
      segment.names[index].parts = [start..<end]
    } else {
      if segment.unresolved > 0, start < 0 { segment.unresolved -= 1 }
      if !segment.names[index].isMark { report.emptyNames += 1 }
    }
  }

  // MARK: - Links

  /// A dependency: `target` names the head and then the argument.
  func readLink(_ tag: borrowing XMLStartTag) {
    guard let segment = linkSegment, let target = tag.value(vocabulary.target),
      let space = target.firstIndex(of: 0x20)
    else { return }
    let head = UnsafeBufferPointer(rebasing: target[..<space])
    let argument = UnsafeBufferPointer(rebasing: target[(space + 1)...])
    guard let ana = tag.value(vocabulary.ana) else { return }
    let relation =
      ana.firstIndex(of: UInt8(ascii: ":")).map { UnsafeBufferPointer(rebasing: ana[($0 + 1)...]) }
      ?? (ana.first == UInt8(ascii: "#") ? UnsafeBufferPointer(rebasing: ana.dropFirst()) : ana)
    segment.links.append(
      SegmentLink(
        head: pointerHash(head), argument: pointerHash(argument), relation: segment.keep(relation)))
  }

  /// Links stand in the sentence or behind it.
  private var linkSegment: TEISegment? { scopes[scopes.count - 1].segment }

  // MARK: - Annotation inside a token

  func readAnnotation(_ tag: borrowing XMLStartTag, _ rule: Int) {
    guard let segment = scopes[scopes.count - 1].segment, segment.openToken >= 0 else { return }
    for name in profile.rules[rule].from {
      guard let value = tag.value(name), !value.isEmpty else { continue }
      let range = segment.keep(value)
      switch names.string(profile.rules[rule].field) {
      case "lemma": segment.tokens[segment.openToken].lemma = range
      case "pos": segment.tokens[segment.openToken].pos = range
      case "msd": segment.tokens[segment.openToken].msd = range
      default: break
      }
      return
    }
  }

  // MARK: - Completion

  /// Joins the parts of names, adds what points at the text, and counts.
  func complete(_ segment: TEISegment) {
    joinNameParts(of: segment)
    if let pointers, !segment.hits.isEmpty || !segment.characterMarks.isEmpty {
      addPointers(pointers.resolve(segment, &report), to: segment)
    }
    segment.names.removeAll { $0.parts.isEmpty }
    takeMarks(of: segment)
    if !segment.readings.isEmpty {
      segment.readings.sort(by: WordReadings.comesBefore)
      segment.readingSearch = StretchSearch(segment.readings.lazy.map(\.text))
    }
    if settings.nesting != .keep, !settings.keepsTags, segment.names.count > 1 {
      flattenNames(of: segment)
    }
    for name in segment.names {
      report.names[labels[name.label], default: 0] += 1
      if name.parts.count > 1 { report.discontinuousNames += 1 }
    }
    var visible = 0
    for byte in segment.text { visible &+= byte > 0x20 ? 1 : 0 }
    report.bytesImported += visible
    report.hyphenBytes += segment.droppedHyphenBytes
    report.ambiguousHyphens += segment.ambiguousHyphens
  }

  private func joinNameParts(of segment: TEISegment) {
    guard segment.names.contains(where: { $0.part != 0 || $0.previousHash != 0 }) else { return }
    for index in segment.names.indices {
      let name = segment.names[index]
      guard !name.parts.isEmpty else { continue }
      let isLater = name.part == UInt8(ascii: "M") || name.part == UInt8(ascii: "F")
      guard name.previousHash != 0 || isLater else { continue }
      let earlier = segment.names[..<index].lastIndex {
        name.previousHash != 0
          ? $0.idHash == name.previousHash
          : $0.label == name.label
            && ($0.part == UInt8(ascii: "I") || $0.part == UInt8(ascii: "M"))
      }
      guard let earlier, !segment.names[earlier].parts.isEmpty else { continue }
      segment.names[earlier].parts += name.parts
      segment.names[earlier].idHash = name.idHash
      segment.names[earlier].part = name.part
      segment.names[index].parts = []
      // Parts that touch are one.
      segment.names[earlier].parts = segment.names[earlier].parts.reduce(into: []) { parts, part in
        if let last = parts.last, last.upperBound == part.lowerBound {
          parts[parts.count - 1] = last.lowerBound..<part.upperBound
        } else {
          parts.append(part)
        }
      }
    }
  }

  /// Takes the passages whose words are marked from among the names.
  private func takeMarks(of segment: TEISegment) {
    guard segment.names.contains(where: \.isMark) else { return }
    segment.marks = segment.names.filter(\.isMark)
    segment.names.removeAll(where: \.isMark)
    segment.marks.sort { $0.parts[0].lowerBound < $1.parts[0].lowerBound }
    segment.markSearch = StretchSearch(
      segment.marks.lazy.map { $0.parts[0].lowerBound..<$0.parts[$0.parts.count - 1].upperBound })
    for mark in segment.marks { report.marks[labels[mark.label], default: 0] += 1 }
  }

  /// Leaves out names until none overlaps another.
  private func flattenNames(of segment: TEISegment) {
    struct Candidate {
      var index: Int
      var range: Range<Int>
      var rank: Int
    }
    var candidates = segment.names.enumerated().map { index, name in
      let range = name.parts[0].lowerBound..<name.parts[name.parts.count - 1].upperBound
      var rank = 0
      switch settings.nesting {
      case .keep, .outermost: break
      case .longest: rank = -range.count
      case .innermost: rank = range.count
      case .priority(let list): rank = list.firstIndex(of: labels[name.label]) ?? list.count
      }
      return Candidate(index: index, range: range, rank: rank)
    }
    // The first in this order that overlaps none before it stays.
    candidates.sort {
      if $0.rank != $1.rank { return $0.rank < $1.rank }
      if $0.range.lowerBound != $1.range.lowerBound {
        return $0.range.lowerBound < $1.range.lowerBound
      }
      if $0.range.count != $1.range.count { return $0.range.count > $1.range.count }
      // The same text: the element outside, or the one inside.
      return settings.nesting == .innermost ? $0.index > $1.index : $0.index < $1.index
    }
    var kept: [Candidate] = []
    for candidate in candidates where !kept.contains(where: { $0.range.overlaps(candidate.range) })
    {
      kept.append(candidate)
    }
    report.flattenedNames += segment.names.count - kept.count
    segment.names = kept.map(\.index).sorted().map { segment.names[$0] }
  }

  /// Notes the text of an element that something points at.
  func closeTarget(_ frame: Frame) {
    guard let segment = scopes[scopes.count - 1].segment else { return }
    var start = min(frame.targetStart, segment.text.count)
    if frame.opensScope { start = 0 }
    if frame.tokenIndex >= 0, Int(frame.tokenIndex) < segment.tokens.count {
      start = max(segment.tokens[Int(frame.tokenIndex)].textStart, 0)
    }
    while start < segment.text.count, segment.text[start] <= 0x20 { start += 1 }
    segment.hits.append((frame.targetHash, start..<max(start, segment.text.count)))
    if countsCharacters { unwatchCharacters(in: frame.targetHash) }
  }
}
