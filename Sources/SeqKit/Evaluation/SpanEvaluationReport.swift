internal import FoundationEssentials

/// What an evaluation of spans found, with what was evaluated on what: all that `eval` prints, as a
/// value. Rendered as text, as Markdown and as JSON (`Docs/Formats/evaluation.md`).
public struct SpanEvaluationReport: Hashable, Sendable {
  /// The model that was evaluated, if the predictions are a model's.
  public var model: EvaluationReport.ModelIdentity?
  /// What it was evaluated on.
  public var data: EvaluationReport.DataIdentity
  /// The figures.
  public var evaluation: SpanEvaluation
  /// How the intervals were drawn.
  public var bootstrap: EvaluationReport.BootstrapSettings
  /// How long tagging took, if it was measured.
  public var speed: EvaluationReport.Speed?
  /// What positions and sequences are called in this task.
  public var units: EvaluationReport.Units
  /// Sentences about what was skipped or changed on the way.
  public var notices: [String]

  /// Makes a report.
  public init(
    model: EvaluationReport.ModelIdentity? = nil, data: EvaluationReport.DataIdentity,
    evaluation: SpanEvaluation, bootstrap: EvaluationReport.BootstrapSettings = .init(),
    speed: EvaluationReport.Speed? = nil, units: EvaluationReport.Units = .text,
    notices: [String] = []
  ) {
    self.model = model
    self.data = data
    self.evaluation = evaluation
    self.bootstrap = bootstrap
    self.speed = speed
    self.units = units
    self.notices = notices
  }

  /// The report as JSON, keys sorted, on indented lines, with a line feed at the end.
  ///
  /// - Throws: what `JSONEncoder` throws for numbers that JSON does not have.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Reads a report that ``json()`` wrote.
  ///
  /// - Throws: `DecodingError`.
  public init(json: String) throws {
    self = try JSONDecoder().decode(SpanEvaluationReport.self, from: Data(json.utf8))
  }
}

extension SpanEvaluationReport: Codable {
  private static let format = "seqkit.span-evaluation.v1"

  private enum Key: String, CodingKey {
    case format, model, data, bootstrap, speed, units, notices
  }

  /// Encodes the documented keys; those of the evaluation stand beside those of the report.
  public func encode(to encoder: any Encoder) throws {
    try evaluation.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.format, forKey: .format)
    try container.encode(model, forKey: .model)
    try container.encode(data, forKey: .data)
    try container.encode(bootstrap, forKey: .bootstrap)
    try container.encode(speed, forKey: .speed)
    try container.encode(units, forKey: .units)
    try container.encode(notices, forKey: .notices)
  }

  /// Decodes what ``encode(to:)`` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let format = try container.decode(String.self, forKey: .format)
    guard format == Self.format else {
      throw DecodingError.dataCorruptedError(
        forKey: .format, in: container,
        debugDescription: "The format is '\(format)' where '\(Self.format)' is expected.")
    }
    self.init(
      model: try container.decodeIfPresent(EvaluationReport.ModelIdentity.self, forKey: .model),
      data: try container.decode(EvaluationReport.DataIdentity.self, forKey: .data),
      evaluation: try SpanEvaluation(from: decoder),
      bootstrap: try container.decode(EvaluationReport.BootstrapSettings.self, forKey: .bootstrap),
      speed: try container.decodeIfPresent(EvaluationReport.Speed.self, forKey: .speed),
      units: try container.decode(EvaluationReport.Units.self, forKey: .units),
      notices: try container.decode([String].self, forKey: .notices))
  }
}
