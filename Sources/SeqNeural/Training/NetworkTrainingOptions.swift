/// How a ``NetworkTrainer`` learns. The defaults are those that MS-TCN was published with.
public struct NetworkTrainingOptions: Codable, Hashable, Sendable {
  /// How the learning rate changes over the epochs.
  public enum Schedule: String, Codable, Hashable, Sendable, CaseIterable {
    /// It stays.
    case constant
    /// It falls to 0 along half a cosine (Loshchilov and Hutter 2017, arXiv:1608.03983).
    case cosine
    /// It falls to 0 evenly.
    case linear
  }

  /// The number of passes over the examples.
  public var epochs = 50
  /// The learning rate of Adam.
  public var rate: Float = 5e-4
  /// How the rate changes.
  public var schedule = Schedule.constant
  /// The number of first epochs in which the rate rises evenly from 0.
  public var warmup = 0
  /// The share of each number that is taken away in a step, times the rate (AdamW).
  public var weightDecay: Float = 0
  /// The greatest length of a gradient; longer ones are shortened. `nil` for none.
  public var longestGradient: Float?
  /// The number of sequences whose mean gradient makes a step. The mean is over their positions.
  public var batch = 1
  /// The loss, its smoothing included.
  public var loss = SmoothedLoss()
  /// After how many epochs without a better score training ends; `nil` for never.
  public var patience: Int?
  /// Whether the epoch with the best score is kept, if there are scores, and not the last.
  public var keepsBest = true
  /// Whether weights are rounded to half precision when training ends; biases and normalizations are
  /// not. A ``NetworkStream`` of single rows reads them in less time, and a file is half as large.
  public var roundsWeights = false
  /// The seed of the first weights, of the order of sequences and of dropout.
  public var seed: UInt64 = 1

  /// Makes options with the defaults.
  public init() {}

  /// The learning rate at a point of training.
  ///
  /// - Parameter done: the epochs done so far, with a part of the one under way.
  func rate(at done: Double) -> Float {
    if done < Double(warmup) { return rate * Float((done + 1e-3) / Double(warmup)) }
    let share = (done - Double(warmup)) / Double(max(epochs - warmup, 1))
    switch schedule {
    case .constant: return rate
    case .linear: return rate * Float(max(1 - share, 0))
    case .cosine: return rate * Float(0.5 + 0.5 * cosine(of: share))
    }
  }

  func check() throws(NetworkError) {
    func need(_ holds: Bool, _ name: String, _ found: Any, _ expected: String) throws(NetworkError)
    {
      if !holds { throw .option(name: name, found: "\(found)", expected: expected) }
    }
    try need(epochs >= 1, "epochs", epochs, "1 or more")
    try need(rate > 0 && rate.isFinite, "the learning rate", rate, "above 0")
    try need(warmup >= 0 && warmup < epochs, "warmup", warmup, "from 0 to below the epochs")
    try need(weightDecay >= 0, "weight decay", weightDecay, "0 or more")
    try need(longestGradient ?? 1 > 0, "the longest gradient", longestGradient ?? 0, "above 0")
    try need(batch >= 1, "the batch", batch, "1 or more")
    try need(patience ?? 1 >= 1, "patience", patience ?? 0, "1 or more")
    try need(loss.smoothing >= 0 && loss.limit > 0, "smoothing", loss.smoothing, "0 or more")
  }
}
