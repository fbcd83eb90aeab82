internal import ArgumentParser
internal import SeqKit
internal import SeqPack

/// Which motifs are searched for, and what counts as a match.
struct MotifOptions: ParsableArguments {
  @Option(
    name: [.short, .long], parsing: .singleValue,
    help: ArgumentHelp(
      "A pattern, or NAME=PATTERN; may be repeated.", valueName: "pattern"))
  var pattern: [String] = []

  @Option(
    parsing: .singleValue,
    help: "A motif library or PROSITE's prosite.dat; may be repeated.")
  var patterns: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A bundled motif by name, or all; may be repeated. (default: all, unless others are given)",
      valueName: "name"))
  var motif: [String] = []

  @Option(help: "How patterns are written: auto, prosite, iupac or regex.")
  var syntax: PatternSyntax = .auto

  @Option(
    help: ArgumentHelp(
      "Which matches of a pattern of variable length count: all, the longest of each start, or prosite: those in no earlier one."
    ))
  var matches: MatchChoice = .prosite

  @Option(help: "The strands of nucleotides: both, plus or minus.")
  var strand: StrandChoice = .both

  @Option(help: "Letters that may differ from a pattern of fixed length.")
  var mismatches = 0

  @Flag(help: "Look for motifs of proteins in the six reading frames of nucleotides.")
  var translate = false

  @Option(help: "The genetic code of --translate, NCBI's number: 1, 2, 3, 4, 5 or 11.")
  var geneticCode = 1

  @Flag(help: "Let small letters (soft-masked) match nothing.")
  var skipMasked = false

  @Option(help: "The most residues of a match where a pattern sets no limit.")
  var longestMatch = 1 << 16

  func validate() throws {
    if mismatches < 0 || mismatches > 32 {
      throw ValidationError("--mismatches is \(mismatches), and must be 0 to 32.")
    }
    if !(1...(1 << 24)).contains(longestMatch) {
      throw ValidationError("--longest-match is \(longestMatch), and must be 1 to 16,777,216.")
    }
    if GeneticCode(table: geneticCode) == nil {
      let known = GeneticCode.tables.map { "\($0.number) (\($0.name))" }.joined(separator: ", ")
      throw ValidationError("--genetic-code \(geneticCode) is not known. Known: \(known).")
    }
  }

  /// The options of a scanner.
  var scanOptions: ScanOptions {
    var options = ScanOptions()
    options.meaning = matches.meaning
    options.strands = strand.strands
    options.mismatches = mismatches
    options.skipsSmallLetters = skipMasked
    options.longestMatch = longestMatch
    return options
  }

  /// The patterns for sequences of a kind: those given, or the bundled ones.
  ///
  /// - Parameter note: is told what was left out.
  func patterns<P: TaskPack>(
    for kind: ResidueKind, of pack: P.Type, note: (String) -> Void
  ) throws -> [MotifPattern] {
    let kind = translate ? .protein : kind
    let syntax = self.syntax.syntax
    var result: [MotifPattern] = []
    for (index, text) in pattern.enumerated() {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let name = parts.count == 2 ? parts[0] : "pattern\(index + 1)"
      result.append(
        try MotifPattern(
          parts.last ?? "", kind: kind, syntax: syntax, label: MotifLabel(name: name)))
    }
    for path in patterns {
      let source = try ByteSource(path: path)
      let library = try MotifLibrary(try source.readAll(), source: source.name)
      let (patterns, others) = try library.patterns(for: kind, syntax: syntax)
      if library.entriesWithoutPattern > 0 {
        note("\(path): \(grouped(library.entriesWithoutPattern)) entries have no pattern; left out")
      }
      if others > 0 { note("\(path): \(grouped(others)) patterns are not for \(kind); left out") }
      result += patterns
    }
    if !motif.isEmpty || result.isEmpty && pattern.isEmpty && patterns.isEmpty {
      let bundled = try bundledMotifs(for: kind, of: P.self).patterns(for: kind).patterns
      let names = bundled.map(\.label.name)
      if motif.isEmpty || motif.contains("all") {
        result += bundled
      } else {
        for name in motif {
          guard let index = names.firstIndex(of: name.uppercased()) else {
            throw ValidationError(
              "--motif \(name): no bundled motif for \(kind) is called so."
                + (nearestName(to: name, among: names).map { " Is \($0) meant?" } ?? "")
                + " `\(Root.context.programName) \(P.name) info` lists them.")
          }
          result.append(bundled[index])
        }
      }
    }
    return result
  }
}

/// The library that a pack brings for sequences of a kind.
func bundledMotifs<P: TaskPack>(for kind: ResidueKind, of pack: P.Type) throws -> MotifLibrary {
  let name = kind.isNucleic ? "nucleotide.tsv" : "protein.tsv"
  let path = try ResourceFinder().path(.motifs, name, pack: P.resources)
  return try MotifLibrary(try ByteSource(path: path).readAll(), source: path)
}

/// `--syntax`.
enum PatternSyntax: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, prosite, iupac, regex

  var syntax: MotifPattern.Syntax? { MotifPattern.Syntax(rawValue: rawValue) }
}

/// `--strand`.
enum StrandChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case both, plus, minus

  var strands: Set<Strand> {
    switch self {
    case .both: [.plus, .minus]
    case .plus: [.plus]
    case .minus: [.minus]
    }
  }
}

/// `--matches`.
enum MatchChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case all, longest, prosite

  var meaning: MatchMeaning {
    switch self {
    case .all: .all
    case .longest: .longest
    case .prosite: .prosite
    }
  }
}
