import SeqCore
import SeqFeatures
import SeqModel
import SeqTraining
import Testing

@Suite struct KnowledgeGathererTests {
  /// Forty sentences, so that each fold has two; `Zara` stands in the first alone.
  static func records() -> [Record] {
    (0..<40).map { index in
      index == 0
        ? ToyCorpus.record([("Zara", "B-PER"), ("Low", "I-PER"), ("left", "O")])
        : ToyCorpus.record([("in", "O"), ("Rome", "B-LOC"), ("it", "O"), ("left", "O")])
    }
  }

  static func gather(minimumCount: Int = 1) throws -> KnowledgeGatherer.Result {
    var gatherer = KnowledgeGatherer(
      layer: "tag", spans: SpanTargets(.bioes, source: .iob2), minimumCount: minimumCount)
    for record in records() { try gatherer.add(record) }
    return gatherer.finish()
  }

  static func value(_ name: WordTable.Name, _ word: String, _ knowledge: Knowledge) -> String? {
    knowledge.table(name)?.value(of: Array(word.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func aFoldDoesNotKnowWhatOnlyItSays() throws {
    let result = try Self.gather()
    #expect(Self.value(.memory, "zara", result.knowledge) == "PER 4 rare")
    #expect(Self.value(.memory, "zara", result.folds[0]) == "new")
    #expect(Self.value(.frequency, "zara", result.folds[0]) == "0")
    #expect(Self.value(.memory, "zara", result.folds[1]) == "PER 4 rare")
    let name = ["Zara", "Low"].map { PhraseTable.hash(ofWord: $0.utf8) }
    #expect(result.knowledge.phrases?.phrases(in: name).count == 1)
    #expect(result.folds[0].phrases?.phrases(in: name).isEmpty == true)
    #expect(result.folds[1].phrases?.phrases(in: name).count == 1)
  }

  @Test func countsAreThoseOfTheText() throws {
    let knowledge = try Self.gather().knowledge
    #expect(Self.value(.memory, "rome", knowledge) == "LOC 4")
    #expect(Self.value(.memory, "left", knowledge) == "O")
    #expect(Self.value(.frequency, "left", knowledge) == "5")
    #expect(Self.value(.casing, "left", knowledge) == "4")
    #expect(Self.value(.casing, "rome", knowledge) == "0")
    #expect(Self.value(.casing, "nowhere", knowledge) == "new")
  }

  @Test func rareWordsAndNamesAreLeftOutIfAsked() throws {
    let knowledge = try Self.gather(minimumCount: 2).knowledge
    #expect(Self.value(.memory, "zara", knowledge) == "new")
    #expect(Self.value(.memory, "rome", knowledge) == "LOC 4")
    #expect(knowledge.phrases?.types == ["LOC"])
  }

  @Test func aModelKeepsWhatItsTemplatesKnow() throws {
    let templates = ["memory(form[0])", "gazetteer(form[0])"]
    let knowledge = try Self.gather().knowledge
    func encode(_ knowledge: Knowledge) throws -> [UInt8] {
      try Model.encode(
        LinearParameters(
          features: [], starts: [0], labels: [], weights: [], start: [0],
          step: Matrix(rows: 1, columns: 1), end: [0]),
        manifest: ModelManifest(
          name: "toy", pack: "toy", layer: "tag", labels: ["O"], templates: templates,
          provenance: .init(algorithm: "lbfgs")), precision: .float32, lexicon: [],
        knowledge: knowledge, decision: [-0.5])
    }
    let model = try Model(bytes: encode(knowledge), name: "toy")
    var needed = knowledge
    needed.tables = knowledge.tables
    #expect(model.program.knowledge == needed)
    #expect(model.decision == [-0.5])
    #expect(throws: ModelError.self) { _ = try Model(bytes: encode(Knowledge()), name: "toy") }
  }
}
