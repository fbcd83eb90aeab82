/// The tokens of a paragraph while it is read, with what the sentence splitter asks of them.
struct ParagraphTokens {
  var starts: [Int] = []
  var ends: [Int] = []
  /// Hash of the token's marks.
  var hashes: [UInt64] = []
  var shapes: [UInt8] = []
  /// The white space before the token.
  var gaps: [Gap] = []
  /// Whether the token continues the one before it as a further word of a contraction.
  var continuations: [Bool] = []

  enum Gap: UInt8 {
    case none, space, spaces, line
  }

  var count: Int { starts.count }

  @inline(__always)
  mutating func append(
    start: Int, end: Int, hash: UInt64, shape: UInt8, gap: Gap, continues: Bool = false
  ) {
    starts.append(start)
    ends.append(end)
    hashes.append(hash)
    shapes.append(shape)
    gaps.append(gap)
    continuations.append(continues)
  }

  mutating func removeAll() {
    starts.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    hashes.removeAll(keepingCapacity: true)
    shapes.removeAll(keepingCapacity: true)
    gaps.removeAll(keepingCapacity: true)
    continuations.removeAll(keepingCapacity: true)
  }
}

/// Coarse forms of tokens: letters by case, digits, and for the rest 32 + their mark.
enum TokenShape {
  static let lower: UInt8 = 1
  static let capitalized: UInt8 = 2
  static let capitals: UInt8 = 3
  static let oneCapital: UInt8 = 4
  static let digits: UInt8 = 5
  static let mixed: UInt8 = 6
  static let lettersAndPoint: UInt8 = 7
  static let capitalsAndPoint: UInt8 = 8
  static let caseless: UInt8 = 9
  static let pictograph: UInt8 = 10
  static let repeated: UInt8 = 11
  static let symbol: UInt8 = 12
  static let initial: UInt8 = 13
  static let digitsAndPoint: UInt8 = 14
  /// 16 + code of punctuation of one scalar.
  static let point: UInt8 = 16
  static let question: UInt8 = 17
  static let exclamation: UInt8 = 18
  static let quote: UInt8 = 19
  static let opening: UInt8 = 20
  static let closing: UInt8 = 21
  static let comma: UInt8 = 22
  static let colon: UInt8 = 23
  static let semicolon: UInt8 = 24
  static let dash: UInt8 = 25
  static let apostrophe: UInt8 = 26
  static let ellipsis: UInt8 = 27
  static let terminator: UInt8 = 28
  static let repeatedEnd: UInt8 = 29
  static let bullet: UInt8 = 30

  /// Whether the token ends sentences by itself: . ? ! … and their repetitions.
  static func isFinal(_ shape: UInt8) -> Bool {
    shape >= point && shape <= exclamation || shape == ellipsis || shape == terminator
      || shape == repeatedEnd
  }

  static func of(_ range: Range<Int>, in chunk: ChunkView) -> UInt8 {
    let first = range.lowerBound
    let kind = chunk.kinds[first]
    if range.count == 1 || chunk.runClass(first) > RunClass.digit {
      if kind == ScalarKind.punctuation.rawValue
        || chunk.marks[first] < 128 && !isAlphanumeric(chunk, first)
      {
        return ofPunctuation(range, in: chunk)
      }
      if kind == ScalarKind.upper.rawValue { return oneCapital }
      if kind == ScalarKind.pictograph.rawValue || kind == ScalarKind.regionalIndicator.rawValue {
        return pictograph
      }
    }
    var lowers = 0
    var uppers = 0
    var digitCount = 0
    var caseless = 0
    var points = 0
    var others = 0
    for i in range.prefix(64) where chunk.kinds[i] & ScalarKind.extends == 0 {
      switch chunk.kinds[i] {
      case ScalarKind.lower.rawValue: lowers += 1
      case ScalarKind.upper.rawValue: uppers += 1
      case ScalarKind.digit.rawValue: digitCount += 1
      case ScalarKind.letter.rawValue, ScalarKind.ideograph.rawValue,
        ScalarKind.katakana.rawValue, ScalarKind.unspaced.rawValue:
        caseless += 1
      default: if chunk.marks[i] == UInt8(ascii: ".") { points += 1 } else { others += 1 }
      }
    }
    if others == 0, points == 0 {
      if digitCount > 0 { return lowers + uppers + caseless == 0 ? digits : mixed }
      if caseless > 0 { return TokenShape.caseless }
      if uppers == 0 { return lower }
      if lowers == 0 { return uppers == 1 ? oneCapital : capitals }
      return uppers == 1 && kind == ScalarKind.upper.rawValue ? capitalized : mixed
    }
    if others == 0 {
      if lowers + uppers == 0 { return digitsAndPoint }
      if digitCount > 0 { return mixed }
      if uppers == 1, lowers == 0, points == 1 { return initial }
      return lowers == 0 ? capitalsAndPoint : lettersAndPoint
    }
    return lowers + uppers + digitCount + caseless > 0 ? mixed : symbol
  }

  private static func isAlphanumeric(_ chunk: ChunkView, _ i: Int) -> Bool {
    chunk.runClass(i) <= RunClass.digit
  }

  private static func ofPunctuation(_ range: Range<Int>, in chunk: ChunkView) -> UInt8 {
    let mark = chunk.marks[range.lowerBound]
    if range.count > 1 {
      let last = chunk.marks[range.upperBound - 1]
      guard chunk.runClass(range.upperBound - 1) > RunClass.digit else { return mixed }
      if mark == UInt8(ascii: "'"), last == mark { return quote }
      if mark == UInt8(ascii: "`"), last == mark { return quote }
      if mark == UInt8(ascii: "."), last == mark { return ellipsis }
      if mark == UInt8(ascii: "-"), last == mark, range.count < 4 { return dash }
      if mark == UInt8(ascii: "!") || mark == UInt8(ascii: "?") { return repeatedEnd }
      return mark == last ? repeated : symbol
    }
    switch mark {
    case UInt8(ascii: "."): return point
    case UInt8(ascii: "?"): return question
    case UInt8(ascii: "!"): return exclamation
    case UInt8(ascii: "\""): return quote
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "<"): return opening
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ">"): return closing
    case UInt8(ascii: ","): return comma
    case UInt8(ascii: ":"): return colon
    case UInt8(ascii: ";"): return semicolon
    case UInt8(ascii: "-"), Mark.dash: return dash
    case UInt8(ascii: "'"), UInt8(ascii: "`"): return apostrophe
    case UInt8(ascii: "*"), UInt8(ascii: "#"): return bullet
    case Mark.ellipsis: return ellipsis
    case Mark.terminator: return terminator
    default: return symbol
    }
  }
}
