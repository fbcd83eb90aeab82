internal import SeqXML

/// Children of which one is read.
extension TEIImporter {
  /// Decides whether a child of a choice is read, and takes back what was read before if it is better.
  func choose(
    _ tag: borrowing XMLStartTag, _ rule: Int32, _ index: Int, in stream: XMLStream
  ) -> Bool {
    let choice = profile.rules[Int(frames[picks[index].frame].rule)]
    if rule >= 0 {
      switch profile.rules[Int(rule)].action {
      case .separate, .annotation, .break, .standOff, .links: return true
      case .exclude: if !choice.prefer.contains(tag.name) { return false }
      default: break
      }
    }
    var rank =
      choice.prefer.firstIndex(of: tag.name) ?? choice.prefer.count + picks[index].children
    picks[index].children += 1
    if let witness = profile.witness, let list = tag.value(vocabulary.wit) {
      let sigils = list.split(separator: 0x20)
      if sigils.contains(where: {
        $0.elementsEqual(witness) || $0.dropFirst().elementsEqual(witness)
      }) {
        rank = -1
      }
    }
    guard rank < picks[index].bestRank else {
      if settings.keepsReadings {
        otherReading = OtherReadingText(
          name: tag.name, witnesses: witnesses(of: tag), pick: index, depth: frames.count)
      }
      return false
    }
    if picks[index].bestRank != Int.max {
      if settings.keepsReadings { keepChosen(of: index) }
      rollBack(picks[index].mark, picks[index].bestName)
    }
    if settings.keepsReadings { picks[index].bestWitnesses = witnesses(of: tag) }
    picks[index].bestRank = rank
    picks[index].bestName = tag.name
    return true
  }

  func mark() -> Mark {
    let scope = scopes[scopes.count - 1]
    var mark = Mark(
      queueCount: queue.count - queueStart, segment: scope.segment, isCut: scope.isCut)
    guard let segment = scope.segment else { return mark }
    mark.text = segment.text.count
    mark.runs = segment.runs.count
    mark.tokens = segment.tokens.count
    mark.names = segment.names.count
    mark.links = segment.links.count
    mark.values = segment.values.count
    mark.tags = segment.tags.count
    mark.lastRun = segment.runs.last
    (mark.pendingSpace, mark.joinsNext) = (segment.pendingSpace, segment.joinsNext)
    (mark.hyphenAtBreak, mark.spaceIsPlain) = (segment.hyphenAtBreak, segment.spaceIsPlain)
    mark.spaceSource = segment.spaceSource
    mark.unresolved = segment.unresolved
    mark.lastTokenEnd = segment.lastTokenEnd
    mark.hyphenBytes = segment.droppedHyphenBytes
    return mark
  }

  /// Takes back what was read since a mark; its text counts as left out by the rule for `name`.
  func rollBack(_ mark: Mark, _ name: XMLNameID) {
    var bytes = 0
    let first = queueStart + mark.queueCount
    for segment in queue[first...] where segment !== mark.segment {
      bytes += segment.text.count { $0 > 0x20 } + segment.droppedHyphenBytes
      pool.append(segment)
    }
    queue.removeLast(queue.count - first)
    let index = scopes.count - 1
    scopes[index].segment = mark.segment
    scopes[index].isCut = mark.isCut
    if let segment = mark.segment {
      segment.isClosed = false
      bytes += segment.text[min(mark.text, segment.text.count)...].count { $0 > 0x20 }
      bytes += segment.droppedHyphenBytes - mark.hyphenBytes
      segment.text.removeLast(max(segment.text.count - mark.text, 0))
      segment.runs.removeLast(segment.runs.count - mark.runs)
      if let last = mark.lastRun { segment.runs[segment.runs.count - 1] = last }
      segment.tokens.removeLast(segment.tokens.count - mark.tokens)
      segment.names.removeLast(segment.names.count - mark.names)
      segment.openNames.removeAll { $0 >= mark.names }
      segment.hits.removeAll { $0.range.upperBound > mark.text }
      segment.characterMarks.removeAll { $0.text > mark.text }
      segment.droppedHyphenBytes = mark.hyphenBytes
      segment.leftOut.removeAll { $0.offset >= mark.text }
      segment.readings.removeAll { $0.text.lowerBound >= mark.text }
      segment.links.removeLast(segment.links.count - mark.links)
      segment.values.removeLast(segment.values.count - mark.values)
      segment.tags.removeLast(segment.tags.count - mark.tags)
      (segment.pendingSpace, segment.joinsNext) = (mark.pendingSpace, mark.joinsNext)
      (segment.hyphenAtBreak, segment.spaceIsPlain) = (mark.hyphenAtBreak, mark.spaceIsPlain)
      segment.spaceSource = mark.spaceSource
      segment.unresolved = mark.unresolved
      segment.lastTokenEnd = mark.lastTokenEnd
      // What began before the mark and met its first character behind it waits again.
      for index in segment.names.indices where segment.names[index].start >= mark.text {
        if segment.names[index].isOpen { segment.names[index].start = -1 }
      }
      for index in segment.tokens.indices where segment.tokens[index].textEnd < 0 {
        if segment.tokens[index].textStart >= mark.text { segment.tokens[index].textStart = -1 }
      }
    }
    excluded(name, bytes)
  }

  // MARK: - Text that something better may replace

  func openFallback(_ tag: borrowing XMLStartTag, _ frame: inout Frame) {
    frame.isFallback = true
    fallbacks.append(Fallback(depth: frames.count, name: tag.name, mark: mark()))
  }

  /// Ends a fallback's element, and forgets those whose parent ends.
  func closeFallbacks(_ frame: Frame, _ depth: Int) {
    if frame.isFallback { fallbacks[fallbacks.count - 1].isOpen = false }
    while let last = fallbacks.last, last.depth > depth { fallbacks.removeLast() }
  }

  /// Takes back the fallbacks that stand before an element of the text. Their text tells where spaces
  /// stand between the tokens that come in its place.
  func dropFallbacks(for action: ReadingProfile.Action) {
    switch action {
    case .segment, .sentence, .token: break
    default: return
    }
    while let last = fallbacks.last, !last.isOpen {
      fallbacks.removeLast()
      let old = last.mark.segment
      if let segment = scopes[scopes.count - 1].segment {
        let start = segment === old ? min(last.mark.text, segment.text.count) : 0
        spacingText = Array(segment.text[start...])
      } else if let segment = queue.last, queue.count - queueStart > last.mark.queueCount {
        spacingText = segment.text
      }
      spacingPlace = 0
      rollBack(last.mark, last.name)
    }
  }

  /// Finds a token in the text that tells of spaces.
  ///
  /// - Returns: whether no space follows it; `nil` if that text does not have it.
  func isGlued(_ form: ArraySlice<UInt8>) -> Bool? {
    guard spacingPlace < spacingText.count, !form.isEmpty else { return nil }
    var place = spacingPlace
    while place < spacingText.count, spacingText[place] <= 0x20 { place += 1 }
    guard spacingText[place...].starts(with: form) else {
      // Two texts that differ tell nothing of each other.
      spacingText.removeAll()
      return nil
    }
    spacingPlace = place + form.count
    return spacingPlace < spacingText.count && spacingText[spacingPlace] > 0x20
  }
}
