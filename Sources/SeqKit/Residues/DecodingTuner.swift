internal import SeqCore
internal import SeqInference
internal import SeqMath
internal import SeqMetrics

/// Finds the weights of decoding that serve development data best: one weight after another is moved
/// along a grid, twice over.
struct DecodingTuner {
  private let model: ResidueModel
  private let records: [LabeledResidues]
  private let scores: [Emissions]
  private let options: ResidueEvaluation.Options
  private let metric: ResidueMetric

  init(
    _ model: ResidueModel, _ records: [LabeledResidues], unassessed: Set<UInt8>,
    merged: [UInt8: UInt8], metric: ResidueMetric
  ) throws {
    self.model = model
    self.records = records
    self.metric = metric
    var options = ResidueEvaluation.Options()
    options.unassessed = unassessed
    options.merged = merged
    if metric == .segments, let grammar = model.grammar {
      options.segments = Set(grammar.segments.isEmpty ? grammar.labels : grammar.segments)
      options.tolerance = grammar.tolerance
    }
    self.options = options
    let labeler = try ResidueLabeler(model)
    scores = records.map { labeler.classScores(of: $0.letters) }
  }

  func tune(threads: Int) throws -> (weights: DecodingWeights, score: Double) {
    var best = model.facts.weights
    var bestScore = try score(best, threads)
    let grids: [(WritableKeyPath<DecodingWeights, Double>, [Double])] = [
      (\.content, [0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1]),
      (\.prior, [0, 0.25, 0.5, 0.75, 1]),
      (\.signal, model.grammar!.signals.isEmpty ? [] : [0.3, 0.5, 0.75, 1, 1.25, 1.5, 2]),
      (\.grammar, [0.25, 0.5, 0.75, 1, 1.5, 2]),
      (\.within, model.grammar!.groups.isEmpty ? [] : [0, 0.1, 0.3, 0.5, 1]),
    ]
    for _ in 0..<2 {
      for (path, values) in grids {
        for value in values where value != best[keyPath: path] {
          var weights = best
          weights[keyPath: path] = value
          let found = try score(weights, threads)
          if found > bestScore { (best, bestScore) = (weights, found) }
        }
      }
    }
    return (best, bestScore)
  }

  /// Accuracy, and for segments their F1 and the share of records with all right beside it.
  private func score(_ weights: DecodingWeights, _ threads: Int) throws -> Double {
    let labeler = try ResidueLabeler(model, decoder: model.facts.decoder, weights: weights)
    var evaluation = ResidueEvaluation(options)
    for (record, scores) in zip(records, scores) {
      // A record that the grammar has no path for is all wrong.
      let labels =
        (try? labeler.label(scores, record.letters).labels)
        ?? Array(repeating: 0, count: record.count)
      evaluation.add(reference: record.labels, predicted: labels)
    }
    let accuracy = evaluation.accuracy.accuracy ?? 0
    guard metric == .segments else { return accuracy }
    let matching = evaluation.matching
    let total = matching.referenceSegments + matching.predictedSegments
    let f1 = total == 0 ? 0 : 2 * Double(matching.matches) / Double(total)
    let whole = Double(matching.perfectSequences) / Double(max(matching.sequences, 1))
    return accuracy + f1 + whole
  }
}
