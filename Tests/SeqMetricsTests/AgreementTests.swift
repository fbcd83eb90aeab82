import SeqMetrics
import Testing

/// Worked examples of the literature; each says where it stands.
@Suite struct AgreementTests {
  /// J. L. Fleiss, Statistical Methods for Rates and Proportions, 2nd ed. (1981), table 13.1: two
  /// raters, 100 subjects, p_o = 0.89, p_e = 0.66, kappa = 0.676.
  @Test func cohensKappaOfFleissTable() throws {
    let table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    var (a, b): ([Int?], [Int?]) = ([], [])
    for (row, counts) in table.enumerated() {
      for (column, count) in counts.enumerated() {
        a += [Int?](repeating: row, count: count)
        b += [Int?](repeating: column, count: count)
      }
    }
    #expect(Agreement.observed(a, b) == 0.89)
    let kappa = try #require(Agreement.cohensKappa(a, b))
    #expect(abs(kappa - (0.89 - 0.66) / (1 - 0.66)) < 1e-12)
    #expect(abs(kappa - 0.676) < 5e-4)
  }

  /// Fourteen raters, ten subjects, five categories: kappa = 0.210 (the worked example of "Fleiss'
  /// kappa", Wikipedia, with the method of Fleiss 1971).
  @Test func fleissKappaOfFourteenRaters() throws {
    let table = [
      [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]
    var raters = [[Int?]](repeating: [], count: 14)
    for counts in table {
      let labels = counts.enumerated().flatMap { [Int?](repeating: $0, count: $1) }
      for rater in 0..<14 { raters[rater].append(labels[rater]) }
    }
    #expect(abs(try #require(Agreement.fleissKappa(raters)) - 0.210) < 5e-4)
  }

  /// K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011): A, binary data of two
  /// observers, 0.095; B, nominal data of two, 0.692; C, of four with missing values, 0.743.
  @Test func krippendorffsExamples() throws {
    let meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0].map(Optional.some)
    let owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0].map(Optional.some)
    #expect(abs(try #require(Agreement.krippendorffsAlpha([meg, owen])) - 0.095) < 5e-4)
    let ben = [0, 0, 1, 1, 3, 2, 2, 2, 4, 3, 3, 0].map(Optional.some)
    let gerry = [1, 0, 1, 1, 1, 2, 2, 2, 4, 3, 3, 3].map(Optional.some)
    #expect(abs(try #require(Agreement.krippendorffsAlpha([ben, gerry])) - 0.692) < 5e-4)
    let four: [[Int?]] = [
      [1, 2, 3, 3, 2, 1, 4, 1, 2, nil, nil, nil],
      [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nil, 3],
      [nil, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nil],
      [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nil],
    ]
    #expect(abs(try #require(Agreement.krippendorffsAlpha(four)) - 0.743) < 5e-4)
  }

  @Test func twoRatersWithoutGapsHaveOneFleissKappaAndScottsPi() throws {
    // Of two raters, Fleiss' kappa is Scott's pi: p_e from the pooled proportions.
    let a: [Int?] = [0, 0, 1, 1, 0, 1]
    let b: [Int?] = [0, 1, 1, 1, 0, 0]
    let pooled = 0.5 * 0.5 + 0.5 * 0.5
    let pi = (4.0 / 6 - pooled) / (1 - pooled)
    #expect(abs(try #require(Agreement.fleissKappa([a, b])) - pi) < 1e-12)
  }

  @Test func whereChanceAlwaysAgreesThereIsNoKappa() {
    let same: [Int?] = [1, 1, 1]
    #expect(Agreement.cohensKappa(same, same) == nil)
    #expect(Agreement.fleissKappa([same, same]) == nil)
    #expect(Agreement.krippendorffsAlpha([same, same]) == nil)
    #expect(Agreement.cohensKappa([nil, 1], [2, nil]) == nil)
  }

  @Test func f1OfSpansIsTheSameBothWays() {
    let (a, b) = (["0-2 PER", "3-4 LOC"], ["0-2 PER", "5-6 LOC", "7-8 LOC"])
    #expect(Agreement.spanF1(a, b) == 0.4)
    #expect(Agreement.spanF1(b, a) == 0.4)
    #expect(Agreement.spanF1([String](), []) == nil)
  }
}
