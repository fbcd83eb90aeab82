public import SeqCore
internal import SeqInference

extension Tagger {
  /// The spans of a record under the best labeling.
  ///
  /// - Parameters:
  ///   - confidence: whether to give each span P(exactly this span | x).
  ///   - calibrated: whether that is mapped as the development set taught
  ///     (``ModelManifest/spanCalibration``).
  ///   - leniency: what is taken from the score of `O` beyond what the model takes itself
  ///     (``Model/decision``), in nats: above 0 more spans are found and fewer of them are right.
  ///     Probabilities do not change.
  /// - Returns: a layer named as the model's, with the model's types; empty if its labels tell none.
  /// - Throws: `FeatureError.missingLayer`, `InferenceError.noLegalPath`.
  public func spans(
    of record: borrowing Record, confidence: Bool = false, calibrated: Bool = true,
    leniency: Float = 0, in workspace: Workspace
  ) throws -> SpanLayer {
    guard let schema = model.spans else {
      return SpanLayer(name: self.schema.layer, types: [])
    }
    var layer = SpanLayer(name: self.schema.layer, types: schema.types)
    guard record.count > 0 else { return layer }
    try workspace.score(record)
    if leniency != 0, let outside = schema.label(.outside) {
      var offsets = [Float](repeating: 0, count: schema.count)
      offsets[Int(outside)] = -leniency
      workspace.emissions.add(offsets)
    }
    let segments = schema.segments(of: try workspace.decode(marginals: false).labels)
    guard confidence, !segments.isEmpty else {
      layer.spans = segments.map { LabelledSpan($0, origin: "model") }
      return layer
    }
    // The choice has changed the scores; probabilities are of what they were.
    if leniency != 0 || model.decision != nil { try workspace.score(record) }
    var probabilities = try workspace.spanProbabilities.probabilities(
      of: segments, workspace.emissions, model.chain, schema)
    if calibrated, let map = model.manifest.spanCalibration {
      for (index, segment) in segments.enumerated() {
        probabilities[index] = map(probabilities[index], type: schema.types[Int(segment.label)])
      }
    }
    layer.spans = zip(segments, probabilities).map {
      LabelledSpan($0, confidence: $1, origin: "model")
    }
    return layer
  }

  /// P(exactly this span | x) of given spans, calibrated; their labels are numbers of the model's
  /// types.
  public func probabilities(
    of segments: [Segment], in record: borrowing Record, _ workspace: Workspace
  ) throws -> [Float] {
    guard let schema = model.spans, record.count > 0 else { return segments.map { _ in 0 } }
    try workspace.score(record)
    let probabilities = try workspace.spanProbabilities.probabilities(
      of: segments, workspace.emissions, model.chain, schema)
    guard let map = model.manifest.spanCalibration else { return probabilities }
    return zip(segments, probabilities).map { segment, probability in
      map(probability, type: schema.types[Int(segment.label)])
    }
  }
}
