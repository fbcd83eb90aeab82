import SeqMetrics

// Encoded by hand for two reasons: what can be computed from counts is written for readers in
// other languages but never read, and what is undefined is `null`, so that every key is there.

/// The keys of a count and of what contains one on the same level.
private enum CountKey: String, CodingKey {
  case count, correct, accuracy, interval
  case label, source
  case low, high, confidence
}

extension LayerEvaluation.Count: Codable {
  /// Encodes counts, accuracy and interval.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CountKey.self)
    try container.encode(count, forKey: .count)
    try container.encode(correct, forKey: .correct)
    try container.encode(accuracy, forKey: .accuracy)
    try container.encodeIfPresent(interval, forKey: .interval)
  }

  /// Decodes counts and interval.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CountKey.self)
    count = try container.decode(Int.self, forKey: .count)
    correct = try container.decode(Int.self, forKey: .correct)
    interval = try container.decodeIfPresent(LayerEvaluation.Interval.self, forKey: .interval)
    guard 0 <= correct, correct <= count else {
      throw DecodingError.dataCorruptedError(
        forKey: .correct, in: container, debugDescription: "More are right than were counted.")
    }
  }
}

extension LayerEvaluation.Baseline: Codable {
  /// Encodes the label, where it comes from, and the counts on the same level.
  public func encode(to encoder: any Encoder) throws {
    try positions.encode(to: encoder)
    var container = encoder.container(keyedBy: CountKey.self)
    try container.encode(label, forKey: .label)
    try container.encode(isFromTraining ? "training" : "evaluation", forKey: .source)
  }

  /// Decodes what ``encode(to:)`` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CountKey.self)
    label = try container.decode(String.self, forKey: .label)
    isFromTraining = try container.decode(String.self, forKey: .source) == "training"
    positions = try LayerEvaluation.Count(from: decoder)
  }
}

extension LayerEvaluation.CalibrationSummary.Bin: Codable {
  /// Encodes the bin's ends, its counts and its mean probability on the same level.
  public func encode(to encoder: any Encoder) throws {
    try predictions.encode(to: encoder)
    var container = encoder.container(keyedBy: CountKey.self)
    try container.encode(low, forKey: .low)
    try container.encode(high, forKey: .high)
    try container.encode(confidence, forKey: .confidence)
  }

  /// Decodes what ``encode(to:)`` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CountKey.self)
    low = try container.decode(Double.self, forKey: .low)
    high = try container.decode(Double.self, forKey: .high)
    confidence = try container.decodeIfPresent(Double.self, forKey: .confidence)
    predictions = try LayerEvaluation.Count(from: decoder)
  }
}

extension LayerEvaluation.LabelCount: Codable {
  private enum Key: String, CodingKey {
    case label, support, predicted, correct, precision, recall, f1
  }

  /// Encodes counts, precision, recall and F1.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(label, forKey: .label)
    try container.encode(support, forKey: .support)
    try container.encode(predicted, forKey: .predicted)
    try container.encode(correct, forKey: .correct)
    try container.encode(precision, forKey: .precision)
    try container.encode(recall, forKey: .recall)
    try container.encode(f1, forKey: .f1)
  }

  /// Decodes the counts.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    label = try container.decode(String.self, forKey: .label)
    support = try container.decode(Int.self, forKey: .support)
    predicted = try container.decode(Int.self, forKey: .predicted)
    correct = try container.decode(Int.self, forKey: .correct)
    guard 0 <= correct, correct <= min(support, predicted) else {
      throw DecodingError.dataCorruptedError(
        forKey: .correct, in: container, debugDescription: "More are right than can be.")
    }
  }
}

extension LayerEvaluation: Codable {
  private enum Key: String, CodingKey {
    case unscored, sequences, known, unknown, baseline, macro, weighted, labels, confusions
    case calibration
  }

  /// Encodes the documented keys; the layer's name is the key that this stands under.
  public func encode(to encoder: any Encoder) throws {
    try positions.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(unscored, forKey: .unscored)
    try container.encode(sequences, forKey: .sequences)
    try container.encode(known, forKey: .known)
    try container.encode(unknown, forKey: .unknown)
    try container.encode(baseline, forKey: .baseline)
    try container.encode(macro, forKey: .macro)
    try container.encode(weighted, forKey: .weighted)
    try container.encode(labels, forKey: .labels)
    try container.encode(confusions, forKey: .confusions)
    try container.encode(calibration, forKey: .calibration)
  }

  /// Decodes what ``encode(to:)`` writes; the name is left empty.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    name = ""
    positions = try Count(from: decoder)
    unscored = try container.decode(Int.self, forKey: .unscored)
    sequences = try container.decode(Count.self, forKey: .sequences)
    known = try container.decodeIfPresent(Count.self, forKey: .known)
    unknown = try container.decodeIfPresent(Count.self, forKey: .unknown)
    baseline = try container.decodeIfPresent(Baseline.self, forKey: .baseline)
    macro = try container.decodeIfPresent(Average.self, forKey: .macro)
    weighted = try container.decodeIfPresent(Average.self, forKey: .weighted)
    labels = try container.decode([LabelCount].self, forKey: .labels)
    confusions = try container.decode([Confusion].self, forKey: .confusions)
    calibration = try container.decodeIfPresent(CalibrationSummary.self, forKey: .calibration)
  }
}
