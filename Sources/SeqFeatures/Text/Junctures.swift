/// What the rules say of a juncture, the place between two scalars of a chunk.
enum JunctureRule {
  case join
  case split
  /// Neither: the English model decides, or the default of UAX #29.
  case open
}

/// A chunk through unsafe pointers, for rules and features; index 0 is the first scalar.
struct ChunkView {
  let count: Int
  let offsets: UnsafePointer<Int>
  let kinds: UnsafePointer<UInt8>
  let marks: UnsafePointer<UInt8>
  let runHashes: UnsafePointer<UInt64>
  let runLengths: UnsafePointer<UInt8>
  /// The kind and mark that follow the white space behind the chunk; `chunkEnd` at a paragraph's end.
  let nextKind: UInt8
  let nextMark: UInt8

  @inline(__always)
  func runClass(_ index: Int) -> UInt8 { RunClass.of(kind: kinds[index], mark: marks[index]) }

  /// What holds in every language: graphemes and emoji stay whole (UAX #29 WB3–4, WB15–16), runs
  /// of letters and digits stay whole (WB5, WB8), ideographs stand alone (WB999).
  @inline(__always)
  func rule(_ index: Int, regionalIndicatorsBefore: Int) -> JunctureRule {
    let left = kinds[index - 1] & ScalarKind.baseMask
    let right = kinds[index]
    if right & ScalarKind.extends != 0 || left == ScalarKind.prepend.rawValue { return .join }
    if kinds[index - 1] & ScalarKind.joins != 0, right == ScalarKind.pictograph.rawValue {
      return .join
    }
    if left == ScalarKind.regionalIndicator.rawValue, right == left {
      return regionalIndicatorsBefore & 1 == 1 ? .join : .split
    }
    let leftRun = runClass(index - 1)
    let rightRun = runClass(index)
    if leftRun == rightRun, rightRun <= RunClass.digit { return .join }
    if leftRun == rightRun, runLengths[index] > 2 || marks[index + 1] == marks[index],
      kinds[index] == kinds[index - 1], repeats(marks[index])
    {
      return .join
    }
    if left == ScalarKind.ideograph.rawValue || right == ScalarKind.ideograph.rawValue {
      return .split
    }
    return .open
  }

  /// What holds in English at an open juncture.
  ///
  /// - Parameter previousSplit: 1 if the juncture before was joined, 2 if it was split.
  @inline(__always)
  func englishRule(_ index: Int, previousSplit: Int) -> JunctureRule {
    let apostrophe = UInt8(ascii: "'")
    if marks[index] == apostrophe {
      guard runClass(index - 1) == RunClass.letter, runClass(index + 1) == RunClass.letter,
        index + 1 < count
      else { return .open }
      return isCliticRun(index + 1) ? .split : .join
    }
    // En and em dashes part words.
    if marks[index] == Mark.dash && runClass(index - 1) == RunClass.letter
      || marks[index - 1] == Mark.dash && runClass(index) == RunClass.letter
    {
      return .split
    }
    let point = UInt8(ascii: ".")
    if marks[index] == point, marks[index - 1] >= 128, marks[index + 1] >= 128,
      runClass(index - 1) == RunClass.letter, runClass(index + 1) == RunClass.letter
    {
      return .join
    }
    // The point behind an initial (K. Rowling) or at an acronym's end (N.Y. on), where the
    // paragraph goes on.
    if marks[index] == point, index == count - 1, kinds[index - 1] == ScalarKind.upper.rawValue,
      nextMark != Mark.chunkEnd
    {
      if index == 1, marks[0] != UInt8(ascii: "i"), nextKind == ScalarKind.upper.rawValue {
        return .join
      }
      if index > 1, marks[index - 2] == point { return .join }
    }
    switch marks[index - 1] {
    case point:
      if index > 1, marks[index - 2] >= 128, marks[index] >= 128, previousSplit == 1 {
        return .join
      }
    case UInt8(ascii: "#"), UInt8(ascii: "@"):
      // #tag and @name.
      if index == 1, runClass(index) == RunClass.letter { return .join }
    case apostrophe:
      // '60s, '02.
      if index == 1, runClass(1) == RunClass.digit, runClass(2) == RunClass.digit,
        runClass(3) != RunClass.digit
      {
        return .join
      }
      if index > 1, runClass(index - 2) == RunClass.letter, runClass(index) == RunClass.letter {
        return .join
      }
    case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "&"):
      // Between letters both sides of a mark are alike.
      if index > 1, runClass(index - 2) == RunClass.letter, runClass(index) == RunClass.letter {
        return previousSplit == 1 ? .join : .split
      }
    default: break
    }
    return .open
  }

  /// Whether the run at `index` is what follows the apostrophe of a clitic: s, m, d, re, ve, ll.
  @inline(__always)
  private func isCliticRun(_ index: Int) -> Bool {
    let a = marks[index]
    if runClass(index + 1) != RunClass.letter {
      return a == UInt8(ascii: "s") || a == UInt8(ascii: "m") || a == UInt8(ascii: "d")
    }
    if runClass(index + 2) == RunClass.letter { return false }
    let b = marks[index + 1]
    return (a == UInt8(ascii: "r") || a == UInt8(ascii: "v")) && b == UInt8(ascii: "e")
      || a == UInt8(ascii: "l") && b == UInt8(ascii: "l")
  }

  /// Whether three or more of this mark are one token: `$$$`, `***`, `......`, not `)))`.
  @inline(__always)
  private func repeats(_ mark: UInt8) -> Bool {
    switch mark {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""), UInt8(ascii: "'"),
      Mark.terminator, UInt8(ascii: "<"), UInt8(ascii: ">"):
      false
    default: mark > Mark.terminator && mark < 128
    }
  }

  /// Open junctures where no model decides: UAX #29 WB6–7 and WB9–13b, and a run of one
  /// punctuation mark is one token.
  func defaultJoins(_ index: Int) -> Bool {
    let leftRun = runClass(index - 1)
    let rightRun = runClass(index)
    if leftRun <= RunClass.digit, rightRun <= RunClass.digit { return true }
    let underscore = UInt8(ascii: "_")
    if marks[index - 1] == underscore || marks[index] == underscore {
      return (leftRun <= RunClass.digit || leftRun == underscore)
        && (rightRun <= RunClass.digit || rightRun == underscore)
    }
    if leftRun == rightRun, kinds[index] == ScalarKind.punctuation.rawValue { return true }
    // Between letters (apostrophe, middle dot) or digits (comma, point).
    let middle = rightRun > RunClass.digit ? index : index - 1
    let before = runClass(middle - 1)
    guard before <= RunClass.digit, before == runClass(middle + 1), middle > 0 else { return false }
    switch marks[middle] {
    case UInt8(ascii: "'"), UInt8(ascii: "."), UInt8(ascii: "`"): return true
    case UInt8(ascii: ":"), 0xB7: return before == RunClass.letter
    case UInt8(ascii: ","), UInt8(ascii: ";"): return before == RunClass.digit
    default: return false
    }
  }

  /// Fills `slots` with the features of the juncture before scalar `i`.
  @inline(__always)
  func features(_ i: Int, previousSplit: Int, into slots: inout FeatureSlots) {
    @inline(__always) func m(_ k: Int) -> UInt64 { UInt64(marks[i + k]) }
    @inline(__always) func kind(_ k: Int) -> UInt64 {
      UInt64(kinds[i + k] & ScalarKind.baseMask)
    }
    let pair = m(-1) << 8 | m(0)
    let leftRun = runHashes[i - 1]
    let leftLength = UInt64(min(7, runLengths[i - 1]))
    let right = hash(from: i)
    let suffix = suffixHash(from: i)
    let prefix = prefixHash(upTo: i)
    let next = UInt64(nextKind)
    let beforeLeft = marks[max(-1, i - 1 - Int(runLengths[i - 1]))]
    let afterRight = marks[min(count, i + right.length)]
    let leftStartKind = UInt64(
      kinds[max(-1, i - Int(runLengths[i - 1]))] & ScalarKind.baseMask)

    let affixes: UInt64 =
      m(-1) == UInt64(UInt8(ascii: "-"))
      ? (WordLists.isPrefix(runHashes[i - 2]) ? 1 : 0) | (WordLists.isSuffix(right.hash) ? 2 : 0)
      : m(0) == UInt64(UInt8(ascii: "-"))
        ? (WordLists.isPrefix(leftRun) ? 1 : 0)
          | (WordLists.isSuffix(hash(from: i + 1).hash) ? 2 : 0)
        : 4

    slots.removeAll()
    slots.add(1, pair)
    slots.add(2, pair << 8 | m(-2))
    slots.add(3, pair << 8 | m(1))
    slots.add(4, pair << 16 | m(-2) << 8 | m(1))
    slots.add(5, pair << 16 | m(-2) << 8 | m(-3))
    slots.add(6, pair << 16 | m(1) << 8 | m(2))
    slots.add(7, leftRun &* 31 &+ m(0))
    slots.add(8, right.hash &* 31 &+ m(-1))
    slots.add(9, leftRun &* 0x9E37_79B9 &+ right.hash)
    slots.add(10, kind(-2) << 12 | kind(-1) << 8 | kind(0) << 4 | kind(1))
    slots.add(11, suffix &* 31 &+ kind(-1))
    slots.add(12, prefix &* 31 &+ kind(0))
    slots.add(13, prefix &* 0x9E37_79B9 &+ suffix)
    slots.add(14, pair << 8 | leftLength << 4 | UInt64(min(7, right.length)))
    slots.add(15, pair << 4 | next)
    slots.add(16, (leftRun &* 31 &+ m(0)) << 5 | next << 1 | (i == count - 1 ? 1 : 0))
    slots.add(17, pair << 16 | leftStartKind << 12 | kind(-1) << 8 | kind(0) << 4 | leftLength)
    slots.add(18, pair << 16 | UInt64(beforeLeft) << 8 | UInt64(afterRight))
    slots.add(19, pair << 2 | UInt64(previousSplit))
    slots.add(20, leftRun &* 961 &+ m(0) &* 31 &+ m(1))
    slots.add(21, right.hash &* 961 &+ m(-1) &* 31 &+ m(-2))
    slots.add(22, kind(-4) << 20 | kind(-3) << 16 | kind(-2) << 12 | kind(-1) << 8 | m(0))
    slots.add(23, m(-1) << 16 | kind(0) << 12 | kind(1) << 8 | kind(2) << 4 | kind(3))
    slots.add(24, pair << 16 | UInt64(marks[0]) << 8 | UInt64(marks[count - 1]))
    slots.add(26, pair << 4 | affixes)
    // Abbreviations that training has not seen: lengths and cases around the mark.
    let surroundings = m(0) << 16 | (i == count - 1 ? 1 : 0) << 15 | next << 8 | leftLength << 4
    slots.add(27, kind(-3) << 32 | kind(-2) << 28 | kind(-1) << 24 | surroundings)
    slots.add(28, m(-2) << 32 | kind(-1) << 24 | surroundings)
    slots.add(29, leftStartKind << 36 | kind(-1) << 32 | m(1) << 24 | surroundings)
    if m(0) == UInt64(UInt8(ascii: ".")) {
      slots.add(30, (WordLists.isAbbreviation(leftRun) ? 1 : 0) << 32 | surroundings)
    }
    slots.add(25, kind(-1) << 16 | kind(0) << 12 | leftLength << 8 | UInt64(min(15, count)))
  }

  /// Hash and length of the run that begins at `index`, of at most 16 scalars.
  @inline(__always)
  private func hash(from index: Int) -> (hash: UInt64, length: Int) {
    let run = runClass(index)
    var hash = MarkHash.empty
    var k = index
    let end = min(count, index + 16)
    repeat {
      hash = MarkHash.adding(marks[k], to: hash)
      k += 1
    } while k < end && runClass(k) == run
    return (hash, k - index)
  }

  @inline(__always)
  private func suffixHash(from index: Int) -> UInt64 {
    var hash = MarkHash.empty
    for k in index..<min(count, index + 12) { hash = MarkHash.adding(marks[k], to: hash) }
    return index + 12 < count ? hash &+ 1 : hash
  }

  @inline(__always)
  private func prefixHash(upTo index: Int) -> UInt64 {
    var hash = MarkHash.empty
    for k in max(0, index - 12)..<index { hash = MarkHash.adding(marks[k], to: hash) }
    return index > 12 ? hash &+ 1 : hash
  }
}
