public import SeqCore
internal import SeqInference
public import SeqModel

/// A training from beginning to end: steps, development scores, early stopping, checkpoints.
///
/// The library's front door is `SeqKit`'s `Training`; this is the loop behind it.
public struct TrainingLoop {
  /// What happened in a step, for the log and the display.
  public struct Progress: Codable, Hashable, Sendable {
    /// The step, from 1: an iteration, or a pass over the data.
    public var iteration: Int
    /// The most steps there will be.
    public var iterations: Int
    /// What training minimizes.
    public var objective: Double
    /// The score on the development set, if it was taken after this step: accuracy, or micro F1 for
    /// spans.
    public var developmentAccuracy: Double?
    /// Positions seen so far, counting repeats.
    public var positions: Int
  }

  /// How a training ended.
  public enum End: String, Codable, Hashable, Sendable {
    /// The objective stopped falling.
    case converged
    /// The development score stopped rising.
    case stoppedEarly
    /// The most iterations were made.
    case iterations
    /// The caller asked to stop; a checkpoint was kept if there is a path for it.
    case interrupted
  }

  /// What a training gives.
  public struct Result: Sendable {
    /// The best parameters: by the development score, or the last.
    public var parameters: LinearParameters
    /// How it ended.
    public var end: End
    /// The step that the parameters are from.
    public var iteration: Int
    /// The objective at the last step.
    public var objective: Double
    /// The best score on the development set: accuracy, or micro F1 for spans.
    public var developmentAccuracy: Double?
    /// What the parameters are to be multiplied with so that their marginals are probabilities; `nil`
    /// if they are already, or if there was no development set to find it on.
    public var calibrationFactor: Float?
    /// For spans with a development set: what is taken from the score of `O` when spans are chosen,
    /// but not from probabilities; to be multiplied with the factor as well. And micro F1 with it.
    public var decision: (offset: Float, f1: Double)?
    /// For spans with a development set: what makes the probabilities of chosen spans agree with how
    /// often they are right, after the factor.
    public var spanCalibration: SpanCalibration?
  }

  /// For spans: what the like of this training, on other parts of the data, chose on texts that it
  /// had not seen, a list for each of them; the map of probabilities heeds it beside the development
  /// set. See ``predictions(of:on:threads:)``.
  public var heldOut: [[ProbabilityCalibration.Prediction]] = []

  private let positionCount: Int
  /// What the labels' scheme allows; `nil` if everything is.
  private let legality: Legality?
  private let development: DevelopmentSet?
  let options: TrainingOptions
  var trainer: any Trainer
  /// Where checkpoints are kept, and how many seconds lie between two.
  let checkpoint: (path: String, interval: Duration)?
  let fingerprint: String

  // Where it stands; checkpoints keep these.
  var iteration = 0
  var best: (accuracy: Double, iteration: Int, parameters: LinearParameters)?
  var worse = 0

  /// Prepares a training.
  ///
  /// - Parameters:
  ///   - development: records encoded with `CorpusEncoder(program:developmentFor:)`.
  ///   - start: a model's parameters to start from.
  ///   - checkpoint: the path of the checkpoint file, and how long to wait between two; if a
  ///     checkpoint of the same training stands there and `resumes`, it is continued.
  ///   - fingerprint: what the result depends on beyond the options, such as the data's checksum; a
  ///     checkpoint with another one is refused.
  public init(
    _ corpus: EncodedCorpus, development: EncodedCorpus? = nil, options: TrainingOptions,
    start: LinearParameters? = nil, threads: Int = 1,
    checkpoint: (path: String, interval: Duration)? = nil, resumes: Bool = false,
    fingerprint: String = ""
  ) throws {
    guard corpus.positionCount > 0 else { throw TrainingError.noData(source: "training data") }
    try options.check(hasStart: start != nil)
    let trainer: any Trainer =
      if options.algorithm == .lbfgs {
        try LBFGSTrainer(
          corpus, options: options, start: start, isPicked: development != nil, threads: threads)
      } else {
        try Self.trainer(corpus, options, start, threads)
      }
    try self.init(
      trainer, corpus, development, options, threads, checkpoint, resumes, fingerprint)
  }

  /// Prepares a training on data that are read anew in every pass.
  ///
  /// - Throws: `TrainingError.option` if the algorithm needs all data in memory (lbfgs).
  public init(
    _ corpus: StreamedCorpus, development: EncodedCorpus? = nil, options: TrainingOptions,
    start: LinearParameters? = nil, threads: Int = 1,
    checkpoint: (path: String, interval: Duration)? = nil, resumes: Bool = false,
    fingerprint: String = ""
  ) throws {
    try options.check(hasStart: start != nil)
    guard options.algorithm != .lbfgs else {
      throw TrainingError.option(
        name: "algorithm", value: "lbfgs",
        problem: "needs all data in memory; a stream is learnt by adagrad, perceptron or arow")
    }
    try self.init(
      Self.trainer(corpus, options, start, threads), corpus, development, options, threads,
      checkpoint, resumes, fingerprint)
  }

  private init(
    _ trainer: any Trainer, _ source: some TrainingSource, _ development: EncodedCorpus?,
    _ options: TrainingOptions, _ threads: Int, _ checkpoint: (path: String, interval: Duration)?,
    _ resumes: Bool, _ fingerprint: String
  ) throws {
    self.trainer = trainer
    positionCount = source.positionCount
    legality = source.legality
    self.development = development.map { DevelopmentSet($0, threads: threads) }
    self.options = options
    self.checkpoint = checkpoint
    self.fingerprint = fingerprint
    if resumes, let checkpoint { try restore(from: checkpoint.path) }
  }

  /// A trainer that goes through its data in passes.
  private static func trainer(
    _ source: some TrainingSource, _ options: TrainingOptions, _ start: LinearParameters?,
    _ threads: Int
  ) throws -> any Trainer {
    if options.committee > 1 {
      var own = options
      own.committee = 1
      let members = try (0..<options.committee).map { _ in
        defer { own.seed &+= 1 }
        return try trainer(source, own, start, 1)
      }
      return Committee(members, threads: source.isInMemory ? threads : 1)
    }
    switch options.algorithm {
    case .perceptron: return try PerceptronTrainer(source, options: options, start: start)
    case .arow: return try ArowTrainer(source, options: options, start: start)
    case .adagrad:
      return try AdaGradTrainer(source, options: options, start: start, threads: threads)
    case .hmm: return try HiddenMarkovTrainer(source, options: options)
    case .majority: return try MajorityTrainer(source)
    case .lbfgs: preconditionFailure("L-BFGS needs the whole corpus.")
    }
  }

  /// The parameters as they stand; what is illegal scores −∞.
  private func parameters() -> LinearParameters {
    var parameters = trainer.parameters()
    if let legality { parameters.forbid(legality) }
    return parameters
  }

  /// Trains.
  ///
  /// - Parameters:
  ///   - report: called after each step.
  ///   - isCancelled: asked after each step; if it says so, training ends there.
  public mutating func run(
    report: (Progress) throws -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> Result {
    let clock = ContinuousClock()
    var lastCheckpoint = clock.now
    var objective = 0.0
    var end = End.iterations
    while iteration < options.iterations {
      let step = try trainer.step()
      iteration += 1
      objective = step.objective
      var accuracy: Double?
      let isLast = step.isConverged || iteration == options.iterations
      if let development, isLast || iteration % max(options.evaluationInterval, 1) == 0 {
        let parameters = parameters()
        let score = development.score(parameters)
        accuracy = score
        if score > best?.accuracy ?? -1 {
          best = (score, iteration, parameters)
          worse = 0
        } else {
          worse += 1
        }
      }
      try report(
        Progress(
          iteration: iteration, iterations: options.iterations, objective: objective,
          developmentAccuracy: accuracy, positions: iteration * positionCount))
      if step.isConverged {
        end = .converged
        break
      }
      if options.patience > 0 && worse >= options.patience {
        end = .stoppedEarly
        break
      }
      if isCancelled() {
        try save()
        end = .interrupted
        break
      }
      if let checkpoint, clock.now - lastCheckpoint >= checkpoint.interval {
        try save()
        lastCheckpoint = clock.now
      }
    }
    let parameters = best?.parameters ?? parameters()
    var result = Result(
      parameters: parameters, end: end, iteration: best?.iteration ?? iteration,
      objective: objective, developmentAccuracy: best?.accuracy)
    guard let development, end != .interrupted else { return result }
    let spans = development.corpus.spans
    // Likelihood gives probabilities by itself; those of spans are products of many, and earn a
    // second look.
    if spans != nil || !options.algorithm.givesProbabilities {
      result.calibrationFactor = development.calibrationFactor(parameters)
    }
    guard let spans else { return result }
    let factor = result.calibrationFactor ?? 1
    // Offsets are tried in nats, which the scores of a learner without probabilities are not in.
    let unit = options.algorithm.givesProbabilities ? 1 : factor
    var decision = development.decision(
      unit == 1 ? parameters : parameters.scaled(by: unit), spans: spans)
    decision.offset /= unit
    result.decision = decision
    result.spanCalibration = development.spanCalibration(
      parameters.scaled(by: factor), spans: spans, offset: decision.offset * factor,
      others: heldOut)
    return result
  }

  /// The spans that a training's result chooses in texts that it has not seen, with their
  /// probabilities before any map; empty where labels tell no spans.
  ///
  /// - Parameter corpus: encoded with `CorpusEncoder(program:developmentFor:)`.
  public static func predictions(
    of result: Result, on corpus: EncodedCorpus, threads: Int
  ) -> [ProbabilityCalibration.Prediction] {
    guard let spans = corpus.spans else { return [] }
    let factor = result.calibrationFactor ?? 1
    return DevelopmentSet(corpus, threads: threads).chosenSpans(
      result.parameters.scaled(by: factor), spans: spans,
      offset: (result.decision?.offset ?? 0) * factor
    ).predictions
  }
}
