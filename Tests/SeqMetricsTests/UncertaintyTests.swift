import SeqMath
import SeqMetrics
import Testing

@Suite struct UncertaintyTests {
  @Test func calibrationErrorByHand() throws {
    var calibration = Calibration(binCount: 4)
    // Bin [0.5, 0.75): 0.5 right, 0.625 wrong; accuracy 0.5, mean 0.5625: 2 × 0.0625.
    calibration.add(confidence: 0.5, isCorrect: true)
    calibration.add(confidence: 0.625, isCorrect: false)
    // Bin [0.75, 1]: 0.75, 1 and 1 right; accuracy 1, mean 11/12: 3 × 1/12.
    calibration.add(confidence: 0.75, isCorrect: true)
    calibration.add(confidence: 1, isCorrect: true)
    calibration.add(confidence: 1.000001, isCorrect: true)
    // Bin [0, 0.25): not a number counts as 0 and is wrong: 0.
    calibration.add(confidence: .nan, isCorrect: false)
    #expect(calibration.count == 6)
    #expect(calibration.bins.map(\.tally.count) == [1, 0, 2, 3])
    #expect(calibration.bins[1].meanConfidence == nil)
    let error = try #require(calibration.expectedError)
    let expected: Double = 0.375 / 6
    #expect(abs(error - expected) < 1e-9)
  }

  /// All samples of two sequences are known: (1,1) ¼, (1,2) ½, (2,2) ¼ of the draws.
  @Test func bootstrapOfTwoSequences() throws {
    let sequences = [Tally(count: 4, correct: 4), Tally(count: 6, correct: 3)]
    let wide = try #require(Bootstrap(level: 0.95).intervals(of: sequences))
    #expect(wide.accuracy == ConfidenceInterval(low: 0.5, high: 1))
    #expect(wide.exactAccuracy == ConfidenceInterval(low: 0, high: 1))
    let narrow = try #require(Bootstrap(level: 0.2).intervals(of: sequences))
    #expect(narrow.accuracy == ConfidenceInterval(low: 0.7, high: 0.7))
    #expect(narrow.exactAccuracy == ConfidenceInterval(low: 0.5, high: 0.5))
  }

  /// With sequences of one position, the bootstrap's distribution is binomial: at n = 2000 and
  /// p = 0.9 its 2.5 % and 97.5 % points are 0.9 ± 1.96·√(p(1−p)/n) = 0.9 ± 0.01315. 10,000 rounds
  /// place a quantile to about 0.0002.
  @Test func bootstrapAgreesWithTheNormalApproximation() throws {
    let sequences = (0..<2000).map { Tally(count: 1, correct: $0 % 10 == 0 ? 0 : 1) }
    let interval = try #require(Bootstrap(rounds: 10_000).intervals(of: sequences))
    #expect(abs(interval.accuracy.low - 0.88685) < 0.001)
    #expect(abs(interval.accuracy.high - 0.91315) < 0.001)
    #expect(interval.accuracy == interval.exactAccuracy)
  }

  @Test func equalSeedsGiveEqualIntervals() throws {
    let sequences = (0..<50).map { Tally(count: 10, correct: $0 % 11) }
    func interval(_ seed: UInt64) -> ConfidenceInterval? {
      Bootstrap(rounds: 100, seed: seed).intervals(of: sequences)?.accuracy
    }
    #expect(interval(5) == interval(5))
    #expect(interval(5) != interval(6))
  }
}
