internal import ArgumentParser
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack
internal import TEIPack

/// `seqkit PACK train`.
struct TrainCommand<S: PackSlot>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "train", abstract: "Train a model on annotated files.",
      discussion: """
        With --dev, training keeps the weights that were best there and stops when it no longer \
        improves. Ctrl-C keeps a checkpoint; the same command with --resume goes on from it and \
        gives the same model as if it had never stopped.
        """)
  }

  @Option(parsing: .upToNextOption, help: "Annotated files to learn from.")
  var train: [String]

  @Option(parsing: .upToNextOption, help: "Annotated files to choose the best weights by.")
  var dev: [String] = []

  @Option(name: [.short, .long], help: "The model file to write.")
  var output: String

  @Option(help: "The layer to learn. (default: the pack's first)")
  var layer: String?

  @OptionGroup var input: InputOptions

  @Option(
    help: "A file of feature templates, one a line, # for comments. (default: the pack's)")
  var templates: String?

  @Option(
    help: ArgumentHelp(
      "For labels of spans: the scheme to learn, such as bioes; none takes labels as they are. (default: the pack's)"
    ))
  var scheme: String?

  @Option(help: "For labels of spans: the scheme of the files.")
  var dataScheme = "iob2"

  @Flag(help: "Read labels that break the rules of their scheme as conlleval does, and count them.")
  var repair = false

  @Option(
    help: ArgumentHelp(
      """
      Clusters of words for templates with cluster: a file in Brown's format or of WORD TAB CLUSTER, \
      own (learnt from the training text) or none. (default: the pack's)
      """))
  var clusters: String?

  @Option(
    parsing: .singleValue,
    help: "A list of names, one a line, for templates with gazetteer: TYPE=FILE; may be repeated.")
  var gazetteer: [String] = []

  @Option(
    help: "lbfgs, adagrad, perceptron, arow, hmm or majority. (default: the pack's, or lbfgs)")
  var algorithm: String?

  @Option(help: "The weight of the L1 penalty; above 0, lbfgs becomes OWL-QN.")
  var c1: Double?

  @Option(help: "The weight of the L2 penalty. (default: 1 for lbfgs)")
  var c2: Double?

  @Option(help: "The most iterations, or passes over the data.")
  var iterations: Int?

  @Option(help: "lbfgs: stop when ten iterations gain less than this fraction.")
  var tolerance: Double?

  @Option(help: "adagrad: the step size.")
  var rate: Double?

  @Option(help: "adagrad: sequences per step.")
  var batchSize: Int?

  @Option(help: "perceptron: by how much, in updates, the right label must win.")
  var margin: Float?

  @Option(help: "perceptron: the probability that a feature is hidden while learning.")
  var dropout: Double?

  @Option(help: "perceptron, arow, adagrad: average so many models from successive seeds.")
  var committee: Int?

  @Option(help: "Leave out features seen at fewer positions.")
  var minCount: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Give every feature a weight for every label, or only for those seen with it.")
  var allLabels: Bool?

  @Flag(help: "Give scores only to the steps of labels that occur in training.")
  var seenSteps = false

  @Flag(help: "Learn no scores for starting and ending with a label.")
  var noBoundaries = false

  @Flag(help: "Label each position by itself.")
  var independent = false

  @Option(parsing: .singleValue, help: "Raise the odds of mistaking LABEL: LABEL=FACTOR.")
  var classWeight: [String] = []

  @Option(help: "Stop after so many evaluations without a better dev score; 0 never.")
  var patience: Int?

  @Option(
    help: """
      For labels of spans with --dev: train so many more models, each without one part of the \
      training files, and fit probabilities to what they do there as well as to --dev; 0 for --dev \
      alone. Takes so many times longer.
      """)
  var calibrationFolds = 0

  @Option(help: "Leave out weights smaller than this.")
  var prune: Float?

  @Option(help: "How weights are stored: f32, i16 or i8.")
  var precision: String?

  @Option(help: "Start from the weights of this model.")
  var warmStart: String?

  @Option(help: "Where checkpoints are kept. (default: the model's name and .checkpoint)")
  var checkpoint: String?

  @Option(help: "Seconds between two checkpoints; 0 for none but on Ctrl-C.")
  var checkpointInterval = 60

  @Flag(help: "Go on from the checkpoint.")
  var resume = false

  @Option(help: "Write a line of JSON for every step to this file.")
  var log: String?

  @Option(
    help: "The tokenizer whose conventions the tokens follow: en (English) or und (others).",
    transform: choice)
  var tokenizer: Tokenizer.Language = .english

  @Flag(help: "Read the training files anew in every pass: memory does not grow with them.")
  var stream = false

  @OptionGroup var identity: ModelIdentityOptions

  @OptionGroup var seeding: SeedOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let pack = try OpenPack(S.pack)
    let manifest = pack.manifest
    // Attribute files have features of their own, and a label.
    let hasAttributes = templates == nil && train.allSatisfy { input.isCRFsuite($0) }
    let layer = layer ?? (hasAttributes ? "label" : manifest.layers[0].name)
    let texts =
      hasAttributes
      ? ["each(attributes[0])"]
      : try TemplateFile.texts(templates, manifest: manifest, layer: layer)
    var training = Training(
      layer: layer, templates: texts,
      options: try trainingOptions(manifest.layer(layer)),
      pack: S.pack.name, name: identity.name(ofOutput: output))
    training.spans = try spanTargets(manifest.layer(layer)?.scheme)
    let schema = manifest.layer(layer)?.schema
    training.schema = schema.map { ($0.name, $0.version) }
    training.preparation = manifest.preparation
    training.version = identity.modelVersion
    training.licence = identity.license
    training.description = identity.about
    training.tokenizer = Tokenizer(language: tokenizer).identity
    training.clusters = try clusterTable(texts, layer, pack)
    for entry in gazetteer {
      let parts = entry.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw ValidationError("--gazetteer \(entry): expected TYPE=FILE, such as city=cities.txt.")
      }
      training.names += try KnowledgeFiles.names(
        path: String(parts[1]), type: String(parts[0]), tokenizer: Tokenizer(language: tokenizer))
    }
    training.calibrationFolds = calibrationFolds
    training.threads = options.threadCount
    if let warmStart { training.start = try Model(path: warmStart) }
    let checkpointPath = checkpoint ?? output + ".checkpoint"
    let interval: Duration =
      checkpointInterval > 0 ? .seconds(checkpointInterval) : .seconds(1 << 40)
    training.checkpoint = (checkpointPath, interval)
    training.resumes = resume
    training.streams = stream
    if resume, access(checkpointPath, F_OK) != 0 {
      throw CommandFailure.noCheckpoint(path: checkpointPath)
    }
    let hasScheme = training.spans != nil
    let scoreName = training.spans == nil ? "dev accuracy" : "dev F1"
    // Whether the model can be written is found out before the work, not after it.
    try checkWritable(output)
    let console = options.console
    let journal = try log.map { try TrainingJournal(path: $0) }

    Interruption.arm()
    var display = ProgressDisplay("training", unit: "positions", console: console)
    let clock = ContinuousClock()
    let start = clock.now
    let algorithm = training.options.algorithm
    if algorithm != .lbfgs && algorithm != .hmm && algorithm != .majority {
      seeding.announce(on: console)
    }
    let trained: TrainedModel
    let imports = ImportReports()
    do {
      trained = try training.run(
        on: train, development: dev,
        format: { try input.format(of: $0, for: pack, imports: imports) },
        prepared: { data in
          console.tell(imports)
          console.note(
            "\(counted(data.sequences, "sequence")), \(counted(data.positions, "position")), "
              + "\(data.labels.count) labels, \(grouped(data.features)) features; \(layer) by "
              + algorithm.rawValue)
          if let schema {
            try schema.require(
              data.labels, areSpans: hasScheme, source: train.joined(separator: ", "))
          }
          if data.skipped > 0 {
            console.warn("\(counted(data.skipped, "sequence")) left out: a position has no label")
          }
          if data.repaired > 0 {
            console.warn(
              "\(counted(data.repaired, "label")) against the rules of the scheme \(dataScheme), read "
                + "as conlleval reads them")
          }
          if data.unknownDevelopment > 0 {
            console.warn(
              "\(counted(data.unknownDevelopment, "label")) of --dev without an example in --train; "
                + "each counts as a mistake")
          }
        },
        report: { progress in
          var state = ProgressDisplay.State(step: progress.iteration, steps: progress.iterations)
          state.objective = progress.objective
          state.score = progress.developmentAccuracy.map { (scoreName, $0) }
          state.done = progress.positions
          display.update(state)
          try journal?.add(progress, seconds: (clock.now - start) / .seconds(1))
        }, isCancelled: { Interruption.requested })
    } catch {
      display.finish()
      throw error
    }
    display.finish()
    if trained.result.end == .interrupted {
      throw CommandFailure.interrupted(checkpoint: checkpointPath)
    }
    try trained.write(to: output)
    removeFile(checkpointPath)
    let seconds = decimal((clock.now - start) / .seconds(1), 1)
    var parts = [
      "\(trained.result.end.sentence) after \(trained.result.iteration) steps, \(seconds) s"
    ]
    if let decision = trained.result.decision, decision.offset > 0 {
      parts.append(
        "dev F1 \(decimal(decision.f1 * 100, 2)) % with \(decimal(Double(decision.offset), 1)) taken "
          + "from the score of O")
    } else if let accuracy = trained.result.developmentAccuracy {
      parts.append("\(scoreName) \(decimal(accuracy * 100, 2)) %")
    }
    parts.append(
      "\(output): \(grouped(trained.parameters.weights.count)) weights")
    console.note(parts.joined(separator: "; "))
  }

  /// The clusters that the templates look up: as asked, or the pack's.
  private func clusterTable(
    _ templates: [String], _ layer: String, _ pack: OpenPack
  ) throws -> WordTable? {
    switch clusters {
    case nil: return try pack.clusterTable(templates, layer: layer)
    case "none": return KnowledgeFiles.table(of: [])
    case "own":
      let entries = try KnowledgeFiles.clusterEntries(
        ofTextIn: train, minimumCount: max(minCount ?? 2, 2),
        format: { try input.format(of: $0, for: pack) })
      return KnowledgeFiles.table(of: entries)
    case let path?: return try KnowledgeFiles.clusters(path: path)
    }
  }

  /// How the labels tell spans; `nil` if they are labels of positions.
  private func spanTargets(_ usual: TaggingScheme?) throws -> SpanTargets? {
    let source = try taggingScheme(dataScheme, option: "data-scheme")
    if scheme == "none" { return nil }
    guard let target = try scheme.map({ try taggingScheme($0, option: "scheme") }) ?? usual else {
      return nil
    }
    return SpanTargets(target, source: source, repairs: repair)
  }

  private func trainingOptions(_ layer: PackManifest.LayerManifest?) throws -> TrainingOptions {
    let trainer = layer?.trainer ?? TrainerManifest()
    let algorithm = algorithm ?? trainer.algorithm ?? TrainingOptions.Algorithm.lbfgs.rawValue
    guard let kind = TrainingOptions.Algorithm(rawValue: algorithm) else {
      let known = TrainingOptions.Algorithm.allCases.map(\.rawValue)
      let nearest = nearestName(to: algorithm, among: known).map { " Did you mean \($0)?" } ?? ""
      throw ValidationError(
        "--algorithm \(algorithm) is none of \(known.joined(separator: ", ")).\(nearest)")
    }
    var result = TrainingOptions(kind)
    // The pack's options are for the pack's algorithm.
    if algorithm == trainer.algorithm ?? TrainingOptions.Algorithm.lbfgs.rawValue {
      result.apply(trainer)
    }
    if layer?.chain == false { result.chain = false }
    if let c1 { result.c1 = c1 }
    if let c2 { result.c2 = c2 }
    if let iterations { result.iterations = iterations }
    if let tolerance { result.tolerance = tolerance }
    if let rate { result.rate = rate }
    if let batchSize { result.batchSize = batchSize }
    if let margin { result.margin = margin }
    if let dropout { result.dropout = dropout }
    if let committee { result.committee = committee }
    if let minCount { result.minimumCount = minCount }
    if let patience { result.patience = patience }
    if let prune { result.prune = prune }
    if let precision { result.precision = try Self.precision(precision) }
    for (name, value) in [("c1", result.c1), ("c2", result.c2), ("rate", result.rate)]
    where !(value >= 0 && value.isFinite) {
      throw ValidationError("--\(name) \(value) must be 0 or more.")
    }
    for (name, value) in [
      ("iterations", result.iterations), ("batch-size", result.batchSize),
      ("min-count", result.minimumCount),
    ] where value < 1 {
      throw ValidationError("--\(name) \(value) must be 1 or more.")
    }
    result.seed = seeding.seed
    if let allLabels { result.allLabels = allLabels }
    result.allSteps = !seenSteps
    result.boundaries = !noBoundaries
    if independent { result.chain = false }
    for entry in classWeight {
      let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count >= 2, let factor = Float(parts.last!) else {
        throw ValidationError("--class-weight \(entry): expected LABEL=FACTOR, such as INTJ=2.")
      }
      result.classWeights[parts.dropLast().joined(separator: "=")] = factor
    }
    return result
  }

  /// The precision of a name.
  private static func precision(_ name: String) throws -> LinearWeights.Precision {
    guard let choice = LinearWeights.Precision(rawValue: name) else {
      throw ValidationError("--precision \(name) is none of f32, i16, i8.")
    }
    return choice
  }
}

extension TrainingOptions {
  /// Sets what a pack's manifest says.
  fileprivate mutating func apply(_ trainer: TrainerManifest) {
    c1 = trainer.c1 ?? c1
    c2 = trainer.c2 ?? c2
    iterations = trainer.iterations ?? iterations
    minimumCount = trainer.minCount ?? minimumCount
    margin = trainer.margin.map { Float($0) } ?? margin
    dropout = trainer.dropout ?? dropout
    committee = trainer.committee ?? committee
    patience = trainer.patience ?? patience
    prune = trainer.prune.map { Float($0) } ?? prune
    allLabels = trainer.allLabels ?? allLabels
    if let name = trainer.precision, let choice = LinearWeights.Precision(rawValue: name) {
      precision = choice
    }
    for (label, factor) in trainer.classWeights { classWeights[label] = Float(factor) }
  }
}

extension TrainingLoop.End {
  /// How training ended, for the closing line.
  var sentence: String {
    switch self {
    case .converged: "converged"
    case .stoppedEarly: "stopped early"
    case .iterations: "done"
    case .interrupted: "interrupted"
    }
  }
}
