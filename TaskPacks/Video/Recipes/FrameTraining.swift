internal import FoundationEssentials
internal import SeqCore
internal import SeqInference
internal import SeqMath
internal import SeqMetrics
public import SeqModel
public import SeqNeural

/// Trains a model of actions by a recipe; where there is a choice, on parts of the training data that
/// are kept apart in turn.
public struct FrameTraining {
  /// How far training is.
  public struct Progress: Sendable {
    /// What is being trained: `mstcn, part 1 of 4`.
    public var phase: String
    /// The epoch that ended.
    public var epoch: NetworkTrainer.Epoch
  }

  /// What is trained and how.
  public struct Options: Sendable {
    /// The recipe's name.
    public var recipe = "mstcn"
    /// What is changed of it.
    public var changes = Recipe.Changes()
    /// The principal components that rows become first, fitted on what is learnt from; `nil` for none.
    public var components: PrincipalComponents.Wanted?
    /// The share of the recordings that is kept apart where there is a choice or patience.
    public var validation = 0.2
    /// The beginning of checkpoints' names; `nil` for none.
    public var checkpoint: String?
    /// Whether to continue from checkpoints that are there.
    public var resumes = false
    /// The number of threads; the model does not depend on it.
    public var threads = 1
    /// What the model is to know of the frames.
    public var facts = FrameModel.Facts(recipe: "mstcn")

    /// The defaults.
    public init() {}
  }

  /// What training gave.
  public struct Result: Sendable {
    /// The model.
    public var model: NetworkModel
    /// Checkpoints that are no longer needed.
    public var checkpoints: [String]
  }

  /// Training was stopped, and checkpoints keep what was learnt.
  public struct Stopped: Error {}

  private let recordings: [Recording]
  private let labels: [String]
  private let options: Options
  private let background: Set<Label>
  private let note: (String) -> Void
  private let report: (Progress) -> Bool

  /// Prepares training.
  ///
  /// - Parameters:
  ///   - recordings: with labels.
  ///   - note: is told what is decided, sentence by sentence.
  ///   - report: is told of each epoch; false stops.
  public init(
    _ recordings: [Recording], labels: [String], options: Options,
    note: @escaping (String) -> Void, report: @escaping (Progress) -> Bool
  ) {
    self.recordings = recordings
    self.labels = labels
    self.options = options
    background = Set(
      options.facts.background.compactMap { name in labels.firstIndex(of: name).map { Label($0) } })
    self.note = note
    self.report = report
  }

  /// Trains.
  ///
  /// - Parameter manifest: the model's name and origin; labels and counts are set here.
  /// - Throws: `FrameError`, `NetworkError`, and ``Stopped``.
  public func run(_ manifest: ModelManifest) throws -> Result {
    guard let width = recordings.first?.rows.width else {
      throw FrameError.tooFew(found: 0, needed: 1, purpose: "training")
    }
    let lengths = recordings.flatMap { runs(of: $0.gold, breaks: $0.breaks) }
      .map { $0.end - $0.start }.sorted()
    let recipes = try Recipe.named(
      options.recipe, width: width, labels: labels.count,
      typical: lengths.isEmpty ? 1 : lengths[lengths.count / 2], isSparse: try isSparse(),
      options.changes)
    var facts = options.facts
    facts.recipe = options.recipe
    var checkpoints: [String] = []
    var recipe = recipes[0]
    var setting = DecoderSetting(decoding: .independent, scale: 1, prior: 0)
    if recipes.count > 1 || recipe.needsValidation {
      guard recordings.count > 1 else {
        throw FrameError.tooFew(
          found: recordings.count, needed: 2, purpose: "the choice that \(options.recipe) makes")
      }
      let choice = try choose(among: recipes, &checkpoints)
      (recipe, setting) = (choice.recipe, choice.setting)
      facts.recipe = recipe.name + (setting.decoding == .independent ? "" : "-\(setting.decoding)")
      facts.reasons = choice.reasons
    }
    let encoder = try fit(
      recipe.encoder, recordings, phase: "\(recipe.name), all recordings", &checkpoints)
    let estimation = DecoderEstimation(
      labelCount: labels.count, labels: recordings.flatMap(\.connectedGold))
    var manifest = manifest
    manifest.labels = labels
    manifest.provenance.sequences = recordings.count
    manifest.provenance.positions = recordings.reduce(0) { $0 + $1.gold.count }
    manifest.provenance.labelCounts = (0..<labels.count).map { label in
      recordings.reduce(0) { $0 + $1.gold.count { $0 == Label(label) } }
    }
    return Result(
      model: encoder.model(
        manifest, setting.decoder(estimation), extras: FrameModel.extras(facts)),
      checkpoints: checkpoints)
  }

  /// Whether one frame in twenty is all zeros: sensors that tell events, not states.
  private func isSparse() throws -> Bool {
    guard options.components == nil else { return false }
    var (zeros, all) = (0, 0)
    for recording in recordings {
      let D = recording.rows.width
      var row = [Float](repeating: 0, count: D)
      for t in 0..<recording.rows.count {
        row.withUnsafeMutableBufferPointer { row in
          if let base = row.baseAddress { recording.rows.write(t..<t + 1, to: base, stride: D) }
        }
        zeros += row.allSatisfy { $0 == 0 } ? 1 : 0
      }
      all += recording.rows.count
    }
    let isSparse = zeros > 0 && zeros * 20 >= all
    if isSparse {
      note(
        "\(grouped(zeros)) of \(counted(all, "frame")) are all zeros: recipes with plain features hold "
          + "the last other frame beside them")
    }
    return isSparse
  }

  // MARK: Choosing

  private struct Choice {
    var recipe: Recipe
    var setting: DecoderSetting
    var reasons: [String]
  }

  /// Tries recipes and decoders on what is kept apart, and takes what scores best.
  ///
  /// One part is kept apart where a network has much to learn, and all in turn else. The score is the
  /// mean of accuracy, edit and F1@50 in the convention of MS-TCN.
  private func choose(among recipes: [Recipe], _ checkpoints: inout [String]) throws -> Choice {
    var reasons: [String] = []
    var best: (recipe: Recipe, setting: DecoderSetting, score: Double)?
    let frames = recordings.reduce(0) { $0 + $1.gold.count }
    let cutsRecordings = labelsNeedTheirRecordings
    if cutsRecordings {
      let sentence =
        "most actions are in one or two recordings only, so the ends and the beginnings of recordings "
        + "are kept apart in turn, not whole ones"
      note(sentence)
      reasons.append(sentence)
    }
    let allParts = cutsRecordings ? endsApart() : recordingsApart()
    for recipe in recipes {
      var parts = allParts
      if case .network = recipe.encoder, frames > 30_000 { parts = Array(parts.prefix(1)) }
      var scored: [Scored] = []
      for (index, part) in parts.enumerated() {
        let phase = "\(recipe.name), part \(index + 1) of \(parts.count)"
        let encoder = try fit(recipe.encoder, part.learnt, phase: phase, &checkpoints)
        let scorer = encoder.scorer(threads: options.threads)
        let estimation = DecoderEstimation(
          labelCount: labels.count, labels: part.learnt.flatMap(\.connectedGold))
        for recording in part.apart {
          scored.append(
            Scored(
              emissions: scorer.scores(of: recording.rows), gold: recording.gold,
              breaks: recording.breaks, estimation: estimation))
        }
      }
      let settings = DecoderSetting.all(recipe.decodings)
      let scores = try scores(of: settings, scored)
      var top: [Recipe.Decoding: Int] = [:]
      for (index, setting) in settings.enumerated() {
        if scores[index].mean > top[setting.decoding].map({ scores[$0].mean }) ?? -1 {
          top[setting.decoding] = index
        }
      }
      for decoding in recipe.decodings {
        guard let index = top[decoding] else { continue }
        let found = scores[index]
        let sentence =
          "\(recipe.name) with \(settings[index].sentence): accuracy \(percent(found.accuracy)), edit "
          + "\(percent(found.edit)), F1@50 \(percent(found.f1)), mean \(percent(found.mean)) on "
          + "\(scored.count) \(cutsRecordings ? "pieces" : "recordings") kept apart"
        note(sentence)
        reasons.append(sentence)
        if found.mean > best?.score ?? -1 { best = (recipe, settings[index], found.mean) }
      }
    }
    let chosen = best!
    let sentence = "chosen for the best mean: \(chosen.recipe.name) with \(chosen.setting.sentence)"
    note(sentence)
    return Choice(
      recipe: chosen.recipe, setting: chosen.setting, reasons: reasons + [sentence])
  }

  private struct Scored: @unchecked Sendable {
    let emissions: Emissions
    let gold: [Label]
    let breaks: [Int]
    let estimation: DecoderEstimation
  }

  private struct Scores {
    var accuracy = 0.0
    var edit = 0.0
    var f1 = 0.0
    var mean: Double { (accuracy + edit + f1) / 3 }
  }

  private func scores(of settings: [DecoderSetting], _ scored: [Scored]) throws -> [Scores] {
    var results = [Scores](repeating: Scores(), count: settings.count)
    var failure: (any Error)?
    results.withUnsafeMutableBufferPointer { results in
      nonisolated(unsafe) let results = results
      nonisolated(unsafe) var failed: (any Error)?
      inParallel(pieces: settings.count, threads: options.threads) { piece in
        var score = SegmentalScore(.mstcn, background: background, overlaps: [0.5])
        do {
          for one in scored {
            let decoder = settings[piece].decoder(one.estimation)
            score.add(
              gold: one.gold, predicted: try decoder.labels(of: one.emissions), breaks: one.breaks)
          }
        } catch { failed = error }
        results[piece] = Scores(accuracy: score.accuracy, edit: score.edit, f1: score.f1(at: 0))
      }
      failure = failed
    }
    if let failure { throw failure }
    return results
  }

  /// What is learnt from while something else is kept apart.
  private struct Part {
    var learnt: [Recording]
    var apart: [Recording]
  }

  /// Whether most frames with an action show one that fewer than three recordings have: whoever keeps
  /// such recordings apart asks for what was hardly learnt.
  private var labelsNeedTheirRecordings: Bool {
    var frames = [Int](repeating: 0, count: labels.count)
    var occurrences = frames
    for recording in recordings {
      for label in recording.gold { frames[Int(label)] += 1 }
      for label in Set(recording.gold) { occurrences[Int(label)] += 1 }
    }
    let actions = labels.indices.filter { !background.contains(Label($0)) }
    let all = actions.reduce(0) { $0 + frames[$1] }
    let rare = actions.filter { occurrences[$0] < 3 }.reduce(0) { $0 + frames[$1] }
    return 2 * rare > all
  }

  /// Each recording kept apart once.
  private func recordingsApart() -> [Part] {
    split(recordings.count).map { part in
      Part(
        learnt: recordings.indices.filter { !part.contains($0) }.map { recordings[$0] },
        apart: part.map { recordings[$0] })
    }
  }

  /// The wanted share at the end of each recording kept apart, and at its beginning.
  private func endsApart() -> [Part] {
    let cut = recordings.map { max(1, Int((Double($0.gold.count) * options.validation).rounded())) }
    let long = recordings.indices.filter { recordings[$0].gold.count >= 2 * cut[$0] }
    func part(_ apart: (Int) -> Range<Int>, _ learnt: (Int) -> Range<Int>) -> Part {
      Part(
        learnt: long.map { recordings[$0].piece(learnt($0)) },
        apart: long.map { recordings[$0].piece(apart($0)) })
    }
    func count(_ number: Int) -> Int { recordings[number].gold.count }
    return [
      part({ count($0) - cut[$0]..<count($0) }, { 0..<count($0) - cut[$0] }),
      part({ 0..<cut[$0] }, { cut[$0]..<count($0) }),
    ]
  }

  /// The numbers of the recordings in parts of about the wanted share, dealt by the seed.
  private func split(_ count: Int) -> [[Int]] {
    var order = Array(0..<count)
    var generator = RandomGenerator(seed: options.changes.seed &+ 77)
    generator.shuffle(&order)
    let parts = min(count, max(2, Int((1 / options.validation).rounded())))
    return (0..<parts).map { part in
      stride(from: part, to: count, by: parts).map { order[$0] }.sorted()
    }
  }

  // MARK: Learning

  private func fit(
    _ encoder: Recipe.Encoder, _ learnt: [Recording], phase: String,
    _ checkpoints: inout [String]
  ) throws -> FittedEncoder {
    switch encoder {
    case .gaussian(let expansion):
      return .gaussian(
        try GaussianFit(
          learnt.map(\.example), labels: labels.count, components: components(of: learnt, phase),
          expansion: expansion))
    case .linear(let expansion, let training):
      let shape = NetworkShape.linear(
        inputs: (learnt.first?.rows.width ?? 0) * expansion.factor, labels: labels.count)
      return .trained(
        try train(shape, training, expansion, learnt, phase: phase, &checkpoints))
    case .network(let shape, let training):
      return .trained(
        try train(shape, training, FeatureExpansion(), learnt, phase: phase, &checkpoints))
    }
  }

  private func train(
    _ shape: NetworkShape, _ training: NetworkTrainingOptions, _ expansion: FeatureExpansion,
    _ learnt: [Recording], phase: String, _ checkpoints: inout [String]
  ) throws -> NetworkTrainer {
    // With patience, some of the recordings tell when to stop.
    var (learnt, watched) = (learnt, [Recording]())
    if training.patience != nil {
      guard learnt.count > 1 else {
        throw FrameError.tooFew(found: learnt.count, needed: 2, purpose: "patience")
      }
      let part = Set(split(learnt.count)[0])
      watched = learnt.indices.filter { part.contains($0) }.map { learnt[$0] }
      learnt = learnt.indices.filter { !part.contains($0) }.map { learnt[$0] }
    }
    let components = try components(of: learnt, phase)
    var shape = shape
    if let components { shape.inputs = components.count * expansion.factor }
    let trainer = try NetworkTrainer(
      shape, training, examples: learnt.map(\.example), standardizes: true,
      components: components, expansion: expansion)
    trainer.threads = options.threads
    if let prefix = options.checkpoint {
      let path = prefix + "." + phase.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
      trainer.checkpoint = path
      checkpoints.append(path)
      if options.resumes, FileManager.default.fileExists(atPath: path) {
        try trainer.resume(from: path)
        note("continuing \(phase) from \(path)")
      }
    }
    let ending = try trainer.run(
      score: watched.isEmpty
        ? nil
        : { scorer in
          var score = SegmentalScore(.mstcn, background: background, overlaps: [0.5])
          let decoder = ScoreDecoder.independent(labelCount: labels.count)
          for recording in watched {
            score.add(
              gold: recording.gold,
              predicted: try decoder.labels(of: scorer.scores(of: recording.rows)),
              breaks: recording.breaks)
          }
          return (score.accuracy + score.edit + score.f1(at: 0)) / 3
        },
      report: { report(Progress(phase: phase, epoch: $0)) })
    switch ending {
    case .stopped: throw Stopped()
    case .noProgress: note("\(phase): stopped early, for there was no progress")
    case .completed: break
    }
    return trainer
  }

  private func components(
    of learnt: [Recording], _ phase: String
  ) throws -> PrincipalComponents? {
    guard let wanted = options.components else { return nil }
    let found = try PrincipalComponents(
      of: learnt.map(\.rows), keeping: wanted, threads: options.threads)
    note(
      "\(phase): \(found.count) principal component\(found.count == 1 ? "" : "s") of "
        + "\(found.columns) columns keep\(found.count == 1 ? "s" : "") \(percent(found.share)) % of "
        + "the variance")
    return found
  }

  private func percent(_ value: Double) -> String {
    let tenths = Int((value * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
