internal import SeqModel
internal import SeqMath

/// Learns a parser's weights: the averaged perceptron over whole paths of steps, with a beam
/// (Zhang and Clark 2008) and updates where the gold path is furthest behind (Huang, Fayong and
/// Guo 2012, "Structured Perceptron with Inexact Search": max-violation).
struct ParserTrainer {
  /// How to train.
  struct Options: Sendable {
    /// Paths kept at each step.
    var beam = 8
    /// Passes over the sentences.
    var iterations = 6
    /// The fraction of features hidden from an example.
    var dropout = 0.0
    /// The seed of the order of sentences.
    var seed: UInt64 = 1
  }

  private let features: ParserFeatures
  private let actions: ParserActions
  private let options: Options
  private var weights: PerceptronWeights
  private var search: ParserSearch

  init(_ features: ParserFeatures, _ actions: ParserActions, options: Options) {
    self.features = features
    self.actions = actions
    self.options = options
    weights = PerceptronWeights(labelCount: actions.actions.count)
    weights.dropout = options.dropout
    search = ParserSearch(features: features, actions: actions, width: options.beam)
  }

  /// A sentence with the labels of the steps that build its tree.
  struct Example {
    var sentence: ParserSentence
    var steps: [Int]
  }

  /// Trains.
  ///
  /// - Parameter report: called after each pass with the fraction of sentences that were built
  ///   wholly right.
  mutating func run(
    _ examples: [Example], report: (Int, Double) -> Void = { _, _ in }
  ) -> PerceptronWeights {
    var generator = RandomGenerator(seed: options.seed)
    var order = Array(examples.indices)
    for iteration in 1...max(options.iterations, 1) {
      generator.shuffle(&order)
      var right = 0
      for index in order {
        weights.tick()
        if !learn(examples[index]) { right += 1 }
      }
      report(iteration, Double(right) / Double(max(examples.count, 1)))
    }
    return weights
  }

  /// Updates on one sentence, if its best path is wrong.
  private mutating func learn(_ example: Example) -> Bool {
    guard
      let violation = search.largestViolation(example.sentence, gold: example.steps, weights)
    else { return false }
    // Where both paths agree nothing changes.
    var gold = ParserState(count: example.sentence.count)
    var other = gold
    var hashes = [UInt64](repeating: 0, count: features.count)
    var values: [UInt64] = []
    var agree = true
    for (right, wrong) in zip(example.steps, violation) {
      agree = agree && right == wrong
      if !agree {
        features.hashes(gold, of: example.sentence, values: &values, into: &hashes)
        weights.add(1, to: right, of: hashes)
        features.hashes(other, of: example.sentence, values: &values, into: &hashes)
        weights.add(-1, to: wrong, of: hashes)
      }
      let (rightStep, wrongStep) = (actions.actions[right], actions.actions[wrong])
      gold.make(rightStep.step, relation: rightStep.relation)
      other.make(wrongStep.step, relation: wrongStep.relation)
    }
    return true
  }
}
