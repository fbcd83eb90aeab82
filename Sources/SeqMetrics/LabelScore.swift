public import SeqCore

/// How well one label was found.
public struct LabelScore: Hashable, Sendable {
  /// The label.
  public let label: Label
  /// How often it is the gold label.
  public let support: Int
  /// How often it was predicted.
  public let predicted: Int
  /// How often it was predicted where it is right.
  public let correct: Int

  /// Makes a score from its counts.
  public init(label: Label, support: Int, predicted: Int, correct: Int) {
    precondition(correct <= min(support, predicted), "At most all predictions are right.")
    self.label = label
    self.support = support
    self.predicted = predicted
    self.correct = correct
  }

  /// The part of its predictions that is right; `nil` if it was never predicted.
  public var precision: Double? { predicted == 0 ? nil : Double(correct) / Double(predicted) }

  /// The part of its occurrences that was found; `nil` if it does not occur.
  public var recall: Double? { support == 0 ? nil : Double(correct) / Double(support) }

  /// The harmonic mean of precision and recall, 2·correct / (support + predicted); `nil` if the
  /// label neither occurs nor was predicted.
  public var f1: Double? {
    let sum = support + predicted
    return sum == 0 ? nil : 2 * Double(correct) / Double(sum)
  }
}

/// Precision, recall and F1 averaged over labels.
public struct AveragedScore: Hashable, Sendable {
  /// The mean precision, from 0 to 1.
  public let precision: Double
  /// The mean recall, from 0 to 1.
  public let recall: Double
  /// The mean of the labels' F1, from 0 to 1; not the F1 of the two means.
  public let f1: Double

  /// The mean over labels that occur or were predicted, each with the same weight; what is
  /// undefined for a label counts as 0. `nil` if there is no such label.
  public static func macro(_ scores: [LabelScore]) -> AveragedScore? {
    average(scores) { $0.support + $0.predicted > 0 ? 1 : 0 }
  }

  /// The mean over labels, each with its number of occurrences as its weight; what is undefined
  /// for a label counts as 0. `nil` if no label occurs.
  public static func weighted(_ scores: [LabelScore]) -> AveragedScore? {
    average(scores) { Double($0.support) }
  }

  private static func average(
    _ scores: [LabelScore], weight: (LabelScore) -> Double
  ) -> AveragedScore? {
    var (precision, recall, f1, total) = (0.0, 0.0, 0.0, 0.0)
    for score in scores {
      let weight = weight(score)
      precision += weight * (score.precision ?? 0)
      recall += weight * (score.recall ?? 0)
      f1 += weight * (score.f1 ?? 0)
      total += weight
    }
    guard total > 0 else { return nil }
    return AveragedScore(precision: precision / total, recall: recall / total, f1: f1 / total)
  }
}
