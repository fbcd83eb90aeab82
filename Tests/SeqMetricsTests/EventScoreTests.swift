import Foundation
import SeqCore
import SeqMetrics
import Testing

@Suite("Scores of events")
struct EventScoreTests {
  private static func runs(_ labels: [Int]) -> [Segment] {
    var result: [Segment] = []
    for (t, label) in labels.enumerated() {
      if let last = result.last, Int(last.label) == label {
        result[result.count - 1].end = t + 1
      } else {
        result.append(Segment(start: t, end: t + 1, label: Label(label)))
      }
    }
    return result.filter { $0.label != 0 }
  }

  private func matched(
    _ rule: EventScore.Rule, _ gold: [(Int, Int)], _ predicted: [(Int, Int)]
  ) -> Int {
    var score = EventScore(rule, labelCount: 1)
    score.add(
      gold: gold.map { Segment(start: $0.0, end: $0.1, label: 0) },
      predicted: predicted.map { Segment(start: $0.0, end: $0.1, label: 0) })
    return score.labels[0].matched
  }

  @Test("Onsets lie within the collar, ends within it or a share of the gold event")
  func collar() {
    let rule = EventScore.Rule.collar(frames: 2, share: 0.5)
    #expect(matched(rule, [(10, 30)], [(12, 40)]) == 1)
    #expect(matched(rule, [(10, 30)], [(13, 30)]) == 0, "the onset is 3 off")
    #expect(matched(rule, [(10, 30)], [(12, 41)]) == 0, "the end is 11 off, and half of 20 is 10")
    #expect(matched(rule, [(10, 11)], [(10, 13)]) == 1, "the collar counts for short events")
    #expect(matched(rule, [(10, 11)], [(10, 14)]) == 0)
    // The share is of the gold event: 12 frames off of 20 are too many, though not of 32.
    #expect(matched(rule, [(10, 30)], [(10, 42)]) == 0)
    #expect(matched(.collar(frames: 0, share: 0), [(3, 5)], [(3, 5)]) == 1)
    #expect(matched(rule, [(10, 30)], []) == 0 && matched(rule, [], [(1, 2)]) == 0)
  }

  @Test("Each event is in one pair, and there are as many pairs as can be")
  func matching() {
    let rule = EventScore.Rule.collar(frames: 4, share: 0)
    #expect(matched(rule, [(4, 5), (8, 9)], [(5, 6), (6, 7)]) == 2)
    #expect(matched(rule, [(4, 5), (5, 6), (6, 7)], [(5, 6)]) == 1)
    let third = EventScore.Rule.overlap(0.3)
    // Two predictions have 40 % and 58 % of one gold event: it counts once.
    #expect(matched(third, [(0, 100)], [(0, 40), (42, 100)]) == 1)
    // The first prediction has most of the second gold event (58 of 130), and is all that the first
    // gold event can have (30 of 88): who takes the largest overlaps first finds one pair.
    #expect(matched(third, [(0, 30), (30, 130)], [(0, 88), (90, 130)]) == 2)
  }

  @Test("Overlaps are shares of the union")
  func overlap() {
    #expect(matched(.overlap(0.5), [(0, 10)], [(5, 15)]) == 0)
    #expect(matched(.overlap(1.0 / 3), [(0, 10)], [(5, 15)]) == 1)
    #expect(matched(.overlap(0.5), [(0, 10)], [(0, 5)]) == 1)
    #expect(matched(.overlap(1), [(2, 7)], [(2, 7)]) == 1)
    #expect(matched(.overlap(0.1), [(2, 7)], [(7, 9)]) == 0, "neighbours share nothing")
  }

  @Test("Counts add up over recordings and labels, and undefined parts are none")
  func counts() {
    var score = EventScore(.overlap(0.5), labelCount: 4)
    score.add(gold: Self.runs([1, 1, 2, 2]), predicted: Self.runs([1, 1, 1, 0]))
    score.add(gold: Self.runs([1, 0]), predicted: Self.runs([0, 3]))
    #expect(score.labels.map(numbers) == [[0, 0, 0], [2, 1, 1], [1, 0, 0], [0, 1, 0]])
    #expect(numbers(score.total) == [3, 2, 1])
    #expect(score.labels[2].precision == nil && score.labels[2].recall == 0)
    #expect(score.labels[3].recall == nil && score.labels[0].f1 == nil)
    // 2/3 of label 1, 0 of labels 2 and 3; label 0 has no event.
    #expect(abs(score.meanF1! - 2.0 / 9) < 1e-12)
    #expect(EventScore(.overlap(0.5), labelCount: 2).meanF1 == nil)
  }

  /// Gold, predicted and matched.
  private func numbers(_ counts: EventScore.Counts) -> [Int] {
    [counts.gold, counts.predicted, counts.matched]
  }

  struct Oracle: Decodable {
    struct Case: Decodable {
      struct Recording: Decodable {
        var gold: [Int]
        var predicted: [Int]
      }
      var labels: Int
      var collar: Int
      var share: Double
      var recordings: [Recording]
      var gold: [Int]
      var predicted: [Int]
      var matched: [Int]
    }
    var cases: [Case]
  }

  @Test("Counts are those of sed_eval (Tests/Oracles/event-scores.py)")
  func oracle() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Oracles/event-scores.json").standardizedFileURL
    let cases = try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: path)).cases
    #expect(cases.count == 60)
    for (number, one) in cases.enumerated() {
      var score = EventScore(
        .collar(frames: one.collar, share: one.share), labelCount: one.labels)
      for recording in one.recordings {
        score.add(gold: Self.runs(recording.gold), predicted: Self.runs(recording.predicted))
      }
      let found = score.labels.dropFirst()
      #expect(found.map(\.gold) == one.gold, "case \(number)")
      #expect(found.map(\.predicted) == one.predicted, "case \(number)")
      #expect(found.map(\.matched) == one.matched, "case \(number)")
    }
  }
}
