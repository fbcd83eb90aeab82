public import SeqCore

/// A list of patterns as a file holds it: names, patterns, and what is known about them.
///
/// Two formats are read: lines of tab-separated fields (`Docs/Formats/motifs.md`), and PROSITE's
/// `prosite.dat`, which users get from its makers under its own licence.
public struct MotifLibrary: Sendable {
  /// One motif of a library.
  public struct Entry: Hashable, Sendable {
    /// What its hits are called.
    public var label: MotifLabel
    /// The pattern, perhaps with a prefix that tells its syntax.
    public var pattern: String
    /// What its letters are; `nil` if the file does not say.
    public var kind: ResidueKind?
    /// Where it was described.
    public var reference = ""
    /// The line of the file on which it stands.
    public var line: Int
  }

  /// The file's name, for error messages.
  public let source: String
  /// The motifs, in the file's order.
  public private(set) var entries: [Entry] = []
  /// Entries of a PROSITE file that are no patterns (profiles, rules) and were left out.
  public private(set) var entriesWithoutPattern = 0

  /// Reads a library.
  ///
  /// - Throws: `MotifError.libraryLine` or `.noMotifs`.
  public init(_ bytes: [UInt8], source: String) throws {
    self.source = source
    var bytes = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    let isPROSITE =
      lines.first { !$0.isEmpty }.map { line in
        ["CC   ", "ID   "].contains { line.hasPrefix($0) }
      } ?? false
    if isPROSITE { try readPROSITE(lines) } else { try readTable(lines) }
    if entries.isEmpty {
      throw MotifError.noMotifs(
        source: source,
        hint: "A line is a name, a tab and a pattern, as in: NGLYC\tN-{P}-[ST]-{P}")
    }
  }

  /// The patterns for sequences of a kind, ready to be searched for.
  ///
  /// - Returns: the patterns, and how many entries were left out because they are of another kind.
  /// - Throws: `MotifError.inFile` with the line of a pattern that cannot be read.
  public func patterns(for kind: ResidueKind, syntax: MotifPattern.Syntax? = nil) throws -> (
    patterns: [MotifPattern], ofOtherKinds: Int
  ) {
    var patterns: [MotifPattern] = []
    for entry in entries where entry.kind.map({ $0.isNucleic == kind.isNucleic }) ?? true {
      do {
        patterns.append(
          try MotifPattern(
            entry.pattern, kind: kind, syntax: syntax, label: entry.label,
            reference: entry.reference))
      } catch let error as MotifError {
        throw MotifError.inFile(source: source, line: entry.line, error)
      }
    }
    return (patterns, entries.count - patterns.count)
  }

  // MARK: Tables

  private mutating func readTable(_ lines: [Substring]) throws {
    for (index, line) in lines.enumerated() {
      let number = index + 1
      if line.allSatisfy({ $0 == " " || $0 == "\t" }) || line.hasPrefix("#") { continue }
      func refuse(_ problem: String) -> MotifError {
        .libraryLine(source: source, line: number, problem: problem)
      }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map {
        Self.trimmed($0)
      }
      guard (2...5).contains(fields.count) else {
        throw refuse(
          "\(fields.count) field\(fields.count == 1 ? "" : "s") where 2 to 5 are expected: name, "
            + "pattern, kind, summary, reference."
            + (fields.count == 1 && line.contains(" ")
              ? " Is the separator a space instead of a tab?" : ""))
      }
      if fields[0].isEmpty { throw refuse("the motif's name, the first field, is empty.") }
      if fields[1].isEmpty { throw refuse("the pattern, the second field, is empty.") }
      var entry = Entry(
        label: MotifLabel(name: fields[0], summary: fields.count > 3 ? fields[3] : ""),
        pattern: fields[1], line: number)
      if fields.count > 2, !fields[2].isEmpty, fields[2] != "-" {
        guard let kind = ResidueKind(rawValue: fields[2]) else {
          throw refuse("the third field is \"\(fields[2])\" and not protein, dna, rna or -.")
        }
        entry.kind = kind
      }
      if fields.count > 4 { entry.reference = fields[4] }
      entries.append(entry)
    }
  }

  private static func trimmed(_ field: Substring) -> String {
    var field = field.drop { $0 == " " }
    while field.last == " " { field.removeLast() }
    return String(field)
  }

  // MARK: PROSITE

  /// Reads `ID`, `AC`, `DE` and `PA` lines of entries that end with `//`.
  private mutating func readPROSITE(_ lines: [Substring]) throws {
    var name = ""
    var accession = ""
    var summary = ""
    var pattern = ""
    var patternLine = 0
    func add() {
      if !pattern.isEmpty {
        entries.append(
          Entry(
            label: MotifLabel(name: name.isEmpty ? accession : name, summary: summary),
            pattern: "prosite:" + pattern, kind: .protein,
            reference: accession.isEmpty ? "" : "PROSITE \(accession)", line: patternLine))
      } else if !name.isEmpty {
        entriesWithoutPattern += 1
      }
      (name, accession, summary, pattern) = ("", "", "", "")
    }
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("//") {
        add()
        continue
      }
      let value = Self.trimmed(line.dropFirst(5))
      switch line.prefix(5) {
      case "ID   ": name = String(value.prefix { $0 != ";" })
      case "AC   ": accession = String(value.prefix { $0 != ";" })
      case "DE   ": summary += (summary.isEmpty ? "" : " ") + value
      case "PA   ":
        if pattern.isEmpty { patternLine = index + 1 }
        pattern += value
      default: break
      }
    }
    add()
  }
}
