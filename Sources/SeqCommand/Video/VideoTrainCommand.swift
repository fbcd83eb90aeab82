internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack
internal import VideoPack

/// `seqkit frames train`.
struct VideoTrainCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "train", abstract: "Train a model of actions on labelled recordings.",
      discussion: """
        Recipes:
        \(Recipe.known.map { "  \($0.name): \($0.summary)." }.joined(separator: "\n"))

        Features are standardized with the means and deviations of the training recordings, which \
        the model keeps. Where a recipe has a choice, it is made on training recordings that are \
        kept apart in turn; then the model is trained on all of them.
        """)
  }

  @OptionGroup var data: VideoDataOptions

  @Option(help: "How to make the model; see above.")
  var recipe = "mstcn"

  @Option(name: [.short, .long], help: "The model file to write.")
  var output: String

  @Option(help: "Passes over the recordings. (default: 50; mstcn++ 100; linear 40)")
  var epochs: Int?

  @Option(help: "The learning rate. (default: 0.0005; gru 0.002; linear 0.003)")
  var rate: Float?

  @Option(help: "Stages of a network. (default: 4)")
  var stages: Int?

  @Option(help: "Layers of a stage; the first of mstcn++ has one more. (default: 10)")
  var layers: Int?

  @Option(help: "Maps of a layer; for gru also the units of each direction. (default: 64)")
  var maps: Int?

  @Option(help: "Dropout of a network. (default: 0.5)")
  var dropout: Float?

  @Option(help: "The weight of the smoothing loss. (default: 0.15)")
  var smoothing: Float?

  @Option(
    help: ArgumentHelp(
      """
      Make so many principal components of the features first (20), or as many as keep a share of \
      their variance (0.95); fitted on what is trained on.
      """, valueName: "n"),
    transform: principalComponents)
  var pca: PrincipalComponents.Wanted?

  @Option(
    help: """
      Stop after so many epochs without progress on recordings that are kept apart, and keep the \
      best epoch.
      """)
  var patience: Int?

  @Option(help: "The share of the recordings that is kept apart for choices.")
  var validation = 0.2

  @Option(help: "Use every so manieth frame.")
  var stride = 1

  @Option(
    parsing: .upToNextOption,
    help: "Labels that are no actions. (default: background, if there is one; none for none)")
  var background: [String] = []

  @Option(help: "What made the features, for whoever uses the model.")
  var extractor = ""

  @Option(help: "Where checkpoints are kept while training. (default: OUTPUT.checkpoint)")
  var checkpoint: String?

  @Flag(help: "Continue from the checkpoints of a training that was interrupted.")
  var resume = false

  @OptionGroup var identity: ModelIdentityOptions

  @OptionGroup var seeding: SeedOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if stride < 1 { throw ValidationError("--stride is \(stride), and must be 1 or more.") }
    if !(validation > 0 && validation <= 0.5) {
      throw ValidationError("--validation is \(validation), and must be above 0, at most 0.5.")
    }
  }

  func run() throws {
    let console = options.console
    try checkWritable(output)
    let set = try FrameDataSet(folder: data.data)
    let background = try backgroundLabels(background, of: set.labels)
    let names = try set.names(.train, split: data.split)
    let recordings = try data.recordings(names, of: set, step: stride, console)
    seeding.announce(on: console)
    if !background.isEmpty { console.note("background: \(background.joined(separator: ", "))") }

    var training = FrameTraining.Options()
    training.recipe = recipe
    training.changes.epochs = epochs
    training.changes.rate = rate
    training.changes.stages = stages
    training.changes.layers = layers
    training.changes.maps = maps
    training.changes.dropout = dropout
    training.changes.smoothing = smoothing
    training.changes.patience = patience
    training.changes.seed = seeding.seed
    for option in training.changes.idle(for: recipe) {
      console.warn("--\(option) says nothing to the recipe \(recipe)")
    }
    training.components = pca
    training.validation = validation
    training.threads = options.threadCount
    training.checkpoint = checkpoint ?? output + ".checkpoint"
    training.resumes = resume
    training.facts.rate = data.arrays.fps
    training.facts.step = stride
    training.facts.extractor = extractor
    training.facts.background = background

    var manifest = ModelManifest(
      name: identity.name(ofOutput: output), version: identity.modelVersion, pack: P.name,
      layer: "action",
      labels: set.labels, templates: [], tokenizer: "",
      provenance: .init(
        algorithm: recipe, trainingFiles: names, licence: identity.license,
        description: identity.about))
    manifest.provenance.options = [
      "split": data.split, "seed": "\(seeding.seed)", "recipe": recipe,
    ].merging(changedOptions) { old, _ in old }

    Interruption.arm()
    let display = ProgressLine(console)
    let result: FrameTraining.Result
    do {
      result = try FrameTraining(
        recordings, labels: set.labels, options: training,
        note: { text in
          display.clear()
          console.note(text)
        },
        report: { progress in
          display.show(progress)
          return !Interruption.requested
        }
      ).run(manifest)
    } catch is FrameTraining.Stopped {
      display.clear()
      throw CommandFailure.interrupted(checkpoint: training.checkpoint ?? "")
    }
    display.clear()
    try result.model.write(to: output)
    for path in result.checkpoints { removeFile(path) }
    let reach = try FrameModel(result.model, path: output).reach
    console.note(
      "\(output): \(grouped(result.model.parameterCount)) parameters; a frame's tag depends on "
        + "\(reach.before.map(String.init) ?? "all") frames before it and "
        + "\(reach.after.map(String.init) ?? "all") behind it"
        + (setsSteps(result.model) ? ", and on the steps of a decoder" : ""))
  }

  private func setsSteps(_ model: NetworkModel) -> Bool {
    if case .independent = model.decoder.structure { false } else { true }
  }

  private var changedOptions: [String: String] {
    var result: [String: String] = [:]
    func add(_ name: String, _ value: Any?) { if let value { result[name] = "\(value)" } }
    add("epochs", epochs)
    add("rate", rate)
    add("stages", stages)
    add("layers", layers)
    add("maps", maps)
    add("dropout", dropout)
    add("smoothing", smoothing)
    add("patience", patience)
    switch pca {
    case .count(let count): add("pca", count)
    case .share(let share): add("pca", share)
    case nil: break
    }
    if stride != 1 { add("stride", stride) }
    return result
  }
}

/// Reads `20` or `0.95`.
func principalComponents(_ text: String) throws -> PrincipalComponents.Wanted {
  if let count = Int(text), count >= 1 { return .count(count) }
  if text.contains("."), let share = Double(text), share > 0, share <= 1 { return .share(share) }
  throw ValidationError(
    "--pca is “\(text)”, and must be a number of components like 20, or a share of the variance "
      + "like 0.95.")
}

/// The labels that are background: those named, or `background` if there is such a label.
func backgroundLabels(_ given: [String], of labels: [String]) throws -> [String] {
  if given == ["none"] { return [] }
  if given.isEmpty { return labels.filter { $0 == "background" } }
  for name in given where !labels.contains(name) {
    throw ValidationError(
      "--background \(name) is none of the labels \(labels.joined(separator: ", ")).")
  }
  return given
}

/// Training's line on a terminal; elsewhere a sentence now and then.
private final class ProgressLine {
  private let console: Console
  private var display: ProgressDisplay?
  private var phase = ""

  init(_ console: Console) { self.console = console }

  func show(_ progress: FrameTraining.Progress) {
    if progress.phase != phase {
      clear()
      phase = progress.phase
      display = ProgressDisplay(phase + ": epoch", unit: "frames", console: console)
    }
    let epoch = progress.epoch
    display?.update(
      .init(
        step: epoch.number, steps: epoch.count, objective: epoch.loss,
        score: epoch.score.map { ("dev score", $0) }, done: epoch.positions))
    let every = max(epoch.count / 5, 1)
    if !Terminal.errorsAreTerminal, epoch.number % every == 0 || epoch.number == epoch.count {
      let speed = epoch.seconds > 0 ? Double(epoch.positions) / epoch.seconds : 0
      console.note(
        "\(phase): epoch \(epoch.number)/\(epoch.count), loss \(decimal(epoch.loss, 3))"
          + (epoch.score.map { ", dev score \(decimal($0 * 100, 1)) %" } ?? "")
          + ", \(grouped(Int(speed))) frames/s")
    }
  }

  func clear() { display?.finish() }
}
