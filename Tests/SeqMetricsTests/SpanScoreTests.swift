import SeqCore
import SeqMetrics
import Testing

@Suite struct SpanScoreTests {
  private func span(_ start: Int, _ end: Int, _ type: Label) -> Segment {
    Segment(start: start, end: end, label: type)
  }

  @Test func aSpanIsRightIfPositionsAndTypeAre() {
    var score = SpanScore(types: ["PER", "LOC", "ORG"])
    score.add(
      gold: [span(0, 2, 0), span(3, 4, 1), span(5, 8, 0)],
      predicted: [span(0, 2, 0), span(3, 4, 2), span(5, 7, 0)])
    score.add(gold: [], predicted: [])
    #expect(score.micro == SpanAgreement(gold: 3, predicted: 3, correct: 1))
    #expect(score.counts[0] == SpanAgreement(gold: 2, predicted: 2, correct: 1))
    #expect(score.exactSequences == Tally(count: 2, correct: 1))
    // PER 1/2, LOC 0, ORG 0.
    #expect(abs(score.macro!.f1 - 0.5 / 3) < 1e-12)
    #expect(abs(score.weighted!.f1 - 2 * 0.5 / 3) < 1e-12)
  }

  @Test func theIntervalOfF1HoldsF1() {
    var score = SpanScore(types: ["X"])
    for index in 0..<200 {
      score.add(
        gold: [span(0, 1, 0)], predicted: index % 3 == 0 ? [span(1, 2, 0)] : [span(0, 1, 0)])
    }
    let interval = Bootstrap().interval(of: score.sequences)!
    #expect(interval.low < score.micro.f1 && score.micro.f1 < interval.high)
    #expect(interval.high - interval.low < 0.2)
    #expect(Bootstrap().interval(of: [SpanAgreement()]) == nil)
  }
}
