import Glibc
import SeqMath
import SeqMetrics
import Testing

@Suite struct CalibrationTests {
  @Test func whatChanceMakesOfCalibratedPredictionsIsForetold() throws {
    var generator = RandomGenerator(seed: 3)
    var sum = 0.0
    var foretold = 0.0
    let rounds = 200
    for _ in 0..<rounds {
      var calibration = Calibration()
      for _ in 0..<400 {
        let p = Float(generator.next(below: 1000)) / 1000
        calibration.add(
          confidence: p, isCorrect: Float(generator.next(below: 1_000_000)) / 1e6 < p)
      }
      sum += try #require(calibration.expectedError)
      foretold += try #require(calibration.errorByChance)
    }
    // Single errors of 400 predictions differ by about a quarter of themselves; a mean of 200 by 2 %.
    // Probabilities that differ within a bin make the foretold one a little too high.
    #expect(abs(sum / foretold - 1) < 0.06)
  }

  @Test func nothingIsForetoldOfNothing() {
    #expect(Calibration().errorByChance == nil)
    var sure = Calibration()
    sure.add(confidence: 1, isCorrect: true)
    #expect(sure.errorByChance == 0)
  }
}
