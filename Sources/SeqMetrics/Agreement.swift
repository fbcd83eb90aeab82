/// How far annotators agree on the labels of the same items, beyond what chance would give.
///
/// Labels are numbers; `nil` where an annotator gave none.
public enum Agreement {
  /// The part of items, of those that both labelled, on which two annotators agree; `nil` without
  /// such items.
  public static func observed(_ a: [Int?], _ b: [Int?]) -> Double? {
    precondition(a.count == b.count, "Two annotators label the same items.")
    var counted = 0
    var equal = 0
    for (x, y) in zip(a, b) {
      guard let x, let y else { continue }
      counted += 1
      if x == y { equal += 1 }
    }
    return counted == 0 ? nil : Double(equal) / Double(counted)
  }

  /// Cohen's kappa, (p_o − p_e) / (1 − p_e), with p_e = Σ_k p_a(k)·p_b(k), over the items that both
  /// labelled (J. Cohen 1960, "A coefficient of agreement for nominal scales",
  /// doi:10.1177/001316446002000104).
  ///
  /// - Returns: `nil` without such items, and where chance alone agrees always.
  public static func cohensKappa(_ a: [Int?], _ b: [Int?]) -> Double? {
    guard let observed = observed(a, b) else { return nil }
    var countsA: [Int: Double] = [:]
    var countsB: [Int: Double] = [:]
    var total = 0.0
    for (x, y) in zip(a, b) {
      guard let x, let y else { continue }
      countsA[x, default: 0] += 1
      countsB[y, default: 0] += 1
      total += 1
    }
    // In the order of the labels, so that equal input gives equal sums.
    let expected = countsA.keys.sorted().reduce(0.0) {
      $0 + countsA[$1]! * (countsB[$1] ?? 0) / (total * total)
    }
    return expected == 1 ? nil : (observed - expected) / (1 - expected)
  }

  /// Fleiss' kappa for any number of annotators (J. L. Fleiss 1971, "Measuring nominal scale agreement
  /// among many raters", doi:10.1037/h0031619), over the items that all of them labelled.
  ///
  /// - Parameter annotators: [annotator][item], two or more.
  /// - Returns: `nil` without such items, and where chance alone agrees always.
  public static func fleissKappa(_ annotators: [[Int?]]) -> Double? {
    let raters = Double(annotators.count)
    guard annotators.count >= 2, let items = annotators.first?.count else { return nil }
    var totals: [Int: Double] = [:]
    var agreement = 0.0
    var counted = 0.0
    for item in 0..<items {
      let labels = annotators.compactMap { $0[item] }
      guard labels.count == annotators.count else { continue }
      var counts: [Int: Double] = [:]
      for label in labels { counts[label, default: 0] += 1 }
      for (label, count) in counts { totals[label, default: 0] += count }
      let pairs = counts.keys.sorted().reduce(0.0) { $0 + counts[$1]! * (counts[$1]! - 1) }
      agreement += pairs / (raters * (raters - 1))
      counted += 1
    }
    guard counted > 0 else { return nil }
    let observed = agreement / counted
    let expected = totals.keys.sorted().reduce(0.0) {
      let part = totals[$1]! / (counted * raters)
      return $0 + part * part
    }
    return expected == 1 ? nil : (observed - expected) / (1 - expected)
  }

  /// Krippendorff's alpha for nominal labels, 1 − D_o / D_e from the matrix of coincidences, over the
  /// items that two annotators or more labelled (K. Krippendorff 2011, "Computing Krippendorff's
  /// Alpha-Reliability", https://repository.upenn.edu/asc_papers/43).
  ///
  /// - Parameter annotators: [annotator][item].
  /// - Returns: `nil` without such items, and where all labels are equal.
  public static func krippendorffsAlpha(_ annotators: [[Int?]]) -> Double? {
    guard let items = annotators.first?.count else { return nil }
    var totals: [Int: Double] = [:]
    var disagreement = 0.0
    for item in 0..<items {
      var counts: [Int: Double] = [:]
      for annotator in annotators {
        if let label = annotator[item] { counts[label, default: 0] += 1 }
      }
      let labels = counts.keys.sorted()
      let values = labels.reduce(0.0) { $0 + counts[$1]! }
      guard values >= 2 else { continue }
      // Σ_{c≠k} n_c·n_k / (m − 1), the coincidences off the diagonal.
      let squares = labels.reduce(0.0) { $0 + counts[$1]! * counts[$1]! }
      disagreement += (values * values - squares) / (values - 1)
      for label in labels { totals[label, default: 0] += counts[label]! }
    }
    let labels = totals.keys.sorted()
    let total = labels.reduce(0.0) { $0 + totals[$1]! }
    guard total > 1 else { return nil }
    let squares = labels.reduce(0.0) { $0 + totals[$1]! * totals[$1]! }
    let expected = (total * total - squares) / (total - 1)
    return expected == 0 ? nil : 1 - disagreement / expected
  }

  /// F1 of two annotators' spans, 2·|A ∩ B| / (|A| + |B|), which is the same whoever counts as gold;
  /// chance agreement is close to nothing, as the spans that nobody marked cannot be counted
  /// (G. Hripcsak and A. S. Rothschild 2005, doi:10.1197/jamia.M1733).
  ///
  /// - Returns: `nil` if neither has a span.
  public static func spanF1<Span: Hashable>(_ a: [Span], _ b: [Span]) -> Double? {
    let sum = a.count + b.count
    return sum == 0 ? nil : 2 * Double(Set(a).intersection(b).count) / Double(sum)
  }
}
