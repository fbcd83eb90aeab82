internal import FoundationEssentials
internal import Glibc
internal import SeqCore
internal import SeqPack

/// Runs one system on one corpus: trains it if it is to be trained, lets it tag the test set without
/// its labels, and measures.
struct CellRunner {
  let plan: ReportPlan
  let registry: PackRegistry
  /// The path of this program and its checksum.
  let program: (path: String, xxh3: String)
  let store: CellStore
  /// Says what is being done.
  let tell: (String) -> Void

  /// What became of a cell.
  struct Outcome {
    var cell: Report.Cell
    /// The predictions of each seed; empty if it failed.
    var predictions: [(seed: UInt64, path: String, confidences: String?)] = []
  }

  /// Runs the cell, or takes it from the work folder; a failure is in what is returned.
  ///
  /// - Parameters:
  ///   - train: a training file in place of the corpus's; nothing is measured then.
  ///   - positions: how many positions the test set has, for speed.
  func run(
    _ system: ReportPlan.System, on corpus: ReportPlan.Corpus, task: ReportTask,
    files: any ItemFiles, train: String? = nil, positions: Int
  ) -> Outcome {
    var cell = Report.Cell(
      system: system.name, corpus: corpus.name, status: "done", commands: [], files: [], notes: [])
    do {
      if let path = system.predictions[corpus.name] ?? system.predictions["*"] {
        let path = plan.resolve(path)
        if !Self.isFolder(path) { cell.files = [try FileChecksum.file("predictions", path)] }
        return Outcome(cell: cell, predictions: [(system.seeds[0], path, nil)])
      }
      var work = Work(
        runner: self, system: system, corpus: corpus, task: task, files: files, train: train,
        positions: positions)
      let key = try work.key()
      let kept: CellStore.Kept
      if let found = store.kept(key) {
        kept = found
        cell.status = "kept"
      } else {
        kept = try work.run(in: store.begin(key))
        try store.finish(key, kept)
      }
      cell.commands = kept.commands
      cell.files = kept.files
      cell.cost = kept.cost
      cell.notes = kept.notes
      let folder = store.path(key)
      return Outcome(
        cell: cell,
        predictions: kept.predictions.map {
          ($0.seed, "\(folder)/\($0.file)", $0.confidences.map { "\(folder)/\($0)" })
        })
    } catch {
      cell.status = "failed"
      cell.reason = "\(error)"
      return Outcome(cell: cell)
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

/// The work of one cell.
private struct Work {
  let runner: CellRunner
  let system: ReportPlan.System
  let corpus: ReportPlan.Corpus
  let task: ReportTask
  let files: any ItemFiles
  let train: String?
  let positions: Int
  var commandLines: [String] = []
  var notes: [String] = []

  private var plan: ReportPlan { runner.plan }
  private var commands: SystemCommands {
    SystemCommands(
      plan: plan, system: system, corpus: corpus, task: task, program: runner.program.path)
  }
  private var trainPath: String? { train ?? corpus.train.map(plan.resolve) }
  private var isTrained: Bool { system.train != nil || !system.learn.isEmpty }
  private var isMeasured: Bool { train == nil }

  /// A checksum of everything that the result depends on.
  func key() throws -> String {
    var parts = ["cell.v1", "\(system)", "\(corpus)", task.rawValue, "\(isMeasured)"]
    parts.append(
      "\(plan.repeats) \(plan.threads) \(plan.timeout) \(plan.variables.sorted { $0.key < $1.key })"
    )
    var paths = commands.namedFiles() + [plan.resolve(corpus.test)]
    if isTrained {
      paths += [trainPath, corpus.dev.map(plan.resolve)].compactMap { $0 }
    }
    if system.command.isEmpty {
      parts.append(runner.program.xxh3)
    } else if let path = CommandIdentity.find(plan.program(of: system), folder: plan.folder) {
      paths.append(path)
    }
    for path in paths { parts.append("\(path) \(try FileChecksum.of(path).xxh3)") }
    return FileChecksum.of(text: parts.joined(separator: "\n"))
  }

  mutating func run(in folder: String) throws -> CellStore.Kept {
    let input = try blind(limit: nil)
    let seeds = isTrained ? system.seeds : [system.seeds[0]]
    var kept = CellStore.Kept(commands: [], files: [], cost: nil, notes: [], predictions: [])
    var training: [MeasuredProcess.Usage] = []
    for (index, seed) in seeds.enumerated() {
      let model = "\(folder)/model-\(seed)"
      if isTrained {
        runner.tell("training \(system.name) on \(corpus.name), seed \(seed)")
        training.append(try train(seed: seed, model: model, folder: folder))
      }
      runner.tell("\(system.name) on \(corpus.name)")
      let ending = input.split(separator: ".").last.map { "." + $0 } ?? ""
      let name =
        "predictions-\(seed)" + (task == .residues ? ".3line" : task == .frames ? "" : ending)
      let usages = try tag(
        input, to: "\(folder)/\(name)", seed: seed, model: model, folder: folder,
        runs: index == 0 && isMeasured ? plan.repeats : 1)
      if index == 0 {
        var cost = Self.cost(usages, unit: task.position, units: positions)
        if isMeasured {
          let one = try blind(limit: 1)
          let starts = try tag(
            one, to: "\(folder)/one", seed: seed, model: model, folder: folder, runs: plan.repeats)
          cost.startSeconds = Self.median(starts.map(\.wall))
          let models = try modelFiles(model)
          cost.modelBytes = models.isEmpty ? nil : models.reduce(0) { $0 + $1.bytes }
          kept.files += models
          kept.cost = cost
        }
      }
      kept.predictions.append(
        .init(
          seed: seed, file: name,
          confidences: confidences(input, seed: seed, model: model, folder: folder)))
    }
    if !training.isEmpty {
      let count = Double(training.count)
      kept.cost?.trainingWallSeconds = training.reduce(0) { $0 + $1.wall } / count
      kept.cost?.trainingCPUSeconds = training.reduce(0) { $0 + $1.cpu } / count
      kept.cost?.trainingPeakBytes = training.map(\.peak).max()
    }
    kept.commands = commandLines
    kept.notes = notes
    return kept
  }

  // MARK: Steps

  /// The test set without its labels.
  private func blind(limit: Int?) throws -> String {
    let test = plan.resolve(corpus.test)
    var ending = test.fileName
    if ending.hasSuffix(".gz") { ending.removeLast(3) }
    if task == .residues { ending = "input.fasta" }
    let parts = ["\(corpus)", try FileChecksum.of(test).xxh3, limit.map { "\($0)" } ?? "all"]
    let name = FileChecksum.of(text: parts.joined(separator: "\n"))
    try CellStore.makeFolder(runner.store.folder + "/inputs/" + name)
    let path = "\(runner.store.folder)/inputs/\(name)/\(ending)"
    if access(path, R_OK) != 0 {
      try files.writeBlind(test, to: path, layers: corpus.layers, limit: limit)
    }
    return path
  }

  private mutating func train(
    seed: UInt64, model: String, folder: String
  ) throws -> MeasuredProcess.Usage {
    var total = MeasuredProcess.Usage(status: 0, wall: 0, cpu: 0, peak: 0)
    for command in commands.training(train: trainPath ?? "", seed: seed, model: model) {
      let usage = try run(command, folder: folder)
      total.wall += usage.wall
      total.cpu += usage.cpu
      total.peak = max(total.peak, usage.peak)
    }
    return total
  }

  private mutating func tag(
    _ input: String, to output: String, seed: UInt64, model: String, folder: String, runs: Int
  ) throws -> [MeasuredProcess.Usage] {
    let command = commands.tagging(
      input: input, output: output, seed: seed, model: model, files: Self.files(beginning:),
      confidence: false)
    var usages = try (0..<runs).map { _ in try run(command, folder: folder) }
    if isMeasured, usages.allSatisfy(\.isPeakOfLauncher) {
      let exact = try run(command, folder: folder, fromShell: true).peak
      for index in usages.indices { usages[index].peak = exact }
    }
    return usages
  }

  /// A second run with probabilities, where the system is ours; the file's name, or `nil` if it has
  /// none.
  private mutating func confidences(
    _ input: String, seed: UInt64, model: String, folder: String
  ) -> String? {
    guard system.command.isEmpty, system.confidence, task != .roles, isMeasured else { return nil }
    let ending = task == .residues ? ".tsv" : task == .frames ? "" : ".jsonl"
    let name = "confidences-\(seed)\(ending)"
    let command = commands.tagging(
      input: input, output: "\(folder)/\(name)", seed: seed, model: model,
      files: Self.files(beginning:), confidence: true)
    do {
      _ = try run(command, folder: folder)
      return name
    } catch {
      commandLines.removeLast()
      let note = "no probabilities, so no calibration: \(error)"
      if !notes.contains(note) { notes.append(note) }
      return nil
    }
  }

  private mutating func run(
    _ command: SystemCommands.Command, folder: String, fromShell: Bool = false
  ) throws -> MeasuredProcess.Usage {
    if let place = command.outputFolder { try CellStore.makeFolder(place) }
    var line = MeasuredProcess.line(command.arguments)
    if let input = command.input { line += " < \(input)" }
    if let output = command.output { line += " > \(output)" }
    if commandLines.last != line { commandLines.append(line) }
    let process = MeasuredProcess(
      arguments: command.arguments, folder: plan.folder, input: command.input,
      output: command.output, errors: "\(folder)/messages", timeout: plan.timeout,
      fromShell: fromShell)
    return try process.run(launcher: runner.program.path)
  }

  // MARK: Figures

  private func modelFiles(_ model: String) throws -> [Report.File] {
    if isTrained {
      return try Self.files(beginning: model).map { try FileChecksum.file("model", $0) }
    }
    guard let name = system.pack ?? corpus.pack, let pack = runner.registry.pack(named: name) else {
      return []
    }
    guard system.model == ["bundled"] else {
      return try system.model.compactMap { model in
        let path = plan.resolve(model)
        if FrameItems.isFile(path) { return try FileChecksum.file("model", path) }
        // A bundled model by its name.
        let bundled = try? ResourceFinder().path(
          .models, model + ".safetensors", pack: pack.resources)
        return try bundled.map { try FileChecksum.file("model", $0) }
      }
    }
    guard let manifest = try? pack.manifest() else { return [] }
    let layers = manifest.layers.filter { task == .roles || corpus.layers.contains($0.name) }
    return try layers.compactMap(\.model).map {
      try FileChecksum.file("model", ResourceFinder().path(.models, $0, pack: pack.resources))
    }
  }

  /// The files whose paths begin so.
  private static func files(beginning prefix: String) -> [String] {
    let slash = prefix.lastIndex(of: "/") ?? prefix.startIndex
    let folder = String(prefix[..<slash])
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().map { "\(folder)/\($0)" }.filter {
      $0.hasPrefix(prefix) && !$0.hasSuffix(".checkpoint") && FrameItems.isFile($0)
    }
  }

  private static func cost(
    _ usages: [MeasuredProcess.Usage], unit: String, units: Int
  ) -> Report.Cost {
    let cpu = median(usages.map(\.cpu))
    return Report.Cost(
      unit: unit, units: units, wallSeconds: median(usages.map(\.wall)), cpuSeconds: cpu,
      unitsPerSecond: cpu > 0 ? Double(units) / cpu : 0,
      peakBytes: usages.map(\.peak).max() ?? 0, runs: usages.count)
  }

  /// The middle value, or the mean of the two in the middle.
  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
