import Foundation
import SeqMath
import Testing

@testable import SeqMetrics

/// Tests between two systems, against SciPy and enumeration (`Tests/Oracles/paired-tests.py`).
@Suite struct PairedTestsTests {
  struct Oracle: Decodable {
    struct Case: Decodable {
      var metric: String
      var a: [[Double]]
      var b: [[Double]]
      var randomization: Double
      var bootstrap: Double
    }
    var cases: [Case]
  }

  static let cases: [Oracle.Case] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Oracles/paired-tests.json").standardizedFileURL
    return (try? JSONDecoder().decode(Oracle.self, from: Data(contentsOf: path)))?.cases ?? []
  }()

  static func metric(_ name: String) -> SummedMetric {
    if name == "accuracy" {
      return { (sums: [Double]) -> Double? in sums[0] == 0 ? nil : sums[1] / sums[0] }
    }
    return { (sums: [Double]) -> Double? in
      let all: Double = sums[0] + sums[1]
      return all == 0 ? nil : 2 * sums[2] / all
    }
  }

  static func statistics(_ rows: [[Double]]) -> ItemStatistics {
    var result = ItemStatistics(columns: rows[0].count)
    for row in rows { result.add(row) }
    return result
  }

  @Test func theOracleIsAtHand() { #expect(Self.cases.count == 12) }

  /// Both sides draw: four standard deviations of the difference of ours and SciPy's draws, and the
  /// observed difference that is counted among ours.
  static func tolerance(_ p: Double, rounds: Double) -> Double {
    let spread = (p * (1 - p)).squareRoot()
    return 4 * spread * (1 / rounds + 1.0 / 400_000).squareRoot() + 2 / rounds
  }

  @Test(arguments: cases.indices)
  func randomizationAgreesWithSciPy(_ index: Int) throws {
    let oracle = Self.cases[index]
    var generator = RandomGenerator(seed: 9)
    let p = try #require(
      approximateRandomization(
        Self.statistics(oracle.a), Self.statistics(oracle.b), rounds: 10_000,
        metric: Self.metric(oracle.metric), generator: &generator))
    #expect(abs(p - oracle.randomization) < Self.tolerance(oracle.randomization, rounds: 10_000))
  }

  @Test(arguments: cases.indices)
  func bootstrapAgreesWithEnumeration(_ index: Int) throws {
    let oracle = Self.cases[index]
    var generator = RandomGenerator(seed: 9)
    let result = try #require(
      PairedBootstrap(
        Self.statistics(oracle.a), Self.statistics(oracle.b), rounds: 10_000,
        metric: Self.metric(oracle.metric), generator: &generator))
    #expect(
      abs(result.pValue - oracle.bootstrap) < Self.tolerance(oracle.bootstrap, rounds: 10_000))
    #expect(result.interval.low <= result.difference && result.difference <= result.interval.high)
  }

  @Test func equalSystemsDifferByChance() throws {
    let a = Self.statistics([[4, 3], [5, 5], [2, 0]])
    var generator = RandomGenerator(seed: 1)
    let metric = Self.metric("accuracy")
    #expect(
      approximateRandomization(a, a, rounds: 100, metric: metric, generator: &generator) == 1)
    let bootstrap = try #require(
      PairedBootstrap(a, a, rounds: 100, metric: metric, generator: &generator))
    #expect(bootstrap.pValue == 1)
    #expect(bootstrap.difference == 0)
  }

  @Test func anUndefinedMetricGivesNoTest() {
    let a = Self.statistics([[0, 0]])
    var generator = RandomGenerator(seed: 1)
    let metric = Self.metric("accuracy")
    #expect(approximateRandomization(a, a, metric: metric, generator: &generator) == nil)
    #expect(PairedBootstrap(a, a, metric: metric, generator: &generator) == nil)
  }

  /// Worked by hand: the smallest times 4, then 3, 2 and 1, none below the one before.
  @Test func holmAdjusts() {
    let adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005])
    for (value, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) {
      #expect(abs(value - expected) < 1e-12)
    }
    #expect(holmAdjusted([0.5, 0.9]) == [1, 1])
    #expect(holmAdjusted([]) == [])
  }

  /// The interval of accuracy is that of the bootstrap over tallies with the same draws.
  @Test func intervalsOfMetricsAgreeWithThoseOfTallies() throws {
    var rows: [[Double]] = []
    for index in 0..<40 { rows.append([Double(3 + index % 5), Double(1 + index % 3)]) }
    let tallies = rows.map { Tally(count: Int($0[0]), correct: Int($0[1])) }
    let bootstrap = Bootstrap(rounds: 200, seed: 4)
    let ours = try #require(
      bootstrap.intervals(of: Self.statistics(rows), metrics: [Self.metric("accuracy")])[0])
    #expect(ours == bootstrap.intervals(of: tallies)?.accuracy)
  }

  @Test func meansOfSeedsAreMeansOfCounts() {
    let mean = ItemStatistics.mean([
      Self.statistics([[4, 3], [2, 1]]), Self.statistics([[4, 1], [2, 2]]),
    ])
    #expect(mean.values == [4, 2, 2, 1.5])
    #expect(mean.sums == [6, 3.5])
    #expect(mean.selecting([1]).values == [2, 1.5])
  }
}
