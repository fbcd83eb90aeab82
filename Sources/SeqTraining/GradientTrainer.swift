public import SeqCore
public import SeqInference
internal import SeqMath
public import SeqModel

/// A conditional random field over any emission scorers and a chain, trained on whole sequences by
/// L-BFGS: for columns of every kind, and data that fit in memory.
///
/// f = Σ −log P(gold | x) + c2·Σ w². The scorers' parameters stand first in the order of the
/// scorers, then the steps, [L × L], the starts and the ends, [L] each. Text has a faster trainer.
public struct GradientTrainer {
  /// A sequence with its gold labels, one per position.
  public struct Example: Sendable {
    /// The columns.
    public var sequence: FeatureSequence
    /// The gold labels.
    public var gold: [Label]

    /// Makes an example.
    public init(_ sequence: FeatureSequence, gold: [Label]) {
      precondition(gold.count == sequence.count, "One gold label per position.")
      self.sequence = sequence
      self.gold = gold
    }
  }

  /// The scorers, whose scores add up.
  public let scorers: [any EmissionScorer]
  /// The number of labels, L.
  public let labelCount: Int
  /// The weight of the L2 penalty.
  public var c2: Double
  /// Whether labels depend on their neighbours.
  public var hasChain: Bool
  /// What is legal; the gold labels must be. `nil` if everything is.
  public var legality: Legality?

  /// Makes a trainer.
  public init(
    _ scorers: [any EmissionScorer], c2: Double = 1, chain: Bool = true, legality: Legality? = nil
  ) {
    precondition(!scorers.isEmpty, "Emissions come from at least one scorer.")
    labelCount = scorers[0].labelCount
    let L = labelCount
    precondition(
      scorers.allSatisfy { $0.labelCount == L }, "Scorers that add up must have the same labels.")
    self.scorers = scorers
    self.c2 = c2
    hasChain = chain
    self.legality = legality
  }

  /// Trains from zero.
  ///
  /// - Parameter tolerance: training ends when the objective fell by less than this fraction over
  ///   five iterations.
  /// - Throws: `TrainingError.noData`; `ModelError.requirement` if a scorer's column is missing or
  ///   of another width; `TrainingError.diverged`.
  public func train(
    _ examples: [Example], iterations: Int = 100, tolerance: Double = 1e-6, threads: Int = 1
  ) throws -> GradientModel {
    guard examples.contains(where: { !$0.gold.isEmpty }) else {
      throw TrainingError.noData(source: "training data")
    }
    for example in examples {
      try check(example.sequence)
      precondition(legality?.allows(example.gold) != false, "Gold labels must be legal.")
    }
    let optimizer = LBFGS(threads: threads)
    var state = LBFGS.State(x: [Double](repeating: 0, count: parameterCount))
    let objective = { (x: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) in
      try evaluate(examples, x, gradient, threads)
    }
    try optimizer.begin(&state, objective)
    var recent = [state.value]
    while state.iteration < iterations {
      let outcome = try optimizer.iterate(&state, curvature: [], objective)
      guard state.value.isFinite else { throw TrainingError.diverged(iteration: state.iteration) }
      if case .converged = outcome { break }
      recent.append(state.value)
      if recent.count > 5, recent[recent.count - 6] - state.value < tolerance * abs(state.value) {
        break
      }
    }
    return model(state.x)
  }

  /// The number of parameters of scorers and chain.
  package var parameterCount: Int {
    emissionCount + (hasChain ? labelCount * labelCount + 2 * labelCount : 0)
  }

  private var emissionCount: Int { scorers.reduce(0) { $0 + $1.parameterCount } }

  private func check(_ sequence: FeatureSequence) throws {
    for scorer in scorers {
      for requirement in scorer.requirements { try requirement.check(sequence) }
    }
  }

  private func model(_ x: [Double]) -> GradientModel {
    let L = labelCount
    let E = emissionCount
    let zeros = [Float](repeating: 0, count: L)
    var chain = Chain(
      start: zeros, step: Matrix(rows: L, columns: L), end: zeros, mask: legality)
    if hasChain {
      var step = Matrix(rows: L, columns: L)
      for index in 0..<(L * L) { step.values[index] = Float(x[E + index]) }
      chain = Chain(
        start: (0..<L).map { Float(x[E + L * L + $0]) }, step: step,
        end: (0..<L).map { Float(x[E + L * L + L + $0]) }, mask: legality)
    }
    return GradientModel(
      scorers: scorers, parameters: x.prefix(E).map { Float($0) }, chain: chain)
  }

  /// f(x) in nats; its gradient is written to `gradient`. The examples are cut into pieces that do
  /// not depend on the number of threads, and the pieces' sums are joined in order.
  package func evaluate(
    _ examples: [Example], _ x: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>,
    _ threads: Int
  ) throws -> Double {
    let count = parameterCount
    let model = model(Array(UnsafeBufferPointer(start: x, count: count)))
    let pieceCount = min(8, examples.count)
    let pieces = (0..<pieceCount).map { _ in Piece(count) }
    inParallel(pieces: pieceCount, threads: threads) { index in
      let from = examples.count * index / pieceCount
      let to = examples.count * (index + 1) / pieceCount
      let piece = pieces[index]
      do throws(InferenceError) {
        for example in examples[from..<to] { try add(example, model, to: piece) }
      } catch {
        piece.error = error
      }
    }
    var loss = 0.0
    for i in 0..<count {
      loss += c2 * x[i] * x[i]
      gradient[i] = 2 * c2 * x[i]
    }
    for piece in pieces {
      if let error = piece.error { throw error }
      loss += piece.loss
      for i in 0..<count { gradient[i] += piece.gradient[i] }
    }
    return loss
  }

  /// The sums of some of the examples.
  private final class Piece {
    var loss = 0.0
    var gradient: [Double]
    var error: InferenceError?
    let forwardBackward = ForwardBackward()

    init(_ count: Int) { gradient = Array(repeating: 0, count: count) }
  }

  private func add(
    _ example: Example, _ model: GradientModel, to piece: Piece
  ) throws(InferenceError) {
    let T = example.gold.count
    guard T > 0 else { return }
    let L = labelCount
    let gold = example.gold
    let scores = model.scores(of: example.sequence)
    let steps = AlignedBuffer(count: L * paddedCount(L))
    let logNormalizer = try piece.forwardBackward.run(
      Emissions(scores), model.chain, expectedSteps: hasChain ? steps : nil)
    var goldScore = Double(model.chain.start[Int(gold[0])])
    goldScore += Double(model.chain.end[Int(gold[T - 1])])
    var upstream = Matrix(rows: T, columns: L)
    for t in 0..<T {
      goldScore += Double(scores[t, Int(gold[t])])
      if t > 0 { goldScore += Double(model.chain.step[Int(gold[t - 1]), Int(gold[t])]) }
      for j in 0..<L { upstream[t, j] = piece.forwardBackward[t, j] }
      upstream[t, Int(gold[t])] -= 1
    }
    piece.loss += logNormalizer - goldScore
    piece.gradient.withUnsafeMutableBufferPointer { gradient in
      var at = gradient.baseAddress!
      for scorer in scorers {
        scorer.addGradient(for: example.sequence, upstream: upstream, to: at)
        at += scorer.parameterCount
      }
      guard hasChain else { return }
      let stride = paddedCount(L)
      for i in 0..<L {
        for j in 0..<L {
          at[i * L + j] += Double(
            steps.base[i * stride + j] * model.chain.factors.base[i * stride + j])
        }
      }
      for t in 1..<max(T, 1) { at[Int(gold[t - 1]) * L + Int(gold[t])] -= 1 }
      for j in 0..<L {
        at[L * L + j] += Double(upstream[0, j])
        at[L * L + L + j] += Double(upstream[T - 1, j])
      }
    }
  }
}

/// Scorers with their parameters, and a chain.
public struct GradientModel: Sendable {
  /// The scorers.
  public let scorers: [any EmissionScorer]
  /// The parameters of the scorers, in their order.
  public let parameters: [Float]
  /// The scores of starts, steps and ends.
  public let chain: Chain

  /// Makes a model of parameters that are known.
  ///
  /// - Parameter parameters: those of the scorers one after another.
  public init(scorers: [any EmissionScorer], parameters: [Float], chain: Chain) {
    precondition(
      parameters.count == scorers.reduce(0) { $0 + $1.parameterCount }
        && scorers.allSatisfy { $0.labelCount == chain.labelCount },
      "Parameters for every scorer, and one chain over their labels.")
    self.scorers = scorers
    self.parameters = parameters
    self.chain = chain
  }

  /// The [T][L] scores of a sequence before the chain.
  ///
  /// - Throws: `ModelError.requirement`.
  public func emissions(of sequence: FeatureSequence) throws -> Emissions {
    for scorer in scorers {
      for requirement in scorer.requirements { try requirement.check(sequence) }
    }
    return Emissions(scores(of: sequence))
  }

  /// The best labels of a sequence.
  ///
  /// - Throws: `ModelError.requirement`, `InferenceError.noLegalPath`.
  public func labels(of sequence: FeatureSequence) throws -> [Label] {
    var labels: [Label] = []
    _ = try Viterbi().bestPath(emissions(of: sequence), chain, into: &labels)
    return labels
  }

  func scores(of sequence: FeatureSequence) -> Matrix {
    var scores = Matrix(rows: sequence.count, columns: chain.labelCount)
    parameters.withUnsafeBufferPointer { parameters in
      // An empty array has no address; nothing is read through it then.
      var at = parameters.baseAddress ?? UnsafePointer(bitPattern: 8)!
      for scorer in scorers {
        scorer.addScores(for: sequence, parameters: at, to: &scores)
        at += scorer.parameterCount
      }
    }
    return scores
  }
}
