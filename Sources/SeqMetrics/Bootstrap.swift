import SeqMath

/// A range that holds the true value with some probability.
public struct ConfidenceInterval: Hashable, Sendable {
  /// The lower end.
  public let low: Double
  /// The upper end.
  public let high: Double

  /// Makes an interval.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// The percentile interval of samples, which are sorted on the way.
  init(of samples: inout [Double], level: Double) {
    samples.sort()
    let tail = (1 - level) / 2
    self.init(low: quantile(tail, of: samples), high: quantile(1 - tail, of: samples))
  }
}

/// Percentile bootstrap over sequences (Efron 1979, doi:10.1214/aos/1176344552).
///
/// Whole sequences are drawn with replacement, not positions: the mistakes of one sequence depend
/// on each other, and an interval that ignores this is too narrow.
public struct Bootstrap: Hashable, Sendable {
  /// How many samples are drawn.
  public let rounds: Int
  /// The probability that the interval is to cover, below 1.
  public let level: Double
  /// The seed of the draws: equal seeds give equal intervals.
  public let seed: UInt64

  /// Makes a bootstrap of `rounds` samples.
  public init(rounds: Int = 1000, level: Double = 0.95, seed: UInt64 = 1) {
    precondition(rounds > 0, "A bootstrap draws at least one sample.")
    precondition(0 < level && level < 1, "The level of an interval lies between 0 and 1.")
    self.rounds = rounds
    self.level = level
    self.seed = seed
  }

  /// The intervals of both accuracies, from the same samples; `nil` without sequences.
  ///
  /// - Parameter sequences: one tally per sequence, each of at least one position.
  /// - Complexity: O(rounds · sequences).
  public func intervals(
    of sequences: [Tally]
  ) -> (accuracy: ConfidenceInterval, exactAccuracy: ConfidenceInterval)? {
    guard !sequences.isEmpty else { return nil }
    let exact = sequences.map { $0.correct == $0.count ? 1 : 0 }
    var generator = RandomGenerator(seed: seed)
    var accuracies: [Double] = []
    var exactAccuracies: [Double] = []
    accuracies.reserveCapacity(rounds)
    exactAccuracies.reserveCapacity(rounds)
    for _ in 0..<rounds {
      var (count, correct, exactCount) = (0, 0, 0)
      for _ in sequences.indices {
        let index = generator.next(below: sequences.count)
        count += sequences[index].count
        correct += sequences[index].correct
        exactCount += exact[index]
      }
      accuracies.append(Double(correct) / Double(count))
      exactAccuracies.append(Double(exactCount) / Double(sequences.count))
    }
    return (
      ConfidenceInterval(of: &accuracies, level: level),
      ConfidenceInterval(of: &exactAccuracies, level: level)
    )
  }

  /// The interval of the micro F1 of spans; `nil` if there are no spans.
  ///
  /// - Parameter sequences: the counts of each sequence; see ``SpanScore/sequences``.
  /// - Complexity: O(rounds · sequences).
  public func interval(of sequences: [SpanAgreement]) -> ConfidenceInterval? {
    guard sequences.contains(where: { $0.gold + $0.predicted > 0 }) else { return nil }
    var generator = RandomGenerator(seed: seed)
    var samples: [Double] = []
    samples.reserveCapacity(rounds)
    for _ in 0..<rounds {
      var sum = SpanAgreement()
      for _ in sequences.indices { sum += sequences[generator.next(below: sequences.count)] }
      samples.append(sum.f1)
    }
    return ConfidenceInterval(of: &samples, level: level)
  }
}

/// The value below which the part `p` of sorted values lies, interpolated between neighbours
/// (type 7 of Hyndman and Fan 1996, doi:10.2307/2684934).
func quantile(_ p: Double, of sorted: [Double]) -> Double {
  let place = p * Double(sorted.count - 1)
  let lower = Int(place)
  let upper = min(lower + 1, sorted.count - 1)
  return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
}
