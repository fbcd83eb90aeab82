import SeqCore
import Testing

@Suite struct ThresholdCurveTests {
  /// Twenty likely spans of which 18 are right, and twenty unlikely ones of which 8 are.
  private let curve = ThresholdCurve(
    gold: 40,
    predictions: (0..<40).map { index in
      index < 20 ? (0.9, index < 18) : (0.3, index < 28)
    })

  @Test func theLowestThresholdWithAPrecisionIsChosen() {
    // 26 of 40 are right without a threshold.
    #expect(curve.threshold(precision: 0.65) == 0)
    #expect(curve.threshold(precision: 0.9) == 0.32)
    #expect(curve.threshold(precision: 0.95) == nil)
    #expect(curve.bestPrecision == 0.9)
  }

  @Test func theHighestThresholdWithARecallIsChosen() {
    #expect(curve.threshold(recall: 0.65) == 0.3)
    #expect(curve.threshold(recall: 0.45) == 0.9)
    #expect(curve.threshold(recall: 0.66) == nil)
    #expect(curve.bestRecall == 0.65)
  }

  @Test func fewSpansShowNoPrecision() {
    let few = ThresholdCurve(gold: 9, predictions: Array(repeating: (0.9, true), count: 9))
    #expect(few.threshold(precision: 0.5) == nil)
    #expect(few.bestPrecision == nil)
    #expect(ThresholdCurve(gold: 0, predictions: []).threshold(recall: 0) == nil)
  }
}
