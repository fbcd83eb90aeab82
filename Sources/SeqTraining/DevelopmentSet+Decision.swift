public import SeqCore
internal import SeqInference
internal import SeqMetrics
internal import SeqModel

extension DevelopmentSet {
  /// What to take from the score of `O` at every position so that micro F1 is best.
  ///
  /// The likeliest labeling is not the one of best F1: where it finds two spans in three, a span
  /// with an even chance is worth the guess (Lipton, Elkan and Naryanaswamy 2014,
  /// doi:10.1007/978-3-662-44851-9_15). One number is fitted, so little can be learnt by heart; and
  /// it goes by the mean F1 of neighbouring offsets, since single spans make peaks that new text
  /// does not have. The smallest of equals is chosen.
  ///
  /// - Returns: the offset, and micro F1 with it.
  func decision(
    _ parameters: LinearParameters, spans: SpanSchema
  ) -> (offset: Float, f1: Double) {
    let offsets = (0...40).map { Float($0) * 0.1 }
    let scores = spanScores(parameters, spans: spans, offsets: offsets).map(\.f1)
    let smooth = scores.indices.map { index in
      let near = scores[max(index - 2, 0)...min(index + 2, scores.count - 1)]
      return near.reduce(0, +) / Double(near.count)
    }
    var best = 0
    for index in smooth.indices where smooth[index] > smooth[best] { best = index }
    return (offsets[best], scores[best])
  }

  /// Micro F1 with a good offset, found in steps of half a nat: what parameters are worth.
  ///
  /// Between parameters that differ in nothing but how readily they choose spans, this makes no
  /// difference, since ``decision(_:spans:)`` mends that.
  func bestSpanScore(_ parameters: LinearParameters, spans: SpanSchema) -> Double {
    let offsets: [Float] = [0, 0.5, 1, 1.5, 2]
    return spanScores(parameters, spans: spans, offsets: offsets).map(\.f1).max() ?? 0
  }

  /// How well the best paths find the spans, for each of ascending offsets that are taken from the
  /// score of `O`.
  ///
  /// A gold label that training never saw is read as `O`: its span cannot be found, whatever the
  /// parameters are.
  private func spanScores(
    _ parameters: LinearParameters, spans: SpanSchema, offsets: [Float]
  ) -> [SpanAgreement] {
    guard let outside = spans.label(.outside) else {
      return offsets.map { _ in SpanAgreement() }
    }
    let chain = Chain(start: parameters.start, step: parameters.step, end: parameters.end)
    let sums = mapSequences(parameters, SpanAgreementList(offsets.count)) {
      emissions, gold, counts in
      let goldSpans = spans.segments(of: gold.map { Int($0) < spans.count ? $0 : outside })
      var labels: [Label] = []
      var taken: Float = 0
      for (index, offset) in offsets.enumerated() {
        for t in 0..<emissions.count { emissions[t, Int(outside)] -= offset - taken }
        taken = offset
        var found: [Segment] = []
        if (try? Viterbi().bestPath(emissions, chain, into: &labels)) != nil {
          found = spans.segments(of: labels)
        }
        let right = Set(goldSpans).intersection(found).count
        counts.values[index] +=
          SpanAgreement(gold: goldSpans.count, predicted: found.count, correct: right)
      }
    }
    return sums.reduce(into: SpanAgreementList(offsets.count)) { total, part in
      for index in part.values.indices { total.values[index] += part.values[index] }
    }.values
  }

  /// The map of probabilities that agrees best with which of the chosen spans are right, and the
  /// expected calibration error there without and with it; with it, what thresholds do, by type
  /// and under `*` for all. `nil` if there are too few spans.
  ///
  /// The spans that are chosen are those that stood out, so their probabilities are too high on
  /// the whole, and a factor of all scores does not mend that.
  ///
  /// - Parameter others: the chosen spans of further texts that the like of these parameters had not
  ///   seen, which the map heeds as well.
  func spanCalibration(
    _ parameters: LinearParameters, spans: SpanSchema, offset: Float,
    others: [[ProbabilityCalibration.Prediction]] = []
  ) -> SpanCalibration? {
    let (predictions, goldCounts) = chosenSpans(parameters, spans: spans, offset: offset)
    guard let map = ProbabilityCalibration(fitting: [predictions] + others) else { return nil }
    var before = Calibration()
    var after = Calibration()
    for span in predictions {
      before.add(confidence: span.probability, isCorrect: span.isRight)
      after.add(confidence: map(span.probability, type: span.type), isCorrect: span.isRight)
    }
    guard let errorBefore = before.expectedError, let errorAfter = after.expectedError else {
      return nil
    }
    func curve(of type: String?, gold: Int) -> ThresholdCurve {
      let own = predictions.filter { type == nil || $0.type == type }
      return ThresholdCurve(
        gold: gold, predictions: own.map { (map($0.probability, type: $0.type), $0.isRight) })
    }
    var curves = ["*": curve(of: nil, gold: goldCounts.reduce(0, +))]
    for (type, gold) in zip(spans.types, goldCounts) { curves[type] = curve(of: type, gold: gold) }
    return SpanCalibration(
      map: map, errorBefore: errorBefore, errorAfter: errorAfter, curves: curves)
  }

  /// The spans that the best paths choose, with their probabilities, and the number of gold spans of
  /// each type.
  ///
  /// - Parameter offset: what is taken from the score of `O` when spans are chosen, but not from
  ///   their probabilities.
  func chosenSpans(
    _ parameters: LinearParameters, spans: SpanSchema, offset: Float
  ) -> (predictions: [ProbabilityCalibration.Prediction], gold: [Int]) {
    var gold = [Int](repeating: 0, count: spans.types.count)
    guard let outside = spans.label(.outside) else { return ([], gold) }
    let chain = Chain(
      start: parameters.start, step: parameters.step, end: parameters.end,
      mask: Legality(spans))
    let chosen = mapSequences(parameters, ChosenSpans(typeCount: spans.types.count)) {
      emissions, gold, chosen in
      let goldSpans = Set(
        spans.segments(of: gold.map { Int($0) < spans.count ? $0 : outside }))
      for span in goldSpans { chosen.gold[Int(span.label)] += 1 }
      var offsets = [Float](repeating: 0, count: spans.count)
      offsets[Int(outside)] = -offset
      emissions.add(offsets)
      var labels: [Label] = []
      guard (try? Viterbi().bestPath(emissions, chain, into: &labels)) != nil else { return }
      let segments = spans.segments(of: labels)
      guard !segments.isEmpty else { return }
      offsets[Int(outside)] = offset
      emissions.add(offsets)
      let probabilities = try? SpanProbabilities().probabilities(
        of: segments, emissions, chain, spans)
      for (segment, probability) in zip(segments, probabilities ?? []) {
        chosen.predictions.append(
          ProbabilityCalibration.Prediction(
            probability: probability, type: spans.types[Int(segment.label)],
            isRight: goldSpans.contains(segment)))
      }
    }
    for part in chosen {
      for type in gold.indices { gold[type] += part.gold[type] }
    }
    return (chosen.flatMap(\.predictions), gold)
  }

  private struct ChosenSpans {
    var gold: [Int]
    var predictions: [ProbabilityCalibration.Prediction] = []
    init(typeCount: Int) { gold = Array(repeating: 0, count: typeCount) }
  }

  private struct SpanAgreementList {
    var values: [SpanAgreement]
    init(_ count: Int) { values = Array(repeating: SpanAgreement(), count: count) }
  }
}

/// What a development set teaches of the probabilities of chosen spans.
public struct SpanCalibration: Hashable, Sendable {
  /// The map that they go through.
  public var map: ProbabilityCalibration
  /// The expected calibration error on the set without the map.
  public var errorBefore: Double
  /// And with it.
  public var errorAfter: Double
  /// What thresholds do there, by type; `*` is for all.
  public var curves: [String: ThresholdCurve]
}
