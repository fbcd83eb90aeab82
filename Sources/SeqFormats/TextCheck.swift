internal import CProcessor
internal import SeqCore

/// Finds what no text has: bytes that are not UTF-8, and NUL.
enum TextCheck {
  /// Throws at the first byte of the chunk that is NUL or not UTF-8.
  static func check(_ bytes: UnsafeRawBufferPointer, of chunk: Chunk) throws {
    guard let offset = firstOffence(in: bytes) else { return }
    let place = place(of: offset, in: bytes, startingAt: chunk.provenance)
    let byte = bytes[offset]
    throw byte == 0 ? FormatError.nulByte(at: place) : .notUTF8(at: place, byte: byte)
  }

  /// The line and column of a byte of a chunk.
  static func place(
    of offset: Int, in bytes: UnsafeRawBufferPointer, startingAt provenance: Provenance
  ) -> Place {
    var line = provenance.line
    var lineStart = 0
    for index in 0..<offset where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    return Place(source: provenance.source, line: line, column: offset - lineStart + 1)
  }

  /// The number of line feeds.
  static func lineCount(in bytes: UnsafeRawBufferPointer) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var count = 0
    var index = 0
    let start = base.assumingMemoryBound(to: UInt8.self)
    while index + 64 <= bytes.count {
      count &+= Int(seqkit_line_feeds(start + index))
      index += 64
    }
    while index < bytes.count {
      if bytes[index] == .lineFeed { count += 1 }
      index += 1
    }
    return count
  }

  /// The offset of the first byte that is NUL or begins no valid UTF-8 scalar, or `nil`.
  ///
  /// Blocks of ASCII are passed over 32 bytes at a time; the rest follows Table 3-7 of the Unicode
  /// Standard ("Well-Formed UTF-8 Byte Sequences").
  static func firstOffence(in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    let count = bytes.count
    var index = 0
    while index < count {
      while index + 32 <= count, isPlainASCII(base + index) { index += 32 }
      // One block, or what is left, byte by byte; a scalar may reach past its end.
      let blockEnd = min(index + 32, count)
      while index < blockEnd {
        let length = scalarLength(base + index, limit: count - index)
        if length == 0 { return index }
        index += length
      }
    }
    return nil
  }

  /// Whether 32 bytes are all in 1...127: then subtracting 1 borrows nowhere and no high bit is set.
  @inline(__always)
  private static func isPlainASCII(_ pointer: UnsafeRawPointer) -> Bool {
    let words = pointer.loadUnaligned(as: SIMD4<UInt64>.self)
    let flags =
      ((words &- SIMD4(repeating: 0x0101_0101_0101_0101)) | words)
      & SIMD4(repeating: 0x8080_8080_8080_8080)
    return (flags[0] | flags[1] | flags[2] | flags[3]) == 0
  }

  /// The length of the scalar at `pointer` in bytes, or 0 if it is none or NUL.
  @inline(__always)
  private static func scalarLength(_ pointer: UnsafeRawPointer, limit: Int) -> Int {
    func byte(_ offset: Int) -> UInt8 { pointer.load(fromByteOffset: offset, as: UInt8.self) }
    func continues(_ offset: Int) -> Bool { byte(offset) & 0xC0 == 0x80 }
    let first = byte(0)
    if first < 0x80 { return first == 0 ? 0 : 1 }
    if first < 0xC2 || first > 0xF4 { return 0 }
    if first < 0xE0 { return limit >= 2 && continues(1) ? 2 : 0 }
    if first < 0xF0 {
      guard limit >= 3, continues(1), continues(2) else { return 0 }
      if first == 0xE0 && byte(1) < 0xA0 || first == 0xED && byte(1) >= 0xA0 { return 0 }
      return 3
    }
    guard limit >= 4, continues(1), continues(2), continues(3) else { return 0 }
    if first == 0xF0 && byte(1) < 0x90 || first == 0xF4 && byte(1) >= 0x90 { return 0 }
    return 4
  }
}
