internal import CProcessor

/// Steps through the control bytes (below 0x10) of a buffer: tabs and line ends, and what is rare.
///
/// 64 bytes are looked at at once, about a line of CoNLL-U; their control bytes wait as bits.
struct ControlScanner {
  private let base: UnsafePointer<UInt8>
  private let count: Int
  private var bits: UInt64 = 0
  private var blockStart: Int
  private var nextBlock: Int

  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer, from start: Int) {
    base = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
    count = bytes.count
    blockStart = start
    nextBlock = start
  }

  /// The offset of the next control byte, or the buffer's length at its end.
  @inline(__always)
  mutating func next() -> Int {
    while bits == 0 {
      if nextBlock >= count { return count }
      blockStart = nextBlock
      bits = nextBlock + 64 <= count ? seqkit_control_bytes(base + nextBlock) : bitsOfRest()
      nextBlock += 64
    }
    let offset = blockStart &+ bits.trailingZeroBitCount
    bits &= bits &- 1
    return offset
  }

  /// The bits of the last bytes, which are fewer than 64.
  @inline(never)
  private func bitsOfRest() -> UInt64 {
    var bits: UInt64 = 0
    for place in nextBlock..<count where base[place] < 0x10 {
      bits |= 1 &<< UInt64(place &- nextBlock)
    }
    return bits
  }
}

extension UInt8 {
  static let tab: UInt8 = 9
  static let lineFeed: UInt8 = 10
  static let carriageReturn: UInt8 = 13
  static let space: UInt8 = 32
}
