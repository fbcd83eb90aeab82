internal import SeqCore
internal import SeqInference
internal import SeqMetrics
internal import SeqModel

extension DevelopmentSet {
  /// How well the best paths find the spans.
  ///
  /// A gold label that training never saw is read as `O`: its span cannot be found, whatever the
  /// parameters are.
  ///
  /// - Parameter offset: what is taken from the score of `O` at every position.
  func spanScore(
    _ parameters: LinearParameters, spans: SpanSchema, offset: Float = 0
  ) -> SpanAgreement {
    spanScores(parameters, spans: spans, offsets: [offset])[0]
  }

  /// What to take from the score of `O` at every position so that micro F1 is best.
  ///
  /// The likeliest labeling is not the one of best F1: where it finds two spans in three, a span
  /// with an even chance is worth the guess (Lipton, Elkan and Naryanaswamy 2014,
  /// doi:10.1007/978-3-662-44851-9_15). One number is fitted, so little can be learnt by heart.
  /// The smallest of equals is chosen; 0 is tried first and kept unless another is better.
  ///
  /// - Returns: the offset, and micro F1 with it.
  func decision(
    _ parameters: LinearParameters, spans: SpanSchema
  ) -> (offset: Float, f1: Double) {
    let offsets: [Float] = [0] + (1...40).map { Float($0) * 0.1 }
    let scores = spanScores(parameters, spans: spans, offsets: offsets)
    var best = 0
    for index in scores.indices where scores[index].f1 > scores[best].f1 { best = index }
    return (offsets[best], scores[best].f1)
  }

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
  /// expected calibration error without and with it; `nil` if there are too few spans.
  ///
  /// The spans that are chosen are those that stood out, so their probabilities are too high on
  /// the whole, and a factor of all scores does not mend that.
  func spanCalibration(
    _ parameters: LinearParameters, spans: SpanSchema, offset: Float
  ) -> (map: ProbabilityCalibration, errorBefore: Double, errorAfter: Double)? {
    guard let outside = spans.label(.outside) else { return nil }
    let chain = Chain(
      start: parameters.start, step: parameters.step, end: parameters.end,
      mask: Legality(spans))
    typealias Prediction = (probability: Float, isRight: Bool)
    let predictions = mapSequences(parameters, [Prediction]()) { emissions, gold, found in
      let goldSpans = Set(
        spans.segments(of: gold.map { Int($0) < spans.count ? $0 : outside }))
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
        found.append((probability, goldSpans.contains(segment)))
      }
    }.flatMap(\.self)
    guard let map = ProbabilityCalibration(fitting: predictions) else { return nil }
    var before = Calibration()
    var after = Calibration()
    for (probability, isRight) in predictions {
      before.add(confidence: probability, isCorrect: isRight)
      after.add(confidence: map(probability), isCorrect: isRight)
    }
    guard let errorBefore = before.expectedError, let errorAfter = after.expectedError else {
      return nil
    }
    return (map, errorBefore, errorAfter)
  }

  private struct SpanAgreementList {
    var values: [SpanAgreement]
    init(_ count: Int) { values = Array(repeating: SpanAgreement(), count: count) }
  }
}
