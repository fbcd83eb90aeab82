public import SeqCore

/// A record of FASTA or of three lines with its text as it stands, for what moves records about and
/// must not change them.
public struct ResidueText: Hashable, Sendable {
  /// How records are laid out.
  public enum Layout: String, CaseIterable, Sendable {
    /// A header and lines of residues.
    case fasta
    /// A header, a line of residues and a line of labels.
    case threeLine = "3line"
  }

  /// The header line, and where the record starts.
  public let header: ResidueHeader
  /// The lines after it, without line ends; blank ones are left out.
  public let lines: [[UInt8]]
  /// Whether the second line is labels.
  public let layout: Layout

  /// The name as text.
  public var name: String { String(decoding: header.name, as: UTF8.self) }

  /// The residues.
  public var letters: [UInt8] {
    layout == .threeLine ? lines[0] : lines.flatMap { $0 }
  }

  /// The labels of a record of three lines, one a residue; else `nil`.
  public var labels: [UInt8]? { layout == .threeLine ? lines[1] : nil }

  /// Appends the record, lines ending in LF.
  public func encode(into output: inout [UInt8]) {
    output.append(UInt8(ascii: ">"))
    output += header.line
    output.append(.lineFeed)
    for line in lines {
      output += line
      output.append(.lineFeed)
    }
  }

  /// All records of a source.
  ///
  /// - Parameter layout: `nil` to look: three lines if most records have two lines after their
  ///   header, and half of all two of one length.
  /// - Throws: what the source throws, and `FormatError.fasta` for what has no header, and for records
  ///   of three lines whose lines do not fit together.
  public static func read(_ source: ByteSource, layout: Layout? = nil) throws -> [ResidueText] {
    var reader = LineReader(source)
    var records: [(header: ResidueHeader, lines: [[UInt8]])] = []
    while let line = try reader.next() {
      if line.first == UInt8(ascii: ">") {
        records.append(
          (
            ResidueHeader(line.dropFirst(), ordinal: records.count, lineNumber: reader.line), []
          ))
        continue
      }
      let line = line.withoutTrailingSpace
      if line.isEmpty { continue }
      guard !records.isEmpty else {
        throw FormatError.fasta(
          at: reader.place(),
          line[0] == UInt8(ascii: "@")
            ? .isFASTQ : .noHeader(found: String(decoding: line.prefix(40), as: UTF8.self)))
      }
      records[records.count - 1].lines.append(line)
    }
    let twoLines = records.filter { $0.lines.count == 2 }
    let equalLines = twoLines.count { $0.lines[0].count == $0.lines[1].count }
    let isLabelled = twoLines.count * 2 > records.count && equalLines * 2 >= records.count
    let layout = layout ?? (isLabelled ? .threeLine : .fasta)
    return try records.map { record in
      if layout == .threeLine { try checkThreeLines(record.header, record.lines, source.name) }
      return ResidueText(header: record.header, lines: record.lines, layout: layout)
    }
  }

  private static func checkThreeLines(
    _ header: ResidueHeader, _ lines: [[UInt8]], _ source: String
  ) throws {
    let name = String(decoding: header.name, as: UTF8.self)
    var place = Place(source: source, line: header.lineNumber)
    guard lines.count == 2 else {
      throw FormatError.fasta(
        at: place,
        lines.count < 2
          ? .lineMissing(record: name, lines.isEmpty ? "its sequence" : "its labels")
          : .linesLeft(record: name, lines.count + 1))
    }
    guard lines[0].count == lines[1].count else {
      place.line += 2
      throw FormatError.fasta(
        at: place,
        .labelCount(record: name, labels: lines[1].count, residues: lines[0].count))
    }
  }
}

extension [UInt8] {
  /// The bytes without the spaces and tabs at their end.
  var withoutTrailingSpace: [UInt8] {
    var result = self
    while let last = result.last, last == .space || last == .tab { result.removeLast() }
    return result
  }
}
