/// How far the probabilities of predictions agree with how often they are right.
///
/// Predictions fall into bins of equal width by their probability; in a calibrated model, the
/// accuracy of a bin is its mean probability (Guo et al. 2017, "On Calibration of Modern Neural
/// Networks", §2).
public struct Calibration: Hashable, Sendable {
  /// The predictions whose probability lies in one interval.
  public struct Bin: Hashable, Sendable {
    /// The predictions and those that are right.
    public fileprivate(set) var tally = Tally()
    /// The sum of the probabilities in units of 2⁻³², so that sums do not depend on their order.
    fileprivate var fixedSum: UInt64 = 0

    /// The mean probability; `nil` if the bin is empty.
    public var meanConfidence: Double? {
      tally.count == 0 ? nil : Double(fixedSum) * 0x1p-32 / Double(tally.count)
    }
  }

  /// Bin b of B holds the probabilities in [b/B, (b+1)/B); the last also holds 1.
  public private(set) var bins: [Bin]

  /// Makes a calibration without counts.
  public init(binCount: Int = 10) {
    precondition(binCount > 0, "Calibration needs at least one bin.")
    bins = Array(repeating: Bin(), count: binCount)
  }

  /// Counts one prediction.
  ///
  /// - Parameter confidence: the prediction's probability; rounding beyond [0, 1] is cut off, and
  ///   what is not a number counts as 0.
  public mutating func add(confidence: Float, isCorrect: Bool) {
    let probability = confidence >= 0 ? min(Double(confidence), 1) : 0
    let index = min(Int(probability * Double(bins.count)), bins.count - 1)
    bins[index].tally += Tally(count: 1, correct: isCorrect ? 1 : 0)
    bins[index].fixedSum += UInt64((probability * 0x1p32).rounded())
  }

  /// Adds the counts of another calibration with as many bins.
  public mutating func merge(_ other: Calibration) {
    precondition(bins.count == other.bins.count, "Only equally many bins can be merged.")
    for index in bins.indices {
      bins[index].tally += other.bins[index].tally
      bins[index].fixedSum += other.bins[index].fixedSum
    }
  }

  /// The number of predictions.
  public var count: Int { bins.reduce(0) { $0 + $1.tally.count } }

  /// Expected calibration error: the mean over predictions of the distance between accuracy and
  /// mean probability of their bin, Σ_b n_b/N · |acc_b − conf_b|; `nil` without predictions.
  public var expectedError: Double? {
    let count = count
    guard count > 0 else { return nil }
    var sum = 0.0
    for bin in bins where bin.tally.count > 0 {
      sum += abs(Double(bin.tally.correct) - Double(bin.fixedSum) * 0x1p-32)
    }
    return sum / Double(count)
  }

  /// What ``expectedError`` would come to by chance in as many predictions with these probabilities if
  /// they were calibrated: Σ_b n_b/N · √(2 p̄_b (1 − p̄_b) / (π n_b)), the mean distance of a
  /// binomial share from its probability by the normal distribution; `nil` without predictions.
  ///
  /// It tells how much of an error is noise. Predictions whose outcomes go together, such as one name
  /// many times in a text, have more.
  public var errorByChance: Double? {
    let count = count
    guard count > 0 else { return nil }
    var sum = 0.0
    for bin in bins {
      guard let mean = bin.meanConfidence else { continue }
      sum += (2 / Double.pi * Double(bin.tally.count) * mean * (1 - mean)).squareRoot()
    }
    return sum / Double(count)
  }
}
