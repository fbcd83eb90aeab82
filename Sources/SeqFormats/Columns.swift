public import SeqCore

/// Column files (CoNLL-2000, CoNLL-2003 and their like): one position a line, one field a column,
/// a blank line after a record.
///
/// A record is read with the comments before it and the blank lines after it, and is written as it
/// was read wherever no layer changed. See `Docs/Formats/columns.md`.
public struct Columns: RecordFormat {
  /// What stands between fields.
  public enum Separator: String, Hashable, CaseIterable, Sendable {
    /// One tab; fields may hold spaces and may be empty.
    case tab
    /// Any number of spaces and tabs.
    case whitespace
  }

  /// Which lines are comments.
  public enum Comments: String, Hashable, CaseIterable, Sendable {
    /// A line that begins with `#` and cannot be a position: without a tab where tabs separate, with
    /// another number of fields where white space does, with a space after `#` where there is one
    /// column.
    case hash
    /// None: every line that is not blank is a position.
    case none
  }

  /// `columns`.
  public var name: String { "columns" }
  /// The columns' names from left to right, as given.
  public let names: [String]
  /// What stands between fields.
  public let separator: Separator
  /// Which lines are comments.
  public let comments: Comments

  /// The number of columns that every line has; the rest, if declared, is behind them.
  let fixed: Int
  /// Whether the last name takes the rest of the line.
  let hasRest: Bool
  /// How records read with these columns are marked.
  let signature: String

  /// Makes the format.
  ///
  /// - Parameters:
  ///   - names: the layer of each column. `_` stands for a column that becomes no layer. A last name
  ///     that ends in `*` takes the rest of the line, however many fields that is, as one value that
  ///     cannot be changed.
  ///   - separator: what stands between fields.
  ///   - comments: which lines are comments.
  /// - Throws: `FormatError.columnNames` if a name is empty or named twice, or `*` is not last.
  public init(_ names: [String], separator: Separator = .tab, comments: Comments = .hash) throws {
    hasRest = names.last?.hasSuffix("*") ?? false
    fixed = names.count - (hasRest ? 1 : 0)
    let layers = names.filter { $0 != "_" }
    let fault: FormatError.ColumnFault? =
      names.isEmpty || layers.isEmpty
      ? .noName
      : layers.contains { $0.isEmpty || $0 == "*" }
        ? .emptyName
        : Set(layers).count != layers.count
          ? .twice
          : names.dropLast().contains { $0.hasSuffix("*") } || fixed == 0 ? .restFirst : nil
    if let fault { throw FormatError.columnNames(names, fault) }
    self.names = names
    self.separator = separator
    self.comments = comments
    signature = Self.signature(names, separator)
  }

  /// The name of the layer of a column.
  func layer(_ column: Int) -> String {
    column < fixed ? names[column] : String(names[column].dropLast())
  }

  static func signature(_ names: [String], _ separator: Separator) -> String {
    "columns " + separator.rawValue + " " + names.joined(separator: " ")
  }

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    BlankLines.lastBoundary(in: bytes, spacesAreBlank: separator == .whitespace)
  }

  /// Decodes records. A line whose first field is `-DOCSTART-` stays in the source and is no
  /// position.
  ///
  /// - Throws: `FormatError.notUTF8`, `.nulByte`, `.fieldCount`.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try chunk.bytes.withUnsafeBytes { bytes in
      guard !bytes.isEmpty else { return }
      try TextCheck.check(bytes, of: chunk)
      var fields: [ByteRange] = []
      try BlankLines.forEachRecord(
        in: bytes, of: chunk, spacesAreBlank: separator == .whitespace,
        line: { start, end, line, recordStart, positions in
          let first = fields.count
          guard try split(bytes, start, end, recordStart, into: &fields) else {
            let found = fields.count - first
            throw fieldCount(
              found, bytes[start..<end], at: Place(source: chunk.provenance.source, line: line))
          }
          if fields.count > first { positions += 1 }
        },
        record: { range, line, count in
          try receive(record(of: chunk, bytes, range, line: line, count, fields))
          fields.removeAll(keepingCapacity: true)
        })
    }
  }

  /// Splits a line; adds one range a column, or none for a comment.
  ///
  /// - Returns: false if the number of fields is wrong; as many ranges as there are fields are added.
  private func split(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ origin: Int,
    into fields: inout [ByteRange]
  ) throws -> Bool {
    let first = fields.count
    let width = names.count
    func add(_ from: Int, _ to: Int, _ fields: inout [ByteRange]) {
      fields.append(
        ByteRange(
          unchecked: UInt32(truncatingIfNeeded: from - origin),
          UInt32(truncatingIfNeeded: to - origin)))
    }
    var count = 0
    var index = start
    if separator == .tab {
      var from = start
      while true {
        if index == end || bytes[index] == .tab {
          count += 1
          add(from, index, &fields)
          if index == end { break }
          from = index + 1
          // The rest of the line is one value.
          if hasRest, count == fixed { index = end } else { index += 1 }
          continue
        }
        index += 1
      }
    } else {
      while true {
        while index < end, bytes[index] == .space || bytes[index] == .tab { index += 1 }
        if index == end { break }
        let from = index
        if hasRest, count == fixed {
          index = end
          while bytes[index - 1] == .space || bytes[index - 1] == .tab { index -= 1 }
          add(from, index, &fields)
          count += 1
          break
        }
        while index < end, bytes[index] != .space, bytes[index] != .tab { index += 1 }
        add(from, index, &fields)
        count += 1
      }
    }
    if comments == .hash, bytes[start] == UInt8(ascii: "#"), isComment(bytes, start, end, count) {
      fields.removeLast(fields.count - first)
      return true
    }
    if isDocumentStart(bytes, start, end) {
      fields.removeLast(fields.count - first)
      return true
    }
    if hasRest, count == fixed {
      add(end, end, &fields)
      return true
    }
    return count == width
  }

  private func isComment(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ count: Int
  ) -> Bool {
    if fixed == 1, !hasRest { return start + 1 < end && bytes[start + 1] == .space }
    switch separator {
    case .tab: return count == 1
    case .whitespace: return hasRest ? count < fixed : count != fixed
    }
  }

  private func isDocumentStart(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int
  ) -> Bool {
    let mark: StaticString = "-DOCSTART-"
    let length = mark.utf8CodeUnitCount
    guard bytes[start] == UInt8(ascii: "-"), end - start >= length else { return false }
    for index in 0..<length where bytes[start + index] != mark.utf8Start[index] { return false }
    return end - start == length || bytes[start + length] == .tab || bytes[start + length] == .space
  }

  private func fieldCount(
    _ found: Int, _ line: Slice<UnsafeRawBufferPointer>, at place: Place
  ) -> FormatError {
    let bySpaces = line.split { $0 == .space || $0 == .tab }.count
    let byTabs = line.split(separator: .tab, omittingEmptySubsequences: false).count
    let hint: FieldHint? =
      separator == .tab && bySpaces == names.count
      ? .spaces : separator == .whitespace && byTabs == names.count ? .tabs : nil
    return .fieldCount(at: place, found: found, declared: names, hint: hint)
  }

  private func record(
    of chunk: Chunk, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, line: Int, _ count: Int,
    _ fields: [ByteRange]
  ) -> Record {
    let width = names.count
    var layers: [Layer] = []
    layers.reserveCapacity(width)
    for column in 0..<width where names[column] != "_" {
      let ranges = [ByteRange](unsafeUninitializedCapacity: count) { buffer, initialized in
        for position in 0..<count {
          buffer.initializeElement(at: position, to: fields[position * width + column])
        }
        initialized = count
      }
      layers.append(Layer(name: layer(column), values: .text(ranges), places: ranges))
    }
    return Record(
      source: Array(UnsafeRawBufferPointer(rebasing: bytes[range])), count: count, layers: layers,
      provenance: Provenance(
        source: chunk.provenance.source, line: line,
        byteOffset: chunk.provenance.byteOffset + range.lowerBound),
      format: signature)
  }
}
