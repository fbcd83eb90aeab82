/// A label for every position of a sequence, and how sure the model is.
public struct Labeling: Hashable, Sendable {
  /// One label per position.
  public var labels: [Label]
  /// The path's score under the model, in nats, not normalized.
  public var score: Float
  /// P(y_t | x) of each label, if it was asked for and the model has probabilities.
  public var marginals: [Float]?
  /// log P(y | x) of the whole path, in nats, under the same condition.
  public var logProbability: Double?

  /// Makes a labeling.
  public init(
    labels: [Label], score: Float, marginals: [Float]? = nil, logProbability: Double? = nil
  ) {
    self.labels = labels
    self.score = score
    self.marginals = marginals
    self.logProbability = logProbability
  }
}
