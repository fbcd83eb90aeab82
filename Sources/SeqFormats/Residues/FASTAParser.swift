internal import Glibc
internal import SeqCore

/// The state and the steps of ``FASTAReader``.
struct FASTAParser {
  let kind: ResidueKind
  private(set) var counts = FASTACounts()

  private let source: ByteSource
  private let options: FASTAOptions
  private let legal: LegalLetters

  /// The bytes that were read, and those of them that were not yet looked at.
  private let raw: UnsafeMutableRawBufferPointer
  private var waiting = 0..<0
  private var failure: (any Error)?
  private var atEnd = false

  // Where we are.
  private enum LineKind { case start, header, comment, sequence }
  private var lineKind = LineKind.start
  private var line = 1
  /// Bytes of the source before `raw`, and before the line.
  private var rawOffset = 0
  private var lineOffset = 0
  private var previousWasReturn = false
  private var headerLine: [UInt8] = []
  private var headerStart = (line: 1, byte: 0)

  // The record that is being read.
  private var record: OpenRecord?
  private struct OpenRecord {
    /// Letters until now.
    var length = 0
    /// Where its letters begin in the batch, and at which position of the record that is.
    var textStart = 0
    var textPosition = 0
    /// The first position that no window has answered for.
    var coreStart = 0
    /// Its number in the batch's headers.
    var index = 0
  }

  // The batch that is being filled.
  private var letters = LetterBuffer()
  private var windows: [ResidueWindow] = []
  private var headers: [ResidueHeader] = []
  private var isFull = false
  /// Letters that the next batch begins with, and the header of their record.
  private var carried: [UInt8] = []
  private var carriedHeader: ResidueHeader?

  private var names: Set<UInt64> = []
  private static let rememberedNames = 200_000
  private static let longestHeader = 1 << 20

  /// Makes a parser.
  ///
  /// - Parameter raw: room for bytes, which its owner frees.
  init(
    _ source: ByteSource, _ raw: UnsafeMutableRawBufferPointer, options: FASTAOptions,
    kind: ResidueKind
  ) {
    self.source = source
    self.raw = raw
    self.options = options
    self.kind = kind
    legal = LegalLetters(kind)
  }

  /// The next windows, or `nil` at the end.
  ///
  /// - Throws: what the source throws, `FormatError.empty` and `.fasta`; records that were whole
  ///   before the fault come first, and the fault is thrown by the next call.
  mutating func nextBatch() throws -> ResidueBatch? {
    if let failure { throw failure }
    begin()
    do {
      while !isFull, !atEnd {
        if waiting.isEmpty { try fill() }
        if atEnd { try finishInput() } else { try consume() }
      }
    } catch {
      failure = error
      record = nil
      if windows.isEmpty { throw error }
    }
    if windows.isEmpty { return nil }
    return ResidueBatch(letters: letters, windows: windows, headers: headers)
  }

  private mutating func begin() {
    letters = LetterBuffer(
      capacity: (options.window ?? 256 << 10) + 3 * options.context + raw.count + 64)
    windows = []
    headers = []
    isFull = false
    if record != nil {
      carried.withUnsafeBytes { _ = letters.append($0) }
      carried = []
      record!.textStart = 0
      record!.index = 0
      headers.append(carriedHeader!)
      carriedHeader = nil
    }
  }

  private mutating func fill() throws {
    rawOffset += waiting.upperBound
    waiting = 0..<0
    let count = try source.read(into: raw)
    waiting = 0..<count
    if count == 0 {
      atEnd = true
      if rawOffset == 0 { throw FormatError.empty(source: source.name) }
    } else if rawOffset == 0, raw.starts(with: [0xEF, 0xBB, 0xBF]) {
      waiting = 3..<count
      lineOffset = 3
    }
  }

  private mutating func finishInput() throws {
    if lineKind == .header { try finishHeader() }
    if record != nil {
      endRecord()
    } else if counts.records == 0 {
      throw fault(.onlyBlankLines, column: nil)
    }
  }

  // MARK: Lines

  /// Looks at the bytes up to the end of a line, of the buffer, or of what a batch takes.
  private mutating func consume() throws {
    switch lineKind {
    case .start: try beginLine()
    case .header: try consumeHeader()
    case .comment:
      let end = lineEnd()
      waiting = end..<waiting.upperBound
      if !waiting.isEmpty { endLine() }
    case .sequence: try consumeSequence()
    }
  }

  private mutating func beginLine() throws {
    let byte = raw[waiting.lowerBound]
    if byte == .lineFeed || byte == .carriageReturn {
      endLine()
      return
    }
    previousWasReturn = false
    switch byte {
    case UInt8(ascii: ">"):
      if record != nil {
        endRecord()
        if isFull { return }
      }
      lineKind = .header
      headerLine = []
      headerStart = (line, rawOffset + waiting.lowerBound)
      waiting = (waiting.lowerBound + 1)..<waiting.upperBound
    case UInt8(ascii: ";"):
      counts.comments += 1
      lineKind = .comment
    default:
      if record == nil {
        guard byte == .space || byte == .tab else { throw faultBeforeHeader() }
        // A line of spaces is as good as blank; anything behind them is not.
        waiting = (waiting.lowerBound + 1)..<waiting.upperBound
        return
      }
      lineKind = .sequence
    }
  }

  private func faultBeforeHeader() -> FormatError {
    let end = lineEnd()
    let start = waiting.lowerBound
    if raw[start] == UInt8(ascii: "@") { return fault(.isFASTQ, column: nil) }
    let found = raw[start..<min(end, start + 40)].map { $0 < 0x20 ? UInt8(ascii: "?") : $0 }
    return fault(.noHeader(found: String(decoding: found, as: UTF8.self)), column: nil)
  }

  /// The offset of the first line end that waits, or of the end of what waits.
  private func lineEnd() -> Int {
    let rest = UnsafeRawBufferPointer(rebasing: raw[waiting])
    let feed = rest.offset(of: .lineFeed) ?? rest.count
    let before = UnsafeRawBufferPointer(rebasing: rest[..<feed])
    return waiting.lowerBound + (before.offset(of: .carriageReturn) ?? feed)
  }

  /// Steps over a line end. The LF of a CR LF belongs to the line that the CR ended.
  private mutating func endLine() {
    let byte = raw[waiting.lowerBound]
    waiting = (waiting.lowerBound + 1)..<waiting.upperBound
    if !(byte == .lineFeed && previousWasReturn) { line += 1 }
    previousWasReturn = byte == .carriageReturn
    lineOffset = rawOffset + waiting.lowerBound
    lineKind = .start
  }

  private mutating func consumeHeader() throws {
    let end = lineEnd()
    headerLine += raw[waiting.lowerBound..<end]
    if headerLine.count > Self.longestHeader { throw fault(.headerTooLong, column: nil) }
    waiting = end..<waiting.upperBound
    if waiting.isEmpty { return }
    endLine()
    try finishHeader()
  }

  private mutating func finishHeader() throws {
    lineKind = .start
    let header = ResidueHeader(
      headerLine, ordinal: counts.records, lineNumber: headerStart.line,
      byteOffset: headerStart.byte)
    counts.records += 1
    if header.isUnnamed {
      counts.unnamedRecords += 1
    } else if names.count >= Self.rememberedNames {
      counts.uncomparedNames += 1
    } else if !names.insert(hash(header.name)).inserted {
      counts.duplicateNames += 1
      counts.firstDuplicate = counts.firstDuplicate ?? header
    }
    record = OpenRecord(textStart: letters.count, index: headers.count)
    headers.append(header)
  }

  /// FNV-1a; that two names of 200,000 share its 64 bits has a chance of one in a billion.
  private func hash(_ name: ArraySlice<UInt8>) -> UInt64 {
    name.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  private func fault(_ fault: FASTAFault, column: Int?) -> FormatError {
    .fasta(at: Place(source: source.name, line: line, column: column), fault)
  }

  // MARK: Sequences

  /// Takes whole lines of legal letters while they come; leaves anything else to the careful way.
  private mutating func consumeSequence() throws {
    // What every line needs is held in local variables: a class's are guarded at each use.
    let base = UnsafeRawPointer(raw.baseAddress!)
    let letters = self.letters
    let legal = self.legal
    let before = letters.count
    let end = waiting.upperBound
    var start = waiting.lowerBound
    // The letters are at most as many as the bytes that wait.
    let target = letters.reserve(end - start)
    var taken = 0
    var lines = 0
    var lineStart: Int?
    var careful: Int?
    var lastLine: Int?
    // Letters that may still come before the window is to be looked at.
    let room = windowRoom()
    while start < end, taken < room {
      let feed = memchr(base + start, Int32(UInt8.lineFeed), end - start).map {
        UnsafeRawPointer($0) - base
      }
      var stop = feed ?? end
      if feed != nil, stop > start,
        base.load(fromByteOffset: stop - 1, as: UInt8.self) == .carriageReturn
      {
        stop -= 1
      }
      let content = UnsafeRawBufferPointer(start: base + start, count: stop - start)
      guard legal.containAll(content) else {
        careful = feed ?? end
        break
      }
      if let content = content.baseAddress {
        (target + taken).update(
          from: content.assumingMemoryBound(to: UInt8.self), count: stop - start)
      }
      taken += stop - start
      guard let feed else {
        start = end
        break
      }
      start = feed + 1
      lines += 1
      lineStart = start
      guard start < end else { break }
      // The next line is most often letters again.
      let next = base.load(fromByteOffset: start, as: UInt8.self)
      guard next > UInt8(ascii: ">") && next != UInt8(ascii: "@") else { break }
      lineStart = nil
      lastLine = start
    }
    letters.commit(taken)
    waiting = start..<end
    line += lines
    if lines > 0 { previousWasReturn = false }
    if let lastLine { lineOffset = rawOffset + lastLine }
    if let lineStart {
      lineOffset = rawOffset + lineStart
      lineKind = .start
    }
    record!.length += taken
    if let careful { try consumeCarefully(until: careful) }
    counts.residues += letters.count - before
    emitIfLong()
  }

  /// Takes the bytes of one line that has something else than legal letters.
  private mutating func consumeCarefully(until end: Int) throws {
    for index in waiting.lowerBound..<end {
      let byte = raw[index]
      if byte == .carriageReturn {
        waiting = index..<waiting.upperBound
        endLine()
        return
      }
      if legal.contains(byte) {
        add(byte)
      } else if byte == .space || byte == .tab || byte == 0x0B || byte == 0x0C {
        counts.spaces += 1
      } else {
        switch options.illegal {
        case .skip: counts.illegalLetters += 1
        case .mask:
          counts.illegalLetters += 1
          add(UInt8(ascii: kind.isNucleic ? "N" : "X"))
        case .error:
          throw fault(
            .illegalLetter(
              byte, record: String(decoding: headers[record!.index].name, as: UTF8.self),
              position: record!.length, kind: kind),
            column: rawOffset + index - lineOffset + 1)
        }
      }
    }
    waiting = end..<waiting.upperBound
  }

  private mutating func add(_ byte: UInt8) {
    letters.append(byte)
    record!.length += 1
  }

  // MARK: Windows

  /// Letters until the window of the open record is full.
  private func windowRoom() -> Int {
    guard let window = options.window, let record else { return Int.max }
    return max(record.coreStart + window + options.context - record.length, 1)
  }

  /// Ends the window of the open record, and the batch, if it is full.
  private mutating func emitIfLong() {
    guard let window = options.window, let record,
      record.length >= record.coreStart + window + options.context
    else { return }
    let coreEnd = record.length - options.context
    emit(core: record.coreStart..<coreEnd, isLast: false)
    // The next window shows the context of its core again.
    let position = max(coreEnd - options.context, record.textPosition)
    let start = record.textStart + (position - record.textPosition)
    carried = Array(letters.bytes[start...])
    carriedHeader = headers[record.index]
    self.record!.textPosition = position
    self.record!.coreStart = coreEnd
    isFull = true
  }

  private mutating func endRecord() {
    guard let record else { return }
    if record.length == 0 { counts.emptyRecords += 1 }
    emit(core: record.coreStart..<record.length, isLast: true)
    self.record = nil
    if letters.count >= options.window ?? 256 << 10 || windows.count >= 1 << 13 { isFull = true }
  }

  private mutating func emit(core: Range<Int>, isLast: Bool) {
    guard let record else { return }
    windows.append(
      ResidueWindow(
        header: record.index, text: record.textStart..<letters.count,
        position: record.textPosition, core: core, isFirst: core.lowerBound == 0, isLast: isLast))
  }
}

extension UnsafeRawBufferPointer {
  /// The offset of the first such byte.
  fileprivate func offset(of byte: UInt8) -> Int? {
    guard let baseAddress, let found = memchr(baseAddress, Int32(byte), count) else { return nil }
    return UnsafeRawPointer(found) - baseAddress
  }
}
