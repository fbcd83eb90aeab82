/// How the text of a segment grows: white space, borders of the print, hyphens.
extension TEISegment {
  /// Adds characters that stand in the document as they are.
  func append(
    _ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, preservesSpace: Bool,
    isFixed: Bool = false,
    characters: Int = -1
  ) {
    var index = 0
    let count = bytes.count
    while index < count {
      var end = index + 1
      if bytes[index] <= 0x20 {
        while end < count, bytes[end] <= 0x20 { end += 1 }
        if joinsNext {
          // White space after a border inside a word.
        } else if preservesSpace {
          addPreserved(
            rebase(bytes, index, end), at: offset + index,
            place(index, of: bytes, from: characters))
        } else {
          addSpace(
            (offset + index)..<(offset + end), isPlain: end == index + 1 && bytes[index] == 0x20)
        }
      } else {
        while end < count, bytes[end] > 0x20 { end += 1 }
        let first = bytes[index]
        beforeCharacter(first, next: { index + 1 < count ? bytes[index + 1] : 0 })
        let source = (offset + index)..<(offset + end)
        if let last = runs.last, last.isVerbatim, last.source.upperBound == source.lowerBound {
          runs[runs.count - 1].source = last.source.lowerBound..<source.upperBound
        } else {
          runs.append(
            TextRun(
              textStart: text.count, source: source, isVerbatim: true, isFixed: isFixed,
              characters: place(index, of: bytes, from: characters)))
        }
        text.append(contentsOf: rebase(bytes, index, end))
      }
      index = end
    }
  }

  /// The number of code points before a byte of what is added.
  @inline(__always)
  private func place(
    _ index: Int, of bytes: UnsafeBufferPointer<UInt8>, from characters: Int
  ) -> Int {
    if characters < 0 { return -1 }
    var count = characters
    for byte in bytes[..<index] { count &+= byte & 0xC0 != 0x80 ? 1 : 0 }
    return count
  }

  @inline(__always)
  private func rebase(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
  ) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[start..<end])
  }

  /// Adds characters that `source` stands for.
  func substitute(
    _ bytes: UnsafeBufferPointer<UInt8>, for source: Range<Int>, preservesSpace: Bool,
    characters: Int = -1
  ) {
    var index = 0
    while index < bytes.count {
      var end = index + 1
      if bytes[index] <= 0x20 {
        while end < bytes.count, bytes[end] <= 0x20 { end += 1 }
        if joinsNext {
        } else if preservesSpace {
          text.append(contentsOf: rebase(bytes, index, end))
          runs.append(
            TextRun(
              textStart: text.count - (end - index), source: source, isVerbatim: false,
              characters: place(index, of: bytes, from: characters)))
        } else {
          addSpace(source, isPlain: false)
        }
      } else {
        while end < bytes.count, bytes[end] > 0x20 { end += 1 }
        beforeCharacter(bytes[index], next: { index + 1 < bytes.count ? bytes[index + 1] : 0 })
        runs.append(
          TextRun(
            textStart: text.count, source: source, isVerbatim: false,
            characters: place(index, of: bytes, from: characters)))
        text.append(contentsOf: rebase(bytes, index, end))
      }
      index = end
    }
  }

  /// Notes white space, which becomes one space if a character follows.
  @inline(__always)
  func addSpace(_ source: Range<Int>, isPlain: Bool) {
    if pendingSpace || joinsNext { return }
    pendingSpace = true
    spaceSource = source
    spaceIsPlain = isPlain
  }

  private func addPreserved(
    _ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, _ characters: Int
  ) {
    pendingSpace = false
    if let last = runs.last, last.isVerbatim, last.source.upperBound == offset {
      runs[runs.count - 1].source = last.source.lowerBound..<(offset + bytes.count)
    } else {
      runs.append(
        TextRun(
          textStart: text.count, source: offset..<(offset + bytes.count), isVerbatim: true,
          characters: characters))
    }
    text.append(contentsOf: bytes)
  }

  /// Settles what has waited for a character.
  @inline(__always)
  private func beforeCharacter(_ first: UInt8, next: () -> UInt8) {
    joinsNext = false
    if hyphenAtBreak { settleHyphen(first, next()) }
    if pendingSpace {
      pendingSpace = false
      if !text.isEmpty { writeSpace() }
    }
    if unresolved > 0 { resolve() }
  }

  private func writeSpace() {
    if spaceIsPlain, let last = runs.last, last.isVerbatim,
      last.source.upperBound == spaceSource.lowerBound
    {
      runs[runs.count - 1].source = last.source.lowerBound..<spaceSource.upperBound
    } else {
      runs.append(TextRun(textStart: text.count, source: spaceSource, isVerbatim: false))
    }
    text.append(0x20)
  }

  /// The first character of open names and tokens has come.
  private func resolve() {
    for index in openNames where names[index].start < 0 { names[index].start = text.count }
    for index in tokens.indices.reversed() {
      if tokens[index].textStart >= 0, tokens[index].lastWord < 0 { break }
      if tokens[index].textStart < 0, tokens[index].textEnd < 0 {
        tokens[index].textStart = text.count
      }
    }
    unresolved = 0
  }

  /// No space stands between what is there and what comes.
  func addGlue() {
    pendingSpace = false
    joinsNext = true
  }

  /// The places, in code points of the document's text, of a stretch of text; `nil` if they are not
  /// counted or something stands for it that is no text.
  func characters(_ range: Range<Int>) -> Range<Int>? {
    guard !range.isEmpty else { return nil }
    let first = runs[runIndex(of: range.lowerBound)]
    let last = runs[runIndex(of: range.upperBound - 1)]
    guard first.characters >= 0, last.characters >= 0 else { return nil }
    func count(_ range: Range<Int>) -> Int { text[range].count { $0 & 0xC0 != 0x80 } }
    let start = first.characters + count(first.textStart..<range.lowerBound)
    let end = last.characters + count(last.textStart..<range.upperBound)
    return start < end ? start..<end : nil
  }

  // MARK: - Borders

  /// What a border of the print did.
  enum BreakEffect {
    case none, joined, joinedWithoutHyphen
  }

  /// A border: line, page, column.
  ///
  /// - Parameters:
  ///   - joins: whether it says that the word goes on.
  ///   - isSpace: whether it stands for a space otherwise.
  func addBreak(
    _ source: Range<Int>, joins: Bool, isSpace: Bool, hyphens: ReadingProfile.Hyphens
  ) -> BreakEffect {
    if joins { return join(dropsHyphen: hyphens != .keep) }
    if joinsNext || !isSpace { return .none }
    if endsInLineEndHyphen { return join(dropsHyphen: hyphens != .keep) }
    if text.last == UInt8(ascii: "-"), text.count > 1, text[text.count - 2] > 0x20 {
      hyphenAtBreak = true
      joinsAtHyphen = hyphens == .auto
    }
    addSpace(source, isPlain: false)
    return .none
  }

  private func join(dropsHyphen: Bool) -> BreakEffect {
    pendingSpace = false
    joinsNext = true
    // Where white space is preserved, the line's end stands in the text already.
    while let last = text.last, last <= 0x20 { removeLast(1) }
    guard dropsHyphen, let length = hyphenLength else { return .joined }
    removeLast(length)
    droppedHyphenBytes += length
    return .joinedWithoutHyphen
  }

  /// U+2E17, U+00AC and U+00AD are written for nothing but a word that goes on.
  private var endsInLineEndHyphen: Bool {
    text.hasSuffix([0xE2, 0xB8, 0x97]) || text.hasSuffix([0xC2, 0xAC])
      || text.hasSuffix([0xC2, 0xAD])
  }

  /// The bytes of a hyphen at the text's end.
  private var hyphenLength: Int? {
    if text.last == UInt8(ascii: "-") || text.last == UInt8(ascii: "=") { return 1 }
    if text.hasSuffix([0xE2, 0x80, 0x90]) || text.hasSuffix([0xE2, 0xB8, 0x97]) { return 3 }
    if text.hasSuffix([0xC2, 0xAC]) || text.hasSuffix([0xC2, 0xAD]) { return 2 }
    return nil
  }

  private func removeLast(_ length: Int) {
    text.removeLast(length)
    while let last = runs.last, last.textStart >= text.count { runs.removeLast() }
    if let last = runs.last, last.isVerbatim {
      let count = text.count - last.textStart
      if last.source.count > count {
        runs[runs.count - 1].source =
          last.source.lowerBound..<(last.source.lowerBound + count)
      }
    }
  }

  /// A character has come behind a plain hyphen and a border.
  private func settleHyphen(_ first: UInt8, _ second: UInt8) {
    hyphenAtBreak = false
    let isLower =
      first >= UInt8(ascii: "a") && first <= UInt8(ascii: "z")
      || first == 0xC3 && second >= 0x9F && second != 0xB7
      || first == 0xD0 && second >= 0xB0 || first == 0xD1 && second <= 0x9F
      || first == 0xCE && second >= 0xAC || first == 0xCF && second <= 0x8E
    guard isLower else { return }
    ambiguousHyphens += 1
    guard joinsAtHyphen else { return }
    pendingSpace = false
    removeLast(1)
    droppedHyphenBytes += 1
  }
}

extension [UInt8] {
  /// Whether the last bytes are these.
  func hasSuffix(_ bytes: [UInt8]) -> Bool {
    count >= bytes.count && self[(count - bytes.count)...].elementsEqual(bytes)
  }
}
