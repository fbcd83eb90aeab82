internal import SeqXML

/// Characters: counted, and handed to the segment that they belong to.
extension TEIImporter {
  func text(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream) throws {
    guard countsCharacters else { return try read(bytes, at: offset, in: stream) }
    try forEachPiece(of: bytes) { piece, start in
      try read(piece, at: offset + start, in: stream)
    }
  }

  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {
    guard countsCharacters else { return try read(bytes, for: range, in: stream) }
    try forEachPiece(of: bytes) { piece, _ in try read(piece, for: range, in: stream) }
  }

  private func read(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, in stream: XMLStream)
    throws
  {
    guard let visible = admitted(bytes) else { return }
    if visible == 0 {
      guard let segment = scopes[scopes.count - 1].segment, let frame = frames.last,
        !frame.isContainer
      else {
        // Between two fragments of a sentence.
        if queueStart < queue.count, let last = queue.last, last.awaitsPart, last.isClosed {
          last.addSpace(offset..<(offset + bytes.count), isPlain: false)
        }
        return
      }
      if frame.isSpaceCharacter { usesSpaceElements = true }
      if usesSpaceElements, ignoresSpace(segment) { return }
      segment.append(
        bytes, at: offset, preservesSpace: frame.preservesSpace, characters: characterPlace)
      return
    }
    let segment = try segmentForText(at: offset, in: stream)
    segment.append(
      bytes, at: offset, preservesSpace: frames.last?.preservesSpace ?? false,
      isFixed: stream.isCharacterData, characters: characterPlace)
  }

  private func read(
    _ bytes: UnsafeBufferPointer<UInt8>, for range: Range<Int>, in stream: XMLStream
  ) throws {
    guard let visible = admitted(bytes) else { return }
    if visible == 0 {
      guard let segment = scopes[scopes.count - 1].segment, let frame = frames.last,
        !frame.isContainer
      else { return }
      segment.substitute(
        bytes, for: range, preservesSpace: frame.preservesSpace, characters: characterPlace)
      return
    }
    try segmentForText(at: range.lowerBound, in: stream).substitute(
      bytes, for: range, preservesSpace: frames.last?.preservesSpace ?? false,
      characters: characterPlace)
  }

  /// Counts text that has come, and takes it where no segment is for it.
  ///
  /// - Returns: its bytes that are not white space; `nil` if it is done with.
  @inline(__always)
  private func admitted(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let visible = visibleCount(bytes)
    report.bytesIn += visible
    if skipDepth >= 0 {
      skipped += visible
      if otherReading != nil { otherReading!.append(bytes) }
      return nil
    }
    if header != nil {
      header!.text(bytes, visible)
      return nil
    }
    if visible > 0, standOffDepth >= 0 || linkDepth >= 0 {
      excluded(frames.last!.name, visible)
      return nil
    }
    return visible
  }

  /// The bytes that are not white space.
  @inline(__always)
  func visibleCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in bytes { count &+= byte > 0x20 ? 1 : 0 }
    return count
  }

  /// White space beside tokens means nothing where `<c>` elements hold the spaces.
  func ignoresSpace(_ segment: TEISegment) -> Bool {
    !(frames.last?.isSpaceCharacter ?? false) && segment.lastTokenEnd == segment.text.count
      && segment.openToken < 0
  }
}
