import Foundation
import SeqCore
import SeqMetrics
import SeqTestSupport
import Testing

@Suite("Scores of action segmentation")
struct SegmentalScoreTests {
  private typealias Object = [String: Any]

  @Test("Small cases worked out by hand")
  func byHand() {
    var score = SegmentalScore(.mstcn)
    // Gold 0 0 1 1, predicted 0 1 1 1: overlaps 1/2 and 2/3.
    score.add(gold: [0, 0, 1, 1], predicted: [0, 1, 1, 1])
    #expect(score.accuracy == 0.75)
    #expect(score.edit == 1)
    #expect(score.f1(at: 0) == 1)
    #expect(score.f1(at: 2) == 1)
    #expect(score.agreement(at: 2) == SpanAgreement(gold: 2, predicted: 2, correct: 2))
    // A surplus segment in the middle: one edit of three.
    score.add(gold: [0, 0, 0, 0], predicted: [0, 1, 0, 0])
    #expect(abs(score.edit - (1 + 1.0 / 3) / 2) < 1e-12)
    #expect(score.surplus == 2)
  }

  @Test("No segment goes over a gap in the recording")
  func breaks() {
    for convention in SegmentalScore.Convention.allCases {
      var whole = SegmentalScore(convention)
      whole.add(gold: [0, 0, 1, 1, 1, 1], predicted: [0, 0, 1, 1, 2, 2])
      #expect(whole.agreement(at: 0) == SpanAgreement(gold: 2, predicted: 3, correct: 2))
      var cut = SegmentalScore(convention)
      cut.add(gold: [0, 0, 1, 1, 1, 1], predicted: [0, 0, 1, 1, 2, 2], breaks: [4])
      #expect(cut.agreement(at: 2) == SpanAgreement(gold: 3, predicted: 3, correct: 2))
      #expect(abs(cut.edit - 2.0 / 3) < 1e-12 && cut.accuracy == whole.accuracy)
      // A break where labels change anyway, and those outside of the recording, change nothing.
      var idle = SegmentalScore(convention)
      idle.add(gold: [0, 0, 1, 1, 1, 1], predicted: [0, 0, 1, 1, 2, 2], breaks: [0, 2, 6, 9])
      #expect(idle.videos == whole.videos)
    }
  }

  @Test("Two videos without segments agree, and none has an F1 but 0")
  func onlyBackground() {
    for convention in SegmentalScore.Convention.allCases {
      var score = SegmentalScore(convention, background: [0])
      score.add(gold: [0, 0, 0], predicted: [0, 0, 0])
      #expect(score.accuracy == 1 && score.edit == 1 && score.f1(at: 0) == 0)
      score.add(gold: [], predicted: [])
      score.add(gold: [0, 0], predicted: [1, 1])
      #expect(score.agreement(at: 0) == SpanAgreement(gold: 0, predicted: 1, correct: 0))
    }
  }

  @Test("A last frame of its own has no length under mstcn2 and is found all the same")
  func noLength() {
    var score = SegmentalScore(.mstcn2)
    score.add(gold: [0, 0, 1], predicted: [0, 0, 1])
    #expect(score.f1(at: 2) == 1)
  }

  @Test(
    "Every golden case has the scores of the reference scripts",
    .enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
  func golden() throws {
    let text = String(
      decoding: try DataSets.bytes("frames/conformance/golden.jsonl"), as: UTF8.self)
    var compared = 0
    var undefined = 0
    for line in text.split(separator: "\n") {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? Object)
      let id = try #require(object["id"] as? Int)
      var numbers = ["background": Label(0)]
      func labels(_ key: String) throws -> [Label] {
        try #require(object[key] as? [String]).map { name in
          let number = numbers[name] ?? Label(numbers.count)
          numbers[name] = number
          return number
        }
      }
      let gold = try labels("gt")
      let predicted = try labels("pred")
      for (name, convention) in [("mstcn", SegmentalScore.Convention.mstcn), ("mstcn2", .mstcn2)] {
        for (suffix, background) in [("_bg", Set([Label(0)])), ("_nobg", [])] {
          let expected = try #require(object[name + suffix] as? Object)
          if expected["error"] != nil {
            undefined += 1
            continue
          }
          var score = SegmentalScore(convention, background: background)
          score.add(gold: gold, predicted: predicted)
          try check(score, expected, "case \(id), \(name)\(suffix)")
          compared += 1
        }
      }
    }
    #expect(compared > 600 && compared + undefined == 840)
  }

  @Test(
    "Published predictions have their scores under all conventions",
    .enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
  func published() throws {
    let all = try #require(
      try JSONSerialization.jsonObject(
        with: Data(try DataSets.bytes("frames/conformance/expected.json"))) as? [String: Object])
    #expect(all.count == 12)
    for (name, expected) in all {
      let text = String(
        decoding: try DataSets.bytes("frames/conformance/\(name).jsonl"), as: UTF8.self)
      let videos = try text.split(separator: "\n").map { line in
        let object = try #require(
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? Object)
        return (
          gold: try #require(object["gt"] as? [Int]).map { Label($0) },
          predicted: try #require(object["pred"] as? [Int]).map { Label($0) }
        )
      }
      #expect(videos.count == expected["n"] as? Int)
      for convention in SegmentalScore.Convention.allCases {
        for (suffix, background) in [("_bg0", Set([Label(0)])), ("_nobg", [])] {
          var score = SegmentalScore(convention, background: background)
          for video in videos { score.add(gold: video.gold, predicted: video.predicted) }
          let key = convention.rawValue + suffix
          try check(score, try #require(expected[key] as? Object), "\(name), \(key)")
        }
      }
    }
  }

  /// The references give percentages in double precision, summed in another order.
  private func check(_ score: SegmentalScore, _ expected: Object, _ place: String) throws {
    func compare(_ value: Double, _ key: String) throws {
      let wanted = try #require(expected[key] as? Double)
      #expect(abs(100 * value - wanted) < 1e-9, "\(place), \(key): \(100 * value), not \(wanted)")
    }
    try compare(score.accuracy, "acc")
    try compare(score.edit, "edit")
    for (index, name) in ["f1@10", "f1@25", "f1@50"].enumerated() {
      try compare(score.f1(at: index), name)
      guard let counts = expected[name + "_counts"] as? [Int] else { continue }
      let found = score.agreement(at: index)
      #expect(
        [found.correct, found.predicted - found.correct, found.gold - found.correct] == counts,
        "\(place), \(name)")
    }
  }
}
