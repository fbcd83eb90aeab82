internal import ArgumentParser
internal import Glibc
internal import SeqCore
internal import SeqFormats
internal import TEIPack
internal import SeqKit

/// `seqkit corpus`: what concerns the files and no pack.
struct CorpusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpus",
    abstract: "Check, convert, count, split and audit annotated files.",
    discussion: """
      Formats: \(Formats.names.joined(separator: ", ")). They are told by the file's name or its \
      first bytes unless named. Column files need --columns. Names that end in .gz are \
      compressed, and compressed input is recognized.
      """,
    subcommands: [
      CorpusValidate.self, CorpusConvert.self, CorpusStatistics.self, CorpusSplit.self,
      CorpusAuditCommand.self, CorpusAgreementCommand.self,
      CorpusClusters.self,
    ])
}

/// How the input of a corpus command is read.
struct InputOptions: ParsableArguments {
  @Option(
    name: .customLong("input-format"),
    help: "The input's format, if its name and first bytes do not tell.")
  var format: String?

  @Option(
    help: "The columns of a column file, such as form,upos; _ skips one, NAME* takes the rest.")
  var columns: String?

  @Option(help: "What separates columns: tab or whitespace.", transform: choice)
  var separator: Columns.Separator = .tab

  @Option(
    help: "Lines with # in a column file: hash (comments where they cannot be words) or none.",
    transform: choice)
  var comments: Columns.Comments = .hash

  @Option(
    help: "A record of plain text: paragraph or line. (default: paragraph, line for typed text)",
    transform: choice)
  var unit: PlainText.Unit?

  /// The options in the library's form.
  func options(columns: String?, label: String? = nil) -> FormatOptions {
    FormatOptions(
      columns: columns.map(Self.names), separator: separator, comments: comments, label: label,
      unit: unit ?? .paragraph)
  }

  /// The options for a source: with the usual columns where none are given and its name says that
  /// it has columns.
  func options(
    columns: String?, for source: ByteSource, _ usualColumns: () throws -> [String]?
  ) rethrows -> FormatOptions {
    var options = options(columns: columns)
    let isColumns = (format ?? Formats.name(forPath: source.name)) == "columns"
    if columns == nil, isColumns { options.columns = try usualColumns() }
    return options
  }

  static func names(_ list: String) -> [String] {
    list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// Whether a file has CRFsuite's attributes, by the options or its name.
  func isCRFsuite(_ path: String) -> Bool {
    (format ?? (columns == nil ? Formats.name(forPath: path) : nil)) == CRFsuite().name
  }

  /// Opens a file and finds its format.
  ///
  /// - Parameter usualColumns: the columns of files whose names say that they are column files.
  /// - Parameter imports: takes what the import of TEI left out.
  func open(
    _ path: String, imports: ImportReports? = nil,
    usualColumns: @autoclosure () throws -> [String]? = nil
  ) throws -> (ByteSource, any RecordFormat) {
    try open(ByteSource(path: path), path: path, imports: imports, usualColumns: usualColumns())
  }

  /// Finds the format of a file that is open.
  func open(
    _ source: ByteSource, path: String, imports: ImportReports? = nil,
    usualColumns: @autoclosure () throws -> [String]?
  ) throws -> (ByteSource, any RecordFormat) {
    if let tei = try teiFormat(of: source, imports) { return (source, tei) }
    var options = try options(columns: columns, for: source, usualColumns)
    if unit == nil, path == "-", Terminal.inputIsTerminal { options.unit = .line }
    let format = try misuse { try Formats.format(named: self.format, for: source, options) }
    return (source, format)
  }

  /// TEI or another format that a reading profile is for: `--input-format tei`, `tei:PROFILE`, or a name that
  /// ends as those of such files do.
  func teiFormat(of source: ByteSource, _ imports: ImportReports? = nil) throws -> TEIFormat? {
    if let format, format == "tei" || format.hasPrefix("tei:") {
      let name = format.dropFirst(4)
      let profile = try misuseOfProfile {
        try ReadingProfile.named(name.isEmpty ? "reading" : String(name))
      }
      return TEIFormat(
        try TEIReader(profile: profile, choosesProfile: name.isEmpty), reports: imports)
    }
    var path = source.name
    if path.hasSuffix(".gz") { path.removeLast(3) }
    let endings = CorpusFiles.endings + CorpusFiles.verticalEndings
    guard format == nil, columns == nil, endings.contains(where: { path.hasSuffix($0) }) else {
      return nil
    }
    return TEIFormat(
      try TEIReader(profile: .named("reading"), choosesProfile: true), reports: imports)
  }

  private func misuseOfProfile(_ body: () throws -> ReadingProfile) throws -> ReadingProfile {
    do { return try body() } catch let error as TEIError {
      if case .unknownProfile = error { throw ValidationError(error.description) }
      throw error
    }
  }
}

/// Turns errors about the choice of a format into errors about the command line.
func misuse<Value>(_ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let error as FormatError {
    switch error {
    case .unknownFormat, .columnNames: throw ValidationError(error.description)
    case .columnsNeeded, .undetected:
      throw ValidationError(error.description + " See --input-format and --columns.")
    default: throw error
    }
  }
}

/// The case that a word of the command line names.
func choice<Choice: RawRepresentable<String> & CaseIterable>(_ word: String) throws -> Choice {
  if let choice = Choice(rawValue: word) { return choice }
  let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
  throw ValidationError("\"\(word)\" is none of the choices \(known).")
}

/// `seqkit corpus validate`.
struct CorpusValidate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Report every fault with its place; fail if there is one.")

  @Argument(help: "Files to check; - is standard input.")
  var files: [String] = ["-"]

  @Option(
    help: "Hold labels of spans to a scheme: io, iob1, iob2, ioe1, ioe2, bioes, bilou, or auto.")
  var scheme: String?

  @Option(help: "The layers of such labels.")
  var spans = "ner"

  @OptionGroup var input: InputOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    var problems = 0
    for file in files {
      let layers = try spanLayers(file)
      let (source, format) = try input.open(file)
      let result = try Corpus.validate(source, as: format, spanLayers: layers) { problem in
        if answer.json {
          print("{\"problem\":\(jsonString(problem.description))}")
        } else {
          write("\(problem)\n", to: STDERR_FILENO)
        }
      }
      problems += result.problems
      if answer.json {
        print(
          "{\"file\":\(jsonString(source.name)),\"format\":\"\(format.name)\","
            + "\"records\":\(result.records),\"positions\":\(result.positions),"
            + "\"problems\":\(result.problems)}")
      } else {
        options.console.note(
          "\(source.name): \(result.records) records, \(result.positions) positions in "
            + "\(format.name); \(result.problems == 0 ? "no problem" : counted(result.problems, "problem"))."
        )
      }
    }
    if problems > 0 { throw ExitCode(ExitStatus.failed.rawValue) }
  }

  /// The layers to hold to a scheme, each with its own.
  private func spanLayers(_ file: String) throws -> [(name: String, scheme: TaggingScheme)] {
    guard let name = scheme else { return [] }
    let layers = InputOptions.names(spans)
    if name != "auto" {
      let known = try taggingScheme(name)
      return layers.map { ($0, known) }
    }
    if file == "-" { throw ValidationError("--scheme auto reads a file twice. Name the scheme.") }
    let (source, format) = try input.open(file)
    var detectors = layers.map { _ in SchemeDetector() }
    var reader = RecordReader(source, as: format)
    try reader.forEach { record in
      for (index, layer) in layers.enumerated() {
        if let names = record.strings(layer) { detectors[index].add(names) }
      }
    }
    return try zip(layers, detectors).map { layer, detector in
      guard let best = detector.best else {
        throw CommandFailure.unknownScheme(file: file, layer: layer)
      }
      options.console.note(
        "\(file): \(layer) is \(best.scheme.rawValue), with \(best.faults) faults.")
      return (layer, best.scheme)
    }
  }
}

/// `seqkit corpus convert`.
struct CorpusConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a file in another format, and say what is not carried over.")

  @Argument(help: "The file to convert; - is standard input.")
  var file = "-"

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @Option(
    name: [.customLong("to"), .customLong("format")],
    help: "The output's format, if the output's name does not tell.")
  var to: String?

  @Option(help: "The columns to write; those of the input unless given.")
  var toColumns: String?

  @Option(help: "The layer of labels in CRFsuite files and behind the slash, such as upos.")
  var label: String?

  @Option(help: "The layers whose labels tell spans. (default: ner, where the output needs spans)")
  var spans: String?

  @Option(help: "The scheme to write labels of spans in, such as bioes.", transform: taggingScheme)
  var scheme: TaggingScheme?

  @Option(
    help:
      "The scheme that labels of spans are in and held to. (default: read any, as conlleval does)",
    transform: taggingScheme)
  var fromScheme: TaggingScheme?

  @Flag(help: "Read labels that break the rules of --from-scheme, and count them.")
  var repair = false

  @Flag(help: "Fail if anything is not carried over.")
  var strict = false

  @OptionGroup var input: InputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let imports = ImportReports()
    let (source, format) = try input.open(file, imports: imports)
    guard let name = to ?? (toColumns == nil ? Formats.name(forPath: output) : "columns") else {
      throw ValidationError(
        "To which format? Give --to: \(Formats.names.joined(separator: ", ")).")
    }
    var layers = spans.map(InputOptions.names)
    if layers == nil, scheme != nil || fromScheme != nil { layers = ["ner"] }
    let conversion = SpanConversion(
      layers: layers, source: fromScheme, target: scheme, repairs: repair)
    let result: Corpus.Conversion
    if name == "brat" {
      result = try writeBrat(source, format, conversion)
    } else {
      let target = try misuse {
        try Formats.named(
          name, input.options(columns: toColumns ?? input.columns, label: label), source: output)
      }
      let sink = try ByteSink(path: output)
      Interruption.remove(sink.temporaryPath)
      let tokenizer = Tokenizer()
      result = try Corpus.convert(
        source, as: format, to: sink, as: target, spans: conversion,
        segmenter: { try tokenizer.sentences(of: $0, marksTokens: target is CoNLLU) })
      Interruption.remove(nil)
    }
    options.console.tell(imports)
    for note in result.notes {
      options.console.note("\(source.name): \(note.count) \(note.what).")
    }
    for loss in result.losses {
      options.console.warn("\(source.name): not carried over: \(loss.count) \(loss.what).")
    }
    if strict, !result.losses.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
  }

  private func writeBrat(
    _ source: ByteSource, _ format: any RecordFormat, _ conversion: SpanConversion
  ) throws -> Corpus.Conversion {
    guard output != "-" else {
      throw ValidationError("brat is two files, NAME.txt and NAME.ann. Give --output NAME.txt.")
    }
    let partner = Brat.partner(of: output)
    let isText = !output.hasSuffix(".ann")
    let text = try ByteSink(path: isText ? output : partner)
    let annotations = try ByteSink(path: isText ? partner : output)
    return try Corpus.convert(
      source, as: format, toBratText: text, annotations: annotations, spans: conversion)
  }
}

/// `seqkit corpus split`.
struct CorpusSplit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Deal documents out to train, dev and test.",
    discussion: """
      Writes PREFIX.train.ENDING, PREFIX.dev.ENDING and PREFIX.test.ENDING beside the input, where \
      PREFIX.ENDING is its name, unless --output names another PREFIX.
      """)

  @Argument(help: "The file to split; - is standard input.")
  var file: String

  @Option(name: [.short, .long], help: "What the names of the parts begin with.")
  var output: String?

  @Option(help: "Parts of all positions, for train, dev and test; a part of 0 is not written.")
  var fractions = "0.8,0.1,0.1"

  @Option(
    help: "What is dealt out: document, record, or automatic (documents if they are marked).",
    transform: choice)
  var by: Corpus.SplitUnit = .automatic

  @OptionGroup var input: InputOptions
  @OptionGroup var seeding: SeedOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let numbers = try partFractions(fractions)
    let (source, format) = try input.open(file)
    let usual = ["columns": ".tsv", "text": ".txt"][format.name] ?? ".\(format.name)"
    let names = PartNames(of: file, prefix: output, usual: usual)
    let chosen = zip(["train", "dev", "test"], numbers).filter { $0.1 > 0 }
    let sinks = try chosen.map { try ByteSink(path: names.name(of: $0.0)) }
    let parts = try Corpus.split(
      source, as: format, into: sinks, fractions: chosen.map(\.1), by: by, seed: seeding.seed)
    for (part, sink) in zip(parts, sinks) {
      options.console.note(
        "\(sink.name): \(part.units) units, \(part.records) records, \(part.positions) positions.")
    }
    options.console.note("seed \(seeding.seed)")
  }
}
