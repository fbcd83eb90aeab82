import SeqCore
import SeqFeatures
import SeqMath
import SeqModel
import SeqTraining
import Testing

@Suite("Objective and optimizers")
struct ObjectiveTests {
  let corpus: EncodedCorpus

  init() throws { corpus = try ToyCorpus.corpus(ToyCorpus.records(count: 8, seed: 3)) }

  func objective(
    c2: Double = 0.5, allSteps: Bool = true, boundaries: Bool = true, hasSteps: Bool = true,
    margins: [Float] = [], classes: FeatureClasses? = nil, threads: Int = 1
  ) -> ChainObjective {
    let set = classes?.set ?? corpus.set
    let state = StateFeatures(
      set, featureCount: classes?.sizes.count ?? corpus.features.count,
      labelCount: corpus.schema.count)
    return ChainObjective(
      set, state: state, classSizes: classes?.sizes ?? [], labelCount: corpus.schema.count,
      c2: c2, allSteps: allSteps, boundaries: boundaries, hasSteps: hasSteps,
      classMargins: margins, threads: threads)
  }

  func random(_ count: Int, seed: UInt64) -> [Double] {
    var generator = RandomGenerator(seed: seed)
    return (0..<count).map { _ in generator.nextUnit() - 0.5 }
  }

  @Test("The gradient is that of central differences, in every configuration")
  func gradient() throws {
    let classes = FeatureClasses(corpus.set, featureCount: corpus.features.count)
    let objectives = [
      objective(), objective(allSteps: false), objective(boundaries: false),
      objective(boundaries: false, hasSteps: false), objective(margins: [0, 0.7, 0, -0.3, 0]),
      objective(classes: classes), objective(c2: 0),
    ]
    for (number, objective) in objectives.enumerated() {
      let x = random(objective.layout.count, seed: UInt64(number))
      let gradient = try Objectives.evaluate(objective, x).gradient
      var generator = RandomGenerator(seed: 99)
      // Weights are single precision in the scores: a step of 1/64 is exact there, and the
      // difference quotient errs by about 1e-3.
      let h = 1.0 / 64
      for _ in 0..<60 {
        let i = generator.next(below: x.count)
        var up = x
        var down = x
        up[i] += h
        down[i] -= h
        let expected =
          try
          (Objectives.evaluate(objective, up).value
          - Objectives.evaluate(objective, down).value) / (2 * h)
        #expect(abs(gradient[i] - expected) < 5e-3, "configuration \(number), parameter \(i)")
      }
    }
  }

  @Test("Value and gradient are the same bits for one, two and three threads")
  func threads() throws {
    let one = objective()
    let x = random(one.layout.count, seed: 7)
    let expected = try Objectives.evaluate(one, x)
    for threads in [2, 3] {
      let found = try Objectives.evaluate(objective(threads: threads), x)
      #expect(found.value == expected.value)
      #expect(found.gradient == expected.gradient)
    }
  }

  /// The optimum by the trainer's own optimizer, without merged features.
  func optimum(_ objective: ChainObjective, c1: Double = 0) throws -> LBFGS.State {
    var optimizer = LBFGS(threads: 1)
    optimizer.c1 = c1
    var state = LBFGS.State(x: [Double](repeating: 0, count: objective.layout.count))
    try optimizer.begin(&state) { try objective.evaluate($0, gradient: $1) }
    for _ in 0..<300 {
      let outcome = try optimizer.iterate(&state, curvature: []) {
        try objective.evaluate($0, gradient: $1)
      }
      if case .converged = outcome { break }
    }
    return state
  }

  @Test("Training with merged features finds the model that training without them finds")
  func classes() throws {
    let separate = objective(c2: 1)
    let expected = try optimum(separate)
    var options = TrainingOptions(.lbfgs)
    options.tolerance = 1e-9
    var loop = try TrainingLoop(corpus, options: options)
    let result = try loop.run()
    #expect(abs(result.objective - expected.value) < 1e-4 * expected.value)
    let x = Objectives.vector(result.parameters, separate.layout, separate.state)
    for (a, b) in zip(x, expected.x) { #expect(abs(a - b) < 0.02) }
  }

  @Test("L-BFGS finds the optimum that plain gradient descent finds")
  func gradientDescent() throws {
    let objective = objective(c2: 1)
    var x = [Double](repeating: 0, count: objective.layout.count)
    var value = 0.0
    for _ in 0..<1500 {
      let (now, gradient) = try Objectives.evaluate(objective, x)
      value = now
      for i in x.indices { x[i] -= 0.01 * gradient[i] }
    }
    let state = try optimum(objective)
    #expect(abs(state.value - value) < 1e-3 * value)
    for (a, b) in zip(state.x, x) { #expect(abs(a - b) < 0.02) }
  }

  @Test("The optimum of OWL-QN has a subgradient of zero, and zeros")
  func subgradient() throws {
    let objective = objective(c2: 0.1)
    let c1 = 0.5
    let state = try optimum(objective, c1: c1)
    let gradient = try Objectives.evaluate(objective, state.x).gradient
    var zeros = 0
    for (x, g) in zip(state.x, gradient) {
      if x == 0 {
        zeros += 1
        #expect(abs(g) <= c1 + 0.05)
      } else {
        #expect(abs(g + (x > 0 ? c1 : -c1)) < 0.05)
      }
    }
    #expect(zeros > state.x.count / 4)
  }

  @Test("The development score is the tagger's on the same model")
  func developmentScore() throws {
    let records = ToyCorpus.records(count: 30, seed: 11)
    let development = try ToyCorpus.development(records, for: corpus)
    var options = TrainingOptions(.lbfgs)
    options.iterations = 3
    options.precision = .float32
    var loop = try TrainingLoop(corpus, development: development, options: options)
    let result = try loop.run()
    let manifest = ModelManifest(
      name: "toy", pack: "toy", layer: "tag", labels: corpus.schema.names,
      templates: ToyCorpus.templates, provenance: .init(algorithm: "lbfgs"))
    let bytes = try Model.encode(
      result.parameters, manifest: manifest, precision: .float32, lexicon: [])
    let tagger = Tagger(try Model(bytes: bytes, name: "toy"))
    let workspace = Workspace(tagger)
    var right = 0
    var all = 0
    for record in records {
      let labels = try tagger.tag(record, in: workspace).labels
      for (label, name) in zip(labels, record.strings("tag") ?? []) {
        right += tagger.schema.names[Int(label)] == name ? 1 : 0
        all += 1
      }
    }
    #expect(result.developmentAccuracy == Double(right) / Double(all))
  }
}
