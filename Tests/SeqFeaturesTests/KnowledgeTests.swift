import SeqCore
import SeqFeatures
import Testing

@Suite struct KnowledgeTests {
  static func hashes(_ text: String) -> [UInt64] {
    text.split(separator: " ").map { PhraseTable.hash(ofWord: $0.utf8) }
  }

  static let phrases = PhraseTable([
    (hashes("new york"), "LOC"), (hashes("New York Times"), "ORG"), (hashes("york"), "LOC"),
    (hashes("the red cross"), "ORG"),
  ])

  /// Phrases as `first..<end TYPE`.
  static func found(_ text: String) -> [String] {
    phrases.phrases(in: hashes(text)).map {
      "\($0.words.lowerBound)..<\($0.words.upperBound) \(phrases.types[$0.type])"
    }
  }

  @Test func theLongestPhraseIsFoundWhateverItsCase() {
    #expect(Self.found("I read the NEW York times today") == ["3..<6 ORG"])
    #expect(Self.found("new york and York") == ["0..<2 LOC", "3..<4 LOC"])
  }

  @Test func aPhraseThatBreaksOffLeavesTheOneBeforeIt() {
    #expect(Self.found("new york city") == ["0..<2 LOC"])
    #expect(Self.found("the red york") == ["2..<3 LOC"])
    #expect(Self.found("newyork times").isEmpty)
    #expect(Self.found("").isEmpty)
  }

  @Test func phrasesFoundAreThoseOfAPlainSearch() {
    var generator = UInt64(7)
    func next(_ count: Int) -> Int {
      generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(generator >> 33) % count
    }
    let letters = ["a", "b", "c"]
    for round in 0..<200 {
      let list = (0..<6).map { _ in (0...next(3)).map { _ in letters[next(3)] } }
      let table = PhraseTable(list.map { ($0.map { PhraseTable.hash(ofWord: $0.utf8) }, "X") })
      let text = (0..<12).map { _ in letters[next(3)] }
      var plain: [Range<Int>] = []
      var t = 0
      while t < text.count {
        let ends = list.filter { text[t...].starts(with: $0) }.map { t + $0.count }
        if let end = ends.max() { plain.append(t..<end) }
        t = ends.max() ?? t + 1
      }
      let found = table.phrases(in: text.map { PhraseTable.hash(ofWord: $0.utf8) }).map(\.words)
      #expect(found == plain, "round \(round): \(list) in \(text)")
    }
  }

  static func record(_ text: String) -> Record {
    var record = Record(
      source: [], count: text.split(separator: " ").count, layers: [],
      provenance: Provenance(source: "test"))
    let forms = text.split(separator: " ").map { record.append(Array($0.utf8)) }
    record.setText("form", to: forms)
    return record
  }

  static func names(_ templates: [String], _ text: String, _ knowledge: Knowledge) throws
    -> [[String]]
  {
    try TemplateProgram(parsing: templates, knowledge: knowledge).features(of: record(text)).map {
      $0.map(\.name)
    }
  }

  @Test func tablesAreReadInLowerCaseButClustersAsTheyStand() throws {
    func entry(_ word: String) -> UInt64 { PhraseTable.hash(ofWord: word.utf8) }
    let knowledge = Knowledge(tables: [
      WordTable(name: .memory, entries: [entry("paris"): "LOC 4"], missing: "new"),
      WordTable(name: .cluster, entries: [entry("paris"): "0110"], missing: nil),
    ])
    #expect(
      try Self.names(
        ["memory(form[0])", "cluster(form[0])", "prefix(cluster(form[0]), 2)"], "Paris paris x",
        knowledge) == [
          ["memory(form[0])=LOC 4"],
          ["memory(form[0])=LOC 4", "cluster(form[0])=0110", "prefix(cluster(form[0]), 2)=01"],
          ["memory(form[0])=new"],
        ])
  }

  @Test func phrasesAndSentenceCaseAreFeaturesOfWords() throws {
    #expect(
      try Self.names(
        ["gazetteer(form[0])", "gazetteer(form[1])", "sentenceCase(form[0])"], "in New York we now",
        Knowledge(phrases: Self.phrases)) == [
          ["gazetteer(form[1])=B-LOC", "sentenceCase(form[0])=mixed"],
          [
            "gazetteer(form[0])=B-LOC", "gazetteer(form[1])=E-LOC", "sentenceCase(form[0])=mixed",
          ],
          ["gazetteer(form[0])=E-LOC", "sentenceCase(form[0])=mixed"],
          ["sentenceCase(form[0])=mixed"],
          ["sentenceCase(form[0])=mixed"],
        ])
  }

  @Test(arguments: [
    ("we saw IBM", "mixed"), ("WE SAW IBM", "upper"), ("The Old Man And It", "title"),
    ("nothing here", "lower"), ("12 !", "mixed"),
  ])
  func theCaseOfASentenceIsTold(text: String, value: String) throws {
    let names = try Self.names(["sentenceCase(form[0])"], text, Knowledge())
    #expect(names[0] == ["sentenceCase(form[0])=\(value)"])
  }

  @Test func aFunctionOfTheSequenceReadsALayerOnly() {
    #expect(throws: FeatureError.self) {
      _ = try FeatureTemplate(parsing: "gazetteer(lower(form[0]))")
    }
    do {
      _ = try FeatureTemplate(parsing: "gazeteer(form[0])")
      Issue.record("an unknown function was taken")
    } catch {
      #expect("\(error)".contains("Did you mean “gazetteer”?"))
    }
  }

  @Test func whatTemplatesNeedAndLackIsTold() throws {
    let program = try TemplateProgram(parsing: ["memory(form[0])", "gazetteer(form[0])", "form[0]"])
    #expect(program.unknownNeeds == ["memory", "gazetteer"])
    #expect(program.layersLookedUp == ["form"])
  }
}
