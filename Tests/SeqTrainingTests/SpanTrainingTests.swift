import SeqCore
import SeqFeatures
import SeqInference
import SeqMath
import SeqModel
@testable import SeqTraining
import Testing

/// Training and tagging under the rules of a tagging scheme.
@Suite struct SpanTrainingTests {
  /// Sentences with names of one to three words behind `from` and `by`; labels in IOB2.
  ///
  /// - Parameter noise: how many names in ten have the other type.
  static func records(count: Int, seed: UInt64, noise: Int = 0) -> [Record] {
    var generator = RandomGenerator(seed: seed)
    let names = ["Ana", "Bo", "Rome", "Oslo", "Lima", "Eve"]
    return (0..<count).map { _ in
      var words: [(form: String, tag: String)] = []
      for _ in 0..<(1 + generator.next(below: 3)) {
        words.append(("it", "O"))
        let isPlace = generator.next(below: 2) == 0
        words.append((isPlace ? "from" : "by", "O"))
        let isOther = noise > 0 && generator.next(below: 10) < noise
        for n in 0..<(1 + generator.next(below: 3)) {
          words.append(
            (
              names[generator.next(below: 6)],
              (n == 0 ? "B-" : "I-") + (isPlace != isOther ? "LOC" : "PER")
            ))
        }
      }
      return ToyCorpus.record(words)
    }
  }

  static func corpus(_ records: [Record], _ spans: SpanTargets) throws -> EncodedCorpus {
    var encoder = CorpusEncoder(program: try ToyCorpus.program, layer: "tag", spans: spans)
    for record in records { try encoder.add(record) }
    return encoder.finish()
  }

  static func tagger(
    _ parameters: LinearParameters, _ corpus: EncodedCorpus, _ scheme: TaggingScheme?
  ) throws -> Tagger {
    let manifest = ModelManifest(
      name: "toy", pack: "toy", layer: "tag", labels: corpus.schema.names, scheme: scheme,
      templates: ToyCorpus.templates, provenance: .init(algorithm: "lbfgs"))
    return Tagger(
      try Model(
        bytes: Model.encode(parameters, manifest: manifest, precision: .float32, lexicon: []),
        name: "toy"))
  }

  @Test(arguments: TaggingScheme.allCases)
  func goldLabelsAreLearntInTheWantedScheme(scheme: TaggingScheme) throws {
    let corpus = try Self.corpus(
      Self.records(count: 20, seed: 1), SpanTargets(scheme, source: .iob2))
    let spans = try #require(corpus.spans)
    #expect(spans.scheme == scheme && spans.labels == corpus.schema)
    let legality = Legality(spans)
    for s in 0..<corpus.set.sequenceCount {
      let range = Int(corpus.set.sequenceStarts[s])..<Int(corpus.set.sequenceStarts[s + 1])
      #expect(legality.allows(Array(corpus.set.gold[range])))
    }
    #expect(Set(spans.types) == ["PER", "LOC"])
  }

  @Test(arguments: ToyCorpus.algorithms, [true, false])
  func whatIsTrainedUnderASchemeNeverBreaksIt(
    algorithm: TrainingOptions.Algorithm, chain: Bool
  ) throws {
    if algorithm == .hmm, !chain { return }
    let records = Self.records(count: 30, seed: 1)
    let corpus = try Self.corpus(records, SpanTargets(.bioes, source: .iob2))
    var options = TrainingOptions(algorithm)
    options.iterations = 3
    if algorithm != .majority { options.chain = chain }
    var loop = try TrainingLoop(corpus, options: options)
    let parameters = try loop.run().parameters
    let spans = try #require(corpus.spans)
    let legality = Legality(spans)
    for i in 0..<spans.count {
      #expect((parameters.start[i] == -.infinity) == !legality.start[i])
      #expect((parameters.end[i] == -.infinity) == !legality.end[i])
      for j in 0..<spans.count {
        let isIllegal = !legality.step[i * spans.count + j]
        #expect((parameters.step[i, j] == -.infinity) == isIllegal)
      }
    }
    let tagger = try Self.tagger(parameters, corpus, .bioes)
    let workspace = Workspace(tagger)
    for record in Self.records(count: 30, seed: 2) {
      let labeling = try tagger.tag(record, marginals: true, in: workspace)
      #expect(legality.allows(labeling.labels))
      #expect(labeling.logProbability?.isFinite == true)
    }
  }

  @Test(arguments: [1, 3000] as [Float])
  func scoresOfAnySizeAreScaledToProbabilities(unit: Float) throws {
    // Without noise there is no best factor: the larger the better.
    let corpus = try Self.corpus(
      Self.records(count: 40, seed: 1, noise: 3), SpanTargets(.bioes, source: .iob2))
    var options = TrainingOptions(.lbfgs)
    options.iterations = 5
    var loop = try TrainingLoop(corpus, options: options)
    let parameters = try loop.run().parameters
    let set = DevelopmentSet(corpus, threads: 1)
    let factor = set.calibrationFactor(parameters)
    let other = set.calibrationFactor(parameters.scaled(by: unit))
    #expect(abs(other * unit / factor - 1) < 0.05)
  }

  @Test func whatWasHeldOutIsChosenWithProbabilities() throws {
    let corpus = try Self.corpus(
      Self.records(count: 40, seed: 1), SpanTargets(.bioes, source: .iob2))
    var loop = try TrainingLoop(corpus, options: TrainingOptions(.lbfgs))
    let result = try loop.run()
    let program = try ToyCorpus.program
    var encoder = CorpusEncoder(
      program: program, developmentFor: corpus, spans: SpanTargets(.bioes, source: .iob2))
    for record in Self.records(count: 30, seed: 2) { try encoder.add(record) }
    let predictions = TrainingLoop.predictions(of: result, on: encoder.finish(), threads: 2)
    #expect(predictions.count > 30)
    #expect(Set(predictions.map(\.type)) == ["PER", "LOC"])
    #expect(predictions.allSatisfy { $0.probability > 0 && $0.probability <= 1 })
    let right = predictions.filter(\.isRight).map { Double($0.probability) }
    let wrong = predictions.filter { !$0.isRight }.map { Double($0.probability) }
    let mean = right.reduce(0, +) / Double(max(right.count, 1))
    #expect(wrong.isEmpty || mean > wrong.reduce(0, +) / Double(wrong.count))
  }

  @Test func aModelsSchemeForbidsWhatItsNumbersAllow() throws {
    let corpus = try Self.corpus(Self.records(count: 20, seed: 1), SpanTargets(.iob2))
    let L = corpus.schema.count
    // Every feature votes for I-PER alone, which cannot be the first label.
    let inside = corpus.schema.label("I-PER")!
    let parameters = LinearParameters(
      features: corpus.features, starts: (0...corpus.features.count).map { Int32($0) },
      labels: corpus.features.map { _ in inside }, weights: corpus.features.map { _ in 1 },
      start: [Float](repeating: 0, count: L), step: Matrix(rows: L, columns: L),
      end: [Float](repeating: 0, count: L))
    let record = Self.records(count: 1, seed: 3)[0]
    let free = try Self.tagger(parameters, corpus, nil)
    #expect(free.model.spans == nil)
    #expect(try free.tag(record, in: Workspace(free)).labels.allSatisfy { $0 == inside })
    let bound = try Self.tagger(parameters, corpus, .iob2)
    let labels = try bound.tag(record, in: Workspace(bound)).labels
    #expect(labels[0] == corpus.schema.label("B-PER"))
    #expect(labels.dropFirst().allSatisfy { $0 == inside })
  }

  @Test func aModelOfPositionsSaysNothingOfASchemeInItsFile() throws {
    let corpus = try ToyCorpus.corpus(ToyCorpus.records(count: 5, seed: 1))
    #expect(corpus.spans == nil)
    let manifest = ModelManifest(
      name: "toy", pack: "toy", layer: "tag", labels: corpus.schema.names,
      templates: ToyCorpus.templates, provenance: .init(algorithm: "none"))
    let L = corpus.schema.count
    let parameters = LinearParameters(
      features: [], starts: [0], labels: [], weights: [],
      start: [Float](repeating: 0, count: L), step: Matrix(rows: L, columns: L),
      end: [Float](repeating: 0, count: L))
    let bytes = try Model.encode(
      parameters, manifest: manifest, precision: .float32, lexicon: [])
    #expect(!String(decoding: bytes, as: UTF8.self).contains("\"scheme\""))
    var spans = manifest
    spans.scheme = .iob2
    #expect(throws: ModelError.self) {
      // Its labels are no spans.
      try Model(
        bytes: Model.encode(parameters, manifest: spans, precision: .float32, lexicon: []),
        name: "toy")
    }
  }

  @Test func goldThatBreaksItsSchemeIsAnErrorWithItsLine() throws {
    let record = ToyCorpus.record([("a", "O"), ("b", "I-PER")])
    do {
      _ = try Self.corpus([record], SpanTargets(.iob2))
      Issue.record("Illegal labels were taken.")
    } catch let error as TrainingError {
      #expect(
        error.description.hasPrefix("toy:1: “I-PER” cannot follow “O” in the scheme iob2."),
        "\(error)")
    }
    let malformed = ToyCorpus.record([("a", "PER")])
    #expect(throws: TrainingError.self) { try Self.corpus([malformed], SpanTargets(.iob2)) }
  }

  @Test func goldThatBreaksItsSchemeIsRepairedAndCountedIfWanted() throws {
    var encoder = CorpusEncoder(
      program: try ToyCorpus.program, layer: "tag", spans: SpanTargets(.iob2, repairs: true))
    try encoder.add(ToyCorpus.record([("a", "O"), ("b", "I-PER"), ("c", "I-PER"), ("d", "LOC")]))
    try encoder.add(ToyCorpus.record([("a", "B-PER"), ("b", "I-LOC")]))
    #expect(encoder.repaired == 3)
    let corpus = encoder.finish()
    #expect(
      corpus.set.gold.map { corpus.schema.names[Int($0)] }
        == ["O", "B-PER", "I-PER", "O", "B-PER", "B-LOC"])
  }

  @Test func streamedTrainingKeepsToTheSchemeToo() throws {
    let records = Self.records(count: 20, seed: 1)
    let targets = SpanTargets(.bioes, source: .iob2)
    let stream = try StreamedCorpus(
      program: try ToyCorpus.program, layer: "tag", spans: targets, batchPositions: 50
    ) {
      var rest = records[...]
      return { rest.popFirst() }
    }
    let corpus = try Self.corpus(records, targets)
    #expect(stream.spans == corpus.spans)
    var options = TrainingOptions(.perceptron)
    options.iterations = 3
    var loop = try TrainingLoop(stream, options: options)
    let parameters = try loop.run().parameters
    let legality = Legality(try #require(stream.spans))
    #expect(zip(parameters.step.values, legality.step).allSatisfy { ($0 == -.infinity) == !$1 })
  }

  @Test func theGradientUnderASchemeIsThatOfCentralDifferences() throws {
    let corpus = try Self.corpus(
      Self.records(count: 6, seed: 4), SpanTargets(.bioes, source: .iob2))
    let objective = ChainObjective(
      corpus.set,
      state: StateFeatures(
        corpus.set, featureCount: corpus.features.count, labelCount: corpus.schema.count),
      labelCount: corpus.schema.count, c2: 0.5, allSteps: true, boundaries: true,
      legality: Legality(try #require(corpus.spans)), threads: 1)
    #expect(objective.layout.steps.count < corpus.schema.count * corpus.schema.count)
    var generator = RandomGenerator(seed: 9)
    let x = (0..<objective.layout.count).map { _ in generator.nextUnit() - 0.5 }
    let gradient = try Objectives.evaluate(objective, x).gradient
    // As in `ObjectiveTests`: the scores are single precision.
    let h = 1.0 / 64
    for _ in 0..<80 {
      let i = generator.next(below: x.count)
      var up = x
      var down = x
      up[i] += h
      down[i] -= h
      let expected =
        try (Objectives.evaluate(objective, up).value - Objectives.evaluate(objective, down).value)
        / (2 * h)
      #expect(abs(gradient[i] - expected) < 5e-3, "parameter \(i)")
    }
  }
}
