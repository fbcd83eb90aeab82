/// What thresholds would have done on a development set: of the spans that are at least so likely,
/// how many there are and how many of them are right.
public struct ThresholdCurve: Hashable, Sendable, Codable {
  /// Thresholds are k / `steps` for k from 0 to `steps`.
  public static let steps = 50

  /// The gold spans.
  public var gold: Int
  /// The spans found with each threshold.
  public var found: [Int]
  /// Those of them that are right.
  public var right: [Int]

  /// Counts predictions.
  ///
  /// - Parameter gold: the gold spans.
  public init(gold: Int, predictions: [(probability: Float, isRight: Bool)]) {
    self.gold = gold
    found = Array(repeating: 0, count: Self.steps + 1)
    right = found
    for (probability, isRight) in predictions {
      for k in 0...Self.steps where probability >= Self.threshold(k) {
        found[k] += 1
        if isRight { right[k] += 1 }
      }
    }
  }

  private static func threshold(_ k: Int) -> Float { Float(k) / Float(steps) }

  /// Precision with fewer spans than this says too little to choose by.
  private static let leastFound = 10

  /// The lowest threshold that reaches a precision; `nil` if none does with ten spans or more.
  public func threshold(precision wanted: Double) -> Float? {
    let k = found.indices.first {
      found[$0] >= Self.leastFound && Double(right[$0]) >= wanted * Double(found[$0])
    }
    return k.map(Self.threshold)
  }

  /// The highest threshold that keeps a recall; `nil` if even without a threshold it is lower.
  public func threshold(recall wanted: Double) -> Float? {
    let k = found.indices.last { Double(right[$0]) >= wanted * Double(gold) }
    return gold == 0 ? nil : k.map(Self.threshold)
  }

  /// The best precision that ten spans or more have.
  public var bestPrecision: Double? {
    found.indices.filter { found[$0] >= Self.leastFound }
      .map { Double(right[$0]) / Double(found[$0]) }.max()
  }

  /// Recall without a threshold.
  public var bestRecall: Double? { gold == 0 ? nil : Double(right[0]) / Double(gold) }
}
