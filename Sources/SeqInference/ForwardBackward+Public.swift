public import SeqCore

extension ForwardBackward {
  /// Computes the marginals of a sequence; read them by subscript.
  ///
  /// - Returns: the log-normalizer log Z, in nats.
  /// - Throws: `InferenceError.noLegalPath` if every path scores −∞.
  /// - Complexity: O(T·L²) time, O(T·L) memory.
  public func run(on emissions: Emissions, _ chain: Chain) throws(InferenceError) -> Double {
    try run(emissions, chain)
  }

  /// At each position the label with the largest marginal (posterior decoding), which errs at the
  /// fewest positions but may step where the legality forbids. Ties go to the lower label.
  ///
  /// Call after ``run(on:_:)``.
  public func likeliestLabels(of labelCount: Int) -> [Label] {
    (0..<count).map { t in
      var best = 0
      for j in 1..<max(labelCount, 1) where self[t, j] > self[t, best] { best = j }
      return Label(best)
    }
  }
}
