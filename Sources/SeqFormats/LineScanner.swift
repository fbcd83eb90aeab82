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

/// Where records that are separated by blank lines end.
enum BlankLines {
  /// The start of the last line that is not blank and follows a blank one, or `nil`.
  ///
  /// Blank lines belong to the record before them, all of them, so that the cut does not depend on
  /// where a chunk ended; therefore the first byte after them must be at hand.
  static func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    var index = bytes.count - 1
    while index > 0 {
      // `index` is the first byte of a line if a line feed stands before it.
      if bytes[index - 1] == .lineFeed, !startsBlankLine(bytes, index) {
        var end = index - 1  // the line feed that ends the line before
        if end > 0, bytes[end - 1] == .carriageReturn { end -= 1 }
        if end == 0 || bytes[end - 1] == .lineFeed {
          return holdsContent(UnsafeRawBufferPointer(rebasing: bytes[..<end])) ? index : nil
        }
      }
      index -= 1
    }
    return nil
  }

  /// Whether a line is not blank; blank lines at the start of a file belong to the first record.
  private static func holdsContent(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let start = ByteOrderMark.length(in: bytes)
    var index = bytes.count
    while index > start {
      index -= 1
      let byte = bytes[index]
      // The last byte is a line feed, so a carriage return has a byte behind it.
      let isLineEnd = byte == .lineFeed || byte == .carriageReturn && bytes[index + 1] == .lineFeed
      if !isLineEnd { return true }
    }
    return false
  }

  /// Whether a line that starts here is blank, or might be when more bytes are at hand.
  private static func startsBlankLine(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
    bytes[index] == .lineFeed
      || bytes[index] == .carriageReturn
        && (index + 1 == bytes.count || bytes[index + 1] == .lineFeed)
  }
}
