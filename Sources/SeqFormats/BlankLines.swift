internal import SeqCore

/// Records that are separated by blank lines.
///
/// Blank lines belong to the record before them, all of them, so that the cut does not depend on
/// where a chunk ended; those at the start of a file belong to the first record.
enum BlankLines {
  /// The start of the last line that is not blank and follows a blank one that is not the first of
  /// the file, or `nil`.
  static func lastBoundary(
    in bytes: UnsafeRawBufferPointer, spacesAreBlank: Bool = false
  ) -> Int? {
    var lineEnd = bytes.count
    // The start of the line behind, if that is not blank. The last line may go on, so it is none
    // unless a byte in it says so already.
    var candidate: Int?
    while lineEnd > 0 {
      var start = lineEnd
      if start > 0, bytes[start - 1] == .lineFeed { start -= 1 }
      while start > 0, bytes[start - 1] != .lineFeed { start -= 1 }
      if isBlank(bytes, start, lineEnd, spacesAreBlank) {
        if let candidate {
          let before = UnsafeRawBufferPointer(rebasing: bytes[..<start])
          return holdsContent(before, spacesAreBlank) ? candidate : nil
        }
      } else {
        candidate = start
      }
      lineEnd = start
    }
    return nil
  }

  /// Whether nothing but a line end (and spaces) stands in a line.
  private static func isBlank(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ spacesAreBlank: Bool
  ) -> Bool {
    var index = start
    if spacesAreBlank {
      while index < end, bytes[index] == .space || bytes[index] == .tab { index += 1 }
    }
    if index < end, bytes[index] == .carriageReturn { index += 1 }
    return index >= end || bytes[index] == .lineFeed
  }

  /// Whether a line is not blank. The bytes end with a line end, or are none.
  private static func holdsContent(
    _ bytes: UnsafeRawBufferPointer, _ spacesAreBlank: Bool
  ) -> Bool {
    let start = ByteOrderMark.length(in: bytes)
    var index = bytes.count
    while index > start {
      index -= 1
      let byte = bytes[index]
      let isLineEnd = byte == .lineFeed || byte == .carriageReturn && bytes[index + 1] == .lineFeed
      if !isLineEnd, !(spacesAreBlank && (byte == .space || byte == .tab)) { return true }
    }
    return false
  }

  /// Hands over the lines that are not blank, without their ends, and the records they make.
  ///
  /// - Parameters:
  ///   - line: start and end of a line, its number in the file, the start of its record, and the
  ///     number of positions of the record so far, which it raises.
  ///   - record: the bytes of a record with its blank lines, its first line's number, and the number
  ///     of its positions.
  static func forEachRecord(
    in bytes: UnsafeRawBufferPointer, of chunk: Chunk, spacesAreBlank: Bool = false,
    line handle: (_ start: Int, _ end: Int, _ line: Int, _ recordStart: Int, inout Int) throws ->
      Void,
    record receive: (_ range: Range<Int>, _ line: Int, _ count: Int) throws -> Void
  ) throws {
    var start = chunk.provenance.byteOffset == 0 ? ByteOrderMark.length(in: bytes) : 0
    var number = chunk.provenance.line
    var recordStart = 0
    var recordLine = number
    var positions = 0
    var sawContent = false
    var sawBlank = false
    while start < bytes.count {
      var feed = start
      while feed < bytes.count, bytes[feed] != .lineFeed { feed += 1 }
      if isBlank(bytes, start, min(feed + 1, bytes.count), spacesAreBlank) {
        if sawContent { sawBlank = true }
      } else {
        if sawBlank {
          try receive(recordStart..<start, recordLine, positions)
          recordStart = start
          recordLine = number
          positions = 0
          sawBlank = false
        }
        sawContent = true
        let end = feed < bytes.count && bytes[feed - 1] == .carriageReturn ? feed - 1 : feed
        try handle(start, end, number, recordStart, &positions)
      }
      start = feed + 1
      number += 1
    }
    try receive(recordStart..<bytes.count, recordLine, positions)
  }
}
