internal import SeqCore

/// Reads the layouts in which frequency matrices of DNA are passed around: JASPAR with and without
/// brackets, bare rows or columns of numbers, Cluster-Buster, UniPROBE, TRANSFAC, MEME (minimal, full,
/// DREME, STREME) and JASPAR's lists of sites. `Docs/Formats/matrices.md` describes each.
public enum MatrixFile {
  /// The matrices of a file, in its order.
  ///
  /// - Parameter source: the file's name, which also names a matrix that has none.
  /// - Throws: `MotifError.libraryLine` with the line, or `.noMotifs`.
  public static func read(_ bytes: [UInt8], source: String) throws -> [CountMatrix] {
    var bytes = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    var reader = MatrixReader(
      source: source, isMEME: lines.contains { $0.hasPrefix("MEME version") })
    for line in lines { try reader.take(line) }
    try reader.endFile()
    if reader.matrices.isEmpty {
      throw MotifError.noMotifs(
        source: source,
        hint: "JASPAR, MEME, TRANSFAC, UniPROBE, Cluster-Buster, rows or columns are read.")
    }
    return reader.matrices
  }
}

/// Collects the lines of one matrix after another.
private struct MatrixReader {
  let source: String
  private(set) var matrices: [CountMatrix] = []
  private var line = 0
  private var isAtEnd = false

  // The matrix that is being read.
  private var name: String?
  private var summary = ""
  /// Rows of numbers, with the letter or position before them, and their lines.
  private var rows: [(letter: Int?, values: [Double], line: Int)] = []
  /// Letters of the columns, as a header `P0 A C G T` gives them.
  private var columnOrder: [Int]?
  /// Counts of the capitals of sites.
  private var sites: [SIMD4<Double>] = []

  // MEME.
  private let isMEME: Bool
  /// Rows still to come; `Int.max` where the file does not say how many.
  private var remaining = 0
  /// The number of sites that frequencies are of.
  private var siteCount = 1.0
  /// The sites that a matrix of frequencies is taken for, if its file does not say.
  private static let usualSiteCount = 20.0

  init(source: String, isMEME: Bool) {
    self.source = source
    self.isMEME = isMEME
  }

  private func fault(_ problem: String, line: Int? = nil) -> MotifError {
    .libraryLine(source: source, line: line ?? self.line, problem: problem)
  }

  mutating func take(_ text: Substring) throws {
    line += 1
    let words = text.split { " \t|[]".contains($0) }
    guard let first = words.first else {
      // A blank line ends a matrix of rows; MEME's and TRANSFAC's end otherwise.
      if isMEME { try endRows() } else if !rows.isEmpty { try endMatrix() }
      return
    }
    if isMEME {
      try takeMEME(text, words)
      return
    }
    if first.hasPrefix("#") {
      // Cluster-Buster has such lines inside a matrix.
      if rows.isEmpty && name == nil { summary = "" }
      return
    }
    if text.hasPrefix(">") {
      try takeName(text.dropFirst())
    } else if first == "//" {
      try endMatrix()
    } else if let numbers = numbers(words[...]) {
      try takeNumbers(numbers)
    } else if let letter = base(first.last == ":" ? first.dropLast() : first),
      words.count > 1, let values = numbers(words.dropFirst())
    {
      rows.append((letter, values, line))
    } else if ["P0", "PO", "Pos", "POS"].contains(first), words.count >= 5,
      words[1...4].allSatisfy({ base($0) != nil })
    {
      if !rows.isEmpty { try endMatrix() }
      columnOrder = words[1...4].map { base($0)! }
    } else if words.count == 4, words.allSatisfy({ base($0) != nil }), rows.isEmpty {
      columnOrder = words.map { base($0)! }
    } else if columnOrder != nil, Int(first) != nil,
      let values = numbers(words.dropFirst().prefix(4)), words.count >= 5
    {
      rows.append((nil, values, line))
    } else if isSite(text), name != nil, rows.isEmpty {
      try takeSite(text)
    } else {
      try takeKey(first, text, words)
    }
  }

  /// Lines that name a matrix, or that say something else about it.
  private mutating func takeKey(_ first: Substring, _ text: Substring, _ words: [Substring]) throws
  {
    switch first {
    case "AC", "ID", "NA", "DE", "Gene", "Motif", "TF", "Name":
      if !rows.isEmpty { try endMatrix() }
      guard words.count > 1 else { return }
      if first == "DE" || (first == "ID" && name != nil) {
        if summary.isEmpty { summary = words[1...].joined(separator: " ") }
      } else if first == "AC" || first == "Motif" || name == nil {
        name = String(words[1])
      }
    case "XX", "BF", "BS", "CC", "CO", "DT", "OS", "RA", "RL", "RN", "RT", "RX", "VV", "P0", "PO",
      "base", "Ent=":
      return
    default:
      guard words.count <= 2 else {
        throw fault("\"\(text.prefix(40))\" is neither a row of numbers nor a matrix's name.")
      }
      // UniPROBE: a name on a line of its own, perhaps with the consensus.
      if !rows.isEmpty { try endMatrix() }
      name = String(first)
      summary = words.count > 1 ? String(words[1]) : ""
    }
  }

  private mutating func takeName(_ text: Substring) throws {
    let words = text.split { $0 == " " || $0 == "\t" }
    let isSameSites = !sites.isEmpty && words.first.map(String.init) == name
    if isSameSites { return }
    try endMatrix()
    name = words.first.map(String.init)
    summary = words.dropFirst().first.map(String.init) ?? ""
  }

  private mutating func takeNumbers(_ values: [Double]) throws {
    if columnOrder != nil, values.count == 5 {
      rows.append((nil, Array(values[1...]), line))
    } else {
      rows.append((nil, values, line))
    }
  }

  private func numbers(_ words: ArraySlice<Substring>) -> [Double]? {
    var values: [Double] = []
    for word in words {
      guard let value = Double(word), value.isFinite else { return nil }
      values.append(value)
    }
    return values.isEmpty ? nil : values
  }

  private func base(_ text: Substring) -> Int? {
    switch text {
    case "A", "a": 0
    case "C", "c": 1
    case "G", "g": 2
    case "T", "t", "U", "u": 3
    default: nil
    }
  }

  // MARK: Sites

  private func isSite(_ text: Substring) -> Bool {
    text.utf8.count > 1
      && text.utf8.allSatisfy { "ACGTNacgtn".utf8.contains($0) }
      && text.utf8.contains { $0 < 0x61 }
  }

  private mutating func takeSite(_ text: Substring) throws {
    let site = text.utf8.filter { $0 < 0x61 }
    if sites.isEmpty { sites = Array(repeating: SIMD4(), count: site.count) }
    guard site.count == sites.count else {
      throw fault("a site of \(site.count) capitals where \(sites.count) are expected.")
    }
    for (column, byte) in site.enumerated() {
      if let base = base(Substring(String(UnicodeScalar(byte)))) { sites[column][base] += 1 }
    }
  }

  // MARK: MEME

  private mutating func takeMEME(_ text: Substring, _ words: [Substring]) throws {
    if remaining > 0 {
      if let values = numbers(words[...]), values.count == 4 {
        rows.append((nil, values, line))
        if remaining < Int.max { remaining -= 1 }
        if remaining == 0 { try endRows() }
        return
      }
      try endRows()
    }
    if words[0] == "ALPHABET=" || text.hasPrefix("ALPHABET=") {
      let letters = text.dropFirst(9).filter { $0 != " " }
      if letters.count > 4, !letters.hasPrefix("DNA"), !letters.hasPrefix("RNA") {
        throw fault("the alphabet is \(letters); matrices of DNA and RNA are read.")
      }
    } else if words[0] == "MOTIF", words.count > 1 {
      name = String(words[1])
      summary = words.count > 2 ? String(words[2]) : ""
    } else if text.hasPrefix("letter-probability matrix") {
      func value(_ key: String) -> Double? {
        guard let index = words.firstIndex(of: Substring(key)), index + 1 < words.count else {
          return nil
        }
        return Double(words[index + 1])
      }
      if let letters = value("alength="), letters != 4 {
        throw fault("rows of \(Int(letters)) letters; matrices of DNA and RNA have 4.")
      }
      remaining = value("w=").map { Int(min(max($0, 1), 10_000)) } ?? Int.max
      siteCount = value("nsites=").map { $0 > 0 ? $0 : Self.usualSiteCount } ?? Self.usualSiteCount
    }
  }

  /// Ends the last matrix.
  mutating func endFile() throws {
    isAtEnd = true
    try endRows()
    try endMatrix()
  }

  /// Ends the rows of a MEME matrix.
  mutating func endRows() throws {
    guard isMEME, remaining > 0 || !rows.isEmpty else { return }
    if remaining > 0, remaining < Int.max {
      // DREME leaves blank lines between the heading and the rows.
      if rows.isEmpty, !isAtEnd { return }
      throw fault("\(remaining) more rows of four numbers are expected.")
    }
    if rows.isEmpty, !isAtEnd { return }
    remaining = 0
    let sites = siteCount
    for index in rows.indices { rows[index].values = rows[index].values.map { $0 * sites } }
    columnOrder = [0, 1, 2, 3]
    try endMatrix()
  }

  // MARK: A matrix

  /// Makes a matrix of what was collected.
  mutating func endMatrix() throws {
    defer {
      name = nil
      summary = ""
      rows = []
      columnOrder = nil
      sites = []
    }
    if !sites.isEmpty {
      add(sites)
      return
    }
    guard let first = rows.first else { return }
    for row in rows where row.values.contains(where: { $0 < 0 }) {
      throw fault("a negative count. Are these scores, not counts?", line: row.line)
    }
    if first.letter != nil {
      try addLetteredRows()
    } else if columnOrder != nil || (first.values.count == 4 && rows.count != 4) {
      let order = columnOrder ?? [0, 1, 2, 3]
      for row in rows where row.values.count != 4 {
        throw fault("\(row.values.count) numbers where 4 are expected.", line: row.line)
      }
      add(
        rows.map { row in
          var column = SIMD4<Double>()
          for (index, base) in order.enumerated() { column[base] = row.values[index] }
          return column
        })
    } else {
      guard rows.count == 4 else {
        throw fault(
          "a matrix of \(rows.count) rows; four rows, or rows of four numbers, are expected.",
          line: first.line)
      }
      for base in 0..<4 { rows[base].letter = base }
      try addLetteredRows()
    }
  }

  private mutating func addLetteredRows() throws {
    let width = rows[0].values.count
    var columns = [SIMD4<Double>](repeating: SIMD4(), count: width)
    var seen: Set<Int> = []
    for row in rows {
      guard row.values.count == width else {
        throw fault(
          "\(row.values.count) numbers where the row before has \(width).", line: row.line)
      }
      guard let letter = row.letter, seen.insert(letter).inserted else {
        throw fault("a row for each of A, C, G and T, once, is expected.", line: row.line)
      }
      for column in 0..<width { columns[column][letter] = row.values[column] }
    }
    guard seen.count == 4 else {
      throw fault("\(seen.count) rows where A, C, G and T are expected.", line: rows[0].line)
    }
    add(columns)
  }

  private mutating func add(_ columns: [SIMD4<Double>]) {
    let file = source.fileName
    let fallback = String(file.prefix { $0 != "." })
    let count = matrices.count
    matrices.append(
      CountMatrix(
        label: MotifLabel(
          name: name ?? (count == 0 ? fallback : "\(fallback)_\(count + 1)"), summary: summary),
        columns: columns))
  }
}
