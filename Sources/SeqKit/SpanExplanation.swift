public import SeqCore
internal import SeqFeatures
public import SeqModel

/// Why a tagger found a span: the evidence for it against the best labeling that does not have it,
/// and the least that would have to be missing for the span to go.
public struct SpanExplanation: Hashable, Sendable, Codable {
  /// A part of the difference between two labelings.
  public struct Evidence: Hashable, Sendable, Codable {
    /// The feature with the word that it fired at, or a step between labels.
    public var name: String
    /// How much it favours the span, in nats for a CRF: its weights under the labels of the span
    /// less those under the labels of the rival.
    public var weight: Float
  }

  /// The words of the span, from the first to behind the last.
  public var positions: Range<Int>
  /// Its text: the words with spaces between them.
  public var text: String
  /// The name of its type.
  public var type: String
  /// P(exactly this span | x), if the model has probabilities.
  public var probability: Float?
  /// What the rival labels the words of the span, such as `O O` or `B-ORG E-ORG`.
  public var rival: [String]
  /// The difference of the two labelings' scores, preference for spans included: the sum of all
  /// evidence.
  public var margin: Float
  /// Everything that tells the two apart, the largest first.
  public var evidence: [Evidence]
  /// Features whose removal together makes the span go, and none of which can stay; found by taking
  /// the strongest evidence first, and checked by decoding without them. `nil` if no removal does.
  public var counterfactual: [String]?

  /// Explains each span of a record.
  ///
  /// - Throws: what tagging throws.
  public static func explain(
    _ record: borrowing Record, with tagger: Tagger
  ) throws -> [SpanExplanation] {
    guard let schema = tagger.model.spans, record.count > 0 else { return [] }
    let workspace = Workspace(tagger)
    let best = try tagger.tag(record, in: workspace).labels
    let hasProbabilities = tagger.model.manifest.probabilities != .none
    let segments = schema.segments(of: best)
    let probabilities =
      hasProbabilities ? try tagger.probabilities(of: segments, in: record, workspace) : nil
    let features = try tagger.model.program.features(of: record)
    let scores = try tagger.scores(of: record, in: workspace)
    let forms =
      record.strings("form") ?? record.strings(tagger.model.program.layers.first ?? "")
      ?? (0..<record.count).map { "\($0)" }
    return try segments.enumerated().map { index, segment in
      let comparison = SpanComparison(
        tagger.model, schema, scores, features, best, segment, forms: forms)
      let rival = try comparison.rival()
      let evidence = comparison.evidence(against: rival)
      return SpanExplanation(
        positions: segment.start..<segment.end,
        text: forms[segment.start..<segment.end].joined(separator: " "),
        type: schema.types[Int(segment.label)], probability: probabilities?[index],
        rival: (segment.start..<segment.end).map { tagger.schema.names[Int(rival[$0])] },
        margin: evidence.reduce(0) { $0 + $1.evidence.weight },
        evidence: evidence.map(\.evidence),
        counterfactual: comparison.counterfactual(evidence))
    }
  }
}
