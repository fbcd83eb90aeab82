/// How well scores rank positives before negatives, whatever the threshold.
public struct RankingScore: Sendable {
  /// For each score that occurs, from the highest: cases with at least it.
  public struct Point: Hashable, Sendable {
    /// The score.
    public var threshold: Double
    /// Positives with at least this score.
    public var truePositives: Int
    /// Negatives with at least this score.
    public var falsePositives: Int

    /// Makes a point.
    public init(threshold: Double, truePositives: Int, falsePositives: Int) {
      self.threshold = threshold
      self.truePositives = truePositives
      self.falsePositives = falsePositives
    }
  }

  /// The curve, from the highest score to the lowest.
  public let points: [Point]
  /// All positives.
  public let positives: Int
  /// All negatives.
  public let negatives: Int

  /// Sorts cases by score.
  ///
  /// - Complexity: O(n log n).
  public init(_ cases: [(score: Double, isPositive: Bool)]) {
    var points: [Point] = []
    var (truePositives, falsePositives) = (0, 0)
    for (score, isPositive) in cases.sorted(by: { $0.score > $1.score }) {
      if isPositive { truePositives += 1 } else { falsePositives += 1 }
      let point = Point(
        threshold: score, truePositives: truePositives, falsePositives: falsePositives)
      if points.last?.threshold == score {
        points[points.count - 1] = point
      } else {
        points.append(point)
      }
    }
    self.points = points
    positives = truePositives
    negatives = falsePositives
  }

  /// The area under the receiver operating characteristic; ties count half. `nil` without a positive or
  /// without a negative.
  public var areaUnderROC: Double? {
    guard positives > 0, negatives > 0 else { return nil }
    var area = 0.0
    var last = (x: 0, y: 0)
    for point in points {
      area +=
        Double(point.falsePositives - last.x) * Double(point.truePositives + last.y) / 2
      last = (point.falsePositives, point.truePositives)
    }
    return area / Double(positives) / Double(negatives)
  }

  /// Average precision: precision at each score, weighted by the recall it adds. `nil` without a
  /// positive.
  public var averagePrecision: Double? {
    guard positives > 0 else { return nil }
    var sum = 0.0
    var last = 0
    for point in points {
      sum += precision(point) * Double(point.truePositives - last)
      last = point.truePositives
    }
    return sum / Double(positives)
  }

  /// The area under precision over recall, by trapezoids from precision 1 at recall 0. `nil` without a
  /// positive.
  public var areaUnderPrecisionRecall: Double? {
    guard positives > 0 else { return nil }
    var sum = 0.0
    var last = (precision: 1.0, truePositives: 0)
    for point in points {
      let here = precision(point)
      sum += (here + last.precision) / 2 * Double(point.truePositives - last.truePositives)
      last = (here, point.truePositives)
    }
    return sum / Double(positives)
  }

  /// The score from which on cases are best taken for positive, by F1; of equal ones the highest.
  public func bestThreshold() -> (threshold: Double, f1: Double)? {
    guard positives > 0 else { return nil }
    var best: (threshold: Double, f1: Double)?
    for point in points {
      let f1 =
        2 * Double(point.truePositives)
        / Double(positives + point.truePositives + point.falsePositives)
      if f1 > best?.f1 ?? -1 { best = (point.threshold, f1) }
    }
    return best
  }

  private func precision(_ point: Point) -> Double {
    Double(point.truePositives) / Double(point.truePositives + point.falsePositives)
  }
}
