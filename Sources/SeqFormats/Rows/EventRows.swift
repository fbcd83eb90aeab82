public import SeqCore

/// Rows that are positions: events, readings, transactions, each on a line of comma-separated values,
/// of values between tabs, of JSON, or one that an expression takes apart.
///
/// Neighbouring rows with the same value of a field are a record, or those between blank lines.
/// Labels are added to each row as a last field, or replace those that stand there; everything else
/// stays byte for byte. See `Docs/Formats/pack.md`.
public struct EventRows: RecordFormat {
  /// How a line holds fields.
  public enum Syntax: Hashable, Sendable {
    /// Values between commas, tabs, …, in quotes where they hold one (RFC 4180); a value with a line
    /// end in it is not taken.
    case delimited(UInt8)
    /// An object; fields are members, dots lead into objects.
    case json
    /// The groups of an expression that all of the line matches, in their order.
    case pattern(TextExpression)
  }

  /// `rows`.
  public var name: String { "rows" }
  /// How a line holds fields.
  public let syntax: Syntax
  /// The fields' names, in the order of the columns or groups; `_` for one that is no layer.
  public let names: [String]
  /// The members of objects that the fields are, in the order of the names.
  public let paths: [String]
  /// Whether the first line of a file names the fields.
  public let hasHeader: Bool
  /// The field whose neighbouring equal values make a record; `nil` for blank lines.
  public let group: String?
  /// The layers that are written to rows: labels and their probabilities.
  public let written: [String]

  let signature: String
  private let groupIndex: Int?

  /// Makes the format.
  ///
  /// - Parameters:
  ///   - paths: for objects; equal to the names unless given.
  ///   - written: the layers that are written to rows. Those among the names may be missing from
  ///     rows of JSON.
  /// - Throws: `FormatError.columnNames`; `.rows` if the group is none of the names.
  public init(
    _ syntax: Syntax, names: [String], paths: [String]? = nil, header: Bool = false,
    group: String? = nil, written: [String] = []
  ) throws {
    let layers = names.filter { $0 != "_" }
    if layers.isEmpty { throw FormatError.columnNames(names, .noName) }
    if layers.contains("") { throw FormatError.columnNames(names, .emptyName) }
    if Set(layers).count != layers.count { throw FormatError.columnNames(names, .twice) }
    self.syntax = syntax
    self.names = names
    self.paths = paths ?? names
    precondition(self.paths.count == names.count, "Each field of an object has a path.")
    hasHeader = header
    self.group = group
    self.written = written
    groupIndex = group.flatMap { names.firstIndex(of: $0) }
    if let group, groupIndex == nil {
      throw FormatError.rows(
        source: "rows", line: 1,
        problem: "there is no field \"\(group)\" to group by; the fields are "
          + layers.joined(separator: ", "))
    }
    signature = "rows \(names.joined(separator: " "))"
  }

  // MARK: - Reading

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    guard groupIndex != nil else { return BlankLines.lastBoundary(in: bytes) }
    // Backwards: the last two neighbouring whole lines whose keys differ.
    guard let last = bytes.lastIndex(of: .lineFeed) else { return nil }
    var end = last
    var behind: (key: [UInt8], start: Int)?
    while end >= 0 {
      var start = end
      while start > 0, bytes[start - 1] != .lineFeed { start -= 1 }
      if let key = key(bytes, start, end) {
        if let behind, behind.key != key { return behind.start }
        behind = (key, start)
      }
      end = start - 1
    }
    return nil
  }

  /// The value that a line is grouped by; `nil` for a blank line and one that cannot be read.
  private func key(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> [UInt8]? {
    var end = end
    if end > start, bytes[end - 1] == .carriageReturn { end -= 1 }
    guard let groupIndex, end > start else { return nil }
    var added: [UInt8] = []
    guard let values = try? fields(bytes, start, end, into: &added) else { return nil }
    return values[groupIndex].bytes(bytes, added)
  }

  /// A value: bytes of the line, or bytes that were decoded.
  private enum Value {
    case source(Range<Int>)
    case decoded(Range<Int>)

    func bytes(_ source: UnsafeRawBufferPointer, _ decoded: [UInt8]) -> [UInt8] {
      switch self {
      case .source(let range): Array(UnsafeRawBufferPointer(rebasing: source[range]))
      case .decoded(let range): Array(decoded[range])
      }
    }
  }

  /// What is wrong with a line.
  struct Fault: Error, CustomStringConvertible {
    var problem: String
    var description: String { problem }
  }

  /// Decodes records.
  ///
  /// - Throws: `FormatError.notUTF8`, `.nulByte`, `.rows` with line and problem.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try chunk.bytes.withUnsafeBytes { bytes in
      guard !bytes.isEmpty else { return }
      try TextCheck.check(bytes, of: chunk)
      let isFirst = chunk.provenance.byteOffset == 0
      var start = 0
      var line = chunk.provenance.line
      var part = Part(start: 0, line: line)
      var needsHeader = hasHeader && isFirst
      while start < bytes.count {
        var end = start
        while end < bytes.count, bytes[end] != .lineFeed { end += 1 }
        let next = min(end + 1, bytes.count)
        if end > start, bytes[end - 1] == .carriageReturn { end -= 1 }
        var from = start
        if start == 0, isFirst { from = min(ByteOrderMark.length(in: bytes), end) }
        if needsHeader, end > from {
          needsHeader = false
        } else if end == from {
          if groupIndex == nil, part.count > 0 { part.isClosed = true }
        } else {
          if part.isClosed {
            try receive(record(of: part, bytes, start, chunk))
            part = Part(start: start, line: line)
          }
          let old = part.added.count
          let values: [Value]
          do {
            values = try fields(bytes, from, end, into: &part.added)
          } catch let fault as Fault {
            throw FormatError.rows(
              source: chunk.provenance.source, line: line, problem: fault.problem)
          }
          if let groupIndex {
            let key = values[groupIndex].bytes(bytes, part.added)
            if part.count > 0, key != part.key {
              part.added.removeLast(part.added.count - old)
              try receive(record(of: part, bytes, start, chunk))
              part = Part(start: start, line: line)
              // Decoded bytes belong to the new record.
              let again = try? fields(bytes, from, end, into: &part.added)
              part.values += again ?? values
            } else {
              part.values += values
            }
            part.key = key
          } else {
            part.values += values
          }
          part.count += 1
        }
        start = next
        line += 1
      }
      try receive(record(of: part, bytes, bytes.count, chunk))
    }
  }

  /// A record while its rows are read.
  private struct Part {
    var start: Int
    var line: Int
    var values: [Value] = []
    var added: [UInt8] = []
    var count = 0
    var key: [UInt8] = []
    var isClosed = false

    init(start: Int, line: Int) {
      self.start = start
      self.line = line
    }
  }

  private func record(
    of part: Part, _ bytes: UnsafeRawBufferPointer, _ end: Int, _ chunk: Chunk
  ) -> Record {
    let sourceCount = end - part.start
    var layers: [Layer] = []
    for (column, name) in names.enumerated() where name != "_" {
      let ranges = (0..<part.count).map { row -> ByteRange in
        switch part.values[row * names.count + column] {
        case .source(let range):
          ByteRange(range.lowerBound - part.start, range.upperBound - part.start)
        case .decoded(let range):
          ByteRange(sourceCount + range.lowerBound, sourceCount + range.upperBound)
        }
      }
      layers.append(Layer(name: name, values: .text(ranges)))
    }
    var record = Record(
      source: Array(UnsafeRawBufferPointer(rebasing: bytes[part.start..<end])), count: part.count,
      layers: layers,
      provenance: Provenance(
        source: chunk.provenance.source, line: part.line,
        byteOffset: chunk.provenance.byteOffset + part.start),
      format: signature)
    if !part.added.isEmpty { _ = record.append(part.added) }
    return record
  }

  // MARK: - A line

  /// The fields of a line, one a name.
  private func fields(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, into added: inout [UInt8]
  ) throws -> [Value] {
    switch syntax {
    case .delimited(let separator):
      let places = try Self.places(bytes, start, end, separator)
      guard places.count == names.count else {
        throw Fault(
          problem: "\(places.count) fields where there are \(names.count) "
            + "(\(names.prefix(8).joined(separator: " "))\(names.count > 8 ? " …" : ""))")
      }
      return places.map { Self.unquoted(bytes, $0, into: &added) }
    case .json: return try members(bytes, start, end, into: &added)
    case .pattern(let expression):
      let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      guard let groups = expression.groups(inAll: line) else {
        throw Fault(problem: "the line does not match \(expression)")
      }
      guard groups.count == names.count + 1 else {
        throw Fault(
          problem:
            "the expression has \(groups.count - 1) groups where there are \(names.count) fields")
      }
      return groups.dropFirst().map { range in
        .source(range.map { start + $0.lowerBound..<start + $0.upperBound } ?? start..<start)
      }
    }
  }

  /// Where the fields of a delimited line stand, quotes included.
  static func places(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ separator: UInt8
  ) throws -> [Range<Int>] {
    let quote = UInt8(ascii: "\"")
    var places: [Range<Int>] = []
    var from = start
    while true {
      var index = from
      if index < end, bytes[index] == quote {
        index += 1
        while true {
          while index < end, bytes[index] != quote { index += 1 }
          guard index < end else {
            throw Fault(
              problem:
                "field \(places.count + 1) begins with a quote that does not close on this line")
          }
          index += 1
          if index < end, bytes[index] == quote { index += 1 } else { break }
        }
        guard index == end || bytes[index] == separator else {
          throw Fault(problem: "field \(places.count + 1) goes on behind its closing quote")
        }
      } else {
        while index < end, bytes[index] != separator { index += 1 }
      }
      places.append(from..<index)
      if index >= end { return places }
      from = index + 1
    }
  }

  private static func unquoted(
    _ bytes: UnsafeRawBufferPointer, _ place: Range<Int>, into added: inout [UInt8]
  ) -> Value {
    let quote = UInt8(ascii: "\"")
    guard place.count >= 2, bytes[place.lowerBound] == quote else { return .source(place) }
    let inner = place.lowerBound + 1..<place.upperBound - 1
    guard bytes[inner].contains(quote) else { return .source(inner) }
    let first = added.count
    var index = inner.lowerBound
    while index < inner.upperBound {
      added.append(bytes[index])
      index += bytes[index] == quote ? 2 : 1
    }
    return .decoded(first..<added.count)
  }

  private func members(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, into added: inout [UInt8]
  ) throws -> [Value] {
    var values = [Value?](repeating: nil, count: names.count)
    var scanner = JSONScanner(bytes, start..<end)
    var decoded = added
    func scan(_ scanner: inout JSONScanner, _ prefix: String) throws {
      try scanner.members { key, scanner in
        let path = prefix.isEmpty ? key : "\(prefix).\(key)"
        if let index = paths.firstIndex(of: path) {
          if scanner.next == UInt8(ascii: "\"") {
            let first = decoded.count
            if let range = try scanner.plainString(orInto: &decoded) {
              values[index] = .source(range)
            } else {
              values[index] = .decoded(first..<decoded.count)
            }
          } else {
            values[index] = .source(try scanner.skipValue())
          }
        } else if scanner.next == UInt8(ascii: "{"),
          paths.contains(where: { $0.hasPrefix(path + ".") })
        {
          try scan(&scanner, path)
        } else {
          _ = try scanner.skipValue()
        }
      }
    }
    do {
      try scan(&scanner, "")
    } catch let fault as JSONFault {
      throw Fault(problem: "column \(fault.offset - start + 1): expected \(fault.expected)")
    }
    added = decoded
    if scanner.offset < end { throw Fault(problem: "something follows the object") }
    // A member that is not there is an empty value: JSON leaves out what is not known.
    return values.map { $0 ?? .source(start..<start) }
  }
}
