public import SeqCore

/// CoNLL-U, the format of Universal Dependencies: ten fields a word, a blank line after a sentence.
///
/// A record is a sentence with the comments before it and the blank lines after it. Its positions
/// are the words; comments, multiword-token lines (`1-2`) and empty nodes (`1.1`) stay in the
/// source bytes, so that a record whose layers did not change is written as it was read. Reading
/// keeps line ends (LF or CRLF), a byte-order mark, and a missing last line end.
///
/// See <https://universaldependencies.org/format.html> and `Docs/Formats/conllu.md`.
public struct CoNLLU: RecordFormat {
  /// The names of the ten fields, which are the names of the layers.
  public static let fields = [
    "id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc",
  ]

  /// `conllu`.
  public var name: String { Self.formatName }
  static let formatName = "conllu"

  /// The fields that become layers.
  public let layers: [String]
  /// Their numbers, rising.
  private let wanted: [Int]

  /// Makes the format.
  ///
  /// - Parameter layers: the fields to make layers of; all unless given. Every layer costs time,
  ///   and what is no layer stays in the source and is written again all the same. A field that is
  ///   to be replaced must be among them. Names must be those of ``fields``.
  public init(layers: [String] = CoNLLU.fields) {
    precondition(
      layers.allSatisfy(Self.fields.contains), "Only the ten fields of CoNLL-U can become layers.")
    wanted = Self.fields.indices.filter { layers.contains(Self.fields[$0]) }
    self.layers = wanted.map { Self.fields[$0] }
  }

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    BlankLines.lastBoundary(in: bytes)
  }

  /// Decodes sentences; one without words (comments only) is a record of no positions.
  ///
  /// - Throws: `FormatError.notUTF8`, `.nulByte`, `.fieldCount`, `.wordID`.
  /// - Complexity: O(bytes).
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    var record = Self.nothing
    try decode(chunk, into: &record, apart: false) { next in
      let whole = next
      next = Self.nothing
      try receive(whole)
    }
  }

  /// Decodes sentences as ``decode(_:into:)`` does, each in the memory of the one before.
  public func decode(
    _ chunk: Chunk, reusing record: inout Record, into receive: (inout Record) throws -> Void
  ) throws {
    record.format = Self.formatName
    try decode(chunk, into: &record, apart: true, receive)
  }

  private static let nothing = Record(
    source: [], count: 0, layers: [], provenance: Provenance(source: ""), format: formatName)

  private func decode(
    _ chunk: Chunk, into record: inout Record, apart: Bool,
    _ receive: (inout Record) throws -> Void
  ) throws {
    try chunk.bytes.withUnsafeBytes { bytes in
      guard !bytes.isEmpty else { return }
      try TextCheck.check(bytes, of: chunk)
      try decode(bytes, of: chunk) { range, line, offsets in
        load(&record, of: chunk, bytes, range, line: line, offsets, apart: apart)
        try receive(&record)
      }
    }
  }

  /// Finds the records of a chunk: the bytes of each, its first line, and the ends of its words'
  /// fields, ten a word, with the start of the word's line before them: eleven offsets a word.
  @inline(__always)
  private func decode(
    _ bytes: UnsafeRawBufferPointer, of chunk: Chunk,
    _ receive: (_ range: Range<Int>, _ line: Int, _ offsets: borrowing OffsetBuffer) throws -> Void
  ) throws {
    var start = 0
    if chunk.provenance.byteOffset == 0 { start = ByteOrderMark.length(in: bytes) }
    var scanner = ControlScanner(bytes, from: start)
    var line = chunk.provenance.line
    // The record that is being read.
    var recordStart = 0
    var recordLine = line
    var offsets = OffsetBuffer()
    var sawBlank = false
    var sawContent = false
    while start < bytes.count {
      // One line: start..<end, its line feed at `end` or behind a carriage return.
      let first = bytes[start]
      if first == .lineFeed || first == .carriageReturn && isLineEnd(bytes, start) {
        var feed = scanner.next()
        if feed < bytes.count, bytes[feed] == .carriageReturn { feed = scanner.next() }
        if sawContent { sawBlank = true }
        start = feed + 1
        line += 1
        continue
      }
      if sawBlank {
        try receive(recordStart..<start, recordLine, offsets)
        offsets.count = 0
        recordStart = start
        recordLine = line
        sawBlank = false
      }
      sawContent = true
      if first == UInt8(ascii: "#") {
        var feed = scanner.next()
        while feed < bytes.count, bytes[feed] != .lineFeed { feed = scanner.next() }
        start = feed + 1
        line += 1
        continue
      }
      let wordStart = offsets.count
      offsets.reserve(11)
      offsets.append(UInt32(truncatingIfNeeded: start - recordStart))
      var fieldCount = 0
      var end = scanner.next()
      while end < bytes.count, bytes[end] != .lineFeed {
        if bytes[end] == .tab {
          fieldCount += 1
          if fieldCount <= 9 { offsets.append(UInt32(truncatingIfNeeded: end - recordStart)) }
        }
        end = scanner.next()
      }
      fieldCount += 1
      let textEnd = end < bytes.count && bytes[end - 1] == .carriageReturn ? end - 1 : end
      guard fieldCount == 10 else {
        throw FormatError.fieldCount(
          at: Place(source: chunk.provenance.source, line: line), found: fieldCount,
          declared: Self.fields,
          hint: splitsAtSpaces(bytes[start..<textEnd]) ? .spaces : nil)
      }
      offsets.append(UInt32(truncatingIfNeeded: textEnd - recordStart))
      let idEnd = recordStart + Int(offsets.values[wordStart + 1])
      switch kindOfID(bytes, start, idEnd) {
      case .word: break
      case .other: offsets.count = wordStart
      case nil:
        throw FormatError.wordID(
          at: Place(source: chunk.provenance.source, line: line, column: 1),
          found: String(decoding: bytes[start..<idEnd], as: UTF8.self))
      }
      start = end + 1
      line += 1
    }
    try receive(recordStart..<bytes.count, recordLine, offsets)
  }

  /// Loads a record with the bytes in `range`, from the offsets of its words' fields, relative to
  /// the start of the range.
  @inline(__always)
  private func load(
    _ record: inout Record, of chunk: Chunk, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>,
    line: Int, _ offsets: borrowing OffsetBuffer, apart: Bool
  ) {
    let values = UnsafePointer(offsets.values)
    record.reload(
      source: UnsafeRawBufferPointer(rebasing: bytes[range]), count: offsets.count / 11,
      provenance: Provenance(
        source: chunk.provenance.source, line: line,
        byteOffset: chunk.provenance.byteOffset + range.lowerBound),
      layers: layers, apart: apart
    ) { layer, ranges in
      let field = wanted[layer]
      // A field begins behind the tab that ends the one before; the first begins the line.
      let gap: UInt32 = field == 0 ? 0 : 1
      var index = field
      for word in 0..<ranges.count {
        ranges[word] = ByteRange(unchecked: values[index] &+ gap, values[index + 1])
        index &+= 11
      }
    }
  }

  private enum IDKind { case word, other }

  /// What a line is by its first field: digits make a word; a span or an empty node has a second
  /// number.
  @inline(__always)
  private func kindOfID(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> IDKind? {
    var digits = 0
    var separators = 0
    for index in start..<end {
      let byte = bytes[index]
      if byte &- UInt8(ascii: "0") < 10 {
        digits += 1
      } else if digits > 0, separators == 0,
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      {
        separators = 1
        digits = 0
      } else {
        return nil
      }
    }
    return digits == 0 ? nil : separators == 0 ? .word : .other
  }

  private func isLineEnd(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
    index + 1 < bytes.count && bytes[index + 1] == .lineFeed
  }

  private func splitsAtSpaces(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
    line.split(separator: UInt8.space).count == 10
  }
}

/// Offsets that are collected line by line, without the checks of an array.
struct OffsetBuffer: ~Copyable {
  private(set) var values = UnsafeMutablePointer<UInt32>.allocate(capacity: 1 << 12)
  private var capacity = 1 << 12
  var count = 0

  deinit { values.deallocate() }

  /// Makes room for `more` offsets.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if count + more > capacity { grow(more) }
  }

  private mutating func grow(_ more: Int) {
    capacity = max(capacity * 2, count + more)
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    larger.update(from: values, count: count)
    values.deallocate()
    values = larger
  }

  /// Adds an offset where there is room for it.
  @inline(__always)
  mutating func append(_ offset: UInt32) {
    assert(count < capacity, "Room is made before offsets are added.")
    values[count] = offset
    count &+= 1
  }
}

/// The three bytes that some programs write before UTF-8.
enum ByteOrderMark {
  static func length(in bytes: UnsafeRawBufferPointer) -> Int {
    bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
  }
}
