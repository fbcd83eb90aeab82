internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit bio [tag] [FILE …]`.
struct ResidueTagCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "tag", abstract: "Find motifs in files or standard input.",
      discussion: """
        Input is FASTA, plain or compressed by gzip, bzip2, xz or zstd. Patterns are PROSITE's \
        (N-{P}-[ST]-{P}), words of IUPAC letters (TATAWAW) or regular expressions; matrices are \
        of nucleotides, profiles of families; with none of them, the bundled motifs are searched for. Hits go to \
        standard output as GFF3, or as a view on a terminal. Memory does not grow with the file.
        """)
  }

  @Argument(help: "FASTA files; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var motifs: MotifOptions
  @OptionGroup var input: ResidueInputOptions

  @OptionGroup var learned: LearnedTagOptions

  @Option(
    name: [.customShort("f"), .customLong("format"), .customLong("to")],
    help: "The output's format: gff3, bed, tsv, jsonl, 3line, stockholm or view.")
  var format: HitFormatName?

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @Option(
    name: [.customShort("w"), .long],
    help: ArgumentHelp("Residues a line of the view. (default: as many tens as fit)"))
  var width: Int?

  @Flag(help: "Fail, after all is written, if anything in the input was changed or is doubtful.")
  var strict = false

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    try refuseMistypedVerb(files, of: ResiduePackCommand<P>.self)
    if let width, width < 10 {
      throw ValidationError("--width is \(width), and must be 10 or more.")
    }
  }

  func run() throws {
    let console = options.console
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    if files.isEmpty, Terminal.inputIsTerminal {
      console.note("reading FASTA from the terminal; Ctrl-D ends")
    }
    var results = ResidueOutput(sink)
    let tagging = try learned.prepare(
      format, width: width, toView: output == "-" && Terminal.outputIsTerminal, options, of: P.self)
    for path in files.isEmpty ? ["-"] : files {
      if let tagging {
        try tagging.label(path, input, &results, options)
        continue
      }
      try search(path, &results, console)
    }
    try sink.finish()
    Interruption.remove(nil)
    if strict, results.warnings > 0 {
      throw CommandFailure.doubtfulInput(count: results.warnings)
    }
  }

  /// Searches one file.
  private func search(
    _ path: String, _ results: inout ResidueOutput, _ console: Console
  ) throws {
    let source = try ByteSource(path: path)
    // The kind must be known before patterns can be read, and patterns before windows can be cut.
    let kind = input.kind(of: source)
    if motifs.translate, !kind.isNucleic {
      throw ValidationError("--translate needs nucleotides; \(source.name) holds proteins.")
    }
    if !motifs.matrices.isEmpty, !kind.isNucleic {
      throw ValidationError("--matrices needs nucleotides; \(source.name) holds proteins.")
    }
    let patterns = try motifs.patterns(for: kind, of: P.self) { console.note($0) }
    let matrices = try motifs.scoringMatrices { console.warn($0) }
    let searchSpace = try searchSpace(of: kind)
    let profiles = try motifs.profileModels(for: kind, residues: searchSpace) { console.note($0) }
    let labels =
      patterns.map(\.label) + matrices.map(\.matrix.label) + profiles.map(\.model.label)
    if labels.isEmpty { throw ValidationError("there is no motif for \(kind) to search for.") }
    var scanners: [any MotifScanner] = []
    if !patterns.isEmpty { scanners.append(try scanner(patterns, kind)) }
    if !matrices.isEmpty {
      scanners.append(
        MatrixScanner(matrices, firstMotif: patterns.count, strands: motifs.strand.strands))
    }
    if !profiles.isEmpty {
      scanners.append(
        ProfileScanner(
          profiles, firstMotif: patterns.count + matrices.count, strands: motifs.strand.strands,
          measure: motifs.score, searchSpace: searchSpace))
    }
    let format = hitFormat(labels, kind)
    let search = MotifSearch(
      scanners, motifs: labels.count, format: format, longestMatch: motifs.longestMatch,
      bestOnly: motifs.best ? patterns.count..<(patterns.count + matrices.count) : nil)
    let reader = FASTAReader(source, options: search.readerOptions(input.options(kind)))
    try results.begin(format.begin)
    let summary = try search.run(reader, to: results.sink, threads: options.threadCount)
    let counts = reader.counts
    console.note(
      "\(source.name): \(counted(counts.records, "record")) of \(kind), \(grouped(counts.residues)) "
        + "residues; \(counted(summary.hits, "hit")) of \(counted(labels.count, "motif"))")
    if format is ThreeLineHits { console.note(legend(labels, summary)) }
    var warnings = counts.warnings(source: source.name)
    if summary.cutHits > 0 {
      warnings.append(
        "\(counted(summary.cutHits, "hit")) of \(counted(motifs.longestMatch, "residue")), the most "
          + "allowed; --longest-match allows more")
    }
    results.warn(warnings, on: console)
  }

  /// The residues that E-values of profiles are for: of all files, on all strands.
  private func searchSpace(of kind: ResidueKind) throws -> Double {
    if let given = motifs.searchSpace { return given }
    guard !motifs.profiles.isEmpty else { return 1 }
    if files.isEmpty || files.contains("-") {
      options.console.note(
        "E-values are for a million residues; --search-space says how many are searched")
      return 1e6
    }
    var residues = 0
    for path in files {
      let reader = FASTAReader(try ByteSource(path: path), options: input.options)
      // What is wrong in a file is told when it is searched.
      while (try? reader.nextBatch()) != nil {}
      residues += reader.counts.residues
    }
    let strands = kind.isNucleic ? motifs.strand.strands.count : 1
    return Double(max(residues * strands, 1))
  }

  private func scanner(_ patterns: [MotifPattern], _ kind: ResidueKind) throws -> any MotifScanner {
    guard motifs.translate else {
      return try PatternScanner(patterns, kind: kind, options: motifs.scanOptions)
    }
    let proteins = try PatternScanner(patterns, kind: .protein, options: motifs.scanOptions)
    let code = GeneticCode(table: motifs.geneticCode)!
    return TranslatedScanner(proteins, code: code, strands: motifs.strand.strands)
  }

  private func hitFormat(_ labels: [MotifLabel], _ kind: ResidueKind) -> any HitFormat {
    let view = output == "-" && Terminal.outputIsTerminal
    switch format ?? (view ? .view : .gff3) {
    case .gff3: return GFF3(labels, kind: kind)
    case .bed: return BED(labels)
    case .tsv: return HitTable(labels)
    case .jsonl: return HitLines(labels)
    case .threeLine: return ThreeLineHits()
    case .stockholm: return StockholmHits(labels)
    case .view:
      let fitting = max(10, (Terminal.width() - HitView.margin) / 10 * 10)
      return HitView(labels, width: width ?? fitting, palette: options.console.output)
    }
  }

  /// Which letter stands for which motif.
  private func legend(_ labels: [MotifLabel], _ summary: MotifSearch.Summary) -> String {
    let shown = labels.indices.filter { summary.hitsOfMotif[$0] > 0 }.map { index in
      let symbol = Character(Unicode.Scalar(ThreeLineHits.symbol(ofMotif: index)))
      return "\(symbol) \(labels[index].name)"
    }
    return "labels: " + (shown.isEmpty ? "none" : shown.joined(separator: ", "))
  }
}

/// `--format`.
enum HitFormatName: String, ExpressibleByArgument, CaseIterable, Sendable {
  case gff3, bed, tsv, jsonl, stockholm, view
  case threeLine = "3line"
}
