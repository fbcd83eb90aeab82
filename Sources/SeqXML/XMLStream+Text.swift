extension XMLStream {
  /// Reads what stands between the last tag and `limit` from the document's bytes, and hands it on:
  /// text, CDATA sections, comments (passed over), processing instructions, references, line ends.
  ///
  /// - Parameter limit: the parser's position; everything before it is well-formed.
  /// - Returns: the offset of the tag that comes next, or `nil` if there is none before `limit`.
  func lex(to limit: Int) throws -> Int? {
    var offset = lexed
    while offset < limit {
      let end = textEnd(from: offset, before: limit)
      if end > offset {
        lexerCharacters += end - offset
        try text(offset..<end)
        offset = end
        lexed = offset
        continue
      }
      switch window[offset] {
      case UInt8(ascii: "\r"):
        // A line feed stands for CR LF, and for CR alone.
        let isPair = offset + 1 < limit && window[offset + 1] == 0x0A
        let next = offset + (isPair ? 2 : 1)
        lexerCharacters += 1
        try substitute([0x0A], for: offset..<next)
        offset = next
      case UInt8(ascii: "&"):
        guard let semicolon = find(";", from: offset, before: limit) else {
          lexed = offset
          return nil
        }
        try reference(offset..<(semicolon + 1))
        offset = semicolon + 1
      default:
        guard let next = try markup(at: offset, limit) else {
          lexed = offset
          return offset + 1 < limit && isTag(window[offset + 1]) ? offset : nil
        }
        offset = next
      }
      lexed = offset
    }
    return nil
  }

  /// The offset of the next byte that is not text as it stands, or `limit`.
  @inline(__always)
  private func textEnd(from offset: Int, before limit: Int) -> Int {
    let bytes = window.slice(offset..<limit)
    var index = 0
    while index < bytes.count, !isMarkup(bytes[index]) { index += 1 }
    return offset + index
  }

  @inline(__always)
  private func isMarkup(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "\r")
  }

  private func isTag(_ byte: UInt8) -> Bool {
    byte != UInt8(ascii: "!") && byte != UInt8(ascii: "?")
  }

  /// Passes over a comment, a CDATA section or a processing instruction.
  ///
  /// - Returns: the offset behind it; `nil` for a tag, or if it does not end before `limit`.
  private func markup(at offset: Int, _ limit: Int) throws -> Int? {
    guard offset + 1 < limit else { return nil }
    switch window[offset + 1] {
    case UInt8(ascii: "?"):
      guard let end = find("?>", from: offset + 2, before: limit) else { return nil }
      try processingInstruction(offset..<(end + 2))
      return end + 2
    case UInt8(ascii: "!"):
      if starts("<!--", at: offset, before: limit) {
        return find("-->", from: offset + 4, before: limit).map { $0 + 3 }
      }
      guard starts("<![CDATA[", at: offset, before: limit),
        let end = find("]]>", from: offset + 9, before: limit)
      else { return nil }
      try characterData((offset + 9)..<end)
      return end + 3
    default: return nil
    }
  }

  /// Hands on the text of a CDATA section, in which only line ends are not themselves.
  private func characterData(_ range: Range<Int>) throws {
    isCharacterData = true
    defer { isCharacterData = false }
    var start = range.lowerBound
    while start < range.upperBound {
      var end = start
      while end < range.upperBound, window[end] != UInt8(ascii: "\r") { end += 1 }
      if end > start {
        lexerCharacters += end - start
        try text(start..<end)
      }
      start = end
      guard start < range.upperBound else { break }
      let isPair = start + 1 < range.upperBound && window[start + 1] == 0x0A
      lexerCharacters += 1
      try substitute([0x0A], for: start..<(start + (isPair ? 2 : 1)))
      start += isPair ? 2 : 1
    }
  }

  /// Hands on what a reference stands for.
  private func reference(_ range: Range<Int>) throws {
    let name = Array(window.slice((range.lowerBound + 1)..<(range.upperBound - 1)))
    if name.first == UInt8(ascii: "#") {
      guard let scalar = characterReference(name.dropFirst()) else { return }
      let bytes = Array(UTF8.encode(scalar)!)
      lexerCharacters += bytes.count
      try substitute(bytes, for: range)
    } else if let character = XMLEntities.predefined(name) {
      lexerCharacters += 1
      try substitute([character], for: range)
    } else if let text = try replacement(of: name, at: range.lowerBound) {
      let isPlain = !text.contains { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }
      if isPlain {
        try substitute(text, for: range)
      } else {
        try read(replacement: text, of: name, for: range)
      }
    } else if options.unknownEntity == .keep {
      try substitute(Array(window.slice(range)), for: range)
    }
  }

  private func starts(_ word: StaticString, at offset: Int, before limit: Int) -> Bool {
    let count = word.utf8CodeUnitCount
    guard offset + count <= limit else { return false }
    return window.slice(offset..<(offset + count))
      .elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: count))
  }

  private func find(_ word: StaticString, from offset: Int, before limit: Int) -> Int? {
    var place = offset
    let first = word.utf8Start.pointee
    while place < limit {
      if window[place] == first, starts(word, at: place, before: limit) { return place }
      place += 1
    }
    return nil
  }

  // MARK: - Handing on

  func text(_ range: Range<Int>) throws {
    try handler.text(window.slice(range), at: range.lowerBound, in: self)
  }

  func substitute(_ bytes: [UInt8], for range: Range<Int>) throws {
    try bytes.withUnsafeBufferPointer { try handler.substitute($0, for: range, in: self) }
  }

  func processingInstruction(_ range: Range<Int>) throws {
    try handler.processingInstruction(at: range, in: self)
  }
}
