internal import SeqCore

/// How the letters of a sequence are written: where everything is in capitals, or nothing is, an
/// upper-case letter tells nothing about a single word.
public enum SentenceCase: String, Hashable, Sendable, CaseIterable {
  /// Capitals where a writer sets them.
  case mixed
  /// At least seven in ten words of three or more are all capitals.
  case upper
  /// At least six in ten of four or more words after the first begin with a capital, as in titles.
  case title
  /// No upper-case letter at all.
  case lower

  /// The number of the case in `allCases`.
  var number: Int {
    switch self {
    case .mixed: 0
    case .upper: 1
    case .title: 2
    case .lower: 3
    }
  }

  /// The case of words in order; words that begin with no letter do not count.
  ///
  /// - Parameters:
  ///   - words: ranges of `buffer`.
  ///   - buffer: UTF-8.
  static func of(_ words: [ByteRange], in buffer: UnsafeBufferPointer<UInt8>) -> SentenceCase {
    var count = 0
    var capitalized = 0
    var allUpper = 0
    var hasUpper = false
    for word in words {
      var at = Int(word.start)
      var letters = Letters(group(at, Int(word.end), buffer))
      // A word that begins with no letter does not count.
      guard letters.firstIsUpper || letters.firstIsLower else { continue }
      count += 1
      if letters.firstIsUpper && count > 1 { capitalized += 1 }
      at += 8
      while at < Int(word.end) {
        letters.add(group(at, Int(word.end), buffer))
        at += 8
      }
      if letters.uppers > 0 { hasUpper = true }
      if letters.uppers > 1 && !letters.hasLower { allUpper += 1 }
    }
    if count >= 3 && allUpper * 10 >= count * 7 { return .upper }
    if count >= 4 && capitalized * 10 >= (count - 1) * 6 { return .title }
    return count > 0 && !hasUpper ? .lower : .mixed
  }

  /// Up to eight bytes from a place on, the first the lowest, 0 behind `end`.
  @inline(__always)
  private static func group(_ at: Int, _ end: Int, _ buffer: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let count = min(end &- at, 8)
    guard count > 0 else { return 0 }
    if at &+ 8 <= buffer.count {
      let group = UnsafeRawPointer(buffer.baseAddress! + at).loadUnaligned(as: UInt64.self)
      return UInt64(littleEndian: group) & (~0 &>> UInt64(truncatingIfNeeded: 64 &- count &* 8))
    }
    return (0..<count).reduce(0) { $0 | UInt64(buffer[at + $1]) << UInt64($1 * 8) }
  }

  /// The letters of a word, eight bytes at a time.
  ///
  /// Letters outside ASCII count as lower case: what is told is a habit of the writer, which plain
  /// letters show well enough.
  private struct Letters {
    let firstIsUpper: Bool
    let firstIsLower: Bool
    private(set) var uppers: Int
    private(set) var hasLower: Bool

    @inline(__always)
    init(_ group: UInt64) {
      let (upper, lower) = Self.marks(group)
      firstIsUpper = upper & 0x80 != 0
      firstIsLower = lower & 0x80 != 0
      uppers = upper.nonzeroBitCount
      hasLower = lower != 0
    }

    @inline(__always)
    mutating func add(_ group: UInt64) {
      let (upper, lower) = Self.marks(group)
      uppers += upper.nonzeroBitCount
      hasLower = hasLower || lower != 0
    }

    /// The high bits of the bytes that are upper-case letters, and of those that are other ones: in
    /// bytes below 0x80, adding 0x3F sets the high bit from `A` on, and adding 0x25 from behind `Z`
    /// on; no sum reaches the next byte.
    @inline(__always)
    private static func marks(_ group: UInt64) -> (upper: UInt64, lower: UInt64) {
      let high: UInt64 = 0x8080_8080_8080_8080
      let plain = group & ~high
      let upper =
        (plain &+ 0x3F3F_3F3F_3F3F_3F3F) & ~(plain &+ 0x2525_2525_2525_2525) & ~group & high
      let small =
        (plain &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(plain &+ 0x0505_0505_0505_0505) & ~group & high
      return (upper, small | group & high)
    }
  }
}
