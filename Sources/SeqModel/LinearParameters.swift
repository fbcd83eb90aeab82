public import SeqCore
public import SeqInference

/// The parameters of a linear model as training gives them: a weight for pairs of feature and
/// label, and scores for starting, each step and ending.
///
/// Every trainer makes these: CRF, perceptron, AROW, HMM and majority baselines differ in how they
/// find the numbers, not in what they are.
public struct LinearParameters: Hashable, Sendable {
  /// The hashes of the features.
  public var features: [UInt64]
  /// Feature f has pairs `starts[f]..<starts[f + 1]`.
  public var starts: [Int32]
  /// The label of each pair, rising within a feature.
  public var labels: [Label]
  /// The weight of each pair.
  public var weights: [Float]
  /// The score of a first label, [L].
  public var start: [Float]
  /// The score of a label after another, [L][L], the earlier first.
  public var step: Matrix
  /// The score of a last label, [L].
  public var end: [Float]

  /// Makes parameters.
  public init(
    features: [UInt64], starts: [Int32], labels: [Label], weights: [Float], start: [Float],
    step: Matrix, end: [Float]
  ) {
    precondition(starts.count == features.count + 1, "One start per feature, and the end.")
    precondition(
      labels.count == weights.count && Int(starts.last ?? 0) == labels.count,
      "One label and one weight per pair.")
    self.features = features
    self.starts = starts
    self.labels = labels
    self.weights = weights
    self.start = start
    self.step = step
    self.end = end
  }

  /// The number of labels, L.
  public var labelCount: Int { start.count }

  /// Sets the scores of what is illegal to −∞.
  public mutating func forbid(_ legality: Legality) {
    let chain = Chain(start: start, step: step, end: end, mask: legality)
    start = chain.start
    step = chain.step
    end = chain.end
  }

  /// The same with every weight and score multiplied by `factor`, which is positive.
  public func scaled(by factor: Float) -> LinearParameters {
    var result = self
    result.weights = weights.map { $0 * factor }
    result.start = start.map { $0 * factor }
    result.step.values = step.values.map { $0 * factor }
    result.end = end.map { $0 * factor }
    return result
  }

  /// The same without pairs whose weight is smaller than `threshold`, and without features that
  /// have no pair left.
  public func pruned(below threshold: Float) -> LinearParameters {
    var result = self
    result.features = []
    result.starts = [0]
    result.labels = []
    result.weights = []
    for (f, hash) in features.enumerated() {
      let before = result.labels.count
      for p in Int(starts[f])..<Int(starts[f + 1])
      where abs(weights[p]) >= threshold && weights[p] != 0 {
        result.labels.append(labels[p])
        result.weights.append(weights[p])
      }
      if result.labels.count > before {
        result.features.append(hash)
        result.starts.append(Int32(result.labels.count))
      }
    }
    return result
  }
}
