internal import Glibc

/// The part of the document, as UTF-8, that the parser has been given and we have not yet done with.
struct XMLWindow: ~Copyable {
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// The offset in the document of the first byte kept.
  private(set) var start = 0
  /// The number of bytes kept.
  private(set) var count = 0
  /// The line and column of `start`, from 1, and where they have been advanced to.
  private var cursor = 0
  private var line = 1
  private var column = 1

  init(capacity: Int) {
    self.capacity = capacity
    bytes = .allocate(capacity: capacity)
  }

  deinit { bytes.deallocate() }

  /// The offset behind the last byte.
  var end: Int { start + count }

  /// The byte at an offset of the document.
  subscript(offset: Int) -> UInt8 {
    @inline(__always) get {
      assert(offset >= start && offset < end, "The window has moved on.")
      return bytes[offset - start]
    }
  }

  /// The bytes of a range of the document.
  func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    precondition(range.lowerBound >= start && range.upperBound <= end, "The window has moved on.")
    return UnsafeBufferPointer(start: bytes + (range.lowerBound - start), count: range.count)
  }

  /// Drops what lies before `keep` and appends what `read` gives, at least one byte of room each
  /// time.
  ///
  /// - Returns: the number of bytes appended.
  mutating func refill(
    keeping keep: Int, room: Int, _ read: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws -> Int {
    if keep > start {
      if cursor < keep { advance(to: keep) }
      let dropped = keep - start
      (bytes).update(from: bytes + dropped, count: count - dropped)
      start = keep
      count -= dropped
    }
    if count + room > capacity {
      capacity = max(capacity * 2, count + room)
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
      larger.update(from: bytes, count: count)
      bytes.deallocate()
      bytes = larger
    }
    let made = try read(
      UnsafeMutableRawBufferPointer(start: bytes + count, count: capacity - count))
    count += made
    return made
  }

  /// The line and column of an offset in the window.
  ///
  /// - Complexity: O(distance from the last call), if offsets rise.
  mutating func place(of offset: Int) -> (line: Int, column: Int) {
    if offset >= cursor {
      advance(to: min(offset, end))
      return (line, column)
    }
    // Behind the cursor: back from it if the line is the same, else from the line's start.
    let feeds = newlines(offset..<cursor)
    if feeds == 0 { return (line, column - codePoints(offset..<cursor)) }
    var lineStart = offset
    while lineStart > start, self[lineStart - 1] != 0x0A { lineStart -= 1 }
    return (line - feeds, 1 + codePoints(lineStart..<offset))
  }

  private func newlines(_ range: Range<Int>) -> Int {
    let bytes = slice(range)
    guard var place = UnsafeRawPointer(bytes.baseAddress) else { return 0 }
    // The C library looks at vectors of bytes, and every byte of a document comes by here.
    let end = place + bytes.count
    var count = 0
    while let found = memchr(place, 0x0A, end - place) {
      count += 1
      place = UnsafeRawPointer(found) + 1
    }
    return count
  }

  private func codePoints(_ range: Range<Int>) -> Int {
    var count = 0
    for byte in slice(range) { count &+= byte & 0xC0 != 0x80 ? 1 : 0 }
    return count
  }

  private mutating func advance(to offset: Int) {
    let feeds = newlines(cursor..<offset)
    if feeds == 0 {
      column += codePoints(cursor..<offset)
    } else {
      var lineStart = offset
      while self[lineStart - 1] != 0x0A { lineStart -= 1 }
      column = 1 + codePoints(lineStart..<offset)
      line += feeds
    }
    cursor = offset
  }
}
