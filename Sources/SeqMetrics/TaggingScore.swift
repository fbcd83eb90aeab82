public import SeqCore

/// What predicted labels are worth against gold labels, position by position.
///
/// Records are added one at a time; scores of parts are merged. All counts are integers, so the
/// sum is the same in any order; only ``sequences`` keeps the order of the additions.
public struct TaggingScore: Hashable, Sendable {
  /// Stands in gold labels for a position that has none; it is counted as ``unscored``.
  public static let noLabel = Label.max

  /// The number of labels, L.
  public let labelCount: Int
  /// The positions that have a gold label.
  public private(set) var positions = Tally()
  /// The positions without a gold label, which nothing else counts.
  public private(set) var unscored = 0
  /// The positions whose word (or other form) the training data held.
  public private(set) var known = Tally()
  /// The positions whose word the training data did not hold.
  public private(set) var unknown = Tally()
  /// The tally of each sequence that has a scored position, in the order they were added.
  public private(set) var sequences: [Tally] = []
  /// The sequences, each right if all its scored positions are.
  public private(set) var exactSequences = Tally()
  /// How often each gold label was predicted as each label.
  public private(set) var confusion: ConfusionMatrix
  /// How far the predictions' probabilities agree with their accuracy, if they were given.
  public private(set) var calibration = Calibration()

  /// Makes a score without counts, for labels below `labelCount`.
  public init(labelCount: Int) {
    self.labelCount = labelCount
    self.confusion = ConfusionMatrix(labelCount: labelCount)
  }

  /// Counts one sequence of T positions.
  ///
  /// - Parameters:
  ///   - gold: [T] labels below L, or ``noLabel``.
  ///   - predicted: [T] labels below L.
  ///   - known: [T] whether the training data held the position's word; `nil` if nobody knows.
  ///   - confidences: [T] probability of each predicted label, from 0 to 1.
  /// - Complexity: O(T).
  public mutating func add(
    gold: [Label], predicted: [Label], known: [Bool]? = nil, confidences: [Float]? = nil
  ) {
    precondition(
      gold.count == predicted.count && known?.count ?? gold.count == gold.count
        && confidences?.count ?? gold.count == gold.count,
      "Gold labels, predictions, flags and confidences must be equally many.")
    var sequence = Tally()
    var (seen, new) = (Tally(), Tally())
    for t in gold.indices where gold[t] != Self.noLabel {
      let isCorrect = gold[t] == predicted[t]
      let one = Tally(count: 1, correct: isCorrect ? 1 : 0)
      sequence += one
      confusion.add(gold: gold[t], predicted: predicted[t])
      if let known {
        if known[t] { seen += one } else { new += one }
      }
      if let confidences { calibration.add(confidence: confidences[t], isCorrect: isCorrect) }
    }
    unscored += gold.count - sequence.count
    guard sequence.count > 0 else { return }
    positions += sequence
    self.known += seen
    unknown += new
    sequences.append(sequence)
    exactSequences += Tally(count: 1, correct: sequence.correct == sequence.count ? 1 : 0)
  }

  /// Adds the counts of another score for the same labels, as if its sequences came next.
  public mutating func merge(_ other: TaggingScore) {
    precondition(labelCount == other.labelCount, "Only scores of the same labels can be merged.")
    positions += other.positions
    unscored += other.unscored
    known += other.known
    unknown += other.unknown
    sequences += other.sequences
    exactSequences += other.exactSequences
    confusion.merge(other.confusion)
    calibration.merge(other.calibration)
  }

  /// How well each label was found, in the order of the labels.
  public var labelScores: [LabelScore] {
    let gold = confusion.goldCounts
    let predicted = confusion.predictedCounts
    return (0..<labelCount).map { label in
      LabelScore(
        label: Label(label), support: gold[label], predicted: predicted[label],
        correct: confusion[gold: Label(label), predicted: Label(label)])
    }
  }
}
