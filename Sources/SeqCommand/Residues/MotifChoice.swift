internal import ArgumentParser
internal import SeqCore
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

  @Option(
    parsing: .singleValue,
    help: "Frequency matrices (JASPAR, MEME, TRANSFAC, …); may be repeated.")
  var matrices: [String] = []

  @Option(
    parsing: .singleValue,
    help: "Profiles of `bio profile` or HMMER 3; may be repeated.")
  var profiles: [String] = []

  @Option(
    name: [.customLong("e-value")],
    help: "Hits of a profile to expect by chance in all that is searched, at most.")
  var eValue = 0.01

  @Option(
    help: ArgumentHelp(
      "Residues that E-values are for. (default: those of the files; a million for standard input)",
      valueName: "residues"))
  var searchSpace: Double?

  @Option(
    help: "The score of a profile's hit: viterbi, the best path, or forward, all paths.",
    transform: choice)
  var score: ProfileScore = .viterbi

  @Option(
    name: [.customLong("p-value")],
    help: "How rare a matrix's site must be among random sequences.")
  var pValue = 1e-4

  @Flag(help: "Report the best site of each matrix in each record only.")
  var best = false

  @Option(
    help:
      "The score in bits that a matrix's site or a profile's hit needs. (default: by --p-value, --e-value)"
  )
  var minScore: Double?

  @Option(help: "What is added to each count of a matrix.")
  var pseudocount = 0.1

  @Option(
    help: ArgumentHelp(
      "Frequencies of A,C,G,T that matrices are scored against. (default: 0.25 each)",
      valueName: "a,c,g,t"))
  var background: String?

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
    if !(pValue > 0 && pValue < 1) {
      throw ValidationError("--p-value is \(pValue), and must be between 0 and 1.")
    }
    if !(pseudocount > 0 && pseudocount.isFinite) {
      throw ValidationError("--pseudocount is \(pseudocount), and must be positive.")
    }
    if !(eValue > 0 && eValue.isFinite) {
      throw ValidationError("--e-value is \(eValue), and must be positive.")
    }
    if let searchSpace, !(searchSpace >= 1 && searchSpace.isFinite) {
      throw ValidationError("--search-space is \(searchSpace), and must be 1 or more.")
    }
    if background != nil { _ = try backgroundFrequencies() }
    if !profiles.isEmpty, translate {
      throw ValidationError("--translate looks for patterns; profiles are not translated.")
    }
    if best, matrices.isEmpty {
      throw ValidationError("--best concerns matrices; there is no --matrices.")
    }
    if !matrices.isEmpty, translate {
      throw ValidationError(
        "--translate looks for motifs of proteins; matrices are of nucleotides.")
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

  /// The frequencies of A, C, G and T, summing to 1.
  private func backgroundFrequencies() throws -> SIMD4<Double> {
    guard let background else { return SIMD4(repeating: 0.25) }
    let values = background.split(separator: ",").compactMap { Double($0) }
    guard values.count == 4, values.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw ValidationError(
        "--background is \(background); four positive numbers are expected, as in 0.3,0.2,0.2,0.3.")
    }
    let frequencies = SIMD4(values[0], values[1], values[2], values[3])
    return frequencies / frequencies.sum()
  }

  /// The matrices, and the score that a site of each needs; `nil` where no site is rare enough.
  ///
  /// - Parameter warn: is told of matrices that cannot hit.
  func scoringMatrices(warn: (String) -> Void) throws -> [(
    matrix: ScoringMatrix, threshold: Double?
  )] {
    let background = try backgroundFrequencies()
    var result: [(matrix: ScoringMatrix, threshold: Double?)] = []
    for path in matrices {
      let source = try ByteSource(path: path)
      for counts in try MatrixFile.read(try source.readAll(), source: source.name) {
        let matrix = ScoringMatrix(counts, background: background, pseudocount: pseudocount)
        result.append((matrix, minScore ?? matrix.threshold(pValue: pValue)))
      }
    }
    let silent = result.filter { $0.threshold == nil }.map(\.matrix.label.name)
    if !silent.isEmpty {
      warn(
        "no site is as rare as \(pValue) for \(silent.count) of \(result.count) matrices "
          + "(\(silent.prefix(5).joined(separator: ", "))\(silent.count > 5 ? ", …" : ""))")
    }
    return result
  }

  /// The profiles, and the score that a hit of each needs.
  ///
  /// - Parameter residues: what E-values are for.
  func profileModels(for kind: ResidueKind, residues: Double, note: (String) -> Void) throws -> [(
    model: ProfileModel, threshold: Double
  )] {
    var result: [(model: ProfileModel, threshold: Double)] = []
    for path in profiles {
      let source = try ByteSource(path: path)
      for var model in try ProfileFile.read(try source.readAll(), source: source.name) {
        guard model.kind.isNucleic == kind.isNucleic else {
          throw ValidationError(
            "\(path): the profile \(model.label.name) is of \(model.kind), and the sequences are of \(kind)."
          )
        }
        if model.calibration == nil {
          note("\(path): \(model.label.name) is not calibrated; this takes a moment")
          model.calibration = ProfileCalibration(model, seed: 1)
        }
        let threshold =
          minScore
          ?? model.calibration?.score(eValue: eValue, score, residues: residues) ?? .infinity
        result.append((model, threshold))
      }
    }
    return result
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
    if !motif.isEmpty
      || pattern.isEmpty && patterns.isEmpty && matrices.isEmpty && profiles.isEmpty
    {
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
                + " `\(Root.context.programName) \(P.name) info` lists them; --type says what the letters are."
            )
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
