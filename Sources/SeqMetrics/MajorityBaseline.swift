public import SeqCore

/// What a tagger that always says the same would reach: the floor under every accuracy.
public struct MajorityBaseline: Hashable, Sendable {
  /// The label it gives to every position.
  public let label: Label
  /// The scored positions and those where it is right.
  public let positions: Tally

  /// The baseline whose label is the most frequent in training, scored on gold labels.
  ///
  /// - Parameters:
  ///   - trainingCounts: [L] how often each label occurs in training; of equally frequent labels
  ///     the lower counts.
  ///   - goldCounts: [L] how often each label occurs in what is scored.
  /// - Returns: `nil` if nothing was counted in training.
  public init?(trainingCounts: [Int], goldCounts: [Int]) {
    precondition(trainingCounts.count == goldCounts.count, "Both must count the same labels.")
    guard let most = trainingCounts.max(), most > 0, let index = trainingCounts.firstIndex(of: most)
    else {
      return nil
    }
    label = Label(index)
    positions = Tally(count: goldCounts.reduce(0, +), correct: goldCounts[index])
  }
}
