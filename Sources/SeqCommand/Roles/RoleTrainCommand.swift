internal import ArgumentParser
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit PACK train` of a pack that labels frames.
struct RoleTrainCommand<P: RolePack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "train", abstract: "Train models on annotated files.",
      discussion: """
        Learns from column files with tags, trees and roles: a tagger of predicates, a parser, and \
        the roles. Tags and trees are predicted for each fold of the sentences by models of the \
        others, so that roles are learnt from what the program will see. With --dev, how readily \
        each role is given is chosen there. Writes PREFIX-LAYER.safetensors for each layer; \
        --model takes them.
        """)
  }

  @Option(parsing: .upToNextOption, help: "Column files with frames to learn from.")
  var train: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: "Column files with frames to choose by how readily each role is given.")
  var dev: [String] = []

  @Option(
    help: "Learn nothing: only choose that anew, on --dev, for the models PREFIX-LAYER.safetensors."
  )
  var from: String?

  @Option(
    parsing: .upToNextOption,
    help: "Further files with tags and trees, such as CoNLL-U, for the parser.")
  var trees: [String] = []

  @Option(name: [.short, .long], help: "The beginning of the model files' names.")
  var output: String

  @OptionGroup var input: FrameInputOptions

  @Option(help: "Passes over the trees.")
  var parserIterations = FrameTrainingOptions().parserIterations

  @Option(help: "Passes over the predicates.")
  var iterations = FrameTrainingOptions().roleIterations

  @Option(help: "Learners of roles from successive seeds whose weights are averaged.")
  var committee = FrameTrainingOptions().committee

  @Option(help: "Paths that the parser keeps while it learns.")
  var beam = FrameTrainingOptions().beam

  @Option(help: "Parts that the sentences are dealt into for tags and trees.")
  var folds = FrameTrainingOptions().folds

  @Option(help: "By how much, in updates, the right roles must win.")
  var margin = FrameTrainingOptions().margin

  @Option(help: "The probability that a feature of a frame is hidden while learning.")
  var dropout = FrameTrainingOptions().dropout

  @Option(help: "Leave out features of the parser changed by fewer updates.")
  var parserMinUpdates = FrameTrainingOptions().parserMinimumUpdates

  @Option(help: "Leave out features of roles changed by fewer updates.")
  var minUpdates = FrameTrainingOptions().roleMinimumUpdates

  @Option(help: "Leave out the parser's smallest weights so that its file has no more bytes.")
  var parserBytes = FrameTrainingOptions().parserBytes

  @Option(help: "Leave out the smallest weights of roles so that their file has no more bytes.")
  var bytes = FrameTrainingOptions().roleBytes

  @Option(help: "Do not learn roles with fewer arguments.")
  var minRole = FrameTrainingOptions().minimumRole

  @Flag(
    inversion: .prefixedNo,
    help: "Learn what makes an argument from all roles together, beside each role's own weights.")
  var shared = true

  @Option(
    help: """
      Clusters of words for the parser and the roles: a file in Brown's format or of WORD TAB \
      CLUSTER, or none. (default: the pack's)
      """)
  var clusters: String?

  @Option(
    help: """
      Where the results of finished steps are kept: tags and trees of each part, the parser, the \
      predicates. (default: PREFIX.checkpoint)
      """)
  var checkpoint: String?

  @Flag(
    help: """
      Use what the checkpoint holds, as far as it was made of the same data with the same options; the \
      models are as if training had never stopped.
      """)
  var resume = false

  @OptionGroup var identity: ModelIdentityOptions

  @OptionGroup var seeding: SeedOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if from == nil, train.isEmpty {
      throw ValidationError("there is nothing to learn from: give --train, or --from and --dev.")
    }
    if from != nil, !train.isEmpty || !trees.isEmpty {
      throw ValidationError("--from learns nothing, so --train and --trees cannot go with it.")
    }
    if from != nil, dev.isEmpty {
      throw ValidationError("--from needs --dev to choose by.")
    }
    for (name, value) in [
      ("parser-iterations", parserIterations), ("iterations", iterations), ("beam", beam),
      ("committee", committee), ("min-role", minRole),
    ] where value < 1 {
      throw ValidationError("--\(name) is \(value), and must be 1 or more.")
    }
    if folds < 2 { throw ValidationError("--folds is \(folds), and must be 2 or more.") }
    if !(0..<1).contains(dropout) {
      throw ValidationError("--dropout is \(dropout), and must be from 0 to below 1.")
    }
  }

  func run() throws {
    let console = options.console
    var settings = FrameTrainingOptions()
    settings.parserIterations = parserIterations
    settings.roleIterations = iterations
    settings.committee = committee
    settings.beam = beam
    settings.folds = folds
    settings.margin = margin
    settings.dropout = dropout
    settings.parserMinimumUpdates = parserMinUpdates
    settings.roleMinimumUpdates = minUpdates
    settings.parserBytes = parserBytes
    settings.roleBytes = bytes
    settings.minimumRole = minRole
    settings.seed = seeding.seed
    settings.threads = options.threadCount
    settings.name = identity.name(ofOutput: output)
    settings.version = identity.modelVersion
    settings.licence = identity.license
    settings.about = identity.about
    settings.files = (train + trees).map(\.fileName)
    settings.sharesRoleWeights = shared
    let manifest = try P.manifest()
    let checkpointPath = checkpoint ?? output + ".checkpoint"
    settings.checkpoint = checkpointPath
    settings.resumes = resume
    if resume, access(checkpointPath, F_OK) != 0 {
      throw CommandFailure.noCheckpoint(path: checkpointPath)
    }
    if from == nil { settings.clusters = try clusterTable(manifest) }
    let development = try input.records(of: dev, console: options.console)
    if let from {
      try checkWritable(path("role"))
      let models = manifest.layers.filter { !$0.templates.isEmpty }.map {
        "\(from)-\($0.name).safetensors"
      }
      try adjust(models, to: development)
      return
    }
    let trainer = try P.Trainer(settings)
    for layer in manifest.layers where !layer.templates.isEmpty {
      try checkWritable(path(layer.name))
    }
    seeding.announce(on: console)
    let records = try input.records(of: train, console: options.console)
    let more = try input.records(of: trees, console: options.console)
    let frames = records.reduce(0) { $0 + ($1.frames?.count ?? 0) }
    guard frames > 0 else {
      throw CommandFailure.noFrames(source: train.joined(separator: ", "))
    }
    console.note(
      "\(counted(records.count, "sentence")) with \(counted(frames, "predicate")), "
        + "\(grouped(more.count)) further sentences with trees")
    var written: [String] = []
    for (layer, bytes) in try trainer.run(records, trees: more, report: { console.note($0) }) {
      try write(bytes, layer)
      written.append(path(layer))
    }
    if !development.isEmpty { try adjust(written, to: development) }
    removeFile(checkpointPath)
  }

  /// The clusters of words that templates read: as asked, or the pack's.
  private func clusterTable(_ manifest: PackManifest) throws -> WordTable? {
    switch clusters {
    case "none": return nil
    case let path?: return try KnowledgeFiles.clusters(path: path)
    case nil:
      guard let name = manifest.layers.lazy.compactMap(\.clusters).first else { return nil }
      return try KnowledgeFiles.clusters(
        path: ResourceFinder().path(.models, name, pack: P.resources))
    }
  }

  /// Chooses how readily roles are given, and writes their model.
  private func adjust(_ paths: [String], to development: [Record]) throws {
    var models = FrameModelOptions()
    models.model = paths
    let labeler = try P.Labeler(models.models(for: P.self))
    let adjustment = try labeler.adjusted(to: development, threads: options.threadCount)
    options.console.note(
      "dev F1 \(decimal(adjustment.f1.before * 100, 2)) %, "
        + "\(decimal(adjustment.f1.after * 100, 2)) % with how readily roles are given chosen there"
    )
    try write(adjustment.bytes, adjustment.layer)
  }

  private func write(_ bytes: [UInt8], _ layer: String) throws {
    let sink = try ByteSink(path: path(layer))
    Interruption.remove(sink.temporaryPath)
    try sink.write(bytes)
    try sink.finish()
    Interruption.remove(nil)
    options.console.note("\(path(layer)): \(grouped(bytes.count)) bytes")
  }

  private func path(_ layer: String) -> String { "\(output)-\(layer).safetensors" }
}
