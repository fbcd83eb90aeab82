import SeqCore
import SeqFeatures
import SeqMath
import SeqModel
import SeqTraining
import Testing

@Suite("Fast extraction of features")
struct ExtractionTests {
  static let templates = [
    "bias", "form[0]", "lower(form[0])", "normal(form[-1])", "form[-2]", "form[2]",
    "prefix(form[0], 2)", "suffix(form[0], 3)", "suffix(lower(form[1]), 1)", "shape(form[0])",
    "shortShape(form[-1])", "length(form[0])", "hasDigit(form[0])", "hasHyphen(form[0])",
    "hasUpper(form[0])", "form[-1] & form[0]", "form[0] & lemma[0]", "lemma[1]",
    "suffix(form[-1], 2) & shape(form[0]) & lemma[1]", "form[-3] & form[3]",
    // The same neighbours seen from several positions, and values that are often equal.
    "form[0] & form[1]", "form[-3] & form[-2]", "suffix(form[0], 1) & lemma[1]",
    "shortShape(form[-1]) & shortShape(form[0]) & shortShape(form[1])",
    "hasDigit(form[1]) & hasDigit(form[2])",
  ]

  static func records(seed: UInt64) -> [Record] {
    var generator = RandomGenerator(seed: seed)
    let pieces = ["a", "B", "9", "-", "é", "Ü", "日", "ß", "x", "\u{1F600}", "İ", "."]
    func word() -> String {
      (0...generator.next(below: 5)).map { _ in pieces[generator.next(below: pieces.count)] }
        .joined()
    }
    return (0..<30).map { index in
      let count = 1 + index % 6
      var record = Record(
        source: [], count: count, layers: [], provenance: Provenance(source: "random"))
      for layer in ["form", "lemma", "tag"] {
        let ranges = (0..<count).map { _ in
          record.append(
            Array((layer == "tag" ? ["A", "B"][generator.next(below: 2)] : word()).utf8))
        }
        record.setText(layer, to: ranges)
      }
      return record
    }
  }

  @Test("A record without labels is left out, and data without any told of")
  func recordsWithoutLabels() throws {
    var records = Self.records(seed: 4)
    let program = try TemplateProgram(parsing: ["form[0]"])
    records[0].removeLayer("tag")
    records[7].removeLayer("tag")
    var encoder = CorpusEncoder(program: program, layer: "tag")
    for record in records { try encoder.add(record) }
    try encoder.checkLabels()
    #expect(encoder.skipped == 2 && encoder.finish().sequenceCount == records.count - 2)
    encoder = CorpusEncoder(program: program, layer: "tags")
    for record in records { try encoder.add(record) }
    #expect(throws: FeatureError.self) { try encoder.checkLabels() }
  }

  @Test("The training set has exactly the features of the plain version", arguments: [1, 2, 3])
  func trainingSet(_ seed: UInt64) throws {
    let records = Self.records(seed: seed)
    let program = try TemplateProgram(parsing: Self.templates)
    var encoder = CorpusEncoder(program: program, layer: "tag")
    for record in records { try encoder.add(record) }
    let corpus = encoder.finish()
    var position = 0
    for record in records {
      for plain in try program.features(of: record) {
        let blocks = corpus.set.blocks[
          Int(corpus.set.blockStarts[position])..<Int(corpus.set.blockStarts[position + 1])]
        let found = blocks.flatMap { block in
          corpus.set.features[
            Int(
              corpus.set.featureStarts[Int(block)])..<Int(
                corpus.set.featureStarts[Int(block) + 1])]
        }
        #expect(
          found.map { corpus.features[Int($0)] }.sorted() == plain.map(\.hash).sorted(),
          "seed \(seed), position \(position)")
        for feature in found {
          let named = plain.first { $0.hash == corpus.features[Int(feature)] }
          #expect(named?.template == Int(corpus.featureTemplates[Int(feature)]))
        }
        position += 1
      }
    }
  }

  @Test(
    "The tagger's scores are the sums over the features of the plain version",
    arguments: [LinearWeights.Precision.float32, .int8])
  func tagger(_ precision: LinearWeights.Precision) throws {
    let records = Self.records(seed: 4)
    let program = try TemplateProgram(parsing: Self.templates)
    var encoder = CorpusEncoder(program: program, layer: "tag")
    // The other half has features that the model does not know.
    for record in records.prefix(15) { try encoder.add(record) }
    let corpus = encoder.finish()
    // Whole numbers up to 127, so that 8 bits hold them and sums in any order are equal.
    var weights: [UInt64: [Float]] = [:]
    var generator = RandomGenerator(seed: 5)
    var starts: [Int32] = [0]
    var values: [Float] = []
    for hash in corpus.features {
      let row = [
        weights.isEmpty ? 127 : Float(1 + generator.next(below: 127)),
        -Float(1 + generator.next(below: 127)),
      ]
      weights[hash] = row
      values += row
      starts.append(Int32(values.count))
    }
    let labels: [Label] = corpus.features.flatMap { _ -> [Label] in [0, 1] }
    let parameters = LinearParameters(
      features: corpus.features, starts: starts, labels: labels, weights: values, start: [0, 0],
      step: Matrix(rows: 2, columns: 2), end: [0, 0])
    let manifest = ModelManifest(
      name: "random", pack: "test", layer: "tag", labels: ["A", "B"],
      templates: Self.templates, provenance: .init(algorithm: "none"))
    let bytes = try Model.encode(
      parameters, manifest: manifest, precision: precision, lexicon: [])
    let tagger = Tagger(try Model(bytes: bytes, name: "random"))
    let workspace = Workspace(tagger)
    let expected = try records.map { record in
      try program.features(of: record).map { plain in
        (0..<2).map { j in plain.reduce(Float(0)) { $0 + (weights[$1.hash]?[j] ?? 0) } }
      }
    }
    // Again and again: what is remembered, and after some text the filter of features, change nothing.
    for round in 0..<25 {
      for (record, expected) in zip(records, expected) {
        let scores = try tagger.scores(of: record, in: workspace)
        for t in 0..<record.count {
          for j in 0..<2 { #expect(scores[t, j] == expected[t][j], "round \(round)") }
        }
      }
    }
  }
}

@Suite("Attributes as features")
struct AttributeTests {
  static func record(_ lines: [(label: String, attributes: String)]) -> Record {
    var record = Record(
      source: [], count: lines.count, layers: [], provenance: Provenance(source: "toy"))
    let labels = lines.map { record.append(Array($0.label.utf8)) }
    record.setText("label", to: labels)
    let attributes = lines.map { record.append(Array($0.attributes.utf8)) }
    record.setText("attributes", to: attributes)
    return record
  }

  @Test("Every attribute is one feature, whatever way its value 1 is written")
  func names() throws {
    let program = try TemplateProgram(parsing: ["each(attributes[0])"])
    let record = Self.record([
      ("A", "w=a\tb:1\tb:1.0\tb\t\tc\\:d:\te"), ("B", ""), ("A", "b"),
    ])
    let features = try program.features(of: record)
    #expect(features.map { $0.map(\.name) } == [["w=a", "b", "c\\:d", "e"], [], ["b"]])
    #expect(features[0][1].hash == features[2][0].hash)
  }

  @Test("A value other than 1 is refused with its place", arguments: ["a:0.5", "a:2", "a:1.01"])
  func weights(_ attribute: String) throws {
    let program = try TemplateProgram(parsing: ["each(attributes[0])"])
    #expect(throws: FeatureError.attributeWeight(attribute: attribute, source: "toy", line: 1)) {
      try program.features(of: Self.record([("A", "b\t\(attribute)\tc")]))
    }
    var encoder = CorpusEncoder(program: program, layer: "label")
    #expect(throws: FeatureError.self) {
      try encoder.add(Self.record([("A", "b\t\(attribute)\tc")]))
    }
  }

  @Test(
    "each stands alone and reads the position itself",
    arguments: [
      "each(attributes[1])", "each(attributes[0]) & form[0]", "each(lower(form[0]))", "each()",
    ])
  func faults(_ text: String) {
    #expect(throws: FeatureError.self) { try FeatureTemplate(parsing: text) }
  }

  @Test("Training on the attributes that templates make gives the scores of the templates")
  func sameModel() throws {
    let templates = ["form[0]", "form[-1]", "suffix(form[0], 2)"]
    let records = ToyCorpus.records(count: 40, seed: 3)
    let program = try TemplateProgram(parsing: templates)
    let attributes = try TemplateProgram(parsing: ["each(attributes[0])"])
    var options = TrainingOptions(.lbfgs)
    options.iterations = 30
    var direct = CorpusEncoder(program: program, layer: "tag")
    var listed = CorpusEncoder(program: attributes, layer: "label")
    var copies: [Record] = []
    for record in records {
      try direct.add(record)
      let lines = zip(record.strings("tag")!, try program.features(of: record)).map {
        (label: $0, attributes: $1.map(\.name).joined(separator: "\t"))
      }
      copies.append(Self.record(lines))
      try listed.add(copies.last!)
    }
    var scores: [[Float]] = []
    for (corpus, names, records) in [
      (direct.finish(), templates, records), (listed.finish(), ["each(attributes[0])"], copies),
    ] {
      var loop = try TrainingLoop(corpus, development: nil, options: options, threads: 1)
      let result = try loop.run()
      let manifest = ModelManifest(
        name: "m", pack: "test", layer: "tag", labels: corpus.schema.names, templates: names,
        provenance: .init(algorithm: "lbfgs"))
      let tagger = Tagger(
        try Model(
          bytes: Model.encode(
            result.parameters, manifest: manifest, precision: .float32, lexicon: []), name: "m"))
      let workspace = Workspace(tagger)
      scores.append(try records.flatMap { try tagger.scores(of: $0, in: workspace).values })
    }
    // Sums are taken in another order.
    #expect(zip(scores[0], scores[1]).allSatisfy { abs($0 - $1) < 0.02 })
    #expect(scores[0].contains { abs($0) > 0.5 })
  }
}
