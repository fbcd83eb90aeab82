public import SeqModel

/// How to train: the algorithm and everything that the result depends on.
public struct TrainingOptions: Codable, Hashable, Sendable {
  /// A way to find a linear model's parameters.
  public enum Algorithm: String, Codable, Hashable, Sendable, CaseIterable {
    /// A conditional random field by L-BFGS, or by OWL-QN if `c1` is positive.
    case lbfgs
    /// A conditional random field by mini-batch AdaGrad.
    case adagrad
    /// The averaged structured perceptron.
    case perceptron
    /// Adaptive regularization of weight vectors.
    case arow
    /// A hidden Markov model from counts.
    case hmm
    /// Each word's most frequent label.
    case majority

    /// Whether the parameters are log-probabilities up to a constant, so that marginals mean what
    /// they say.
    public var givesProbabilities: Bool {
      switch self {
      case .lbfgs, .adagrad, .hmm: true
      case .perceptron, .arow, .majority: false
      }
    }
  }

  /// The algorithm.
  public var algorithm: Algorithm
  /// The weight of the L1 penalty c1·Σ|w| (lbfgs, adagrad).
  public var c1 = 0.0
  /// The weight of the L2 penalty c2·Σw² (lbfgs, adagrad).
  public var c2 = 1.0
  /// The most iterations (lbfgs) or passes over the data (the others).
  public var iterations: Int
  /// L-BFGS stops when the objective fell by less than this fraction over ten iterations.
  public var tolerance = 1e-5
  /// AdaGrad's step size.
  public var rate = 0.2
  /// AdaGrad's sequences per step.
  public var batchSize = 16
  /// AROW's regularization r.
  public var r = 1.0
  /// The perceptron's margin, in updates: by how much the gold path must win for each label that
  /// another path has wrong.
  public var margin: Float = 0
  /// The probability with which the perceptron hides each feature of a position while it learns.
  public var dropout = 0.0
  /// The number of learners from successive seeds whose parameters are averaged (perceptron, arow,
  /// adagrad).
  public var committee = 1
  /// The seed of the order of sequences.
  public var seed: UInt64 = 1
  /// Features seen at fewer positions get no weight.
  public var minimumCount = 1
  /// Whether a feature has a weight for every label, or only for those seen with it in training.
  public var allLabels = false
  /// Whether every step of two labels has a score, or only those seen in training.
  public var allSteps = true
  /// Whether starting and ending with a label have scores.
  public var boundaries = true
  /// Whether labels depend on their neighbours; if not, there are no steps, starts or ends.
  public var chain = true
  /// Factors by which the odds of confusing a label are raised in training, by label.
  public var classWeights: [String: Float] = [:]
  /// With a development set: stop when its score has not risen for so many evaluations; 0 never.
  public var patience = 10
  /// How many iterations lie between two evaluations on the development set.
  public var evaluationInterval = 5
  /// Weights smaller than this are left out of the model.
  public var prune: Float = 0
  /// How the model stores its weights.
  public var precision = LinearWeights.Precision.int16

  /// The usual options of an algorithm.
  public init(_ algorithm: Algorithm = .lbfgs) {
    self.algorithm = algorithm
    switch algorithm {
    case .lbfgs: iterations = 300
    case .hmm, .majority: iterations = 1
    case .adagrad, .perceptron, .arow: iterations = 10
    }
    if algorithm != .lbfgs { evaluationInterval = 1 }
    if algorithm == .adagrad { c2 = 0.1 }
    if algorithm == .majority { chain = false }
    // A mistake tells about the wrong label too, which the feature may never have been seen with.
    if algorithm == .perceptron || algorithm == .arow { allLabels = true }
  }
}

extension TrainingOptions {
  /// The options that the algorithm heeds and the result depends on, by their names on the command
  /// line, for model cards.
  public var summary: [String: String] {
    var result = [
      "iterations": "\(iterations)", "min-count": "\(minimumCount)", "prune": "\(prune)",
      "precision": precision.rawValue, "chain": "\(chain)",
    ]
    switch algorithm {
    case .lbfgs:
      result["c1"] = "\(c1)"
      result["c2"] = "\(c2)"
      result["all-labels"] = "\(allLabels)"
      result["all-steps"] = "\(allSteps)"
      result["boundaries"] = "\(boundaries)"
    case .adagrad:
      result["c1"] = "\(c1)"
      result["c2"] = "\(c2)"
      result["rate"] = "\(rate)"
      result["batch-size"] = "\(batchSize)"
      result["seed"] = "\(seed)"
    case .arow:
      result["r"] = "\(r)"
      result["seed"] = "\(seed)"
    case .perceptron:
      result["margin"] = "\(margin)"
      result["dropout"] = "\(dropout)"
      result["seed"] = "\(seed)"
    case .hmm, .majority: break
    }
    if committee > 1 { result["committee"] = "\(committee)" }
    for (label, weight) in classWeights { result["class-weight.\(label)"] = "\(weight)" }
    return result
  }
}
