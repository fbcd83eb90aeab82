internal import SeqCore
internal import SeqMetrics

// Encoded by hand where keys are written that follow from others, and so that what is undefined is
// `null` and every key is there.

extension SpanEvaluation.Figures: Codable {
  private enum Key: String, CodingKey {
    case gold, predicted, correct, precision, recall, f1, interval
  }

  /// Encodes counts, precision, recall, F1 and the interval.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(counts.gold, forKey: .gold)
    try container.encode(counts.predicted, forKey: .predicted)
    try container.encode(counts.correct, forKey: .correct)
    try container.encode(precision, forKey: .precision)
    try container.encode(recall, forKey: .recall)
    try container.encode(f1, forKey: .f1)
    try container.encodeIfPresent(interval, forKey: .interval)
  }

  /// Decodes counts and interval.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    counts = SpanAgreement(
      gold: try container.decode(Int.self, forKey: .gold),
      predicted: try container.decode(Int.self, forKey: .predicted),
      correct: try container.decode(Int.self, forKey: .correct))
    interval = try container.decodeIfPresent(LayerEvaluation.Interval.self, forKey: .interval)
    guard 0 <= counts.correct, counts.correct <= min(counts.gold, counts.predicted) else {
      throw DecodingError.dataCorruptedError(
        forKey: .correct, in: container, debugDescription: "More are right than can be.")
    }
  }
}

extension SpanEvaluation.SemEval: Codable {
  private enum Key: String, CodingKey { case strict, exact, partial, type }
  private enum PartKey: String, CodingKey {
    case correct, incorrect, partial, missed, spurious, precision, recall, f1
  }

  /// Encodes each measure's categories and what follows from them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (key, part) in [
      (Key.strict, strict), (.exact, exact), (.partial, partial), (.type, type),
    ] {
      var measure = container.nestedContainer(keyedBy: PartKey.self, forKey: key)
      try measure.encode(part.correct, forKey: .correct)
      try measure.encode(part.incorrect, forKey: .incorrect)
      try measure.encode(part.partial, forKey: .partial)
      try measure.encode(part.missed, forKey: .missed)
      try measure.encode(part.spurious, forKey: .spurious)
      try measure.encode(part.precision, forKey: .precision)
      try measure.encode(part.recall, forKey: .recall)
      try measure.encode(part.f1, forKey: .f1)
    }
  }

  /// Decodes the categories.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func part(_ key: Key) throws -> SpanErrors.Categories {
      let part = try container.nestedContainer(keyedBy: PartKey.self, forKey: key)
      var result = SpanErrors.Categories()
      result.correct = try part.decode(Int.self, forKey: .correct)
      result.incorrect = try part.decode(Int.self, forKey: .incorrect)
      result.partial = try part.decode(Int.self, forKey: .partial)
      result.missed = try part.decode(Int.self, forKey: .missed)
      result.spurious = try part.decode(Int.self, forKey: .spurious)
      return result
    }
    strict = try part(.strict)
    exact = try part(.exact)
    partial = try part(.partial)
    type = try part(.type)
  }
}

extension SpanEvaluation.Confusion: Codable {
  private enum Key: String, CodingKey { case gold, predicted, count }

  /// Encodes both types, `null` for no span.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(gold, forKey: .gold)
    try container.encode(predicted, forKey: .predicted)
    try container.encode(count, forKey: .count)
  }

  /// Decodes what ``encode(to:)`` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    gold = try container.decodeIfPresent(String.self, forKey: .gold)
    predicted = try container.decodeIfPresent(String.self, forKey: .predicted)
    count = try container.decode(Int.self, forKey: .count)
  }
}

extension SpanEvaluation: Codable {
  private enum Key: String, CodingKey {
    case layer, reading, scheme, micro, macro, weighted, types, sequences, semeval, errors
    case confusions, seen, unseen, calibration, faults
    case confidentErrors = "confident_errors"
  }

  /// Encodes the documented keys.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(layer, forKey: .layer)
    try container.encode(reading, forKey: .reading)
    try container.encode(scheme, forKey: .scheme)
    try container.encode(micro, forKey: .micro)
    try container.encode(macro, forKey: .macro)
    try container.encode(weighted, forKey: .weighted)
    try container.encode(types, forKey: .types)
    try container.encode(sequences, forKey: .sequences)
    try container.encode(semeval, forKey: .semeval)
    try container.encode(errors, forKey: .errors)
    try container.encode(confusions, forKey: .confusions)
    try container.encode(seen, forKey: .seen)
    try container.encode(unseen, forKey: .unseen)
    try container.encode(calibration, forKey: .calibration)
    try container.encode(confidentErrors, forKey: .confidentErrors)
    try container.encode(faults, forKey: .faults)
  }

  /// Decodes what ``encode(to:)`` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    layer = try container.decode(String.self, forKey: .layer)
    reading = try container.decode(SpanReading.self, forKey: .reading)
    scheme = try container.decodeIfPresent(TaggingScheme.self, forKey: .scheme)
    micro = try container.decode(Figures.self, forKey: .micro)
    macro = try container.decodeIfPresent(LayerEvaluation.Average.self, forKey: .macro)
    weighted = try container.decodeIfPresent(LayerEvaluation.Average.self, forKey: .weighted)
    types = try container.decode([LayerEvaluation.LabelCount].self, forKey: .types)
    sequences = try container.decode(LayerEvaluation.Count.self, forKey: .sequences)
    semeval = try container.decode(SemEval.self, forKey: .semeval)
    errors = try container.decode(Errors.self, forKey: .errors)
    confusions = try container.decode([Confusion].self, forKey: .confusions)
    seen = try container.decodeIfPresent(Figures.self, forKey: .seen)
    unseen = try container.decodeIfPresent(Figures.self, forKey: .unseen)
    calibration = try container.decodeIfPresent(
      LayerEvaluation.CalibrationSummary.self, forKey: .calibration)
    confidentErrors = try container.decode([ConfidentError].self, forKey: .confidentErrors)
    faults = try container.decode(Int.self, forKey: .faults)
  }
}
