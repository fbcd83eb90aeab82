internal import SeqXML

/// Borders of the print, fields, documents, and the end.
extension TEIImporter {
  func readBreak(_ tag: borrowing XMLStartTag, impliesSpace: Bool) {
    guard let segment = scopes[scopes.count - 1].segment else { return }
    let value = tag.value(vocabulary.break)
    // A border inside a marked word does not end it unless it says so.
    let joins = value?.elementsEqual("no".utf8) ?? (segment.openToken >= 0)
    let effect = segment.addBreak(
      tag.range, joins: joins, isSpace: impliesSpace || value != nil && !joins,
      hyphens: profile.hyphens)
    if effect != .none { report.joins += 1 }
  }

  func openField(_ tag: borrowing XMLStartTag, _ rule: Int, _ frame: inout Frame) {
    for name in profile.rules[rule].from {
      guard let value = tag.value(name) else { continue }
      if frame.fieldCount < 0 { frame.fieldCount = Int32(fields.count) }
      fields.append((profile.rules[rule].field, Array(value)))
      // The segment that the same element has opened has the field as well.
      if frame.opensScope, let segment = scopes[scopes.count - 1].segment {
        segment.fields.append((profile.rules[rule].field, segment.keep(value)))
      }
      return
    }
  }

  func openDocument(_ tag: borrowing XMLStartTag, _ frame: inout Frame) throws {
    frame.isContainer = true
    frame.isDocument = true
    try cutScopes()
    if settings.keepsTags, !tag.isReplacement { documentPrefix = TagScanner.prefix(tag.bytes) }
    documentStack.append(document)
    documentCount += 1
    sawDocument = true
    report.documents += 1
    document = DocumentData()
    document.source = currentSource
    document.corpus = documentStack.last?.title ?? ""
    document.id = tag.string(vocabulary.id) ?? tag.string(vocabulary.plainID) ?? ""
    document.number = documentCount
    // Formats without headers have their metadata in attributes.
    document.title = tag.string(vocabulary.title) ?? ""
    document.author = tag.string(vocabulary.author) ?? ""
    document.date = tag.string(vocabulary.date) ?? ""
    document.language = tag.string(vocabulary.plainLanguage) ?? ""
    usesJoin = false
    usesSpaceElements = false
  }

  /// A document inside a block, such as one that a paragraph quotes, ends the segments around it; what
  /// follows it there is another segment.
  private func cutScopes() throws {
    for index in scopes.indices where scopes[index].segment != nil {
      closeSegment(of: index)
      scopes[index].isCut = index > 0
    }
    try flush()
  }

  func closeDocument() throws {
    closeAwaiting()
    closeSegment(of: 0)
    try flush()
    document = documentStack.removeLast()
  }

  func finish(_ stream: XMLStream) throws {
    guard documentStack.isEmpty, includeDepth == 0 else { return }
    closeAwaiting()
    closeSegment(of: 0)
    try flush()
  }

  /// Hands over what is complete.
  func flush() throws {
    guard picks.isEmpty, fallbacks.isEmpty else { return }
    while queueStart < queue.count {
      let segment = queue[queueStart]
      guard segment.isClosed, !segment.awaitsPart else { break }
      try deliver(segment)
      pool.append(segment)
      queueStart += 1
    }
    if queueStart == queue.count {
      queue.removeAll(keepingCapacity: true)
      queueStart = 0
    } else if queueStart > 256 {
      queue.removeFirst(queueStart)
      queueStart = 0
    }
  }

  func deliver(_ segment: TEISegment) throws {
    complete(segment)
    guard !segment.text.isEmpty || !segment.tokens.isEmpty else { return }
    report.segments += 1
    try receiver.receive(segment, from: self)
  }

  /// The lowest offset that is still asked for.
  var floor: Int { queueStart < queue.count ? queue[queueStart].start : Int.max }

  /// The language of a segment, as the document declares it.
  func language(of segment: TEISegment) -> String {
    if let field = segment.fields.last(where: { $0.name == vocabulary.language }) {
      return segment.string(field.value)
    }
    return document.language
  }

  /// The offset in the file's own bytes.
  @inline(__always)
  func original(_ offset: Int) -> Int {
    originalShift >= 0 ? offset + originalShift : stream?.originalOffset(offset) ?? offset
  }

  /// The report, after the document's end.
  ///
  /// - Throws: `TEIError.nothingKnown` if the profile is for another kind of document.
  func finishReport(_ stream: XMLStream) throws -> ImportReport {
    pointers?.finish(&report)
    for (id, count) in excluded.enumerated() where count > 0 {
      report.bytesExcluded[names.string(XMLNameID(id)), default: 0] += count
    }
    for (id, count) in unknown.enumerated() where count > 0 {
      report.unknownElements[names.string(XMLNameID(id)), default: 0] += count
    }
    report.undeclaredEntities += stream.undeclaredEntities.reduce(0) { $0 + $1.count }
    report.unboundPrefixes += stream.unboundPrefixes.values.reduce(0, +)
    report.files += 1
    if knownElements == 0 {
      throw TEIError.nothingKnown(source: currentSource, root: names.string(rootName))
    }
    return report
  }
}
