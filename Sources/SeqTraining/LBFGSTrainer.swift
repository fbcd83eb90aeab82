internal import Glibc
internal import SeqCore
internal import SeqInference
package import SeqModel

/// A conditional random field by L-BFGS or OWL-QN over the whole training set.
package struct LBFGSTrainer: Trainer {
  private let features: [UInt64]
  private let options: TrainingOptions
  /// The class of each feature, and the number of features in each class.
  private let classes: [UInt32]
  private let classSizes: [Int32]
  private let objective: ChainObjective
  private let optimizer: LBFGS
  private let course: Course
  private var state: LBFGS.State
  private var curvature: [Float] = []
  /// The last values of the objective, to tell when it has stopped falling.
  private var recent: [Double] = []

  /// - Parameter isPicked: whether a development set picks the iteration that counts.
  package init(
    _ corpus: EncodedCorpus, options: TrainingOptions, start: LinearParameters? = nil,
    isPicked: Bool, threads: Int
  ) throws {
    features = corpus.features
    self.options = options
    let classes = FeatureClasses(corpus.set, featureCount: corpus.features.count)
    var state = StateFeatures(
      classes.set, featureCount: classes.sizes.count, labelCount: corpus.schema.count,
      minimumCount: options.minimumCount, allLabels: options.allLabels)
    state.counts = []  // not needed any more
    objective = ChainObjective(
      classes.set, state: state, classSizes: classes.sizes, labelCount: corpus.schema.count,
      c2: options.c2, allSteps: options.chain && options.allSteps,
      boundaries: options.chain && options.boundaries,
      hasSteps: options.chain, legality: corpus.legality,
      classMargins: try options.classMargins(corpus.schema),
      threads: threads)
    self.classes = classes.ofFeature
    classSizes = classes.sizes
    var optimizer = LBFGS(threads: threads)
    optimizer.c1 = options.c1
    course = isPicked ? .picked : .straight(parameters: objective.layout.count)
    optimizer.memory = course.memory
    self.optimizer = optimizer
    self.state = LBFGS.State(x: [Double](repeating: 0, count: objective.layout.count))
    if let start { warmStart(start) }
  }

  /// How the optimizer goes its way.
  private struct Course {
    /// How many steps are remembered.
    var memory: Int
    /// The iterations at which the curvature is estimated anew: often while it changes fast.
    var estimates: Set<Int>
    /// The power of the curvature, between the two extremes that the Hessian has: 1 is its diagonal,
    /// right for features that go alone, 0 a constant, right for features that share their positions.
    var power: Float

    /// To the optimum by the fewest evaluations: twelve steps where they fit into 28 MB (two numbers
    /// of 4 bytes a parameter and step), and no late estimate, which unsettles what they tell.
    static func straight(parameters: Int) -> Course {
      Course(
        memory: 12 * 8 * parameters <= 28 << 20 ? 12 : 5, estimates: [0, 5, 15, 35], power: 0.4)
    }

    /// For a development set that picks the iteration that counts: on the way there are better ones
    /// than on the straight course (Docs/Decisions/0006-training.md).
    static let picked = Course(
      memory: 5, estimates: Set([0, 10, 20, 30]).union(stride(from: 40, to: 10_000, by: 40)),
      power: 0.5)
  }

  package mutating func step() throws -> StepReport {
    if state.evaluations == 0 {
      try optimizer.begin(&state) { try objective.evaluate($0, gradient: $1) }
    }
    if course.estimates.contains(state.iteration) {
      curvature = objective.curvature().map { pow($0, course.power) }
    }
    let outcome = try optimizer.iterate(&state, curvature: curvature) {
      try objective.evaluate($0, gradient: $1)
    }
    guard state.value.isFinite else { throw TrainingError.diverged(iteration: state.iteration) }
    recent.append(state.value)
    if recent.count > 11 { recent.removeFirst() }
    let hasStopped =
      recent.count == 11
      && (recent[0] - recent[10]) / max(abs(recent[10]), 1e-9)
        < options.tolerance
    if case .converged = outcome { return StepReport(objective: state.value, isConverged: true) }
    return StepReport(objective: state.value, isConverged: hasStopped)
  }

  package func parameters() -> LinearParameters {
    let pairs = objective.state
    var starts: [Int32] = [0]
    var labels: [Label] = []
    var weights: [Float] = []
    for feature in features.indices {
      let number = Int(classes[feature])
      let share = Double(classSizes[number])
      for p in Int(pairs.starts[number])..<Int(pairs.starts[number + 1]) where state.x[p] != 0 {
        labels.append(pairs.labels[p])
        weights.append(Float(state.x[p] / share))
      }
      starts.append(Int32(labels.count))
    }
    let chain = state.x.withUnsafeBufferPointer {
      ChainObjective.chain($0.baseAddress!, objective.layout)
    }
    return LinearParameters(
      features: features, starts: starts, labels: labels, weights: weights,
      start: chain.start, step: chain.step, end: chain.end)
  }

  /// Starts from the weights of another model, as far as features and labels are the same.
  private mutating func warmStart(_ start: LinearParameters) {
    let pairs = objective.state
    var known: [UInt64: Int] = [:]
    for (index, hash) in start.features.enumerated() { known[hash] = index }
    for feature in features.indices {
      guard let index = known[features[feature]] else { continue }
      let number = Int(classes[feature])
      for p in Int(pairs.starts[number])..<Int(pairs.starts[number + 1]) {
        for q in Int(start.starts[index])..<Int(start.starts[index + 1])
        where start.labels[q] == pairs.labels[p] {
          state.x[p] += Double(start.weights[q])
        }
      }
    }
    let layout = objective.layout
    for (index, place) in layout.steps.enumerated() {
      state.x[layout.pairs + index] = Double(start.step.values[place])
    }
    if layout.hasBoundaries {
      let base = layout.pairs + layout.steps.count
      for j in 0..<layout.labelCount {
        state.x[base + j] = Double(start.start[j])
        state.x[base + layout.labelCount + j] = Double(start.end[j])
      }
    }
  }

  package func save(to file: inout SafetensorsWriter) {
    let n = state.x.count
    file.add("x", shape: [n], state.x)
    file.add("gradient", shape: [n], state.gradient)
    file.add("curvature", shape: [curvature.count], curvature)
    for index in state.steps.indices {
      file.add("steps.\(index)", shape: [n], state.steps[index])
      file.add("changes.\(index)", shape: [n], state.changes[index])
    }
    file.add("inverseProducts", shape: [state.steps.count], state.inverseProducts)
    file.add("recent", shape: [recent.count], recent)
    file.add("value", shape: [1], [state.value])
    file.add("counts", shape: [2], [Int64(state.iteration), Int64(state.evaluations)])
  }

  package mutating func restore(from file: SafetensorsFile) throws {
    let n = state.x.count
    func doubles(_ name: String, _ count: Int?) throws -> [Double] {
      try file.tensor(name, of: Double.self, shape: [count]).array(of: Double.self)
    }
    func floats(_ name: String, _ count: Int?) throws -> [Float] {
      try file.tensor(name, of: Float.self, shape: [count]).array(of: Float.self)
    }
    state.x = try doubles("x", n)
    state.gradient = try doubles("gradient", n)
    curvature = try floats("curvature", n)
    state.inverseProducts = try doubles("inverseProducts", nil)
    state.steps = []
    state.changes = []
    for index in state.inverseProducts.indices {
      state.steps.append(try floats("steps.\(index)", n))
      state.changes.append(try floats("changes.\(index)", n))
    }
    recent = try doubles("recent", nil)
    state.value = try doubles("value", 1)[0]
    let counts = try file.tensor("counts", of: Int64.self, shape: [2]).array(of: Int64.self)
    state.iteration = Int(counts[0])
    state.evaluations = Int(counts[1])
    // The curvature is estimated from the last evaluation, so it is made again.
    var gradient = state.gradient
    try gradient.withUnsafeMutableBufferPointer { gradient in
      _ = try state.x.withUnsafeBufferPointer {
        try objective.evaluate($0.baseAddress!, gradient: gradient.baseAddress!)
      }
    }
  }
}
