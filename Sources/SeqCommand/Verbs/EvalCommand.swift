internal import ArgumentParser
internal import Glibc
internal import SeqKit
internal import SeqPack
internal import TEIPack

/// `seqkit PACK eval [MODEL] FILE`.
struct EvalCommand<S: PackSlot, K: LabelKind>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "eval", abstract: K.EvalChoices.abstract,
      usage: "seqkit \(S.pack.name) eval \(K.EvalChoices.modelUsage) FILE … [--json]",
      discussion: K.EvalChoices.discussion)
  }

  @Argument(help: ArgumentHelp(stringLiteral: K.EvalChoices.filesHelp))
  var files: [String]

  @OptionGroup var models: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var choices: K.EvalChoices

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
    let pack = try OpenPack(S.pack)
    let data = EvalData(
      paths: paths, input: input, pack: pack,
      bootstrap: EvaluationReport.BootstrapSettings(rounds: rounds, seed: seeding.seed),
      threads: options.threadCount, console: options.console)
    let report = try choices.report(of: try models.taggers(for: pack), on: data)
    options.console.tell(data.imports)
    if answer.json {
      write(try report.json(), to: STDOUT_FILENO)
    } else if markdown {
      write(report.inMarkdown(), to: STDOUT_FILENO)
    } else {
      write(report.asText(color: options.console.output.enabled), to: STDOUT_FILENO)
    }
  }
}

/// What models are scored on, and how.
struct EvalData {
  let paths: [String]
  let input: InputOptions
  let pack: OpenPack
  let bootstrap: EvaluationReport.BootstrapSettings
  let threads: Int
  let console: Console
  /// What the import of TEI left out.
  let imports = ImportReports()

  /// What scores say that they are on.
  var source: String { paths.joined(separator: ", ") }

  /// All records of files, by default those that are scored.
  func records(of paths: [String]? = nil) throws -> [Record] {
    var records: [Record] = []
    for path in paths ?? self.paths {
      let (source, format) = try input.open(path, for: pack, imports: imports)
      try pack.checkLabelSets(of: source)
      var reader = RecordReader(source, as: format)
      while let record = try reader.next() { records.append(record) }
    }
    return records
  }
}

/// An evaluation that can be shown.
protocol EvaluationAnswer {
  func json() throws -> String
  func inMarkdown() -> String
  func asText(color: Bool) -> String
}

extension EvaluationReport: EvaluationAnswer {
  func inMarkdown() -> String { markdown() }
  func asText(color: Bool) -> String { text(color: color) }
}

extension SpanEvaluationReport: EvaluationAnswer {
  func inMarkdown() -> String { markdown() }
  func asText(color: Bool) -> String { text(color: color) }
}

extension RawEvaluation: EvaluationAnswer {
  func inMarkdown() -> String { markdown() }
  func asText(color: Bool) -> String { text(color: color) }
}

/// How `eval` scores labels of a kind.
protocol EvalChoosing: ParsableArguments {
  /// What `help` says.
  static var abstract: String { get }
  static var discussion: String { get }
  static var filesHelp: String { get }
  /// How models stand in the usage.
  static var modelUsage: String { get }

  /// Scores models.
  func report(of taggers: [Tagger], on data: EvalData) throws -> any EvaluationAnswer
}

/// Whether a file begins like a safetensors file: a header length below 100 MB, then `{`.
func isModelFile(_ path: String) -> Bool {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return false }
  defer { close(descriptor) }
  var head = [UInt8](repeating: 0, count: 9)
  guard read(descriptor, &head, 9) == 9, head[8] == UInt8(ascii: "{") else { return false }
  return head[4..<8].allSatisfy { $0 == 0 }
}
