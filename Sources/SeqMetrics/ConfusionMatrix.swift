public import SeqCore

/// How often each gold label was predicted as each label.
public struct ConfusionMatrix: Hashable, Sendable {
  /// The number of labels, L.
  public let labelCount: Int
  /// [L][L] counts, a row per gold label.
  public private(set) var counts: [Int]

  /// Makes a matrix of zeros.
  public init(labelCount: Int) {
    self.labelCount = labelCount
    self.counts = Array(repeating: 0, count: labelCount * labelCount)
  }

  /// The number of positions with label `gold` that were predicted as `predicted`.
  public subscript(gold gold: Label, predicted predicted: Label) -> Int {
    counts[Int(gold) * labelCount + Int(predicted)]
  }

  /// Counts one position.
  public mutating func add(gold: Label, predicted: Label) {
    precondition(
      Int(gold) < labelCount && Int(predicted) < labelCount,
      "A scored label must be one of the schema's.")
    counts[Int(gold) * labelCount + Int(predicted)] += 1
  }

  /// Adds the counts of another matrix of the same labels.
  public mutating func merge(_ other: ConfusionMatrix) {
    precondition(labelCount == other.labelCount, "Only equal sets of labels can be merged.")
    for index in counts.indices { counts[index] += other.counts[index] }
  }

  /// [L] how often each label is the gold label: the sums of the rows.
  public var goldCounts: [Int] {
    (0..<labelCount).map { gold in
      counts[(gold * labelCount)..<((gold + 1) * labelCount)].reduce(0, +)
    }
  }

  /// [L] how often each label was predicted: the sums of the columns.
  public var predictedCounts: [Int] {
    (0..<labelCount).map { predicted in
      stride(from: predicted, to: counts.count, by: labelCount).reduce(0) { $0 + counts[$1] }
    }
  }

  /// One kind of mistake.
  public struct Confusion: Hashable, Sendable {
    /// The right label.
    public let gold: Label
    /// The label that was predicted.
    public let predicted: Label
    /// How often.
    public let count: Int
  }

  /// The mistakes that were made, the most frequent first; of equally frequent ones, that with the
  /// lower gold label, then the lower predicted label.
  public var confusions: [Confusion] {
    var result: [Confusion] = []
    for gold in 0..<labelCount {
      for predicted in 0..<labelCount where gold != predicted {
        let count = counts[gold * labelCount + predicted]
        guard count > 0 else { continue }
        result.append(
          Confusion(gold: Label(gold), predicted: Label(predicted), count: count))
      }
    }
    return result.sorted { ($1.count, $0.gold, $0.predicted) < ($0.count, $1.gold, $1.predicted) }
  }
}
