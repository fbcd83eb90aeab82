internal import Glibc
internal import SeqCore

extension TrainingOptions {
  /// Refuses options that the algorithm cannot follow, and values that mean nothing.
  ///
  /// - Throws: `TrainingError.option`.
  func check(hasStart: Bool) throws {
    let usual = TrainingOptions(algorithm)
    func refuse(_ name: String, _ value: some CustomStringConvertible, _ problem: String) throws {
      throw TrainingError.option(name: name, value: value.description, problem: problem)
    }
    if !(c1 >= 0) { try refuse("c1", c1, "a penalty must not be negative") }
    if !(c2 >= 0) { try refuse("c2", c2, "a penalty must not be negative") }
    if !(rate > 0) { try refuse("rate", rate, "the step size must be positive") }
    if !(r > 0) { try refuse("r", r, "AROW's regularization must be positive") }
    if batchSize < 1 { try refuse("batch-size", batchSize, "a batch has at least one sequence") }
    if minimumCount < 1 { try refuse("min-count", minimumCount, "the least is 1") }

    if !(margin >= 0 && margin.isFinite) { try refuse("margin", margin, "the least is 0") }
    if !(dropout >= 0 && dropout < 1) {
      try refuse("dropout", dropout, "a probability from 0 to below 1 is expected")
    }
    if committee < 1 { try refuse("committee", committee, "the least is 1") }
    if algorithm != .perceptron && margin != 0 {
      try refuse("margin", margin, "only perceptron has it")
    }
    if algorithm != .perceptron && dropout != 0 {
      try refuse("dropout", dropout, "only perceptron has it")
    }
    let isSeeded = algorithm == .perceptron || algorithm == .arow || algorithm == .adagrad
    if !isSeeded && committee > 1 {
      try refuse("committee", committee, "the members would be equal; \(algorithm) has no seed")
    }

    let isPenalized = algorithm == .lbfgs || algorithm == .adagrad
    if !isPenalized && c1 != usual.c1 { try refuse("c1", c1, "only lbfgs and adagrad have it") }
    if !isPenalized && c2 != usual.c2 { try refuse("c2", c2, "only lbfgs and adagrad have it") }
    guard algorithm == .hmm || algorithm == .majority else { return }
    let name = algorithm.rawValue
    if hasStart { try refuse("warm-start", "", "counts start from nothing; leave the model out") }
    if !classWeights.isEmpty {
      let text = classWeights.map { "\($0)=\($1)" }.sorted().joined(separator: ",")
      try refuse("class-weight", text, "\(name) counts, it has no mistakes to weigh")
    }
    if allLabels {
      try refuse("all-labels", "", "\(name) gives its features all labels anyway")
    }
    if minimumCount > 1 {
      try refuse("min-count", minimumCount, "\(name) needs the counts of rare words")
    }
    if algorithm == .hmm && !chain {
      try refuse("independent", "", "a hidden Markov model is a chain; majority does without")
    }
    if algorithm == .hmm && !allSteps {
      try refuse("seen-steps", "", "steps that were not seen are smoothed, not left out")
    }
  }

  /// The class weights by label, or nothing if all are 1.
  func classFactors(_ schema: LabelSchema) throws -> [Float] {
    guard !classWeights.isEmpty else { return [] }
    var factors = [Float](repeating: 1, count: schema.count)
    for (name, weight) in classWeights.sorted(by: { $0.key < $1.key }) {
      guard let label = schema.label(name) else {
        throw TrainingError.unknownClass(
          name: name, known: schema.names, nearest: nearestName(to: name, among: schema.names))
      }
      guard weight > 0, weight.isFinite else {
        throw TrainingError.option(
          name: "class-weight", value: "\(name)=\(weight)", problem: "a weight must be positive")
      }
      factors[Int(label)] = weight
    }
    return factors
  }

  /// The log of each label's class weight, or nothing if all are 1.
  ///
  /// The CRF is trained with the softmax margin (Gimpel and Smith 2010): where the gold label has
  /// weight w, every other label's odds are multiplied by w, so the model must win by that factor.
  func classMargins(_ schema: LabelSchema) throws -> [Float] {
    try classFactors(schema).map { log($0) }
  }
}
