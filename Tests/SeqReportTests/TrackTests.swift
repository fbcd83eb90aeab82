import Foundation
import SeqCore
import SeqMetrics
import Testing

@testable import SeqReport

/// Scores of tracks against counts worked by hand and against the scores of `SeqMetrics`.
@Suite struct TrackTests {
  static let settings = Report.Settings(
    seed: 1, rounds: 50, testRounds: 200, level: 0.95, repeats: 1, threads: 1)

  private func items(_ rows: [[String]], _ names: inout NameTable, tokens: [[String]]) -> [TestItem]
  {
    zip(rows, tokens).enumerated().map { index, pair in
      TestItem(
        name: "\(index + 1)", line: 1, tokens: pair.1, labels: pair.0.map { names.number(of: $0) })
    }
  }

  @Test func wordsAreScored() throws {
    var names = NameTable()
    let tokens = [["the", "old", "lamp"], ["it", "works"]]
    let gold = items([["D", "A", "N"], ["P", "V"]], &names, tokens: tokens)
    let right = gold
    let wrong = items([["D", "N", "N"], ["P", "V"]], &names, tokens: tokens)
    let builder = TrackBuilder(
      corpus: "c", layer: "upos", task: .words, gold: gold, names: names,
      scoring: PositionScoring(
        kind: .words, unscored: [], background: [], trainingWords: ["the", "lamp", "it"]),
      settings: Self.settings)
    let track = builder.track([
      SystemRuns(name: "right", runs: [(1, right)]), SystemRuns(name: "wrong", runs: [(1, wrong)]),
    ])
    #expect(track.id == "c.upos" && track.units == 5 && track.items == 2)
    let scores = track.results[1].scores
    #expect(scores["accuracy"]?.value == 0.8)
    #expect(scores["accuracy"]?.right == 4 && scores["accuracy"]?.all == 5)
    #expect(scores["known_accuracy"]?.value == 1)
    #expect(scores["unknown_accuracy"]?.value == 0.5)
    #expect(scores["exact"]?.value == 0.5)
    // D 1, A 0, N 2·1/(1+2), P 1, V 1.
    #expect(abs((scores["macro_f1"]?.value ?? 0) - (3 + 2.0 / 3) / 5) < 1e-12)
    #expect(track.results[1].confusions.map(\.gold) == ["A"])
    let comparison = try #require(track.comparisons.first)
    #expect(abs(comparison.difference - 0.2) < 1e-12)
    // One of two sentences differs: every swap gives the same distance.
    #expect(comparison.randomization == 1)
    #expect(track.summary.contains("right leads") && track.summary.contains("may be chance"))
    let disagreement = try #require(track.disagreements.first)
    #expect(
      disagreement.firstOnly == 1 && disagreement.secondOnly == 0 && disagreement.bothRight == 4)
    let example = try #require(disagreement.examples.first)
    #expect(example.text == "old" && example.before == "the" && example.after == "lamp")
    #expect(example.gold == "A" && example.second == "N")
  }

  @Test func labelsWithoutGoldAreNotScored() {
    var names = NameTable()
    let tokens = [["M", "K", "L"]]
    let gold = items([["H", "-", "E"]], &names, tokens: tokens)
    let found = items([["H", "H", "H"]], &names, tokens: tokens)
    let scoring = PositionScoring(
      kind: .residues, unscored: [names.known("-") ?? -1], background: [], trainingWords: nil)
    let scores = scoring.score(gold: gold, predicted: found, names: names)
    let accuracy = scoring.metrics(labels: 3)[0]
    #expect(accuracy.title == "Q2")
    #expect(accuracy.value(accuracy.columns.map { scores.statistics.sums[$0] }) == 0.5)
  }

  /// The correlation of two classes is Matthews' usual one.
  @Test func correlationOfTwoClassesIsTheBinaryOne() throws {
    var names = NameTable()
    let letters: ([String]) -> [[String]] = { [$0] }
    let gold = letters(["a", "a", "b", "b", "b", "a", "b", "b"])
    let found = letters(["a", "b", "b", "b", "a", "a", "b", "a"])
    let g = items(gold, &names, tokens: gold)
    let f = items(found, &names, tokens: gold)
    let scoring = PositionScoring(
      kind: .residues, unscored: [], background: [], trainingWords: nil)
    let sums = scoring.score(gold: g, predicted: f, names: names).statistics.sums
    var binary = BinaryScore()
    for (x, y) in zip(gold[0], found[0]) { binary.add(isPositive: x == "a", isPredicted: y == "a") }
    let metric = try #require(scoring.metrics(labels: 2).first { $0.id == "mcc" })
    let value = try #require(metric.value(metric.columns.map { sums[$0] }))
    #expect(abs(value - binary.matthewsCorrelation) < 1e-12)
  }

  @Test func framesAreScoredAsSegments() throws {
    var names = NameTable()
    let gold = items([["a", "a", "b", "b", "c"]], &names, tokens: [[]])
    let found = items([["a", "b", "b", "b", "b"]], &names, tokens: [[]])
    let scoring = PositionScoring(kind: .frames, unscored: [], background: [], trainingWords: nil)
    let sums = scoring.score(gold: gold, predicted: found, names: names).statistics.sums
    func value(_ id: String) -> Double? {
      scoring.metrics(labels: 3).first { $0.id == id }.flatMap { metric in
        metric.value(metric.columns.map { sums[$0] })
      }
    }
    #expect(value("accuracy") == 0.6)
    #expect(abs((value("edit") ?? 0) - 2.0 / 3) < 1e-12)
    // a overlaps by 1/2, b by 2/4: both count at 50 %; three gold, two predicted.
    #expect(value("f1_50") == 0.8)
  }

  private func marks(_ spans: [(Range<Int>, String)], _ names: inout NameTable) -> TestItem {
    TestItem(
      name: "1", line: 1, tokens: ["Ada", "Lovelace", "met", "Charles", "in", "London"],
      marks: spans.map { Mark(pieces: [$0.0], type: names.number(of: $0.1)) })
  }

  @Test func spansAreScored() throws {
    var names = NameTable()
    let gold = [marks([(0..<2, "PER"), (3..<4, "PER"), (5..<6, "LOC")], &names)]
    let found = [marks([(0..<2, "PER"), (3..<5, "PER"), (5..<6, "ORG")], &names)]
    let scoring = MarkScoring(isArguments: false, trainingSurfaces: ["Ada Lovelace"])
    let scores = scoring.score(gold: gold, predicted: found, names: names)
    let sums = scores.statistics.sums
    func value(_ id: String) -> Double? {
      scoring.metrics(labels: 3).first { $0.id == id }.flatMap { metric in
        metric.value(metric.columns.map { sums[$0] })
      }
    }
    #expect(value("f1") == 1.0 / 3 && value("precision") == 1.0 / 3 && value("recall") == 1.0 / 3)
    #expect(value("unlabelled_f1") == 2.0 / 3)
    #expect(value("partial_f1") == 2 * 2.5 / 6)
    #expect(value("seen_recall") == 1 && value("unseen_recall") == 0)
    #expect(
      scores.answers == [
        .label(0), .overlapping(0), .label(names.known("ORG") ?? -1),
      ])
    #expect(scores.confusions.map { [$0.gold, $0.predicted] } == [["LOC", "ORG"]])
  }

  /// Over random spans, the scores are those of `SpanScore` and `SpanErrors`.
  @Test func spansAgreeWithSpanScore() throws {
    var generator = SystemRandomNumberGenerator()
    var names = NameTable()
    let types = ["A", "B"].map { names.number(of: $0) }
    func draw() -> [Mark] {
      var marks: [Mark] = []
      var start = 0
      while start < 12 {
        let length = Int.random(in: 1...3, using: &generator)
        if Bool.random(using: &generator), start + length <= 12 {
          marks.append(
            Mark(pieces: [start..<(start + length)], type: types.randomElement(using: &generator)!))
        }
        start += length
      }
      return marks
    }
    let tokens = (0..<12).map { "w\($0)" }
    let gold = (0..<200).map { _ in TestItem(name: "", line: 0, tokens: tokens, marks: draw()) }
    let found = (0..<200).map { _ in TestItem(name: "", line: 0, tokens: tokens, marks: draw()) }
    func segments(_ item: TestItem) -> [Segment] {
      item.marks.map {
        Segment(start: $0.pieces[0].lowerBound, end: $0.pieces[0].upperBound, label: Label($0.type))
      }
    }
    var score = SpanScore(types: names.names)
    var errors = SpanErrors(typeCount: 2)
    for (a, b) in zip(gold, found) {
      score.add(gold: segments(a), predicted: segments(b))
      errors.add(gold: segments(a), predicted: segments(b))
    }
    let scoring = MarkScoring(isArguments: false, trainingSurfaces: nil)
    let sums = scoring.score(gold: gold, predicted: found, names: names).statistics.sums
    for (id, expected) in [
      ("f1", score.micro.f1), ("partial_f1", errors.categories(.partial).f1),
      ("unlabelled_f1", errors.categories(.exact).f1),
    ] {
      let metric = try #require(scoring.metrics(labels: 2).first { $0.id == id })
      let value = try #require(metric.value(metric.columns.map { sums[$0] }))
      #expect(abs(value - expected) < 1e-12, "\(id)")
    }
  }

  @Test func seedsGiveMeanAndDeviation() throws {
    var names = NameTable()
    let tokens = [["a", "b", "c", "d"]]
    let gold = items([["x", "x", "x", "x"]], &names, tokens: tokens)
    let one = items([["x", "x", "x", "y"]], &names, tokens: tokens)
    let two = items([["x", "y", "y", "y"]], &names, tokens: tokens)
    let builder = TrackBuilder(
      corpus: "c", layer: "l", task: .words, gold: gold, names: names,
      scoring: PositionScoring(kind: .words, unscored: [], background: [], trainingWords: nil),
      settings: Self.settings)
    let result = builder.track([SystemRuns(name: "s", runs: [(1, one), (2, two)])]).results[0]
    let score = try #require(result.scores["accuracy"])
    #expect(score.value == 0.5)
    #expect(abs((score.deviation ?? 0) - 0.125.squareRoot()) < 1e-12)
    #expect(result.seeds.map { $0.values["accuracy"] } == [0.75, 0.25])
    #expect(score.right == 2)
  }
}
