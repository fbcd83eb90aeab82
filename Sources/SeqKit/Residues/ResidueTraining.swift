internal import FoundationEssentials
internal import Glibc
public import SeqCore
internal import SeqFeatures
internal import SeqInference
internal import SeqModel
public import SeqNeural

/// Trains a network that labels residues.
///
/// ```swift
/// var training = ResidueTraining(kind: .protein)
/// let model = try training.run(on: records, development: others).model
/// ```
public struct ResidueTraining: Sendable {
  /// How residues become rows.
  public var encoder: ResidueEncoder
  /// Which labels may follow which; `nil` for no such rules.
  public var grammar: LabelGrammar?
  /// Labels that say nothing.
  public var unassessed: Set<UInt8> = [UInt8(ascii: "-"), UInt8(ascii: "U")]
  /// Labels that are taken for others.
  public var merged: [UInt8: UInt8] = [:]
  /// The channels of a layer.
  public var channels = 64
  /// The distance of the taps of each layer's convolution.
  public var dilations = [1, 2, 4, 8, 16]
  /// The probability of dropout.
  public var dropout: Float = 0.1
  /// How the network learns.
  public var options: NetworkTrainingOptions
  /// What counts; decides the default decoder and what decoding is tuned for.
  public var metric = ResidueMetric.residues
  /// The decoder that the model uses unless told otherwise; `nil` for the metric's.
  public var decoder: ResidueDecoder?
  /// The weights of decoding; tuned on development data if `nil` and there are any.
  public var weights: DecodingWeights?
  /// What labels are called in feature tables.
  public var names: [String: String] = [:]
  /// The model's name, version, licence and description.
  public var name = "residues"
  /// The version.
  public var version = ""
  /// The licence.
  public var licence = ""
  /// Data and use, for the model's card.
  public var description = ""
  /// The number of threads; the result does not depend on it.
  public var threads = 1

  /// A training with the usual options.
  public init(kind: ResidueKind) {
    encoder = ResidueEncoder(kind: kind)
    options = NetworkTrainingOptions()
    options.epochs = 12
    options.rate = 2e-3
    options.schedule = .cosine
    options.weightDecay = 0.01
    options.longestGradient = 1
    options.batch = 16
    options.loss = SmoothedLoss(smoothing: 0)
  }

  /// What was read, before training begins.
  public struct Data: Sendable {
    /// Records and residues to learn from.
    public var records = 0
    /// Residues.
    public var residues = 0
    /// Residues of them that have no label.
    public var unassessed = 0
    /// Records whose labels the grammar does not allow: they tell nothing of its states.
    public var illegal = 0
    /// The labels and the classes that the network tells apart.
    public var labels = ""
    /// The classes.
    public var classes: [String] = []
    /// Weights of the network, and multiplications a residue.
    public var parameters = 0
    /// Multiplications a residue.
    public var multiplications = 0
  }

  /// How training went.
  public struct Result: Sendable {
    /// The model.
    public var model: ResidueModel
    /// The epoch that its weights are from.
    public var epoch: Int
    /// The share of development residues whose class the network tells right.
    public var developmentScore: Double?
    /// The weights that decoding was tuned to, and what they reach: accuracy, or accuracy and F1 of
    /// segments added up.
    public var tuned: (weights: DecodingWeights, score: Double)?
  }

  /// Trains.
  ///
  /// - Parameters:
  ///   - records: what to learn from.
  ///   - development: what to choose the epoch by and to tune decoding on; never learnt from.
  ///   - files: the names of the training files, for the model's description.
  ///   - prepared: called when all is encoded.
  ///   - report: called after each epoch; training ends when it answers false.
  /// - Throws: `ResidueModelError`, `NetworkError`.
  public func run(
    on records: [LabeledResidues], development: [LabeledResidues] = [], files: [String] = [],
    prepared: (Data) throws -> Void = { _ in },
    report: (NetworkTrainer.Epoch) throws -> Bool = { _ in true }
  ) throws -> Result {
    var targets = try ClassTargets(grammar, unassessed: unassessed, merged: merged, records)
    var data = Data()
    var examples: [NetworkExample] = []
    for record in records {
      guard let gold = targets.classes(of: record) else { continue }
      examples.append(NetworkExample(encoder.rows(of: record.letters), gold: gold))
      data.records += 1
      data.residues += gold.count
      data.unassessed += gold.count { $0 == NetworkExample.unassessed }
    }
    data.illegal = targets.illegal
    guard data.residues > data.unassessed else {
      if grammar != nil, targets.illegal == records.count {
        throw ResidueModelError.nothingFollows(
          grammar: grammar!.name, records: records.count)
      }
      throw ResidueModelError.nothingToLearn(source: files.joined(separator: ", "))
    }
    targets.countShares(examples)

    var shape = NetworkShape(inputs: encoder.width, labels: targets.classNames.count)
    shape.stages = 1
    shape.maps = channels
    shape.dilations = dilations
    shape.dropout = dropout
    let trainer = try NetworkTrainer(shape, options, examples: examples, standardizes: false)
    trainer.threads = threads
    data.labels = String(decoding: targets.labels, as: UTF8.self)
    data.classes = targets.classNames
    data.multiplications =
      channels * (encoder.width + dilations.count * 4 * channels + shape.labels)
    data.parameters =
      data.multiplications + channels * (1 + 2 * dilations.count) + shape.labels
    try prepared(data)

    // The development records' classes are compared where their labels tell them.
    var checks: [(rows: ResidueRows, gold: [Label])] = []
    for record in development {
      if let gold = targets.classes(of: record, learns: false) {
        checks.append((encoder.rows(of: record.letters), gold))
      }
    }
    var last: NetworkTrainer.Epoch?
    let score: ((NetworkScorer) throws -> Double)? =
      checks.isEmpty ? nil : { scorer in Self.accuracy(of: scorer, on: checks) }
    try trainer.run(score: score) { epoch in
      last = epoch
      return try report(epoch)
    }

    var facts = ResidueModel.Facts(
      encoder: encoder, labels: data.labels, names: names,
      merged: Dictionary(
        uniqueKeysWithValues: merged.map { (letter($0.key), letter($0.value)) }),
      unassessed: String(decoding: unassessed.sorted(), as: UTF8.self), grammar: grammar?.text,
      statistics: grammar == nil ? nil : targets.statistics, weights: weights ?? DecodingWeights(),
      decoder: decoder ?? (metric == .segments && grammar != nil ? .viterbi : .posterior),
      metric: metric)
    func model(_ facts: ResidueModel.Facts, scores: [String: Double]) throws -> ResidueModel {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let text = String(decoding: try encoder.encode(facts), as: UTF8.self)
      return try ResidueModel(
        trainer.model(manifest(data, targets, files, scores), extras: [ResidueModel.key: text]),
        facts, source: name)
    }
    var scores: [String: Double] = [:]
    if let loss = last?.loss { scores["train.loss"] = loss }
    if let best = last?.best?.score { scores["dev.classAccuracy"] = best }
    var tuned: (weights: DecodingWeights, score: Double)?
    if grammar != nil, weights == nil, !development.isEmpty {
      let untuned = try model(facts, scores: scores)
      tuned = try DecodingTuner(
        untuned, development, unassessed: unassessed, merged: merged, metric: metric
      ).tune(threads: threads)
      facts.weights = tuned!.weights
      scores["dev.decoding"] = tuned!.score
    }
    return Result(
      model: try model(facts, scores: scores),
      epoch: last?.best?.number ?? last?.number ?? 0,
      developmentScore: last?.best?.score, tuned: tuned)
  }

  private func manifest(
    _ data: Data, _ targets: ClassTargets, _ files: [String], _ scores: [String: Double]
  ) -> ModelManifest {
    var checksum: UInt64 = 0
    for value in targets.fingerprint { checksum = FeatureHash.join(checksum, value) }
    let provenance = ModelManifest.Provenance(
      algorithm: "network",
      options: [
        "channels": "\(channels)", "dilations": dilations.map(String.init).joined(separator: ","),
        "dropout": "\(dropout)", "epochs": "\(options.epochs)", "rate": "\(options.rate)",
        "batch": "\(options.batch)", "weight-decay": "\(options.weightDecay)",
        "seed": "\(options.seed)",
        "features": encoder.groups.map(\.rawValue).joined(separator: ","),
      ],
      trainingFiles: files.map(\.fileName),
      trainingChecksum: String(checksum, radix: 16), sequences: data.records,
      positions: data.residues - data.unassessed, scores: scores,
      labelCounts: targets.counts, licence: licence, description: description)
    return ModelManifest(
      name: name, version: version, pack: "bio", layer: "label", labels: targets.classNames,
      templates: [], probabilities: .likelihood, provenance: provenance)
  }

  private func letter(_ byte: UInt8) -> String { String(Unicode.Scalar(byte)) }

  /// The share of assessed positions whose class is the likeliest.
  private static func accuracy(
    of scorer: NetworkScorer, on checks: [(rows: ResidueRows, gold: [Label])]
  ) -> Double {
    var (right, count) = (0, 0)
    for (rows, gold) in checks {
      let scores = scorer.scores(of: rows)
      for (t, label) in gold.enumerated() where label != NetworkExample.unassessed {
        var best = 0
        for c in 1..<max(scores.labelCount, 1) where scores[t, c] > scores[t, best] { best = c }
        count += 1
        if best == Int(label) { right += 1 }
      }
    }
    return count == 0 ? 0 : Double(right) / Double(count)
  }
}
