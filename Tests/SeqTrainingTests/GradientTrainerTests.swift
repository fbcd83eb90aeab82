import Glibc
import SeqCore
import SeqInference
import SeqMath
import SeqModel
import SeqTraining
import Testing

@Suite("Training on columns of any kind")
struct GradientTrainerTests {
  /// Residues from two hidden states that persist, with their states.
  static func residues(
    _ count: Int, length: Int, seed: UInt64
  ) -> [GradientTrainer.Example] {
    var generator = RandomGenerator(seed: seed)
    return (0..<count).map { _ in
      var state = generator.next(below: 2)
      var codes: [UInt8] = []
      var gold: [Label] = []
      for _ in 0..<length {
        if generator.nextUnit() < 0.05 { state = 1 - state }
        gold.append(Label(state))
        codes.append(UInt8(Self.symbol(state, generator.nextUnit())))
      }
      var sequence = FeatureSequence(count: length)
      sequence.set("residue", to: .symbols(codes, alphabetSize: 4))
      return GradientTrainer.Example(sequence, gold: gold)
    }
  }

  static let emissions: [[Double]] = [[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]]

  static func symbol(_ state: Int, _ unit: Double) -> Int {
    var rest = unit
    for symbol in 0..<3 {
      rest -= emissions[state][symbol]
      if rest < 0 { return symbol }
    }
    return 3
  }

  static func accuracy(
    _ examples: [GradientTrainer.Example], _ labels: (FeatureSequence) throws -> [Label]
  ) rethrows -> Double {
    var right = 0
    var all = 0
    for example in examples {
      for (a, b) in zip(try labels(example.sequence), example.gold) {
        right += a == b ? 1 : 0
        all += 1
      }
    }
    return Double(right) / Double(all)
  }

  /// The model that the residues were drawn from.
  static func generatorModel() -> GradientModel {
    let scores = (0..<4).flatMap { symbol in
      (0..<2).map { Float(log(emissions[$0][symbol])) }
    }
    let stay = Float(log(0.95))
    let change = Float(log(0.05))
    return GradientModel(
      scorers: [TableScorer(column: "residue", alphabetSize: 4, labelCount: 2)],
      parameters: scores,
      chain: Chain(start: [0, 0], step: Matrix([[stay, change], [change, stay]]), end: [0, 0]))
  }

  @Test("Residues of a two-state model are labelled nearly as well as by the model itself")
  func residueTask() throws {
    let training = Self.residues(40, length: 100, seed: 1)
    let test = Self.residues(20, length: 100, seed: 2)
    let trainer = GradientTrainer([
      TableScorer(column: "residue", alphabetSize: 4, labelCount: 2)
    ])
    let model = try trainer.train(training)
    let best = try Self.accuracy(test) { try Self.generatorModel().labels(of: $0) }
    let learnt = try Self.accuracy(test) { try model.labels(of: $0) }
    #expect(best > 0.75)
    #expect(learnt > best - 0.02)
  }

  /// Frames around one of three centres, in runs of eight to sixteen.
  static func frames(_ count: Int, seed: UInt64) -> [GradientTrainer.Example] {
    var generator = RandomGenerator(seed: seed)
    let centres: [[Float]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    return (0..<count).map { _ in
      var values: [Float] = []
      var gold: [Label] = []
      var label = generator.next(below: 3)
      for _ in 0..<6 {
        label = (label + 1 + generator.next(below: 2)) % 3
        for _ in 0..<(8 + generator.next(below: 9)) {
          gold.append(Label(label))
          // The sum of four uniform numbers is nearly normal.
          for centre in centres[label] {
            let noise = (0..<4).reduce(-2.0) { sum, _ in sum + generator.nextUnit() }
            values.append(centre + Float(noise) * 1.5)
          }
        }
      }
      var sequence = FeatureSequence(count: gold.count)
      sequence.set("frame", to: .dense(DenseRows(rows: gold.count, width: 3, values: values)))
      return GradientTrainer.Example(sequence, gold: gold)
    }
  }

  @Test("A chain helps noisy frames, and segments decode from the same emissions")
  func frameTask() throws {
    let training = Self.frames(40, seed: 3)
    let test = Self.frames(20, seed: 4)
    let scorer = DenseScorer(column: "frame", width: 3, labelCount: 3)
    let alone = try GradientTrainer([scorer], chain: false).train(training)
    let model = try GradientTrainer([scorer]).train(training)
    let without = try Self.accuracy(test) { try alone.labels(of: $0) }
    let with = try Self.accuracy(test) { try model.labels(of: $0) }
    #expect(with > without + 0.05)
    #expect(with > 0.85)

    var durations = Matrix(rows: 3, columns: 20)
    for j in 0..<3 { for d in 0..<7 { durations[j, d] = -.infinity } }
    var step = Matrix(rows: 3, columns: 3)
    for j in 0..<3 { step[j, j] = -.infinity }
    let segments = SegmentChain(
      chain: Chain(start: [0, 0, 0], step: step, end: [0, 0, 0]), durations: durations)
    let segmented = try Self.accuracy(test) { sequence in
      let found = try segments.bestSegments(try alone.emissions(of: sequence)).segments
      #expect(found.allSatisfy { $0.end - $0.start >= 8 })
      return found.flatMap { Array(repeating: $0.label, count: $0.end - $0.start) }
    }
    #expect(segmented > without + 0.05)
  }

  @Test("Scorers of all kinds add up; the gradient is that of central differences")
  func gradient() throws {
    var generator = RandomGenerator(seed: 5)
    let examples = (0..<3).map { index -> GradientTrainer.Example in
      let T = index + 1
      var sequence = FeatureSequence(count: T)
      sequence.set(
        "symbols", to: .symbols((0..<T).map { UInt8(($0 + index) % 3) }, alphabetSize: 3))
      sequence.set(
        "dense",
        to: .dense(
          DenseRows(
            rows: T, width: 2, values: (0..<(2 * T)).map { _ in Float(generator.nextUnit()) })))
      var rows = SparseRows()
      for t in 0..<T { rows.append([(id: UInt32(t % 2), value: Float(0.5)), (id: 2, value: 2)]) }
      sequence.set("sparse", to: .sparse(rows))
      return .init(sequence, gold: (0..<T).map { Label(($0 * 2 + index) % 3) })
    }
    let trainer = GradientTrainer(
      [
        TableScorer(column: "symbols", alphabetSize: 3, labelCount: 3),
        DenseScorer(column: "dense", width: 2, labelCount: 3),
        LinearScorer(column: "sparse", featureCount: 3, labelCount: 3),
      ], c2: 0.3)
    let x = (0..<trainer.parameterCount).map { _ in generator.nextUnit() - 0.5 }
    func evaluate(_ x: [Double], threads: Int = 1) throws -> (Double, [Double]) {
      var gradient = [Double](repeating: .nan, count: x.count)
      let value = try gradient.withUnsafeMutableBufferPointer { gradient in
        try x.withUnsafeBufferPointer {
          try trainer.evaluate(examples, $0.baseAddress!, gradient.baseAddress!, threads)
        }
      }
      return (value, gradient)
    }
    let (_, gradient) = try evaluate(x)
    #expect(try evaluate(x, threads: 2).1 == gradient)
    // Scores are single precision: with steps of 1/64 the difference quotient errs by about 1e-4.
    let h = 1.0 / 64
    for i in x.indices {
      var up = x
      var down = x
      up[i] += h
      down[i] -= h
      let expected = try (evaluate(up).0 - evaluate(down).0) / (2 * h)
      #expect(abs(gradient[i] - expected) < 1e-3)
    }
  }

  @Test("A column that does not fit is refused with both widths")
  func requirements() throws {
    var sequence = FeatureSequence(count: 1)
    sequence.set("frame", to: .dense(DenseRows(rows: 1, width: 3, values: [1, 2, 3])))
    let wide = DenseScorer(column: "frame", width: 4, labelCount: 2)
    #expect(
      throws: ModelError.requirement(
        column: "frame", found: "vectors of width 3", expected: "vectors of width 4")
    ) {
      try GradientTrainer([wide]).train([.init(sequence, gold: [0])])
    }
    let table = TableScorer(column: "residue", alphabetSize: 20, labelCount: 2)
    do {
      _ = try GradientTrainer([table]).train([.init(sequence, gold: [0])])
      Issue.record("A missing column must be refused.")
    } catch {
      #expect(
        "\(error)" == "the column “residue” must be symbols of an alphabet of 20, but there are "
          + "only frame. Do the model and the data belong together?")
    }
  }
}
