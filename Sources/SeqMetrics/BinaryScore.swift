/// What two classes, one of them positive, were taken for; and the rates that follow.
///
/// A rate whose denominator is 0 is 0, and its complement 1, as the CAID assessment counts
/// (Conte et al. 2023, doi 10.1002/prot.26582).
public struct BinaryScore: Hashable, Sendable {
  /// Positives taken for positive.
  public var truePositives = 0
  /// Negatives taken for positive.
  public var falsePositives = 0
  /// Negatives taken for negative.
  public var trueNegatives = 0
  /// Positives taken for negative.
  public var falseNegatives = 0

  /// Nothing yet.
  public init() {}

  /// Counts one case.
  public mutating func add(isPositive: Bool, isPredicted: Bool) {
    switch (isPositive, isPredicted) {
    case (true, true): truePositives += 1
    case (false, true): falsePositives += 1
    case (false, false): trueNegatives += 1
    case (true, false): falseNegatives += 1
    }
  }

  /// Adds the counts of other cases.
  public static func += (a: inout BinaryScore, b: BinaryScore) {
    a.truePositives += b.truePositives
    a.falsePositives += b.falsePositives
    a.trueNegatives += b.trueNegatives
    a.falseNegatives += b.falseNegatives
  }

  /// TP / (TP + FN): recall, sensitivity.
  public var recall: Double { ratio(truePositives, truePositives + falseNegatives) }
  /// TN / (TN + FP).
  public var specificity: Double { ratio(trueNegatives, trueNegatives + falsePositives) }
  /// FP / (TN + FP): the complement of specificity.
  public var fallOut: Double { ratio(falsePositives, trueNegatives + falsePositives) }
  /// TP / (TP + FP): positive predictive value.
  public var precision: Double { ratio(truePositives, truePositives + falsePositives) }
  /// TN / (TN + FN).
  public var negativePredictiveValue: Double {
    ratio(trueNegatives, trueNegatives + falseNegatives)
  }
  /// The mean of recall and specificity.
  public var balancedAccuracy: Double { (recall + specificity) / 2 }
  /// Recall + specificity − 1: informedness.
  public var informedness: Double { recall + specificity - 1 }
  /// Both predictive values − 1.
  public var markedness: Double { precision + negativePredictiveValue - 1 }
  /// TP / (TP + FN + FP).
  public var criticalSuccessIndex: Double {
    ratio(truePositives, truePositives + falseNegatives + falsePositives)
  }

  /// The weighted harmonic mean of precision and recall; β > 1 favours recall.
  public func fScore(beta: Double = 1) -> Double {
    let denominator = beta * beta * precision + recall
    return denominator == 0 ? 0 : (1 + beta * beta) * precision * recall / denominator
  }

  /// Matthews' correlation coefficient; 0 where a class is never found or never there.
  public var matthewsCorrelation: Double {
    let (tp, fp) = (Double(truePositives), Double(falsePositives))
    let (tn, fn) = (Double(trueNegatives), Double(falseNegatives))
    // A product of roots: four counts of a chromosome multiplied overflow integers.
    let denominator =
      (tp + fp).squareRoot() * (tp + fn).squareRoot() * (tn + fp).squareRoot()
      * (tn + fn).squareRoot()
    return denominator == 0 ? 0 : (tp * tn - fp * fn) / denominator
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}
