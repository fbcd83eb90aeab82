internal import Glibc
public import SeqCore
internal import SeqMath

/// A sequence to learn from.
public struct NetworkExample: Sendable {
  /// What stands for a label where there is none: the position is read, and left out of the loss.
  public static let unassessed = SmoothedLoss.ignored

  /// The rows, [T][D].
  public var rows: any InputRows
  /// The labels, [T].
  public var gold: [Label]

  /// Makes an example.
  public init(_ rows: any InputRows, gold: [Label]) {
    self.rows = rows
    self.gold = gold
  }

  /// The number of positions with a label.
  var assessed: Int { gold.reduce(0) { $0 + ($1 == Self.unassessed ? 0 : 1) } }
}

/// Trains temporal convolutional networks.
///
/// ```swift
/// var shape = NetworkShape(inputs: 12, labels: 13)
/// let trainer = try NetworkTrainer(shape, examples: examples, standardizes: true)
/// try trainer.run(score: { scorer in … }, report: { epoch in … })
/// let model = trainer.model(manifest)
/// ```
///
/// Equal seeds, examples and options give equal bytes, whatever the number of threads: threads share
/// the frames of a sequence in batches of one, and the sequences of larger batches.
public final class NetworkTrainer {
  /// What is told after each epoch.
  public struct Epoch: Hashable, Sendable {
    /// The epoch, from 1.
    public var number: Int
    /// The number of epochs.
    public var count: Int
    /// The mean loss of its batches, in nats.
    public var loss: Double
    /// What `score` gave, if it was asked.
    public var score: Double?
    /// The epoch with the best score so far, and that score.
    public var best: (number: Int, score: Double)? {
      bestNumber.flatMap { number in bestScore.map { (number, $0) } }
    }
    var bestNumber: Int?
    var bestScore: Double?
    /// Positions learnt from since training began or resumed.
    public var positions: Int
    /// Seconds since then.
    public var seconds: Double
  }

  /// Why training ended.
  public enum Ending: String, Hashable, Sendable {
    /// All epochs were done.
    case completed
    /// The score did not get better for as many epochs as ``NetworkTrainingOptions/patience`` says.
    case noProgress
    /// `report` answered false.
    case stopped
  }

  /// The network's shape.
  public let shape: NetworkShape
  /// How it learns.
  public let options: NetworkTrainingOptions
  /// What is done with rows before the network sees them.
  public let preparation: RowPreparation
  /// A file that keeps the state after each epoch; `nil` for none.
  public var checkpoint: String?
  /// The number of threads; the result does not depend on it.
  public var threads = 1

  let examples: [NetworkExample]
  let network: TemporalNetwork
  var optimizer: Adam
  /// Epochs done, the best score and when it was.
  var state = State()
  /// The numbers with the best score.
  var best: AlignedBuffer?

  struct State: Codable {
    var epoch = 0
    var bestEpoch: Int?
    var bestScore: Double?
  }

  /// Makes a trainer with a network of first weights.
  ///
  /// - Parameters:
  ///   - shape: its inputs are the columns after projection and expansion.
  ///   - standardizes: whether columns are brought to mean 0 and deviation 1 of the examples; the
  ///     model then does so with what it is given.
  ///   - components: what rows become before all else; fitted on these examples, or on others.
  ///   - expansion: what is put beside each row.
  /// - Throws: `NetworkError` for shapes, options and examples that do not fit.
  public init(
    _ shape: NetworkShape, _ options: NetworkTrainingOptions = NetworkTrainingOptions(),
    examples: [NetworkExample], standardizes: Bool, components: PrincipalComponents? = nil,
    expansion: FeatureExpansion = FeatureExpansion()
  ) throws(NetworkError) {
    if let fault = shape.fault { throw .shape(problem: fault) }
    try options.check()
    if let components, components.count * expansion.factor != shape.inputs {
      throw .shape(
        problem: "it has \(shape.inputs) inputs, and \(components.count) principal components make "
          + "\(components.count * expansion.factor)")
    }
    let columns = components?.columns ?? shape.inputs / expansion.factor
    for (index, example) in examples.enumerated() {
      guard example.rows.width == columns,
        components != nil || columns * expansion.factor == shape.inputs
      else {
        throw .width(sequence: index, found: example.rows.width, expected: columns)
      }
      guard example.gold.count == example.rows.count else {
        throw .length(sequence: index, labels: example.gold.count, rows: example.rows.count)
      }
      for (t, label) in example.gold.enumerated()
      where label != NetworkExample.unassessed && Int(label) >= shape.labels {
        throw .label(sequence: index, position: t, found: Int(label), count: shape.labels)
      }
    }
    guard examples.contains(where: { $0.assessed > 0 }) else { throw .noExamples }
    self.shape = shape
    self.options = options
    self.examples = examples
    preparation = RowPreparation(
      fitting: examples.map(\.rows), columns: columns, components: components,
      expansion: expansion, standardizes: standardizes)
    network = TemporalNetwork(shape, seed: options.seed)
    optimizer = Adam(count: network.parameters.count, rate: options.rate)
    optimizer.weightDecay = options.weightDecay
    optimizer.longest = options.longestGradient
  }

  /// Gives scores by what has been learnt so far.
  public func scorer(threads: Int = 1) -> NetworkScorer {
    NetworkScorer(network, preparation, threads: threads)
  }

  /// Learns until the epochs are done, the score stays behind or `report` answers false; then the
  /// numbers with the best score are the network's, or the last if there was no score or
  /// ``NetworkTrainingOptions/keepsBest`` is off; rounded if the options say so, which neither scores of
  /// epochs nor checkpoints are.
  ///
  /// - Parameters:
  ///   - score: how good the network is, higher for better: usually on sequences kept apart.
  ///   - report: called after each epoch, when its checkpoint is written.
  /// - Throws: `NetworkError.diverged`, and what writing a checkpoint and the closures throw.
  @discardableResult
  public func run(
    score: ((NetworkScorer) throws -> Double)? = nil,
    report: (Epoch) throws -> Bool = { _ in true }
  ) throws -> Ending {
    let start = ContinuousClock.now
    var positions = 0
    var ending = Ending.completed
    let workers = Workers(
      network, count: options.batch == 1 ? 1 : min(threads, options.batch),
      frames: examples.lazy.filter { $0.assessed > 0 }.map(\.gold.count).max() ?? 0,
      isShared: options.batch > 1)
    if let patience = options.patience, let best = state.bestEpoch, state.epoch - best >= patience {
      ending = .noProgress
    }
    while ending == .completed, state.epoch < options.epochs {
      let loss = try learn(state.epoch, workers, &positions)
      state.epoch += 1
      var value: Double?
      if let score {
        let found = try score(scorer(threads: threads))
        value = found
        if found > state.bestScore ?? -.infinity {
          (state.bestScore, state.bestEpoch) = (found, state.epoch)
          if options.keepsBest { keepBest() }
        }
      }
      if let checkpoint { try writeCheckpoint(to: checkpoint) }
      let epoch = Epoch(
        number: state.epoch, count: options.epochs, loss: loss, score: value,
        bestNumber: state.bestEpoch, bestScore: state.bestScore, positions: positions,
        seconds: (ContinuousClock.now - start) / .seconds(1))
      if try !report(epoch) {
        ending = .stopped
      } else if let patience = options.patience, let best = state.bestEpoch,
        state.epoch - best >= patience
      {
        ending = .noProgress
      }
    }
    if let best {
      network.parameters.values.base.update(from: best.base, count: network.parameters.count)
    }
    if options.roundsWeights { network.parameters.roundMatrices() }
    return ending
  }

  private func keepBest() {
    let values = network.parameters.values
    let copy = best ?? AlignedBuffer(count: network.parameters.count)
    copy.base.update(from: values.base, count: network.parameters.count)
    best = copy
  }

  /// One pass over the examples, in an order of the epoch's own.
  private func learn(_ epoch: Int, _ workers: Workers, _ positions: inout Int) throws -> Double {
    var generator = RandomGenerator(
      seed: options.seed &+ UInt64(epoch + 1) &* 0x9E6C_63D0_876A_68DE)
    var order = examples.indices.filter { examples[$0].assessed > 0 }
    generator.shuffle(&order)
    var total = 0.0
    var steps = 0
    for from in stride(from: 0, to: order.count, by: options.batch) {
      let batch = Array(order[from..<min(from + options.batch, order.count)])
      optimizer.rate = options.rate(at: Double(epoch) + Double(from) / Double(order.count))
      let loss = learn(batch, seed: generator.next(), workers)
      guard loss.isFinite else { throw NetworkError.diverged(epoch: epoch + 1) }
      optimizer.step(network.parameters)
      total += loss
      steps += 1
      positions += batch.reduce(0) { $0 + examples[$1].gold.count }
    }
    return total / Double(max(steps, 1))
  }

  /// Leaves the gradient of a batch's mean loss in the network's.
  private func learn(_ batch: [Int], seed: UInt64, _ workers: Workers) -> Double {
    let parameters = network.parameters
    parameters.clearGradient()
    let assessed = batch.map { examples[$0].assessed }
    let all = Float(assessed.reduce(0, +))
    var losses = [Double](repeating: 0, count: batch.count)
    // As many sequences at a time as there are workers; their gradients are added in order.
    for from in stride(from: 0, to: batch.count, by: workers.count) {
      let group = from..<min(from + workers.count, batch.count)
      losses.withUnsafeMutableBufferPointer { losses in
        nonisolated(unsafe) let losses = losses
        inParallel(pieces: group.count, threads: threads) { piece in
          let index = group.lowerBound + piece
          let (network, pass) = (workers.networks[piece], workers.passes[piece])
          let example = examples[batch[index]]
          if workers.isShared { network.parameters.clearGradient() }
          preparation.fill(pass.input, from: example.rows)
          let dropout = seed &+ UInt64(index) &* 0xA076_1D64_78BD_642F
          let inner = workers.isShared ? 1 : threads
          network.run(pass, dropoutSeed: dropout, threads: inner)
          losses[index] = network.backpropagate(
            pass, gold: example.gold, loss: options.loss, weight: Float(assessed[index]) / all,
            dropoutSeed: dropout, threads: inner)
        }
      }
      guard workers.isShared else { continue }
      for network in workers.networks.prefix(group.count) {
        let own = network.parameters.gradient.base
        for i in stride(from: 0, to: parameters.count, by: 8) {
          let target = parameters.gradient.base + i
          (Vector(loading: target) + Vector(loading: own + i)).store(to: target)
        }
      }
    }
    return losses.reduce(0, +)
  }

  /// What sequences that are learnt at the same time need of their own.
  private final class Workers {
    let networks: [TemporalNetwork]
    let passes: [TemporalNetwork.Pass]
    /// Whether each has a gradient of its own, which is added to the network's.
    let isShared: Bool
    var count: Int { networks.count }

    init(_ network: TemporalNetwork, count: Int, frames: Int, isShared: Bool) {
      self.isShared = isShared
      networks = (0..<max(count, 1)).map { _ in isShared ? network.withOwnGradient() : network }
      passes = networks.map { TemporalNetwork.Pass($0.shape, learns: true, frames: frames) }
    }
  }
}

/// cos(π · share) of a share of the way.
func cosine(of share: Double) -> Double { cos(min(max(share, 0), 1) * .pi) }
