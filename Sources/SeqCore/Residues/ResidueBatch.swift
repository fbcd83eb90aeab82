/// Windows of residue sequences that were read together: the unit of work of a thread.
///
/// A long sequence comes as several windows. Each answers for its core: the motifs that begin there.
/// Before and after the core stand letters that the neighbouring windows answer for, so that a motif
/// which crosses a boundary is found, once.
public struct ResidueBatch: Sendable {
  /// The letters of all windows, case kept, without line ends.
  public let letters: LetterBuffer
  /// The windows, in the order of the source.
  public let windows: [ResidueWindow]
  /// The records that the windows belong to, in the order of the source.
  public let headers: [ResidueHeader]

  /// Makes a batch.
  public init(letters: LetterBuffer, windows: [ResidueWindow], headers: [ResidueHeader]) {
    self.letters = letters
    self.windows = windows
    self.headers = headers
  }

  /// The letters of a window, core and surroundings.
  public func text(of window: ResidueWindow) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: letters.bytes[window.text])
  }
}

/// A part of a record, or all of it.
public struct ResidueWindow: Hashable, Sendable {
  /// The number of its record in the batch's headers.
  public var header: Int
  /// Where its letters stand in the batch.
  public var text: Range<Int>
  /// The position in the record, from 0, of the first letter.
  public var position: Int
  /// The positions in the record that this window answers for.
  public var core: Range<Int>
  /// Whether it answers for the record's first letter; also of a record without letters.
  public var isFirst: Bool
  /// Whether it answers for the record's last letter; also of a record without letters. The record is
  /// then `core.upperBound` letters long.
  public var isLast: Bool

  /// Makes a window.
  public init(
    header: Int, text: Range<Int>, position: Int, core: Range<Int>, isFirst: Bool, isLast: Bool
  ) {
    self.header = header
    self.text = text
    self.position = position
    self.core = core
    self.isFirst = isFirst
    self.isLast = isLast
  }
}

/// The header line of a record of residues.
///
/// One array and no more: a batch of short records has thousands of headers, which one thread makes and
/// another gives back.
public struct ResidueHeader: Hashable, Sendable {
  /// The line, and behind it the name if it was made up.
  private let bytes: [UInt8]
  private let lineCount: Int
  private let nameRange: Range<Int>
  /// The number of the record in its source, from 0.
  public let ordinal: Int
  /// The 1-based line of its source on which the record starts.
  public let lineNumber: Int
  /// The offset of the record's first byte in its source, after decompression.
  public let byteOffset: Int

  /// Makes a header of its line: the name is the first word, or `unnamed_N` with the record's number
  /// from 1 where there is none.
  ///
  /// - Parameter line: the bytes behind the `>`, without the line end.
  public init(_ line: some Collection<UInt8>, ordinal: Int, lineNumber: Int, byteOffset: Int = 0) {
    var bytes = Array(line)
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    let start = bytes.firstIndex { !isBlank($0) } ?? bytes.count
    let end = bytes[start...].firstIndex(where: isBlank) ?? bytes.count
    lineCount = bytes.count
    if start == end {
      bytes += "unnamed_\(ordinal + 1)".utf8
      nameRange = lineCount..<bytes.count
    } else {
      nameRange = start..<end
    }
    self.bytes = bytes
    self.ordinal = ordinal
    self.lineNumber = lineNumber
    self.byteOffset = byteOffset
  }

  /// The bytes of the line after its `>`, as they are, without the line end.
  public var line: ArraySlice<UInt8> { bytes[..<lineCount] }
  /// The bytes of the first word: the record's name. Never empty: a record without a name gets one.
  public var name: ArraySlice<UInt8> { bytes[nameRange] }
  /// Whether the name was made up, because the line has none.
  public var isUnnamed: Bool { nameRange.lowerBound == lineCount }
}

/// Bytes in memory that one reader fills and many threads then read.
///
/// A class because it owns memory. It is written only before it is handed out.
public final class LetterBuffer: @unchecked Sendable {
  // One reader writes, and calls nothing meanwhile: its accesses, several a line, are not guarded.
  @exclusivity(unchecked) private var base: UnsafeMutablePointer<UInt8>
  @exclusivity(unchecked) private var capacity: Int
  /// The number of bytes.
  @exclusivity(unchecked) public private(set) var count = 0

  /// Makes an empty buffer with room for `capacity` bytes.
  public init(capacity: Int = 1 << 12) {
    self.capacity = max(capacity, 64)
    base = .allocate(capacity: self.capacity)
  }

  /// Makes a buffer of bytes.
  public convenience init(_ bytes: some Collection<UInt8>) {
    self.init(capacity: bytes.count)
    Array(bytes).withUnsafeBytes { _ = append($0) }
  }

  deinit { base.deallocate() }

  /// The bytes, valid as long as the buffer.
  public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  /// Adds bytes; returns where the first of them stands.
  @discardableResult
  public func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    let start = count
    guard let source = bytes.baseAddress else { return start }
    if count + bytes.count > capacity { grow(to: count + bytes.count) }
    UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
    return start
  }

  /// Makes room behind the last byte and says where it begins; ``commit(_:)`` tells how much of it
  /// was filled. Nothing else may be added in between.
  public func reserve(_ more: Int) -> UnsafeMutablePointer<UInt8> {
    if count + more > capacity { grow(to: count + more) }
    return base + count
  }

  /// Takes what was written into the room that ``reserve(_:)`` made.
  public func commit(_ more: Int) {
    precondition(count + more <= capacity, "There is no more room than was reserved.")
    count += more
  }

  /// Adds one byte.
  public func append(_ byte: UInt8) {
    if count == capacity { grow(to: count + 1) }
    base[count] = byte
    count += 1
  }

  /// Drops the bytes from `count` on.
  public func truncate(to count: Int) {
    precondition(count <= self.count, "A buffer can only be cut where it has bytes.")
    self.count = count
  }

  private func grow(to needed: Int) {
    capacity = max(needed, capacity * 2)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }
}
