public import SeqMath

/// A metric as a function of the sums of an item's counts; `nil` where it is undefined.
public typealias SummedMetric = @Sendable (_ sums: [Double]) -> Double?

/// The probability of a difference at least as large as that between two taggers, if in truth
/// they were equally good: approximate randomization over items (Yeh 2000,
/// doi:10.3115/992730.992783; Noreen 1989).
///
/// In each round every item's two rows are swapped or not, by a coin; the result is the part of
/// rounds whose difference in the metric is at least the observed one, with the observed one
/// counted among them. A round in which the metric is undefined counts as one without difference.
///
/// - Parameters:
///   - a: the counts of the first tagger.
///   - b: the same of the second, over the same items.
/// - Returns: the two-sided p-value, in (0, 1]; `nil` if the metric is undefined for one of both.
/// - Complexity: O(rounds · items whose rows differ · columns).
public func approximateRandomization(
  _ a: ItemStatistics, _ b: ItemStatistics, rounds: Int = 10_000, metric: SummedMetric,
  generator: inout RandomGenerator
) -> Double? {
  checkPair(a, b, rounds)
  let (sumA, sumB) = (a.sums, b.sums)
  guard let valueA = metric(sumA), let valueB = metric(sumB) else { return nil }
  let observed = abs(valueA - valueB)
  // Items with equal rows cannot change anything.
  var differences: [[Double]] = []
  for item in 0..<a.count {
    let difference = (0..<a.columns).map { a[item, $0] - b[item, $0] }
    if difference.contains(where: { $0 != 0 }) { differences.append(difference) }
  }
  var asLarge = 0
  for _ in 0..<rounds {
    var moved = [Double](repeating: 0, count: a.columns)
    var coins: UInt64 = 0
    for (index, difference) in differences.enumerated() {
      if index % 64 == 0 { coins = generator.next() }
      if coins & 1 == 1 { for column in moved.indices { moved[column] += difference[column] } }
      coins >>= 1
    }
    let difference = metric(zip(sumA, moved).map { $0 - $1 }).flatMap { first in
      metric(zip(sumB, moved).map { $0 + $1 }).map { abs(first - $0) }
    }
    // Equal differences must not be told apart by the last bit of a division.
    if (difference ?? 0) >= observed - 1e-12 { asLarge += 1 }
  }
  return Double(asLarge + 1) / Double(rounds + 1)
}

/// What paired bootstrap says of a difference.
public struct PairedBootstrap: Hashable, Sendable {
  /// The first tagger's metric less the second's.
  public let difference: Double
  /// The percentile interval of the difference.
  public let interval: ConfidenceInterval
  /// The two-sided p-value: the part of samples whose difference is at least as far from the
  /// observed one as that is from 0, with the observed one counted among them.
  public let pValue: Double

  /// Draws items with replacement, the same for both taggers, and compares (Berg-Kirkpatrick, Burkett
  /// and Klein 2012, <https://aclanthology.org/D12-1091>: the distribution of differences is shifted
  /// to 0, since the items were drawn from a world in which the observed difference may be true).
  ///
  /// - Parameters: as for ``approximateRandomization(_:_:rounds:metric:generator:)``.
  /// - Returns: `nil` if the metric is undefined for one of both.
  /// - Complexity: O(rounds · items · columns).
  public init?(
    _ a: ItemStatistics, _ b: ItemStatistics, rounds: Int = 10_000, level: Double = 0.95,
    metric: SummedMetric, generator: inout RandomGenerator
  ) {
    checkPair(a, b, rounds)
    guard a.count > 0, let valueA = metric(a.sums), let valueB = metric(b.sums) else { return nil }
    let observed = valueA - valueB
    var samples: [Double] = []
    samples.reserveCapacity(rounds)
    var asFar = 0
    for _ in 0..<rounds {
      var (sumA, sumB) = ([Double](repeating: 0, count: a.columns), [Double]())
      sumB = sumA
      for _ in 0..<a.count {
        let item = generator.next(below: a.count)
        a.add(item, to: &sumA)
        b.add(item, to: &sumB)
      }
      guard let first = metric(sumA), let second = metric(sumB) else { continue }
      samples.append(first - second)
      if abs(first - second - observed) >= abs(observed) - 1e-12 { asFar += 1 }
    }
    guard !samples.isEmpty else { return nil }
    difference = observed
    pValue = Double(asFar + 1) / Double(samples.count + 1)
    interval = ConfidenceInterval(of: &samples, level: level)
  }
}

extension Bootstrap {
  /// The intervals of metrics of the same items, from the same samples; `nil` where a metric is
  /// undefined in every sample.
  ///
  /// - Complexity: O(rounds · items · columns).
  public func intervals(
    of items: ItemStatistics, metrics: [SummedMetric]
  ) -> [ConfidenceInterval?] {
    guard items.count > 0 else { return metrics.map { _ in nil } }
    var generator = RandomGenerator(seed: seed)
    var samples = [[Double]](repeating: [], count: metrics.count)
    for _ in 0..<rounds {
      var sums = [Double](repeating: 0, count: items.columns)
      for _ in 0..<items.count { items.add(generator.next(below: items.count), to: &sums) }
      for (index, metric) in metrics.enumerated() {
        if let value = metric(sums) { samples[index].append(value) }
      }
    }
    return samples.indices.map { index in
      samples[index].isEmpty ? nil : ConfidenceInterval(of: &samples[index], level: level)
    }
  }
}

/// p-values adjusted so that the probability of one false finding among all is held (Holm 1979, "A
/// simple sequentially rejective multiple test procedure").
///
/// - Returns: the adjusted values in the order of the given ones: the k-th smallest of n is
///   multiplied by n − k + 1, and none is below a smaller one's.
public func holmAdjusted(_ pValues: [Double]) -> [Double] {
  var result = pValues
  var highest = 0.0
  let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
  for (rank, index) in order.enumerated() {
    highest = max(highest, min(1, pValues[index] * Double(pValues.count - rank)))
    result[index] = highest
  }
  return result
}

private func checkPair(_ a: ItemStatistics, _ b: ItemStatistics, _ rounds: Int) {
  precondition(
    a.columns == b.columns && a.count == b.count, "Two taggers are compared over the same items.")
  precondition(rounds > 0, "A test by resampling needs at least one round.")
}
