internal import ArgumentParser
internal import Glibc
internal import SeqKit
internal import SeqPack

/// `seqkit PACK eval [MODEL] FILE`.
struct EvalCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "eval", abstract: "Score a model on annotated files.",
      usage: "seqkit \(P.name) eval [MODEL …] FILE … [--json]",
      discussion: """
        Files whose first bytes are a model's are models; without one, the bundled models are \
        scored, each on the layer that it writes.
        """)
  }

  @Argument(help: "Model files, then annotated files.")
  var files: [String]

  @OptionGroup var models: ModelOptions
  @OptionGroup var input: InputOptions

  @Flag(
    help: ArgumentHelp(
      "Tag the raw text of CoNLL-U files and score as the CoNLL 2018 shared task does."))
  var raw = false

  @Flag(help: "Tag raw text although the model was trained on another tokenizer's.")
  var anyTokenizer = false

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
    if raw {
      try evaluateRaw(paths, taggers)
      return
    }
    var records: [Record] = []
    for path in paths {
      let (source, format) = try input.open(path, usualColumns: P.manifest().columns)
      var reader = RecordReader(source, as: format)
      while let record = try reader.next() { records.append(record) }
    }
    let source = paths.joined(separator: ", ")
    let bootstrap = EvaluationReport.BootstrapSettings(rounds: rounds, seed: seeding.seed)
    var layers: [LayerEvaluation] = []
    var notices: [String] = []
    var seconds = 0.0
    for tagger in taggers {
      let result = try Evaluator.evaluate(
        tagger, on: records, source: source, bootstrap: bootstrap, threads: options.threadCount)
      layers.append(result.evaluation)
      let unknown = result.evaluation.labels.filter { tagger.schema.label($0.label) == nil }
      if !unknown.isEmpty {
        let list = unknown.prefix(10).map { label in
          let nearest = nearestName(to: label.label, among: tagger.schema.names)
          return "\(label.label) (\(grouped(label.support)) times"
            + (nearest.map { ", is \($0) meant?" } ?? "") + ")"
        }
        let more = unknown.count > 10 ? ", …" : ""
        notices.append(
          "The model has no such \(tagger.schema.layer), so these count as mistakes: "
            + list.joined(separator: ", ") + more)
      }
      seconds += result.seconds
    }
    let positions = records.reduce(0) { $0 + $1.count }
    let identity = taggers.map(\.model.manifest.name).joined(separator: " + ")
    let only = taggers.count == 1 ? taggers[0].model : nil
    let report = EvaluationReport(
      model: .init(
        name: identity, version: only?.manifest.version, path: only?.file.path,
        checksum: only.map { hexadecimal($0.file.checksum) }),
      data: .init(paths: paths, sequences: records.count, positions: positions),
      layers: layers, bootstrap: bootstrap,
      speed: .init(seconds: seconds, positions: positions, threads: options.threadCount),
      units: .text, notices: notices)
    if answer.json {
      write(try report.json(), to: STDOUT_FILENO)
    } else if markdown {
      write(report.markdown(), to: STDOUT_FILENO)
    } else {
      write(report.text(color: options.console.output.enabled), to: STDOUT_FILENO)
    }
  }

  private func evaluateRaw(_ paths: [String], _ taggers: [Tagger]) throws {
    var evaluation = RawEvaluation(
      taggers, tokenizer: try tokenizer(of: taggers, anyTokenizer: anyTokenizer))
    for path in paths {
      let (source, format) = try input.open(path, usualColumns: P.manifest().columns)
      guard format.name == "conllu" else {
        throw ValidationError(
          "--raw needs CoNLL-U, whose SpaceAfter=No tells the raw text; \(path) is \(format.name).")
      }
      try evaluation.add(conllu: try source.readAll(), path: source.name)
    }
    if answer.json {
      write(try evaluation.json(), to: STDOUT_FILENO)
    } else if markdown {
      write(evaluation.markdown(), to: STDOUT_FILENO)
    } else {
      write(evaluation.text(color: options.console.output.enabled), to: STDOUT_FILENO)
    }
  }
}

/// A number as 16 hexadecimal digits.
func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
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
