internal import ArgumentParser
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqReport

/// `seqkit report [PLAN]`.
struct ReportCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "report", abstract: "Compare systems on corpora, with tests and costs.",
      usage: """
        seqkit report PLAN.json5 [-o FOLDER] [--gate "CORPUS.LAYER.METRIC >= VALUE"] …
        seqkit report --pack PACK --test GOLD [--train FILE] --system NAME=WHAT … [-o FOLDER]
        """,
      discussion: """
        A system is a model of ours, a recipe trained in the run, a file of predictions, or an \
        external command. Writes report.html (one page that needs no network), report.md, \
        report.json and report.csv into FOLDER, and a verdict to standard error. Finished cells \
        are kept in FOLDER/work, so that an interrupted run goes on where it was. A gate that is \
        not met, or a system that failed, makes the exit code 1.

          seqkit report --pack pos --test gold.conllu --system a=a.conllu \\
            --system b=b.conllu
          seqkit report --pack pos --train train.conllu --test test.conllu \\
            --system ours=bundled --system other='!python3 tag.py'
        """)
  }

  @Argument(help: "The plan, a JSON5 file of systems, corpora and gates.")
  var plan: String?

  @Option(name: [.short, .long], help: "The folder to write to.")
  var output = "report"

  @Option(help: "Where finished cells are kept. (default: FOLDER/work)")
  var work: String?

  @Option(
    parsing: .singleValue,
    help:
      "A condition, such as \"ewt.upos.accuracy >= 0.953\", on the first system, or on SYSTEM: before it; may be repeated."
  )
  var gate: [String] = []

  @Option(
    parsing: .singleValue,
    help: """
      NAME=MODEL, NAME=PREDICTIONS, NAME=bundled, NAME=train:ALGORITHM or NAME='!COMMAND', which \
      reads the format and writes it; may be repeated.
      """)
  var system: [String] = []

  @Option(help: "Without a plan: the pack whose task it is.")
  var pack: String?

  @Option(help: "Without a plan: the gold file.")
  var test: String?

  @Option(help: "Without a plan: the training file, for known words and for training.")
  var train: String?

  @Option(help: "Without a plan: the development file.")
  var dev: String?

  @Option(help: "Without a plan: the layers to score, with commas. (default: the pack's)")
  var layer: String?

  @Option(name: .customLong("input-format"), help: "Without a plan: the files' format.")
  var format: String?

  @Option(help: "Without a plan: the columns of column files.")
  var columns: String?

  @Option(help: "The heading. (default: the plan's)")
  var title: String?

  @Option(
    parsing: .singleValue, help: "NAME=VALUE for {NAME} in the plan's paths; may be repeated.")
  var set: [String] = []

  @Option(help: "Learning curves: shares of the training data, such as 0.1,0.3,1.")
  var curve: String?

  @Option(help: "Samples of each interval. (default: 1000, or the plan's)")
  var rounds: Int?

  @Option(help: "Rounds of each test between systems. (default: 10000, or the plan's)")
  var tests: Int?

  @Option(help: "How often each run is measured. (default: 3, or the plan's)")
  var repeats: Int?

  @Option(help: "Write the gates and systems as JUnit XML to this file.")
  var junit: String?

  @Flag(help: "Write the report as JSON to standard output, too.")
  var json = false

  @Option(help: "Seed of all resampling. (default: 1, or the plan's)")
  var seed: UInt64?

  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: "Threads of our own taggers while they are measured. (default: 1, or the plan's)")
  var threads: Int?

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  func run() throws {
    let console = Console(quiet: quiet, color: .auto)
    var plan = try makePlan()
    do {
      try plan.complete(with: Root.context.registry)
      for gate in plan.gates { _ = try Gate(gate) }
    } catch let error as ReportError {
      throw ValidationError(error.description)
    }
    var display = ProgressDisplay("cell", unit: "", console: console)
    let run = try ReportRun(
      plan, registry: Root.context.registry, program: Self.ourPath(), version: version,
      command: Self.commandLine(), work: work ?? output + "/work",
      messages: .init(
        step: { step, steps, text in
          display.update(.init(step: step - 1, steps: steps, doing: text))
        },
        note: {
          display.finish()
          console.note($0)
        },
        warn: {
          display.finish()
          console.warn($0)
        }))
    let report = try run.run()
    display.finish()
    try write(report)
    for track in report.tracks { console.note("\(track.id): \(track.summary)") }
    console.note("wrote \(output)/report.html, .md, .json and .csv")
    let missed = report.gates.filter { !$0.passed }
    let failed = report.cells.count { $0.status == "failed" }
    if !missed.isEmpty || failed > 0 {
      throw CommandFailure.comparison(gates: missed.map(\.sentence), failed: failed)
    }
  }

  private func write(_ report: Report) throws {
    let json = try report.json()
    for (ending, text) in [
      ("html", report.html()), ("md", report.markdown()), ("json", json), ("csv", report.csv()),
    ] { try write(text, to: "\(output)/report.\(ending)") }
    if let junit { try write(report.junit(), to: junit) }
    if self.json { SeqCommand.write(json, to: STDOUT_FILENO) }
  }

  private func write(_ text: String, to path: String) throws {
    let sink = try ByteSink(path: path)
    Interruption.remove(sink.temporaryPath)
    try sink.write(Array(text.utf8))
    try sink.finish()
    Interruption.remove(nil)
  }

  // MARK: The plan

  private func makePlan() throws -> ReportPlan {
    var plan: ReportPlan
    if let path = self.plan {
      for (name, value) in [
        ("pack", pack), ("test", test), ("train", train), ("dev", dev), ("layer", layer),
        ("format", format), ("columns", columns),
      ] where value != nil {
        throw ValidationError("--\(name) is for runs without a plan; write it into \(path).")
      }
      plan = try misuse { try ReportPlan(path: path) }
    } else {
      guard let test else {
        throw ValidationError("give a plan, or --pack, --test and --system.")
      }
      plan = ReportPlan()
      var corpus = ReportPlan.Corpus()
      let file = test.fileName
      corpus.name = String(
        file.prefix { $0 != "." }.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "_" })
      corpus.pack = pack
      corpus.test = test
      corpus.train = train
      corpus.dev = dev
      corpus.layers = layer.map(InputOptions.names) ?? []
      corpus.format = format
      corpus.columns = columns.map(InputOptions.names)
      plan.corpora = [corpus]
      plan.title = "\(pack ?? "Systems") on \(file)"
    }
    for entry in set {
      guard let equals = entry.firstIndex(of: "=") else {
        throw ValidationError("--set \(entry): expected NAME=VALUE.")
      }
      plan.variables[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
    }
    for entry in system { plan.systems.append(try parseSystem(entry)) }
    plan.gates += gate
    if let title { plan.title = title }
    if let rounds { plan.rounds = rounds }
    if let tests { plan.tests = tests }
    if let repeats { plan.repeats = repeats }
    if let seed { plan.seed = seed }
    if let threads { plan.threads = threads }
    if let curve {
      plan.curve = try curve.split(separator: ",").map { share in
        guard let value = Double(share) else {
          throw ValidationError("--curve \(curve): expected shares such as 0.1,0.3,1.")
        }
        return value
      }
    }
    return plan
  }

  private func parseSystem(_ entry: String) throws -> ReportPlan.System {
    guard let equals = entry.firstIndex(of: "="), equals != entry.startIndex,
      entry.index(after: equals) != entry.endIndex
    else {
      throw ValidationError(
        "--system \(entry): expected NAME=FILE, NAME=bundled, NAME=train:ALGORITHM or "
          + "NAME='!COMMAND'.")
    }
    var system = ReportPlan.System()
    system.name = String(entry[..<equals])
    let what = String(entry[entry.index(after: equals)...])
    if what.hasPrefix("!") {
      system.command = what.dropFirst().split(separator: " ").map(String.init)
    } else if what.hasPrefix("train:") {
      var recipe = ReportPlan.Recipe()
      let algorithm = String(what.dropFirst(6))
      if !algorithm.isEmpty { recipe.algorithm = algorithm }
      system.train = recipe
    } else if what == "bundled" || isModelFile(what) {
      system.model = [what]
    } else {
      // Files named here lie where the command was given, also beside a plan.
      system.predictions = ["*": what.hasPrefix("/") ? what : Self.currentFolder() + "/" + what]
    }
    return system
  }

  // MARK: The process

  /// This very program, which runs our systems as children.
  private static func ourPath() -> String {
    guard let path = realpath("/proc/self/exe", nil) else { return CommandLine.arguments[0] }
    defer { free(path) }
    return String(cString: path)
  }

  private static func currentFolder() -> String {
    guard let path = realpath(".", nil) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }

  private static func commandLine() -> String {
    CommandLine.arguments.map { word in
      let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./,:=+@%".contains($0) }
      return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }
}
