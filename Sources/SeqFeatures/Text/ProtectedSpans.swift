/// Parts of a chunk that are one token whatever the model thinks: URLs, e-mail addresses, emoticons.
extension ChunkView {
  /// The span of a URL, an e-mail address or an emoticon at scalar `i` or behind, if there is one.
  ///
  /// - Complexity: O(count), once a chunk.
  func protectedSpan() -> Range<Int>? {
    guard count > 1 else { return nil }
    var colon = -1
    var at = -1
    var point = -1
    var emoticon = -1
    for i in 0..<count {
      switch marks[i] {
      case UInt8(ascii: ":"):
        if colon < 0, marks[i + 1] == UInt8(ascii: "/"), marks[i + 2] == UInt8(ascii: "/") {
          colon = i
        }
        if emoticon < 0 { emoticon = i }
      case UInt8(ascii: "@"):
        if at < 0 { at = i }
      case UInt8(ascii: "."):
        if runClass(i + 1) <= RunClass.digit, kinds[i + 1] != ScalarKind.space.rawValue {
          point = i
        }
      case UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: "^"):
        if emoticon < 0 { emoticon = i }
      default: break
      }
    }
    if colon > 0 { return url(scheme: colon) }
    if let start = wwwStart() { return trimmed(start..<count) }
    if at > 0, let span = address(at) { return span }
    if point > 0, let span = fileName(lastPoint: point) { return span }
    if let span = fixedWord() { return span }
    if emoticon >= 0 { return emoticonSpan(emoticon) }
    return nil
  }

  private func url(scheme colon: Int) -> Range<Int>? {
    var start = colon
    while start > 0, colon - start < 10, runClass(start - 1) == RunClass.letter { start -= 1 }
    guard start < colon, colon + 3 < count else { return nil }
    return trimmed(start..<count)
  }

  private func wwwStart() -> Int? {
    var i = 0
    while i < min(3, count), runClass(i) > RunClass.digit { i += 1 }
    let w = UInt8(ascii: "w")
    guard i + 4 < count, marks[i] == w, marks[i + 1] == w, marks[i + 2] == w,
      marks[i + 3] == UInt8(ascii: ".")
    else { return nil }
    return i
  }

  /// Leaves out what follows a URL rather than belongs to it: brackets that it does not open,
  /// quotation marks, and punctuation at the end.
  private func trimmed(_ span: Range<Int>) -> Range<Int>? {
    var end = span.upperBound
    var opened = 0
    for i in span {
      switch marks[i] {
      case UInt8(ascii: "("): opened += 1
      case UInt8(ascii: ")"):
        opened -= 1
        if opened < 0 { end = min(end, i) }
      case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "\""), UInt8(ascii: "]"),
        UInt8(ascii: "|"):
        end = min(end, i)
      default: break
      }
      if end < span.upperBound { break }
    }
    while end > span.lowerBound, isTrailing(marks[end - 1]) { end -= 1 }
    return end > span.lowerBound + 1 ? span.lowerBound..<end : nil
  }

  private func isTrailing(_ mark: UInt8) -> Bool {
    switch mark {
    case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"),
      UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "'"), UInt8(ascii: "*"), Mark.terminator,
      Mark.ellipsis:
      true
    default: false
    }
  }

  private func isAddressMark(_ i: Int) -> Bool {
    if runClass(i) <= RunClass.digit { return true }
    switch marks[i] {
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"): return true
    default: return false
    }
  }

  private func address(_ at: Int) -> Range<Int>? {
    var start = at
    while start > 0, isAddressMark(start - 1) { start -= 1 }
    while start < at, runClass(start) > RunClass.digit { start += 1 }
    var end = at + 1
    var points = 0
    while end < count, isAddressMark(end) {
      if marks[end] == UInt8(ascii: ".") { points += 1 }
      end += 1
    }
    while end > at + 1, runClass(end - 1) > RunClass.digit {
      if marks[end - 1] == UInt8(ascii: ".") { points -= 1 }
      end -= 1
    }
    return start < at && points > 0 ? start..<end : nil
  }

  /// A word of the list of words with marks inside, such as `b/c`, with punctuation around it.
  private func fixedWord() -> Range<Int>? {
    guard count <= 12 else { return nil }
    var start = 0
    while start < count, runClass(start) > RunClass.digit { start += 1 }
    var end = count
    while end > start, runClass(end - 1) > RunClass.digit, marks[end - 1] != UInt8(ascii: "+") {
      end -= 1
    }
    guard end - start >= 3, end - start <= 8 else { return nil }
    var packed: UInt64 = 0
    for i in start..<end { packed = packed << 8 | UInt64(marks[i]) }
    return NameEndings.fixedWords.contains(packed) ? start..<end : nil
  }

  /// A host or file name: letters, digits and `.-_/` in front of a known ending.
  private func fileName(lastPoint point: Int) -> Range<Int>? {
    var end = point + 1
    var ending: UInt64 = 0
    while end < count, end - point <= 5, runClass(end) <= RunClass.digit {
      ending = ending << 8 | UInt64(marks[end])
      end += 1
    }
    let follows = marks[end]
    guard NameEndings.packed.contains(ending), end == count || runClass(end) > RunClass.digit,
      follows != UInt8(ascii: "-"), follows != UInt8(ascii: "_"), follows != UInt8(ascii: "'")
    else { return nil }
    var start = point
    while start > 0, runClass(start - 1) <= RunClass.digit || isNameMark(marks[start - 1]) {
      start -= 1
    }
    while start < point, runClass(start) > RunClass.digit { start += 1 }
    if follows == UInt8(ascii: "/") {
      // A host with a path.
      return trimmed(start..<count)
    }
    return start < point ? start..<end : nil
  }

  private func isNameMark(_ mark: UInt8) -> Bool {
    mark == UInt8(ascii: ".") || mark == UInt8(ascii: "-") || mark == UInt8(ascii: "_")
  }

  /// Eyes, at most one nose, a mouth (repeated at will), then the chunk's end or punctuation.
  private func emoticonSpan(_ first: Int) -> Range<Int>? {
    if marks[first] == UInt8(ascii: "^") {
      guard first == 0, count >= 3, marks[count - 1] == UInt8(ascii: "^"), count <= 5,
        (1..<count - 1).allSatisfy({
          marks[$0] == UInt8(ascii: "_") || marks[$0] == UInt8(ascii: "-")
        })
      else { return nil }
      return 0..<count
    }
    if marks[first] == UInt8(ascii: "<") {
      guard marks[first + 1] == UInt8(ascii: "3"), first + 2 == count else { return nil }
      return first..<count
    }
    for i in 0..<first where marks[i] == UInt8(ascii: "(") { return nil }
    if first > 0, runClass(first - 1) == RunClass.digit { return nil }
    var i = first + 1
    switch marks[i] {
    case UInt8(ascii: "'"), UInt8(ascii: "-"), UInt8(ascii: "^"), UInt8(ascii: "o"): i += 1
    default: break
    }
    let mouth = marks[min(i, count)]
    switch mouth {
    case UInt8(ascii: ")"), UInt8(ascii: "("), UInt8(ascii: "]"), UInt8(ascii: "["),
      UInt8(ascii: "|"), UInt8(ascii: "*"), UInt8(ascii: "}"), UInt8(ascii: "{"):
      while i < count, marks[i] == mouth { i += 1 }
    case UInt8(ascii: "d"), UInt8(ascii: "p"), UInt8(ascii: "/"), UInt8(ascii: "\\"),
      UInt8(ascii: "3"), UInt8(ascii: "s"), UInt8(ascii: "o"), UInt8(ascii: "x"):
      guard first == 0 else { return nil }
      i += 1
      guard i == count else { return nil }
    default: return nil
    }
    guard i == count || kinds[i] == ScalarKind.punctuation.rawValue else { return nil }
    return first..<i
  }
}

/// Endings of host and file names, and words with marks inside, at most eight letters packed into
/// a number each.
private enum NameEndings {
  static let fixedWords: [UInt64] = [
    pack("b/c"), pack("w/o"), pack("gov't"), pack("int'l"), pack("nat'l"), pack("o'clock"),
    pack("ma'am"), pack("c++"), pack("c/o"), pack("n/a"), pack("a/c"), pack("i/o"),
  ]

  static let packed: [UInt64] = [
    pack("com"), pack("net"), pack("org"), pack("edu"), pack("gov"), pack("uk"), pack("de"),
    pack("fr"), pack("info"), pack("biz"), pack("io"), pack("htm"), pack("html"), pack("pdf"),
    pack("doc"), pack("docx"), pack("xls"), pack("xlsx"), pack("ppt"), pack("jpg"), pack("jpeg"),
    pack("gif"), pack("png"), pack("txt"), pack("exe"), pack("zip"), pack("mp3"), pack("php"),
    pack("asp"), pack("csv"), pack("xml"), pack("json"), pack("py"),
  ]

  private static func pack(_ ending: StaticString) -> UInt64 {
    ending.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt64($1) } }
  }
}
