public import SeqCore

/// Reads alignments: Stockholm 1.0 (one or more), aligned FASTA, and A2M.
public enum AlignmentFile {
  /// How an alignment is written.
  public enum Layout: String, CaseIterable, Sendable {
    /// Stockholm: `# STOCKHOLM 1.0`, lines of name and letters, `#=GC RF`, `//`.
    case stockholm
    /// FASTA whose records have one length, gaps written out.
    case fasta
    /// FASTA in which capitals and `-` are consensus columns, small letters and `.` insertions.
    case a2m
  }

  /// The alignments of a file.
  ///
  /// - Parameters:
  ///   - layout: `nil` to look: Stockholm by its first line; FASTA is A2M if its rows differ in length,
  ///     or if small letters and `.` share columns with nothing else.
  ///   - kind: what the letters are; `nil` to tell from them.
  /// - Throws: what the source throws; `FormatError.annotation` with the line, and
  ///   `FormatError.fasta` for letters that are none.
  public static func read(
    _ source: ByteSource, layout: Layout? = nil, kind: ResidueKind? = nil
  ) throws -> [ResidueAlignment] {
    let file = source.name.fileName
    let name = String(file.prefix { $0 != "." })
    var lines = LineReader(source)
    var first = try lines.next()
    while let line = first, line.allSatisfy({ $0 == .space || $0 == .tab }) {
      first = try lines.next()
    }
    let start = first ?? []
    let isStockholm = layout.map { $0 == .stockholm } ?? start.starts(with: "# STOCKHOLM".utf8)
    if isStockholm {
      var reader = StockholmReader(lines, kind: kind, name: name)
      return try reader.read(from: start)
    }
    guard start.first == UInt8(ascii: ">") else {
      throw FormatError.annotation(
        at: lines.place(),
        expected: "an alignment: # STOCKHOLM 1.0, or a line that begins with > (aligned FASTA, A2M)"
      )
    }
    return [try readFASTA(&lines, start, layout, kind, name)]
  }

  // MARK: FASTA and A2M

  private static func readFASTA(
    _ lines: inout LineReader, _ start: [UInt8], _ layout: Layout?, _ kind: ResidueKind?,
    _ name: String
  ) throws -> ResidueAlignment {
    var names: [String] = []
    var rows: [[UInt8]] = []
    var places: [Place] = []
    var line: [UInt8]? = start
    while let bytes = line {
      if bytes.first == UInt8(ascii: ">") {
        let header = ResidueHeader(
          bytes.dropFirst(), ordinal: names.count, lineNumber: lines.line)
        names.append(String(decoding: header.name, as: UTF8.self))
        rows.append([])
        places.append(lines.place())
      } else {
        for (index, byte) in bytes.enumerated() where byte != .space && byte != .tab {
          guard isLetterOrGap(byte) else {
            throw FormatError.fasta(
              at: lines.place(column: index + 1),
              .illegalLetter(
                byte, record: names[names.count - 1], position: rows[rows.count - 1].count,
                kind: kind ?? .protein))
          }
          rows[rows.count - 1].append(byte)
        }
      }
      line = try lines.next()
    }
    let kind = kind ?? suggestedKind(rows)
    let label = MotifLabel(name: name)
    let isSameLength = Set(rows.map(\.count)).count == 1
    switch layout ?? (isSameLength && !looksLikeA2M(rows) ? .fasta : .a2m) {
    case .a2m:
      let counts = rows.map { $0.count { isConsensusLetter($0) } }
      if let odd = counts.firstIndex(where: { $0 != counts[0] }) {
        throw FormatError.annotation(
          at: places[odd],
          expected: "\(rows[0].count) columns in \(names[odd]) as in \(names[0]), not "
            + "\(rows[odd].count) (as A2M: \(counts[0]) capitals and -, not \(counts[odd])). Are the "
            + "sequences aligned?")
      }
      let (padded, isConsensus) = padA2M(rows)
      return ResidueAlignment(
        label: label, kind: kind, names: names, rows: padded, isConsensus: isConsensus)
    default:
      if let odd = rows.firstIndex(where: { $0.count != rows[0].count }) {
        throw FormatError.annotation(
          at: places[odd],
          expected: "\(rows[0].count) columns in \(names[odd]) as in \(names[0]), not "
            + "\(rows[odd].count). Are the sequences aligned?")
      }
      return ResidueAlignment(label: label, kind: kind, names: names, rows: rows)
    }
  }

  private static func isConsensusLetter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || (0x41...0x5A).contains(byte)
  }

  /// Whether every column is either of capitals and `-`, or of small letters and `.`, and there is one
  /// of the latter.
  private static func looksLikeA2M(_ rows: [[UInt8]]) -> Bool {
    guard let width = rows.first?.count, rows.contains(where: { $0.contains(UInt8(ascii: ".")) })
    else { return false }
    return (0..<width).allSatisfy { column in
      let isConsensus = isConsensusLetter(rows[0][column])
      return rows.allSatisfy { isConsensusLetter($0[column]) == isConsensus }
    }
  }

  /// Writes insertions out as columns of their own, each at the left of its place.
  private static func padA2M(_ rows: [[UInt8]]) -> (rows: [[UInt8]], isConsensus: [Bool]) {
    // The insertions before each consensus column, and behind the last.
    let parts = rows.map { row -> (letters: [UInt8], insertions: [[UInt8]]) in
      var letters: [UInt8] = []
      var insertions: [[UInt8]] = [[]]
      for byte in row {
        if isConsensusLetter(byte) {
          letters.append(byte)
          insertions.append([])
        } else if byte != UInt8(ascii: ".") {
          insertions[insertions.count - 1].append(byte)
        }
      }
      return (letters, insertions)
    }
    let places = (parts.first?.letters.count ?? 0) + 1
    let widths = (0..<places).map { place in
      parts.reduce(0) { max($0, $1.insertions[place].count) }
    }
    var isConsensus: [Bool] = []
    for place in 0..<places {
      isConsensus += [Bool](repeating: false, count: widths[place])
      if place < places - 1 { isConsensus.append(true) }
    }
    let padded = parts.map { part -> [UInt8] in
      var row: [UInt8] = []
      for place in 0..<places {
        row += part.insertions[place]
        row += [UInt8](
          repeating: UInt8(ascii: "."), count: widths[place] - part.insertions[place].count)
        if place < places - 1 { row.append(part.letters[place]) }
      }
      return row
    }
    return (padded, isConsensus)
  }

  static func isLetterOrGap(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte & 0xDF) || ResidueAlignment.isGap(byte)
      || byte == UInt8(ascii: "*")
  }

  static func suggestedKind(_ rows: [[UInt8]]) -> ResidueKind {
    var counts = [Int](repeating: 0, count: 256)
    for row in rows { for byte in row where byte != UInt8(ascii: "*") { counts[Int(byte)] += 1 } }
    return ResidueKind.suggested(by: counts)
  }
}

/// Collects the lines of Stockholm files.
private struct StockholmReader {
  private var lines: LineReader
  private let kind: ResidueKind?
  private let fileName: String
  private var alignments: [ResidueAlignment] = []

  private var names: [String] = []
  private var numbers: [String: Int] = [:]
  private var rows: [[UInt8]] = []
  private var reference: [UInt8] = []
  private var label: MotifLabel

  init(_ lines: LineReader, kind: ResidueKind?, name: String) {
    self.lines = lines
    self.kind = kind
    fileName = name
    label = MotifLabel(name: "")
  }

  mutating func read(from start: [UInt8]) throws -> [ResidueAlignment] {
    var line: [UInt8]? = start
    while let bytes = line {
      try take(String(decoding: bytes, as: UTF8.self))
      line = try lines.next()
    }
    guard rows.isEmpty else { throw refuse("// at the end of the alignment") }
    guard !alignments.isEmpty else { throw refuse("an alignment that ends with //") }
    return alignments
  }

  private func refuse(_ expected: String) -> FormatError {
    .annotation(at: lines.place(), expected: expected)
  }

  private mutating func take(_ line: String) throws {
    if line.hasPrefix("//") { return try endAlignment() }
    let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
    guard let first = words.first else { return }
    if first == "#=GF", words.count > 2 {
      if words[1] == "ID" { label.name = words[2] }
      if words[1] == "DE" { label.summary = words[2...].joined(separator: " ") }
    } else if first == "#=GC", words.count == 3, words[1] == "RF" {
      reference += words[2].utf8
    } else if !first.hasPrefix("#") {
      guard words.count == 2 else { throw refuse("a name and its letters, between spaces") }
      if let odd = words[1].utf8.first(where: { !AlignmentFile.isLetterOrGap($0) }) {
        throw refuse("letters and gaps in \(first), not \"\(Character(Unicode.Scalar(odd)))\"")
      }
      let number = numbers[first] ?? names.count
      if number == names.count {
        numbers[first] = number
        names.append(first)
        rows.append([])
      }
      rows[number] += words[1].utf8
    }
  }

  private mutating func endAlignment() throws {
    guard !rows.isEmpty else { throw refuse("sequences before //") }
    if let odd = rows.firstIndex(where: { $0.count != rows[0].count }) {
      throw refuse(
        "\(rows[0].count) columns in \(names[odd]) as in \(names[0]), not \(rows[odd].count)")
    }
    guard reference.isEmpty || reference.count == rows[0].count else {
      throw refuse("\(rows[0].count) columns in #=GC RF, not \(reference.count)")
    }
    if label.name.isEmpty {
      label.name = alignments.isEmpty ? fileName : "\(fileName)_\(alignments.count + 1)"
    }
    alignments.append(
      ResidueAlignment(
        label: label, kind: kind ?? AlignmentFile.suggestedKind(rows), names: names, rows: rows,
        isConsensus: reference.isEmpty ? nil : reference.map { !ResidueAlignment.isGap($0) }))
    (names, numbers, rows, reference, label) = ([], [:], [], [], MotifLabel(name: ""))
  }
}
