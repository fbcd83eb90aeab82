internal import ArgumentParser
internal import Glibc
internal import SeqKit
internal import SeqPack

/// `seqkit PACK eval [MODEL] FILE` for packs whose labels tell spans.
struct SpanEvalCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "eval", abstract: "Score a model's spans on annotated files.",
      usage: "seqkit \(P.name) eval [MODEL] FILE … [--json]",
      discussion: """
        A span is right if a gold span has exactly its words and its type. Files whose first bytes \
        are a model's are models; without one, the bundled model is scored.
        """)
  }

  @Argument(help: "A model file, then annotated files.")
  var files: [String]

  @OptionGroup var models: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var spans: SpanOptions

  @Option(help: "The scheme of the gold labels; needed by --strict only.")
  var dataScheme = "iob2"

  @Flag(help: "Read gold labels as seqeval's strict mode does, not as conlleval.")
  var strict = false

  @Option(
    parsing: .upToNextOption,
    help: "Training files: score their spans apart from those that they do not have.")
  var seenIn: [String] = []

  @Flag(help: "Measure the probabilities as they were before the development set taught better.")
  var uncalibrated = false

  @Flag(help: "Answer in Markdown.")
  var markdown = false

  @Option(help: "Bootstrap rounds for the 95 % intervals.")
  var rounds = 1000

  @OptionGroup var answer: JSONOptions
  @OptionGroup var seeding: SeedOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if rounds < 1 { throw ValidationError("--rounds is \(rounds), and must be 1 or more.") }
    if answer.json && markdown {
      throw ValidationError("--json and --markdown exclude each other.")
    }
  }

  func run() throws {
    var models = models
    var paths: [String] = []
    for file in files {
      if isModelFile(file) { models.model.append(file) } else { paths.append(file) }
    }
    guard !paths.isEmpty else {
      throw ValidationError("no annotated file is given, only models. Add the file to score on.")
    }
    let taggers = try models.taggers(for: P.self)
    guard taggers.count == 1, let tagger = taggers.first else {
      let layers = taggers.map(\.schema.layer).joined(separator: " or ")
      throw ValidationError("one layer is scored at a time: add --layer \(layers).")
    }
    let hasProbabilities = tagger.model.manifest.probabilities != .none
    var tagging = try spans.tagging(types: tagger.model.spans?.types ?? [])
    if !tagging.thresholds.passAll { try requireProbabilities(of: taggers) }
    tagging.confidence = hasProbabilities
    tagging.calibrated = !uncalibrated
    let layer = tagger.schema.layer
    let records = try records(of: paths)
    let scheme = try parseScheme("data-scheme", dataScheme)
    let surfaces =
      seenIn.isEmpty
      ? nil : SpanEvaluator.surfaces(of: try self.records(of: seenIn), layer: layer, scheme: scheme)
    var evaluator = SpanEvaluator(
      layer: layer, scheme: scheme, reading: strict ? .strict : .conlleval,
      trainingSurfaces: surfaces)
    let source = paths.joined(separator: ", ")
    let seconds = try evaluator.add(records, source: source, threads: options.threadCount) {
      [tagging] in
      let workspace = Workspace(tagger)
      return { record in
        var changes = SpanTagging.Changes()
        return try tagging.spans(
          of: record, layer: layer, tagger: tagger, in: workspace, changes: &changes)
      }
    }
    let bootstrap = EvaluationReport.BootstrapSettings(rounds: rounds, seed: seeding.seed)
    let positions = records.reduce(0) { $0 + $1.count }
    let manifest = tagger.model.manifest
    let report = SpanEvaluationReport(
      model: .init(
        name: manifest.name, version: manifest.version, path: tagger.model.file.path,
        checksum: hexadecimal(tagger.model.file.checksum)),
      data: .init(paths: paths, sequences: records.count, positions: positions),
      evaluation: evaluator.evaluation(bootstrap: bootstrap), bootstrap: bootstrap,
      speed: .init(seconds: seconds, positions: positions, threads: options.threadCount),
      units: .text)
    if answer.json {
      write(try report.json(), to: STDOUT_FILENO)
    } else if markdown {
      write(report.markdown(), to: STDOUT_FILENO)
    } else {
      write(report.text(color: options.console.output.enabled), to: STDOUT_FILENO)
    }
  }

  private func records(of paths: [String]) throws -> [Record] {
    var records: [Record] = []
    for path in paths {
      let (source, format) = try input.open(path, usualColumns: P.manifest().columns)
      var reader = RecordReader(source, as: format)
      while let record = try reader.next() { records.append(record) }
    }
    return records
  }
}
