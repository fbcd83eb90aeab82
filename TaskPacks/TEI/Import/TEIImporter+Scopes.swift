internal import SeqXML

/// Segments and the elements that they stand in.
extension TEIImporter {
  /// The segment that text at `offset` goes to, made if need be.
  func segmentForText(at offset: Int, in stream: XMLStream) throws -> TEISegment {
    let index = scopes.count - 1
    if let segment = scopes[index].segment { return segment }
    let segment = newSegment(
      kind: scopes[index].kind >= 0 ? scopes[index].kind : frames.last?.name ?? rootName,
      at: offset,
      anchor: anchor(ofScope: index), in: stream)
    // The text may begin inside an element that opened before the segment did.
    segment.outer = frames.last?.surrounding ?? segment.kind
    scopes[index].segment = segment
    return segment
  }

  func newSegment(
    kind: XMLNameID, at offset: Int, anchor: TextAnchor?, in stream: XMLStream
  ) -> TEISegment {
    let segment = pool.popLast() ?? TEISegment()
    segment.reset()
    segment.kind = kind
    segment.outer = kind
    segment.document = documentCount
    segment.start = offset
    let place = stream.place(of: offset)
    segment.line = place.line
    segment.column = place.column
    segment.usesJoin = usesJoin
    segment.prefix = documentPrefix
    segment.anchor = anchor
    var index = fields.count - 1
    while index >= 0 {
      // The innermost value of a name counts, but divisions are a path.
      let field = fields[index]
      if field.name == vocabulary.div || !segment.fields.contains(where: { $0.name == field.name })
      {
        segment.fields.append((field.name, segment.keep(field.value)))
      }
      index -= 1
    }
    segment.fields.reverse()
    queue.append(segment)
    return segment
  }

  func keepID(_ tag: borrowing XMLStartTag, of segment: TEISegment) {
    if settings.keepsTags, !tag.isReplacement { segment.prefix = TagScanner.prefix(tag.bytes) }
    if let id = tag.value(vocabulary.id) ?? tag.value(vocabulary.plainID) {
      segment.id = segment.keep(id)
      segment.idHash = identifierHash(id)
    }
  }

  func closeSegment(of index: Int) {
    guard let segment = scopes[index].segment else { return }
    for name in segment.openNames where segment.names[name].start >= 0 {
      if !segment.names[name].isMark { report.cutNames += 1 }
      endName(name, of: segment)
    }
    segment.openNames.removeAll()
    segment.isClosed = true
    scopes[index].segment = nil
  }

  func openBlock(
    _ tag: borrowing XMLStartTag, _ frame: inout Frame, in stream: XMLStream
  ) throws {
    if vocabulary.joinable(tag.name), profile.joinsVerseParts, try continuePart(tag, &frame) {
      return
    }
    closeAwaiting()
    cutScope()
    scopes.append(Scope(frame: frames.count, kind: tag.name))
    frame.opensScope = true
    let segment = newSegment(
      kind: tag.name, at: tag.range.lowerBound, anchor: ownAnchor(frame), in: stream)
    keepID(tag, of: segment)
    if vocabulary.joinable(tag.name), profile.joinsVerseParts { notePart(tag, of: segment) }
    scopes[scopes.count - 1].segment = segment
    blocks.append(
      (frames.count, segment.id.isEmpty ? [] : Array(segment.values[segment.id.indices]), true))
  }

  private func ownAnchor(_ frame: Frame) -> TextAnchor? {
    frame.anchor >= 0 ? anchors[Int(frame.anchor)] : nil
  }

  /// The block around a new block ends its segment; what follows is another one.
  func cutScope() {
    let index = scopes.count - 1
    if scopes[index].segment != nil {
      closeSegment(of: index)
      scopes[index].isCut = true
    }
  }

  func openSentence(
    _ tag: borrowing XMLStartTag, _ frame: inout Frame, in stream: XMLStream
  ) throws {
    if try continuePart(tag, &frame) { return }
    closeAwaiting()
    cutScope()
    scopes.append(Scope(frame: frames.count, kind: tag.name))
    frame.opensScope = true
    let segment = newSegment(
      kind: tag.name, at: tag.range.lowerBound, anchor: ownAnchor(frame), in: stream)
    segment.isSentence = true
    keepID(tag, of: segment)
    if let block = blocks.last {
      segment.blockID = segment.keep(block.id)
      segment.startsBlock = block.isFresh
      blocks[blocks.count - 1].isFresh = false
    } else {
      segment.startsBlock = false
    }
    notePart(tag, of: segment)
    scopes[scopes.count - 1].segment = segment
  }

  /// Notes that a fragment's continuation follows.
  func notePart(_ tag: borrowing XMLStartTag, of segment: TEISegment) {
    guard let part = tag.value(vocabulary.part)?.first else { return }
    segment.awaitsPart = part == UInt8(ascii: "I") || part == UInt8(ascii: "M")
  }

  /// Goes on with the fragment that waits, if this is its continuation.
  func continuePart(_ tag: borrowing XMLStartTag, _ frame: inout Frame) throws -> Bool {
    guard let part = tag.value(vocabulary.part)?.first,
      part == UInt8(ascii: "M") || part == UInt8(ascii: "F"),
      let segment = queue[queueStart...].last(where: { $0.awaitsPart && $0.isClosed }),
      segment.kind == tag.name
    else { return false }
    // Text between the fragments is a segment that comes behind.
    if scopes[scopes.count - 1].segment != nil { cutScope() }
    segment.isClosed = false
    segment.awaitsPart = part == UInt8(ascii: "M")
    scopes.append(Scope(frame: frames.count, kind: tag.name, segment: segment))
    frame.opensScope = true
    return true
  }

  /// No continuation of a fragment comes any more.
  func closeAwaiting() {
    for segment in queue[queueStart...] where segment.awaitsPart { segment.awaitsPart = false }
  }

  func openSeparate(
    _ tag: borrowing XMLStartTag, _ frame: inout Frame, in stream: XMLStream
  ) throws {
    scopes.append(Scope(frame: frames.count, kind: tag.name, isSeparate: true))
    frame.opensScope = true
    let segment = newSegment(
      kind: tag.name, at: tag.range.lowerBound, anchor: ownAnchor(frame), in: stream)
    keepID(tag, of: segment)
    scopes[scopes.count - 1].segment = segment
  }

  func openContainer(_ frame: inout Frame) throws {
    frame.isContainer = true
    if scopes.count == 1 { closeSegment(of: 0) }
  }

  func closeScope() {
    closeSegment(of: scopes.count - 1)
    scopes.removeLast()
  }

  /// Text outside of blocks ends with the element around it.
  func closeImplicit(_ depth: Int) {
    let index = scopes.count - 1
    if scopes[index].frame < depth, index == 0 || scopes[index].isCut { closeSegment(of: index) }
  }

  func noteTag(
    _ kind: SegmentTag.Kind, _ name: XMLNameID, _ range: Range<Int>, around: XMLNameID?
  ) {
    guard let segment = scopes[scopes.count - 1].segment else { return }
    segment.tags.append(
      SegmentTag(
        kind: kind, name: name, range: range, textOffset: segment.text.count,
        around: around ?? -1))
  }

  /// The lowest offset that a change may still come for.
  var safeOffset: Int {
    var offset = min(floor, position)
    // An open block may still be given an identifier.
    if settings.keepsAnchors {
      for scope in scopes where scope.frame >= 0 && scope.frame < frames.count {
        let anchor = frames[scope.frame].anchor
        if anchor >= 0, anchors[Int(anchor)].id.isEmpty {
          offset = min(offset, anchors[Int(anchor)].tagStart)
        }
      }
    }
    return offset
  }
}
