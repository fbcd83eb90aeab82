import FoundationEssentials
import SeqCore
import SeqKit
import SeqMath
import SeqMetrics
import SeqTestSupport
import Testing

@Suite struct EvaluationReportTests {
  /// Two heads over the same invented sentences; the second has no probabilities, and no training
  /// counts or words.
  static let report: EvaluationReport = {
    let upos = LabelSchema(
      layer: "upos", names: ["NOUN", "VERB", "PUNCT", "X|Y", "\u{1B}[31mODD", "NEVER"])
    let xpos = LabelSchema(layer: "xpos", names: ["NN", "VB", "."])
    var first = TaggingScore(labelCount: upos.count)
    var second = TaggingScore(labelCount: xpos.count)
    var generator = RandomGenerator(seed: 11)
    for _ in 0..<300 {
      var (gold, predicted, fine): ([Label], [Label], [Label]) = ([], [], [])
      var (known, confidences): ([Bool], [Float]) = ([], [])
      for _ in 0..<(1 + generator.next(below: 12)) {
        let label = Label(min(generator.next(below: 4), generator.next(below: 5)))
        let isRight = generator.next(below: 10) > 0
        gold.append(generator.next(below: 200) == 0 ? TaggingScore.noLabel : label)
        predicted.append(isRight ? label : Label(generator.next(below: 5)))
        fine.append(label % 3)
        known.append(generator.next(below: 8) > 0)
        confidences.append(isRight ? 0.9 : Float(generator.nextUnit()))
      }
      first.add(gold: gold, predicted: predicted, known: known, confidences: confidences)
      second.add(gold: fine, predicted: predicted.map { $0 % 3 })
    }
    return EvaluationReport(
      model: .init(
        name: "english", version: "1", path: "english.model", checksum: "0123456789abcdef"),
      data: .init(paths: ["dev_a.conllu", "dev_b.conllu"], sequences: 300, positions: 1964),
      layers: [
        LayerEvaluation(score: first, schema: upos, trainingCounts: [900, 950, 400]),
        LayerEvaluation(score: second, schema: xpos),
      ],
      speed: .init(seconds: 0.0125, positions: 1964, threads: 1),
      notices: ["dev_a.conllu: 2 sentences without words were skipped."])
  }()

  /// Nothing to score, nothing known.
  static let empty = EvaluationReport(
    data: .init(paths: [], sequences: 0, positions: 0),
    layers: [
      LayerEvaluation(
        score: TaggingScore(labelCount: 2), schema: LabelSchema(layer: "state", names: ["a", "b"]))
    ], units: .general)

  @Test func rendersText() {
    #expect(throws: Never.self) { try Golden.check(Self.report.text(), "evaluation/report.txt") }
    #expect(throws: Never.self) {
      try Golden.check(Self.report.text(color: true, confusions: 3), "evaluation/report-color.txt")
    }
    #expect(throws: Never.self) { try Golden.check(Self.empty.text(), "evaluation/empty.txt") }
  }

  @Test func rendersMarkdown() {
    #expect(throws: Never.self) { try Golden.check(Self.report.markdown(), "evaluation/report.md") }
    #expect(throws: Never.self) { try Golden.check(Self.empty.markdown(), "evaluation/empty.md") }
  }

  @Test func rendersJSON() {
    #expect(throws: Never.self) { try Golden.check(Self.report.json(), "evaluation/report.json") }
    #expect(throws: Never.self) { try Golden.check(Self.empty.json(), "evaluation/empty.json") }
  }

  @Test func colorsOnlyAddControlSequences() {
    let text = Self.report.text(color: true)
    #expect(text.replacing(/\u{1B}\[[0-9]+m/, with: "") == Self.report.text())
  }

  @Test func readsItsOwnJSON() throws {
    #expect(try EvaluationReport(json: Self.report.json()) == Self.report)
    #expect(try EvaluationReport(json: Self.empty.json()) == Self.empty)
  }

  /// What `jq .upos.accuracy` and `jq .accuracy` would print.
  @Test func givesAccuraciesUnderShortPaths() throws {
    struct Short: Decodable {
      struct Layer: Decodable { var accuracy: Double }
      var accuracy: Double
      var upos: Layer
      var xpos: Layer
    }
    let short = try JSONDecoder().decode(Short.self, from: Data(Self.report.json().utf8))
    #expect(short.upos.accuracy == Self.report.layers[0].positions.accuracy)
    #expect(short.xpos.accuracy == Self.report.layers[1].positions.accuracy)
    #expect(short.accuracy == short.upos.accuracy)
  }

  @Test func aLayerNamedAsAKeyOfOursIsKept() throws {
    var report = Self.report
    report.layers[0].name = "model"
    let json = try report.json()
    #expect(json.contains("\"model_\" : {"))
    #expect(try EvaluationReport(json: json) == report)
  }

  @Test func refusesOtherJSON() throws {
    let json = try Self.report.json()
    for broken in [
      "", "{}", "[]", json.replacing("evaluation.v1", with: "evaluation.v2"),
      json.replacing("\"xpos\" : {", with: "\"zpos\" : {"),
      json.replacing(/"correct" : [0-9]+/, with: "\"correct\" : 99999"),
    ] {
      #expect(throws: DecodingError.self) { try EvaluationReport(json: broken) }
    }
  }

  @Test(arguments: [
    (0.0, 2, "0.00"), (1.005, 0, "1"), (99.999, 2, "100.00"), (1_234_567.891, 1, "1,234,567.9"),
    (-0.001, 2, "0.00"), (-12.5, 1, "-12.5"), (.nan, 2, "–"), (.infinity, 2, "–"),
    (0.05, 3, "0.050"),
  ])
  func formatsNumbers(_ value: Double, _ decimals: Int, _ expected: String) {
    #expect(fixed(value, decimals: decimals) == expected)
  }
}
