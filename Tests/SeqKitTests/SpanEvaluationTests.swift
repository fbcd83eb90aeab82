import Foundation
import SeqKit
import Testing

@Suite struct SpanEvaluationTests {
  private func record(_ words: [(form: String, tag: String)]) -> Record {
    var record = Record(
      source: [], count: words.count, layers: [],
      provenance: Provenance(source: "test.tsv", line: 7))
    let forms = words.map { record.append(Array($0.form.utf8)) }
    record.setText("form", to: forms)
    let tags = words.map { record.append(Array($0.tag.utf8)) }
    record.setText("ner", to: tags)
    return record
  }

  private var gold: Record {
    record([
      ("Ana", "B-PER"), ("Bo", "I-PER"), ("left", "O"), ("New", "B-LOC"), ("York", "I-LOC"),
      ("for", "O"), ("Oslo", "B-LOC"),
    ])
  }

  private var predicted: SpanLayer {
    SpanLayer(
      name: "ner", types: ["LOC", "PER"],
      spans: [
        LabelledSpan(positions: 0..<2, type: 1, confidence: 0.9),
        LabelledSpan(positions: 4..<5, type: 0, confidence: 0.8),
        LabelledSpan(positions: 6..<7, type: 1, confidence: 0.95),
      ])
  }

  private func report() -> SpanEvaluationReport {
    var evaluator = SpanEvaluator(layer: "ner", scheme: .iob2, trainingSurfaces: ["Oslo"])
    evaluator.add(gold, predicted: predicted)
    return SpanEvaluationReport(
      data: .init(paths: ["test.tsv"], sequences: 1, positions: 7),
      evaluation: evaluator.evaluation())
  }

  @Test func spansAreMatchedByThePositionsAndTheNamesOfTypes() {
    let evaluation = report().evaluation
    #expect(evaluation.micro.counts == SpanAgreement(gold: 3, predicted: 3, correct: 1))
    #expect(evaluation.types.map(\.label) == ["LOC", "PER"])
    #expect(evaluation.types[1].f1 == 2 / 3.0)
    #expect(evaluation.errors.wrongBoundary == 1 && evaluation.errors.wrongType == 1)
    #expect(evaluation.confusions.map(\.gold) == ["LOC"])
    #expect(evaluation.confusions.map(\.predicted) == ["PER"])
    #expect(evaluation.seen?.counts == SpanAgreement(gold: 1, predicted: 1, correct: 0))
    #expect(evaluation.unseen?.counts == SpanAgreement(gold: 2, predicted: 2, correct: 1))
    #expect(evaluation.faults == 0)
  }

  @Test func theMostConfidentMistakesComeFirstWithTheirContext() throws {
    let errors = report().evaluation.confidentErrors
    #expect(errors.map(\.text) == ["Oslo", "York"])
    #expect(errors[1].goldText == "New York" && errors[1].gold == "LOC")
    #expect(errors[1].before == "Ana Bo left New" && errors[1].after == "for Oslo")
    #expect(errors[0].source == "test.tsv" && errors[0].line == 7)
  }

  @Test func theReportIsReadBackFromItsJSON() throws {
    let report = report()
    let json = try report.json()
    #expect(try SpanEvaluationReport(json: json) == report)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let micro = try #require(object["micro"] as? [String: Any])
    #expect(micro["f1"] as? Double == report.evaluation.micro.f1)
    #expect(object["reading"] as? String == "conlleval")
    #expect(object["format"] as? String == "seqkit.span-evaluation.v1")
    #expect(throws: DecodingError.self) {
      try SpanEvaluationReport(json: json.replacingOccurrences(of: "span-evaluation.v1", with: "x"))
    }
  }

  @Test func textAndMarkdownSayHowSpansWereRead() {
    let report = report()
    for text in [report.text(), report.markdown()] {
      #expect(text.contains("as conlleval reads labels"))
      #expect(text.contains("33.33"))
      #expect(text.contains("York"))
    }
  }

  @Test func goldThatBreaksTheSchemeIsCounted() {
    var evaluator = SpanEvaluator(layer: "ner", scheme: .iob2)
    let record = record([("a", "O"), ("b", "I-PER"), ("c", "??")])
    evaluator.add(record, predicted: SpanLayer(name: "ner", types: []))
    #expect(evaluator.evaluation().faults == 2)
    #expect(evaluator.evaluation().micro.counts.gold == 1)
    var strict = SpanEvaluator(layer: "ner", scheme: .iob2, reading: .strict)
    strict.add(record, predicted: SpanLayer(name: "ner", types: []))
    #expect(strict.evaluation().micro.counts.gold == 0)
  }

  @Test func manyThreadsGiveTheSameFigures() throws {
    let records = Array(repeating: gold, count: 50)
    let prediction = predicted
    var results: [SpanEvaluation] = []
    for threads in [1, 3] {
      var evaluator = SpanEvaluator(layer: "ner", scheme: .iob2)
      _ = try evaluator.add(records, source: "test.tsv", threads: threads) {
        { (_: borrowing Record) in prediction }
      }
      results.append(evaluator.evaluation())
    }
    #expect(results[0] == results[1])
    #expect(results[0].micro.counts.gold == 150)
    var empty = SpanEvaluator(layer: "srl")
    #expect(throws: KitError.nothingToScore(source: "x", layer: "srl")) {
      try empty.add(records, source: "x") { { (_: borrowing Record) in prediction } }
    }
  }
}
