public import SeqCore

/// A table of numbers in a text file, a row a frame: CSV or TSV with a heading.
///
/// Columns named as clocks and counters are (``clocks``) are no features: they are left out, and
/// ``leftOut`` names them. Every other cell is a number.
public struct NumberTable: Sendable {
  /// Names of columns that tell a frame's place or time, in any case.
  public static let clocks: Set<String> = [
    "frame", "index", "time", "timestamp", "time_s", "time_ms", "seconds", "ms", "t",
  ]

  /// The names of the columns that are features.
  public let columns: [String]
  /// The names of those that were left out.
  public let leftOut: [String]
  /// The features, [T][D].
  public let rows: DenseRows

  /// Reads a table.
  ///
  /// - Throws: `ArrayError`, with line and column.
  public init(path: String) throws(ArrayError) {
    try self.init(MappedFile(array: path), name: path)
  }

  /// Reads a table from memory.
  public init(bytes: [UInt8], name: String) throws(ArrayError) {
    try self.init(bytes.withUnsafeBytes { MappedFile(copying: $0) }, name: name)
  }

  private init(_ file: MappedFile, name: String) throws(ArrayError) {
    // The bytes live as long as the file's object.
    defer { withExtendedLifetime(file) {} }
    let bytes = file.bytes
    var lines = Lines(bytes: bytes)
    guard let heading = lines.next() else {
      throw .table(path: name, line: 1, problem: "it is empty, and a heading is expected")
    }
    let separator: UInt8 =
      heading.contains(0x09)
      ? 0x09 : heading.contains(0x3B) && !heading.contains(0x2C) ? 0x3B : 0x2C
    let names = Self.cells(heading, separator).map { cell in
      var text = String(decoding: cell, as: UTF8.self)
      if text.count > 1, text.hasPrefix("\""), text.hasSuffix("\"") {
        text = String(text.dropFirst().dropLast())
      }
      return text
    }
    if let first = names.first(where: { Float($0) != nil }) {
      throw .table(
        path: name, line: 1,
        problem:
          "the heading has the number ‘\(first)’. Is the line with the columns' names missing?")
    }
    let taken = names.indices.filter { !Self.clocks.contains(names[$0].lowercased()) }
    guard !taken.isEmpty else {
      throw .table(path: name, line: 1, problem: "no column is a feature")
    }
    columns = taken.map { names[$0] }
    leftOut = names.indices.filter { !taken.contains($0) }.map { names[$0] }
    var values: [Float] = []
    var count = 0
    while let line = lines.next() {
      if line.isEmpty { continue }
      let cells = Self.cells(line, separator)
      guard cells.count == names.count else {
        throw .table(
          path: name, line: lines.number,
          problem: "\(cells.count) cells where the heading has \(names.count)")
      }
      for column in taken {
        let text = String(decoding: cells[column], as: UTF8.self)
        guard let value = Float(text) else {
          throw .table(
            path: name, line: lines.number,
            problem: "‘\(text.prefix(40))’ in the column \(names[column]) is no number")
        }
        values.append(value)
      }
      count += 1
    }
    rows = DenseRows(rows: count, width: taken.count, values: values)
  }

  /// The cells of a line, without spaces at their ends.
  private static func cells(
    _ line: Slice<UnsafeRawBufferPointer>, _ separator: UInt8
  ) -> [Slice<UnsafeRawBufferPointer>] {
    line.split(separator: separator, omittingEmptySubsequences: false).map { cell in
      var cell = cell
      while let byte = cell.first, byte == 0x20 { cell.removeFirst() }
      while let byte = cell.last, byte == 0x20 { cell.removeLast() }
      return cell
    }
  }

  /// The lines of a file, without line feeds and carriage returns, and without a byte-order mark.
  private struct Lines {
    let bytes: UnsafeRawBufferPointer
    var at = 0
    var number = 0

    mutating func next() -> Slice<UnsafeRawBufferPointer>? {
      if at == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
      guard at < bytes.count else { return nil }
      var end = at
      while end < bytes.count, bytes[end] != 0x0A { end += 1 }
      var line = bytes[at..<end]
      if line.last == 0x0D { line.removeLast() }
      at = end + 1
      number += 1
      return line
    }
  }
}
