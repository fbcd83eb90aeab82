public import SeqCore
public import SeqFeatures
public import SeqModel

/// How spans are chosen and written: thresholds, patterns, and the scheme of the labels.
public struct SpanTagging: Sendable {
  /// The least probability that a span must have, by its type; below it the span is withheld.
  public struct Thresholds: Hashable, Sendable {
    /// For types that have none of their own; 0 lets all pass.
    public var general: Float = 0
    /// By type.
    public var ofType: [String: Float] = [:]

    /// Lets all spans pass.
    public init() {}

    /// Whether no span can be withheld.
    public var passAll: Bool { general <= 0 && ofType.values.allSatisfy { $0 <= 0 } }

    /// Sets the threshold of a type, or of all types that have none of their own.
    public mutating func set(_ threshold: Float, for type: String?) {
      if let type { ofType[type] = threshold } else { general = threshold }
    }

    /// The threshold of a type.
    public subscript(type: String) -> Float { ofType[type] ?? general }
  }

  /// What becomes of spans of the model and of patterns that overlap.
  public enum Precedence: String, Hashable, Sendable, CaseIterable {
    /// There are no patterns.
    case off
    /// A pattern's span takes the place of the model's spans that it overlaps.
    case first
    /// A pattern's span is left out where the model has one.
    case last
    /// The patterns alone are used, and no model.
    case only
  }

  /// The scheme of the labels that are written.
  public var scheme = TaggingScheme.iob2
  /// Whether spans carry P(exactly this span | x).
  public var confidence = false
  /// Whether these are calibrated as the development set taught.
  public var calibrated = true
  /// The least probability of a span.
  public var thresholds = Thresholds()
  /// What is taken from the score of `O`; see ``SeqModel/Tagger/spans(of:confidence:leniency:in:)``.
  public var leniency: Float = 0
  /// Whether and how patterns take part.
  public var patterns = Precedence.off
  /// The kinds of patterns that take part.
  public var kinds = Set(TextPattern.allCases)

  /// Spans as the model chooses them, written in IOB2.
  public init() {}

  /// What was changed between the model's choice and the result.
  public struct Changes: Hashable, Sendable {
    /// Spans below their threshold.
    public var withheld = 0
    /// Spans of the model that a pattern took the place of.
    public var replaced = 0
    /// Spans that patterns added.
    public var added = 0
    /// Spans of patterns that were left out because the model has one there.
    public var yielded = 0

    /// Nothing was.
    public init() {}

    /// Adds others.
    public static func += (changes: inout Changes, other: Changes) {
      changes.withheld += other.withheld
      changes.replaced += other.replaced
      changes.added += other.added
      changes.yielded += other.yielded
    }
  }

  /// Whether labels can be converted without looking at spans one by one.
  var isPlain: Bool {
    !confidence && thresholds.passAll && patterns == .off && leniency == 0
  }

  /// The spans of a record.
  ///
  /// - Parameter tagger: `nil` if only patterns are used.
  /// - Returns: a layer whose types are the model's, then those of patterns; each span's origin says
  ///   what made it: `model`, `rule:email`.
  public func spans(
    of record: borrowing Record, layer name: String, tagger: Tagger?, in workspace: Workspace?,
    changes: inout Changes
  ) throws -> SpanLayer {
    var layer = SpanLayer(name: name, types: [])
    if let tagger, let workspace, patterns != .only {
      layer = try tagger.spans(
        of: record, confidence: confidence || !thresholds.passAll, calibrated: calibrated,
        leniency: leniency, in: workspace)
      if !thresholds.passAll {
        let all = layer.spans
        layer.spans = all.filter { ($0.confidence ?? 1) >= thresholds[layer.typeName(of: $0)] }
        changes.withheld += all.count - layer.spans.count
      }
    }
    guard patterns != .off else { return layer }
    var taken = [Bool](repeating: false, count: record.count)
    for span in layer.spans { for t in span.positions { taken[t] = true } }
    var own: [LabelledSpan] = []
    for match in TextPattern.matches(in: record, kinds: kinds) {
      if patterns == .last, match.positions.contains(where: { taken[$0] }) {
        changes.yielded += 1
        continue
      }
      var span = match
      let name = TextPattern.allCases[Int(match.type)].typeName
      if !layer.types.contains(name) { layer.types.append(name) }
      span.type = Label(layer.types.firstIndex(of: name)!)
      own.append(span)
    }
    let kept = layer.spans.filter { span in !own.contains { $0.positions.overlaps(span.positions) }
    }
    changes.replaced += layer.spans.count - kept.count
    changes.added += own.count
    layer.spans = (kept + own).sorted { $0.positions.lowerBound < $1.positions.lowerBound }
    return layer
  }

  /// Writes a layer's spans on a record: as the span layer, and as labels in ``scheme``.
  ///
  /// - Parameter probabilities: whether each position of a span gets the span's probability as the
  ///   value of the layer `LAYER.probability`; `_` where there is none.
  public func set(_ layer: SpanLayer, on record: inout Record, probabilities: Bool) {
    let schema = SpanSchema(layer: layer.name, types: layer.types, scheme: scheme)
    do {
      let labels = try schema.labels(of: layer.segments, count: record.count)
      record.setLabels(layer.name, to: labels, of: schema.labels)
    } catch {
      preconditionFailure("A schema made from types has all labels: \(error)")
    }
    record.setSpans(layer)
    guard probabilities else { return }
    let none = record.append(Array("_".utf8))
    var ranges = [ByteRange](repeating: none, count: record.count)
    for span in layer.spans {
      guard let confidence = span.confidence else { continue }
      let range = record.append(TaggingPipeline.probability(confidence))
      for t in span.positions { ranges[t] = range }
    }
    record.setText(layer.name + ".probability", to: ranges)
  }
}
