import FoundationEssentials
import SeqMetrics

extension EvaluationReport {
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
    self = try JSONDecoder().decode(EvaluationReport.self, from: Data(json.utf8))
  }
}

extension EvaluationReport: Codable {
  private static let format = "seqkit.evaluation.v1"

  private struct Key: CodingKey, Hashable {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    static let format = Key(stringValue: "format")
    static let accuracy = Key(stringValue: "accuracy")
    static let layers = Key(stringValue: "layers")
    static let model = Key(stringValue: "model")
    static let data = Key(stringValue: "data")
    static let bootstrap = Key(stringValue: "bootstrap")
    static let speed = Key(stringValue: "speed")
    static let units = Key(stringValue: "units")
    static let notices = Key(stringValue: "notices")
    static let ours: Set<Key> = [
      format, accuracy, layers, model, data, bootstrap, speed, units, notices,
    ]

    /// A layer stands under its name, with `_` behind it if the name is one of ours.
    static func layer(_ name: String) -> Key {
      let key = Key(stringValue: name)
      return ours.contains(key) ? Key(stringValue: name + "_") : key
    }
  }

  /// Encodes the documented keys; each layer stands under its own name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.format, forKey: .format)
    try container.encode(layers.first?.positions.accuracy, forKey: .accuracy)
    try container.encode(layers.map(\.name), forKey: .layers)
    for layer in layers { try container.encode(layer, forKey: .layer(layer.name)) }
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
    let names = try container.decode([String].self, forKey: .layers)
    guard Set(names).count == names.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .layers, in: container, debugDescription: "The layers of a report must differ.")
    }
    self.init(
      model: try container.decodeIfPresent(ModelIdentity.self, forKey: .model),
      data: try container.decode(DataIdentity.self, forKey: .data),
      layers: try names.map {
        var layer = try container.decode(LayerEvaluation.self, forKey: .layer($0))
        layer.name = $0
        return layer
      },
      bootstrap: try container.decode(BootstrapSettings.self, forKey: .bootstrap),
      speed: try container.decodeIfPresent(Speed.self, forKey: .speed),
      units: try container.decode(Units.self, forKey: .units),
      notices: try container.decode([String].self, forKey: .notices))
  }
}

extension EvaluationReport.Speed {
  private enum Key: String, CodingKey {
    case seconds, positions, threads
    case positionsPerSecond = "positions_per_second"
  }

  /// Encodes the measurement and the speed that follows from it.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(positions, forKey: .positions)
    try container.encode(threads, forKey: .threads)
    try container.encode(positionsPerSecond, forKey: .positionsPerSecond)
  }
}
