internal import SeqMath

/// The figures of the CAID assessment, as its published program computes them
/// (Necci et al. 2021, doi 10.1038/s41592-021-01117-3; Conte et al. 2023, doi 10.1002/prot.26582).
///
/// That program rounds recall (tpr), precision (ppv) and the false positive rate (fpr) to three
/// decimals first, and computes the F scores, informedness (inf), markedness (mk) and the areas
/// from the rounded rates; balanced accuracy (bac), Matthews' coefficient (mcc), the critical success
/// index (csi) and the negative predictive value (npv) come from the counts. So its figures can
/// differ by 0.001 from those of ``BinaryScore``; here they are equal.
public struct CAIDAssessment: Sendable {
  /// A figure at a threshold, under the assessment's name.
  public enum Figure: String, CaseIterable, Sendable {
    /// Balanced accuracy, critical success index, F0.5, F1, F2, false negative rate.
    case bac, csi, f05, f1s, f2s, fnr
    /// False omission rate, false positive rate, informedness, Matthews' coefficient, markedness.
    case fom, fpr, inf, mcc, mk
    /// Negative and positive predictive value, true negative and true positive rate.
    case npv, ppv, tnr, tpr
  }

  /// Cases by falling score.
  public let ranking: RankingScore

  /// Ranks the assessed residues of one protein or of all.
  public init(_ cases: [(score: Double, isPositive: Bool)]) { ranking = RankingScore(cases) }

  /// The counts if residues with at least this score are taken for positive. Where none has, those
  /// with the highest score are, as in the assessment.
  public func counts(at threshold: Double) -> BinaryScore {
    let points = ranking.points
    guard !points.isEmpty else { return BinaryScore() }
    return counts(points[max(pointCount(from: threshold) - 1, 0)])
  }

  /// The counts if residues with at least this score, perhaps none, are taken for positive.
  public func exactCounts(at threshold: Double) -> BinaryScore {
    let count = pointCount(from: threshold)
    return counts(
      count > 0
        ? ranking.points[count - 1]
        : .init(threshold: threshold, truePositives: 0, falsePositives: 0))
  }

  /// How many points of the ranking have at least this score.
  private func pointCount(from threshold: Double) -> Int {
    var (low, high) = (0, ranking.points.count)
    while low < high {
      let middle = (low + high) / 2
      // The assessment's thresholds are scores with three decimals.
      if Self.rounded(ranking.points[middle].threshold) >= threshold {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private func counts(_ point: RankingScore.Point) -> BinaryScore {
    var counts = BinaryScore()
    counts.truePositives = point.truePositives
    counts.falsePositives = point.falsePositives
    counts.falseNegatives = ranking.positives - point.truePositives
    counts.trueNegatives = ranking.negatives - point.falsePositives
    return counts
  }

  /// The figures at a threshold, with three decimals; those without a value are left out.
  public func figures(at threshold: Double) -> [Figure: Double] {
    ranking.points.isEmpty ? [:] : Self.figures(of: counts(at: threshold))
  }

  /// The figures of counts, with three decimals. Without negatives fpr, tnr and inf have no value.
  public static func figures(of counts: BinaryScore) -> [Figure: Double] {
    let recall = rounded(counts.recall)
    let precision = rounded(counts.precision)
    let negatives = counts.trueNegatives + counts.falsePositives
    let positives = counts.truePositives + counts.falseNegatives
    func fScore(_ beta: Double) -> Double {
      let denominator = beta * beta * precision + recall
      return denominator == 0 ? 0 : (1 + beta * beta) * precision * recall / denominator
    }
    let npv = counts.negativePredictiveValue
    var figures: [Figure: Double] = [
      .csi: counts.criticalSuccessIndex, .f05: fScore(0.5), .f1s: fScore(1), .f2s: fScore(2),
      .fnr: 1 - recall, .fom: 1 - npv, .mcc: counts.matthewsCorrelation, .mk: precision + npv - 1,
      .npv: npv, .ppv: precision, .tpr: recall,
    ]
    if negatives > 0 {
      let fallOut = rounded(counts.fallOut)
      figures[.fpr] = fallOut
      figures[.tnr] = 1 - fallOut
      figures[.inf] = recall + (1 - fallOut) - 1
    }
    // The mean over the classes that are there.
    if positives > 0, negatives > 0 {
      figures[.bac] = counts.balancedAccuracy
    } else if positives + negatives > 0 {
      figures[.bac] = positives > 0 ? counts.recall : counts.specificity
    }
    return figures.mapValues(rounded)
  }

  /// The threshold with the largest figure, the highest of several; `nil` without cases.
  public func bestThreshold(for figure: Figure) -> Double? {
    var best: (threshold: Double, value: Double)?
    for point in ranking.points {
      guard let value = Self.figures(of: counts(point))[figure] else { continue }
      if value > best?.value ?? -.infinity { best = (Self.rounded(point.threshold), value) }
    }
    return best?.threshold
  }

  /// The area under the receiver operating characteristic, of rounded rates, with three decimals.
  public var areaUnderROC: Double? {
    guard ranking.positives > 0, ranking.negatives > 0 else { return nil }
    return area(ranking.points.map { (fallOut($0), recall($0)) }, from: (0, 0))
  }

  /// The area under precision over recall, by trapezoids, of rounded rates, with three decimals.
  public var areaUnderPrecisionRecall: Double? {
    guard ranking.positives > 0 else { return nil }
    return area(ranking.points.map { (recall($0), precision($0)) }, from: (0, 1))
  }

  /// The average precision of rounded rates, with three decimals.
  public var averagePrecision: Double? {
    guard ranking.positives > 0 else { return nil }
    var sum = 0.0
    var last = 0.0
    for point in ranking.points {
      sum += (recall(point) - last) * precision(point)
      last = recall(point)
    }
    return Self.rounded(sum)
  }

  private func area(_ curve: [(x: Double, y: Double)], from start: (x: Double, y: Double)) -> Double
  {
    var sum = 0.0
    var last = start
    for point in curve {
      sum += (point.x - last.x) * (point.y + last.y) / 2
      last = point
    }
    return Self.rounded(sum)
  }

  private func recall(_ point: RankingScore.Point) -> Double {
    Self.rounded(Double(point.truePositives) / Double(ranking.positives))
  }

  private func fallOut(_ point: RankingScore.Point) -> Double {
    Self.rounded(Double(point.falsePositives) / Double(ranking.negatives))
  }

  private func precision(_ point: RankingScore.Point) -> Double {
    Self.rounded(
      Double(point.truePositives) / Double(point.truePositives + point.falsePositives))
  }

  /// Three decimals; halves go to the even digit.
  private static func rounded(_ value: Double) -> Double {
    (value * 1000).rounded(.toNearestOrEven) / 1000
  }
}

extension CAIDAssessment {
  /// The assessment's own intervals at a threshold: residues are drawn with replacement 100 times,
  /// and the interval is the 95 % one of the *mean* of the 100 figures, by Student's t with 100
  /// degrees of freedom. It says how sure that mean is, not the figure: see
  /// `Bootstrap.intervals(of:)` for intervals that cover other proteins.
  ///
  /// - Complexity: O(100 · residues).
  public func intervalsOfMeans(
    at threshold: Double, seed: UInt64
  ) -> [Figure: ConfidenceInterval] {
    let all = counts(at: threshold)
    let bounds = [
      all.truePositives, all.truePositives + all.falsePositives,
      all.truePositives + all.falsePositives + all.falseNegatives,
      ranking.positives + ranking.negatives,
    ]
    guard bounds[3] > 0 else { return [:] }
    var generator = RandomGenerator(seed: seed)
    var samples: [Figure: [Double]] = [:]
    for _ in 0..<100 {
      var drawn = BinaryScore()
      for _ in 0..<bounds[3] {
        let index = generator.next(below: bounds[3])
        if index < bounds[0] {
          drawn.truePositives += 1
        } else if index < bounds[1] {
          drawn.falsePositives += 1
        } else if index < bounds[2] {
          drawn.falseNegatives += 1
        } else {
          drawn.trueNegatives += 1
        }
      }
      for (figure, value) in Self.figures(of: drawn) { samples[figure, default: []].append(value) }
    }
    return samples.mapValues { values in
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = count > 1 ? (squares / (count - 1)).squareRoot() : 0
      // The 0.975 quantile of Student's t with 100 degrees of freedom.
      let half = 1.983_971_518_5 * deviation / count.squareRoot()
      return ConfidenceInterval(low: mean - half, high: mean + half)
    }
  }
}

extension Bootstrap {
  /// Percentile intervals of the CAID figures; whole proteins are drawn.
  ///
  /// - Parameter targets: the counts of each protein.
  /// - Complexity: O(rounds · targets).
  public func intervals(of targets: [BinaryScore]) -> [CAIDAssessment.Figure: ConfidenceInterval] {
    guard !targets.isEmpty else { return [:] }
    var generator = RandomGenerator(seed: seed)
    var samples: [CAIDAssessment.Figure: [Double]] = [:]
    for _ in 0..<rounds {
      var sum = BinaryScore()
      for _ in targets.indices { sum += targets[generator.next(below: targets.count)] }
      for (figure, value) in CAIDAssessment.figures(of: sum) {
        samples[figure, default: []].append(value)
      }
    }
    return samples.mapValues { values in
      var values = values
      return ConfidenceInterval(of: &values, level: level)
    }
  }
}
