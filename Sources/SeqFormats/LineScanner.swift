/// Steps through the control bytes (below 0x10) of a buffer: tabs and line ends, and what is rare.
///
/// Eight bytes are looked at at once: for bytes b, `((b & 0x70) + 0x70) | b` has its high bit set
/// unless b < 0x10; the sum carries into no neighbour.
struct ControlScanner {
  private let base: UnsafeRawPointer
  private let count: Int
  private var word: UInt64 = 0
  private var wordStart: Int
  private var nextWord: Int

  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer, from start: Int) {
    base = bytes.baseAddress!
    count = bytes.count
    wordStart = start
    nextWord = start
  }

  /// The offset of the next control byte, or the buffer's length at its end.
  @inline(__always)
  mutating func next() -> Int {
    while word == 0 {
      if nextWord + 8 > count {
        while nextWord < count {
          nextWord += 1
          if base.load(fromByteOffset: nextWord - 1, as: UInt8.self) < 0x10 { return nextWord - 1 }
        }
        return count
      }
      let bytes = UInt64(
        littleEndian: base.loadUnaligned(fromByteOffset: nextWord, as: UInt64.self))
      let high = ((bytes & 0x7070_7070_7070_7070) &+ 0x7070_7070_7070_7070) | bytes
      word = ~high & 0x8080_8080_8080_8080
      wordStart = nextWord
      nextWord += 8
    }
    let offset = wordStart + word.trailingZeroBitCount >> 3
    word &= word &- 1
    return offset
  }
}

extension UInt8 {
  static let tab: UInt8 = 9
  static let lineFeed: UInt8 = 10
  static let carriageReturn: UInt8 = 13
  static let space: UInt8 = 32
}
