public import SeqCore
public import SeqMetrics

/// How well one layer was predicted.
public struct LayerEvaluation: Hashable, Sendable {
  /// The layer: `upos`, `xpos`, ….
  public var name: String
  /// The scored positions.
  public var positions: Count
  /// The positions without a gold label, which nothing else counts.
  public var unscored: Int
  /// The sequences; one is right if all its positions are.
  public var sequences: Count
  /// The positions whose word the training data held; `nil` if nobody knows.
  public var known: Count?
  /// The positions whose word the training data did not hold.
  public var unknown: Count?
  /// What always giving the same label would reach.
  public var baseline: Baseline?
  /// The mean over labels, each with the same weight.
  public var macro: Average?
  /// The mean over labels, weighted by how often they occur.
  public var weighted: Average?
  /// The labels that occur or were predicted, in the order of the schema.
  public var labels: [LabelCount]
  /// All mistakes by kind, the most frequent first.
  public var confusions: [Confusion]
  /// How far probabilities agree with accuracy; `nil` without probabilities.
  public var calibration: CalibrationSummary?

  /// Sums up a score.
  ///
  /// - Parameters:
  ///   - score: the counts, for the labels of `schema`.
  ///   - schema: gives the layer's and the labels' names. Labels that only the evaluated data
  ///     have may follow those that the model knows.
  ///   - trainingCounts: how often each label occurs in training, for the majority baseline; at
  ///     most L, missing ones are 0. Without them, the most frequent gold label is the baseline's.
  ///   - bootstrap: how intervals are drawn; should be what the report names.
  public init(
    score: TaggingScore, schema: LabelSchema, trainingCounts: [Int]? = nil,
    bootstrap: EvaluationReport.BootstrapSettings = .init()
  ) {
    precondition(
      score.labelCount == schema.count && trainingCounts?.count ?? 0 <= schema.count,
      "A score, its schema and its training counts must be of the same labels.")
    let sampler = Bootstrap(
      rounds: bootstrap.rounds, level: bootstrap.level, seed: bootstrap.seed)
    func name(_ label: Label) -> String { schema.names[Int(label)] }

    self.name = schema.layer
    let intervals = sampler.intervals(of: score.sequences)
    positions = Count(score.positions, interval: intervals?.accuracy)
    unscored = score.unscored
    sequences = Count(score.exactSequences, interval: intervals?.exactAccuracy)
    let hasKnown = score.known.count + score.unknown.count > 0
    known = hasKnown ? Count(score.known) : nil
    unknown = hasKnown ? Count(score.unknown) : nil

    let goldCounts = score.confusion.goldCounts
    let counts = trainingCounts.map { $0 + Array(repeating: 0, count: schema.count - $0.count) }
    baseline = MajorityBaseline(
      trainingCounts: counts ?? goldCounts, goldCounts: goldCounts
    ).map {
      Baseline(
        label: name($0.label), isFromTraining: counts != nil, positions: Count($0.positions))
    }

    let scores = score.labelScores
    macro = AveragedScore.macro(scores).map(Average.init)
    weighted = AveragedScore.weighted(scores).map(Average.init)
    labels = scores.filter { $0.support + $0.predicted > 0 }.map {
      LabelCount(
        label: name($0.label), support: $0.support, predicted: $0.predicted, correct: $0.correct)
    }
    confusions = score.confusion.confusions.map {
      Confusion(gold: name($0.gold), predicted: name($0.predicted), count: $0.count)
    }
    calibration = score.calibration.expectedError.map {
      CalibrationSummary(expectedError: $0, score.calibration)
    }
  }
}

extension LayerEvaluation {
  /// How many were counted, how many are right, and the accuracy's interval if one was drawn.
  public struct Count: Hashable, Sendable {
    /// The number counted.
    public var count: Int
    /// The number that are right.
    public var correct: Int
    /// The interval of the accuracy.
    public var interval: Interval?

    /// The part that is right, from 0 to 1; `nil` if nothing was counted.
    public var accuracy: Double? { Tally(count: count, correct: correct).accuracy }

    init(_ tally: Tally, interval: ConfidenceInterval? = nil) {
      count = tally.count
      correct = tally.correct
      self.interval = interval.map { Interval(low: $0.low, high: $0.high) }
    }
  }

  /// The ends of an interval.
  public struct Interval: Hashable, Sendable, Codable {
    /// The lower end.
    public var low: Double
    /// The upper end.
    public var high: Double
  }

  /// What always giving the same label would reach.
  public struct Baseline: Hashable, Sendable {
    /// The label.
    public var label: String
    /// Whether it is the most frequent label of the training data, not of the evaluated data.
    public var isFromTraining: Bool
    /// The positions where it is right.
    public var positions: Count
  }

  /// Means over labels.
  public struct Average: Hashable, Sendable, Codable {
    /// The mean precision.
    public var precision: Double
    /// The mean recall.
    public var recall: Double
    /// The mean F1.
    public var f1: Double

    init(_ score: AveragedScore) {
      precision = score.precision
      recall = score.recall
      f1 = score.f1
    }
  }

  /// How well one label was found.
  public struct LabelCount: Hashable, Sendable {
    /// The label's name.
    public var label: String
    /// How often it is the gold label.
    public var support: Int
    /// How often it was predicted.
    public var predicted: Int
    /// How often it was predicted where it is right.
    public var correct: Int

    private var score: LabelScore {
      LabelScore(label: 0, support: support, predicted: predicted, correct: correct)
    }
    /// The part of its predictions that is right; `nil` if it was never predicted.
    public var precision: Double? { score.precision }
    /// The part of its occurrences that was found; `nil` if it does not occur.
    public var recall: Double? { score.recall }
    /// The harmonic mean of both.
    public var f1: Double? { score.f1 }
  }

  /// One kind of mistake.
  public struct Confusion: Hashable, Sendable, Codable {
    /// The right label.
    public var gold: String
    /// The label that was predicted.
    public var predicted: String
    /// How often.
    public var count: Int
  }

  /// How far probabilities agree with accuracy.
  public struct CalibrationSummary: Hashable, Sendable, Codable {
    /// Expected calibration error, from 0 to 1.
    public var expectedError: Double
    /// What chance alone would make of it in so many predictions, if these probabilities were right; see
    /// `Calibration.errorByChance`.
    public var errorByChance: Double?
    /// Bins of equal width, from probability 0 to 1.
    public var bins: [Bin]

    private enum CodingKeys: String, CodingKey {
      case expectedError = "expected_error"
      case errorByChance = "error_by_chance"
      case bins
    }

    /// The predictions whose probability lies in one interval.
    public struct Bin: Hashable, Sendable {
      /// The lowest probability.
      public var low: Double
      /// The probability where the next bin begins.
      public var high: Double
      /// The predictions.
      public var predictions: Count
      /// Their mean probability; `nil` if there are none.
      public var confidence: Double?
    }

    init(expectedError: Double, _ calibration: Calibration) {
      self.expectedError = expectedError
      errorByChance = calibration.errorByChance
      let width = Double(calibration.bins.count)
      bins = calibration.bins.enumerated().map { index, bin in
        Bin(
          low: Double(index) / width, high: Double(index + 1) / width,
          predictions: Count(bin.tally), confidence: bin.meanConfidence)
      }
    }
  }
}
