internal import Glibc
internal import SeqCore
internal import SeqFormats
internal import SeqMath
package import SeqPack

/// A whole comparison: every system on every corpus that it runs on, then the scores.
package struct ReportRun {
  private let plan: ReportPlan
  private let registry: PackRegistry
  private let version: String
  private let command: String
  private let runner: CellRunner
  private let messages: Messages

  /// Where what happens on the way is told.
  package struct Messages {
    /// A step begins: its number, of how many, and what it does.
    package var step: (Int, Int, String) -> Void
    /// Something that is good to know, such as what an external command was found to be.
    package var note: (String) -> Void
    /// Something that failed without stopping the rest.
    package var warn: (String) -> Void

    /// Tells nobody.
    package init(
      step: @escaping (Int, Int, String) -> Void = { _, _, _ in },
      note: @escaping (String) -> Void = { _ in }, warn: @escaping (String) -> Void = { _ in }
    ) {
      self.step = step
      self.note = note
      self.warn = warn
    }
  }

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - plan: completed; see `ReportPlan.complete(with:)`.
  ///   - program: the path of this program, which answers to `Launcher.word` and has our verbs.
  ///   - command: the command line that repeats the run.
  ///   - work: the folder where finished cells are kept.
  /// - Throws: `ReportError` if the folder cannot be made or the program not be read.
  package init(
    _ plan: ReportPlan, registry: PackRegistry, program: String, version: String, command: String,
    work: String, messages: Messages = Messages()
  ) throws {
    // Children run in the plan's folder: all paths that they are given are absolute.
    var plan = plan
    plan.folder = Self.absolute(plan.folder)
    let store = try CellStore(folder: work)
    self.plan = plan
    self.registry = registry
    self.version = version
    self.command = command
    self.messages = messages
    runner = CellRunner(
      plan: plan, registry: registry, program: (program, try FileChecksum.of(program).xxh3),
      store: try CellStore(folder: Self.absolute(store.folder)), tell: { _ in })
  }

  private static func absolute(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Runs everything.
  ///
  /// - Throws: what concerns the whole: gold data that cannot be read, gates that do not parse. What
  ///   concerns one system on one corpus is told in the report.
  package func run() throws -> Report {
    let gates = try plan.gates.map { try Gate($0) }
    var environment = Machine.environment()
    let settings = Report.Settings(
      seed: plan.seed, rounds: plan.rounds, testRounds: plan.tests, level: 0.95,
      repeats: plan.repeats, threads: plan.threads)
    var report = Report(
      title: plan.title, created: "", command: command, folder: Self.absolute("."),
      program: .init(
        name: "seqkit", version: version, path: runner.program.path, xxh3: runner.program.xxh3),
      environment: environment, settings: settings, corpora: [],
      systems: plan.systems.map { system in
        .init(
          name: system.name, kind: system.kind, about: system.about,
          seeds: system.train != nil || !system.learn.isEmpty ? system.seeds : [], identity: nil)
      }, cells: [], tracks: [], gates: [])
    let refused = identify(&report)

    let pairs = plan.corpora.map { corpus in
      (corpus, plan.systems.filter { plan.runs($0, on: corpus) })
    }
    let steps = pairs.reduce(0) { total, pair in
      total + pair.1.count
        + pair.1.filter { $0.train != nil }.count * plan.curve.count + 1
    }
    var step = 0
    func begin(_ text: String) {
      step += 1
      messages.step(step, steps, text)
    }
    for (corpus, systems) in pairs {
      let data = try CorpusData(plan: plan, corpus: corpus)
      report.corpora.append(data.description)
      var outcomes: [(ReportPlan.System, CellRunner.Outcome)] = []
      for system in systems {
        begin("\(system.name) on \(corpus.name)")
        var outcome: CellRunner.Outcome
        if let reason = refused[system.name] {
          outcome = CellRunner.Outcome(
            cell: .init(
              system: system.name, corpus: corpus.name, status: "failed", reason: reason,
              commands: [], files: [], notes: []))
        } else {
          outcome = runner.run(
            system, on: corpus, task: data.task, files: data.files(corpus.layers[0]),
            positions: data.positions)
        }
        // Predictions that cannot be read are the system's failure, too.
        for layer in corpus.layers where outcome.cell.status != "failed" {
          do {
            try data.read(outcome, of: system.name, layer: layer)
          } catch {
            outcome.cell.status = "failed"
            outcome.cell.reason = "\(error)"
            data.forget(system.name)
          }
        }
        if let reason = outcome.cell.reason {
          messages.warn("\(system.name) on \(corpus.name) failed: \(reason)")
        }
        outcomes.append((system, outcome))
        report.cells.append(outcome.cell)
      }
      begin("scoring \(corpus.name)")
      var tracks = corpus.layers.map { data.builder(layer: $0, settings: settings) }
        .map { builder, runs in builder.track(runs) }
      if !plan.curve.isEmpty {
        for (system, outcome) in outcomes
        where system.train != nil && outcome.cell.status != "failed" {
          try addCurve(of: system, on: corpus, data, settings, to: &tracks) { begin($0) }
        }
      }
      report.tracks += tracks
    }
    environment.loadAfter = Machine.load()
    report.environment = environment
    report.created = Machine.timestamp()
    report.gates = gates.map { $0.result(for: report) }
    return report
  }

  /// Says of every external command what it is; those that are not what the plan expects are refused.
  ///
  /// - Returns: why, by system.
  private func identify(_ report: inout Report) -> [String: String] {
    var refused: [String: String] = [:]
    for (index, system) in plan.systems.enumerated() where !system.command.isEmpty {
      let prober = CommandIdentity(
        launcher: runner.program.path, scratch: runner.store.folder, folder: plan.folder)
      do {
        let identity = try prober.probe(plan.program(of: system), version: system.version)
        report.systems[index].identity = identity
        let facts = [identity.path, identity.file, identity.package, identity.version]
          .compactMap { $0 }
        messages.note("\(system.name) is " + facts.joined(separator: "; "))
        if let expected = system.expect, !facts.contains(where: { $0.contains(expected) }) {
          refused[system.name] =
            "\(identity.path) is not what is expected: \"\(expected)\" stands nowhere in "
            + facts.joined(separator: "; ")
        }
      } catch {
        refused[system.name] = "\(error)"
      }
    }
    return refused
  }

  /// Trains a system on parts of the training data; a part holds the smaller ones.
  private func addCurve(
    of system: ReportPlan.System, on corpus: ReportPlan.Corpus, _ data: CorpusData,
    _ settings: Report.Settings, to tracks: inout [Report.Track], begin: (String) -> Void
  ) throws {
    guard let train = corpus.train.map(plan.resolve) else { return }
    var order = Array(0..<data.trainingItems)
    var generator = RandomGenerator(seed: plan.seed)
    generator.shuffle(&order)
    var single = system
    single.seeds = [system.seeds[0]]
    var points = [[Report.Curve.Point]](repeating: [], count: corpus.layers.count)
    for share in plan.curve.sorted() {
      begin("\(system.name) on \(Figures.fixed(share * 100, 0)) % of \(corpus.name)")
      let chosen = order.prefix(max(1, Int((Double(order.count) * share).rounded()))).sorted()
      let name = train.split(separator: "/").last.map(String.init) ?? "train"
      let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
      let folder =
        runner.store.folder + "/inputs/"
        + FileChecksum.of(text: "\(train) \(share) \(plan.seed) \(try FileChecksum.of(train).xxh3)")
      try CellStore.makeFolder(folder)
      let files = data.files(corpus.layers[0])
      let path = files.place(of: plain, in: folder)
      if access(path, R_OK) != 0 { try files.writeSubset(train, to: path, chosen: chosen) }
      let outcome = runner.run(
        single, on: corpus, task: data.task, files: files, train: path, positions: data.positions)
      guard let run = outcome.predictions.first else {
        messages.warn("\(system.name) on \(share) of \(corpus.name): \(outcome.cell.reason ?? "")")
        continue
      }
      for (index, layer) in corpus.layers.enumerated() {
        let score = try data.score(run.path, layer: layer, settings: settings)
        points[index].append(
          .init(
            share: share, items: chosen.count, value: score.value ?? 0, low: score.low,
            high: score.high))
      }
    }
    for index in tracks.indices {
      tracks[index].curves.append(.init(system: system.name, points: points[index]))
    }
  }
}
