public import SeqCore
internal import SeqFormats
internal import SeqMath
internal import SeqMetrics
public import SeqModel

/// Scores taggers against gold layers of annotated files.
public struct Evaluator: Sendable {
  private let tagger: Tagger
  private let schema: LabelSchema
  private let threads: Int
  private let withConfidence: Bool

  /// Prepares the scoring of one tagger.
  ///
  /// - Parameter extraLabels: labels of the gold data that the model does not know; positions with
  ///   them count as mistakes.
  private init(_ tagger: Tagger, schema: LabelSchema, withConfidence: Bool, threads: Int) {
    self.tagger = tagger
    self.schema = schema
    self.threads = threads
    self.withConfidence = withConfidence
  }

  /// Scores a tagger on records whose layer of the same name is gold.
  ///
  /// - Parameters:
  ///   - withConfidence: whether to compute marginals and measure their calibration.
  /// - Returns: the evaluation, and how long tagging took.
  /// - Throws: `KitError.nothingToScore` if no record has a gold label.
  public static func evaluate(
    _ tagger: Tagger, on records: [Record], source: String, withConfidence: Bool = true,
    bootstrap: EvaluationReport.BootstrapSettings = .init(), threads: Int = 1
  ) throws -> (evaluation: LayerEvaluation, seconds: Double) {
    let layer = tagger.schema.layer
    var names = tagger.schema.names
    var known = Set(names)
    var hasGold = false
    for record in records {
      for name in record.strings(layer) ?? [] where name != "_" && !name.isEmpty {
        hasGold = true
        if known.insert(name).inserted { names.append(name) }
      }
    }
    guard hasGold else { throw KitError.nothingToScore(source: source, layer: layer) }
    let schema = LabelSchema(layer: layer, names: names, version: tagger.schema.version)
    let evaluator = Evaluator(
      tagger, schema: schema,
      withConfidence: withConfidence && tagger.model.manifest.probabilities != .none,
      threads: threads)
    let clock = ContinuousClock()
    let start = clock.now
    let score = try evaluator.score(records)
    let seconds = (clock.now - start) / .seconds(1)
    let evaluation = LayerEvaluation(
      score: score, schema: schema, trainingCounts: tagger.model.manifest.provenance.labelCounts,
      bootstrap: bootstrap)
    return (evaluation, seconds)
  }

  private func score(_ records: [Record]) throws -> TaggingScore {
    let pieces = min(32, max(records.count, 1))
    var results = [Result<TaggingScore, any Error>?](repeating: nil, count: pieces)
    results.withUnsafeMutableBufferPointer { results in
      let base = results.baseAddress!
      inParallel(pieces: pieces, threads: threads) { piece in
        let range = records.count * piece / pieces..<records.count * (piece + 1) / pieces
        base[piece] = Result { try score(records[range]) }
      }
    }
    var total = TaggingScore(labelCount: schema.count)
    for result in results { if let result { total.merge(try result.get()) } }
    return total
  }

  private func score(_ records: ArraySlice<Record>) throws -> TaggingScore {
    var score = TaggingScore(labelCount: schema.count)
    let workspace = Workspace(tagger)
    for record in records where record.count > 0 {
      let labeling = try tagger.tag(record, marginals: withConfidence, in: workspace)
      guard let gold = record.ranges(schema.layer) else { continue }
      let words = record.ranges(tagger.model.program.layers.first ?? "form")
      var known: [Bool]? = words == nil ? nil : []
      for range in words ?? [] {
        guard let isKnown = tagger.model.isKnown(record.buffer[range.indices]) else {
          known = nil
          break
        }
        known?.append(isKnown)
      }
      score.add(
        gold: gold.map { schema.label(record.string($0)) ?? TaggingScore.noLabel },
        predicted: labeling.labels, known: known, confidences: labeling.marginals)
    }
    return score
  }
}
