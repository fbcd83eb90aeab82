public import SeqCore

/// Plain text: a record is a paragraph or a line, of which a tokenizer makes records with words.
///
/// Records have no positions; ``SeqCore/Record/text`` is the whole source. Written, they give their
/// running text: unchanged if they were read from plain text, else one line of words.
public struct PlainText: RecordFormat {
  /// Where a record ends.
  public enum Unit: String, Hashable, CaseIterable, Sendable {
    /// Behind the blank lines that follow lines of text; lines of spaces and tabs are blank.
    case paragraph
    /// Behind each line end.
    case line
  }

  /// `text`.
  public var name: String { Self.formatName }
  static let formatName = "text"
  /// Where a record ends.
  public let unit: Unit

  /// Makes the format.
  public init(unit: Unit = .paragraph) { self.unit = unit }

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    switch unit {
    case .paragraph: BlankLines.lastBoundary(in: bytes, spacesAreBlank: true)
    case .line: bytes.lastIndex(of: .lineFeed).map { $0 + 1 }
    }
  }

  /// Decodes paragraphs or lines. A byte-order mark is in the source but not in the text.
  ///
  /// - Throws: `FormatError.notUTF8`, `.nulByte`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try chunk.bytes.withUnsafeBytes { bytes in
      guard !bytes.isEmpty else { return }
      try TextCheck.check(bytes, of: chunk)
      let mark = chunk.provenance.byteOffset == 0 ? ByteOrderMark.length(in: bytes) : 0
      func record(_ range: Range<Int>, _ line: Int) -> Record {
        Record(
          source: Array(UnsafeRawBufferPointer(rebasing: bytes[range])), count: 0, layers: [],
          provenance: Provenance(
            source: chunk.provenance.source, line: line,
            byteOffset: chunk.provenance.byteOffset + range.lowerBound),
          format: Self.formatName,
          text: ByteRange(range.lowerBound == 0 ? mark : 0, range.count))
      }
      switch unit {
      case .paragraph:
        try BlankLines.forEachRecord(
          in: bytes, of: chunk, spacesAreBlank: true, line: { _, _, _, _, _ in },
          record: { range, line, _ in try receive(record(range, line)) })
      case .line:
        var start = 0
        var line = chunk.provenance.line
        while start < bytes.count {
          var end = start
          while end < bytes.count, bytes[end] != .lineFeed { end += 1 }
          end = min(end + 1, bytes.count)
          try receive(record(start..<end, line))
          start = end
          line += 1
        }
      }
    }
  }

  /// Appends the running text, or the words on one line.
  ///
  /// - Throws: `FormatError.missingLayer` if there is neither text nor words.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    if record.format == Self.formatName {
      output.append(contentsOf: record.buffer[..<record.sourceCount])
    } else if let text = record.text {
      output.append(contentsOf: record.buffer[text.indices])
      output.append(.lineFeed)
    } else if let forms = record.ranges("form") {
      let misc = record.ranges("misc")
      for (position, form) in forms.enumerated() {
        output.append(contentsOf: record.buffer[form.indices])
        if position + 1 < forms.count,
          misc.map({ forbidsSpace(record.buffer[$0[position].indices]) }) != true
        {
          output.append(.space)
        }
      }
      output.append(.lineFeed)
    } else {
      throw FormatError.missingLayer(at: Place(record.provenance), format: name, layer: "form")
    }
  }
}

/// Whether a MISC field of CoNLL-U says that no space follows.
func forbidsSpace(_ misc: ArraySlice<UInt8>) -> Bool {
  misc.split(separator: UInt8(ascii: "|")).contains { $0.elementsEqual("SpaceAfter=No".utf8) }
}

/// Words with their tags behind a slash, a record a line: `Time/NOUN flies/VERB`. For reading by eye;
/// it can be written only.
public struct SlashText: RecordFormat {
  /// `slash`.
  public var name: String { "slash" }
  /// The layer that stands behind the slash.
  public let tagLayer: String

  /// Makes the format.
  public init(tag: String = "upos") { tagLayer = tag }

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? { nil }

  /// - Throws: always `FormatError.writeOnly`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    throw FormatError.writeOnly(format: name)
  }

  /// Appends a line.
  ///
  /// - Throws: `FormatError.missingLayer`, `.unwritableValue` for a word or tag that is empty or has
  ///   white space in it, or a tag with a slash.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    if record.count == 0 { return }
    for (position, layer) in ["form", tagLayer].enumerated() {
      guard let ranges = record.ranges(layer) else {
        throw FormatError.missingLayer(at: Place(record.provenance), format: name, layer: layer)
      }
      if let offence = ranges.firstIndex(where: { range in
        range.isEmpty
          || record.buffer[range.indices].contains {
            $0 <= .space || position == 1 && $0 == UInt8(ascii: "/")
          }
      }) {
        throw FormatError.unwritableValue(
          at: Place(record.provenance), format: name, layer: layer, position: offence,
          value: record.string(ranges[offence]))
      }
    }
    guard let forms = record.ranges("form"), let tags = record.ranges(tagLayer) else { return }
    for position in 0..<record.count {
      if position > 0 { output.append(.space) }
      output.append(contentsOf: record.buffer[forms[position].indices])
      output.append(UInt8(ascii: "/"))
      output.append(contentsOf: record.buffer[tags[position].indices])
    }
    output.append(.lineFeed)
  }
}
