public import SeqNeural

/// A way to make a model: what scores frames, and what decoders may turn scores into actions.
public struct Recipe: Hashable, Sendable {
  /// What scores frames.
  public enum Encoder: Hashable, Sendable {
    /// A temporal convolutional network.
    case network(NetworkShape, NetworkTrainingOptions)
    /// Multinomial logistic regression on windows and differences.
    case linear(FeatureExpansion, NetworkTrainingOptions)
    /// A Gaussian distribution for each label, on windows.
    case gaussian(FeatureExpansion)
  }

  /// The structures of decoders.
  public enum Decoding: String, CaseIterable, Hashable, Sendable {
    /// Each frame's best label.
    case independent
    /// Steps from frame to frame.
    case chain
    /// Segments with durations.
    case segments
  }

  /// The name on the command line.
  public let name: String
  /// What scores frames.
  public let encoder: Encoder
  /// Which decoders are tried.
  public let decodings: [Decoding]

  /// The names of all recipes, and what they are.
  public static let known: [(name: String, summary: String)] = [
    ("auto", "tries the others on parts of the training data and takes the best"),
    ("mstcn", "MS-TCN as published: 4 stages, 10 layers, 64 maps, the best label of each frame"),
    (
      "mstcn-causal",
      "the same without a look ahead, for live streams, and so with weights of half precision"
    ),
    ("mstcn-causal-chain", "mstcn-causal with a decoder of steps, for live streams with a lag"),
    ("mstcn-chain", "mstcn with a decoder of steps from frame to frame"),
    ("mstcn-segments", "mstcn with a decoder of segments and their durations"),
    (
      "mstcn++",
      "MS-TCN++ as published: a stage of 11 dual dilated layers, 3 stages of 10 layers refine it"
    ),
    ("mstcn++-shared", "mstcn++ whose refining stages share their numbers, as published too"),
    ("mstcn++-causal", "mstcn++ without a look ahead, for live streams, as mstcn-causal"),
    ("gru", "gated recurrent units in both directions over normalized maps of each frame"),
    ("gru-causal", "the same forward only, for live streams"),
    ("linear", "logistic regression on windows and differences, with a decoder"),
    ("hmm", "a Gaussian for each label and steps from frame to frame: a hidden Markov model"),
    ("hsmm", "the same with durations of segments: a hidden semi-Markov model"),
  ]

  /// What the command line may change of a recipe.
  public struct Changes: Hashable, Sendable {
    /// The number of epochs; here and below, `nil` leaves it to the recipe.
    public var epochs: Int?
    /// The learning rate.
    public var rate: Float?
    /// The stages of a network.
    public var stages: Int?
    /// The layers of a stage.
    public var layers: Int?
    /// The channels of a layer; of a recurrent network also the units of each direction.
    public var maps: Int?
    /// The probability of dropout.
    public var dropout: Float?
    /// The weight of the smoothing loss.
    public var smoothing: Float?
    /// After how many epochs without progress training ends.
    public var patience: Int?
    /// The seed.
    public var seed: UInt64 = 1

    /// Changes nothing.
    public init() {}

    /// The options, by their names on the command line, that are set and say nothing to a recipe.
    public func idle(for recipe: String) -> [String] {
      let isGaussian = recipe == "hmm" || recipe == "hsmm"
      let isLinear = recipe == "linear"
      let isRecurrent = recipe.hasPrefix("gru")
      let options: [(name: String, isSet: Bool, isIdle: Bool)] = [
        ("epochs", epochs != nil, isGaussian), ("rate", rate != nil, isGaussian),
        ("stages", stages != nil, isGaussian || isLinear || isRecurrent),
        ("layers", layers != nil, isGaussian || isLinear || isRecurrent),
        ("maps", maps != nil, isGaussian || isLinear),
        ("dropout", dropout != nil, isGaussian || isLinear),
        ("smoothing", smoothing != nil, isGaussian || isLinear),
        ("patience", patience != nil, isGaussian || isLinear),
      ]
      return options.filter { $0.isSet && $0.isIdle }.map(\.name)
    }
  }

  /// The recipes that a name stands for: several for `auto`.
  ///
  /// - Parameters:
  ///   - width: the numbers a frame.
  ///   - typical: the median length of segments, in frames, which windows are made to.
  ///   - isSparse: whether many frames are all zeros, so that plain features hold what was before.
  /// - Throws: `FrameError.recipe`.
  public static func named(
    _ name: String, width: Int, labels: Int, typical: Int, isSparse: Bool = false,
    _ changes: Changes
  ) throws(FrameError) -> [Recipe] {
    func network(causal: Bool, dual: Bool = false, shared: Bool = false) -> Encoder {
      var shape =
        dual
        ? NetworkShape.mstcnPlusPlus(inputs: width, labels: labels)
        : NetworkShape(inputs: width, labels: labels)
      shape.isCausal = causal
      shape.stages = changes.stages ?? shape.stages
      shape.layers = changes.layers ?? shape.layers
      // As published, the first stage has one layer more than those behind it.
      if dual { shape.dualLayers = shape.layers + 1 }
      if shared { shape.sharesRefinement = true }
      shape.maps = changes.maps ?? shape.maps
      shape.dropout = changes.dropout ?? shape.dropout
      var options = NetworkTrainingOptions()
      // The authors' script trains for 100 epochs, where MS-TCN's has 50.
      options.epochs = changes.epochs ?? (dual ? 100 : options.epochs)
      options.rate = changes.rate ?? options.rate
      options.loss.smoothing = changes.smoothing ?? options.loss.smoothing
      options.patience = changes.patience
      options.keepsBest = changes.patience != nil
      options.seed = changes.seed
      // Frame by frame, weights are read from the cache once a frame: the time is in their size. Those of
      // recurrent units are few.
      options.roundsWeights = causal
      return .network(shape, options)
    }
    func recurrent(causal: Bool) -> Encoder {
      var shape = NetworkShape.recurrent(inputs: width, labels: labels)
      shape.isCausal = causal
      shape.maps = changes.maps ?? shape.maps
      shape.recurrentUnits = shape.maps
      shape.dropout = changes.dropout ?? shape.dropout
      var options = NetworkTrainingOptions()
      options.epochs = changes.epochs ?? options.epochs
      options.rate = changes.rate ?? 2e-3
      options.loss.smoothing = changes.smoothing ?? options.loss.smoothing
      // Gradients through many frames may be of any length (Pascanu, Mikolov and Bengio 2013,
      // arXiv:1211.5063).
      options.longestGradient = 1
      options.patience = changes.patience
      options.keepsBest = changes.patience != nil
      options.seed = changes.seed
      return .network(shape, options)
    }
    let short = max(typical / 6, 1)
    let long = max(typical / 2, short + 1)
    func linear() -> Encoder {
      var options = NetworkTrainingOptions()
      options.epochs = changes.epochs ?? 40
      options.rate = changes.rate ?? 3e-3
      options.schedule = .cosine
      options.weightDecay = 0.05
      options.loss.smoothing = 0
      options.keepsBest = false
      options.seed = changes.seed
      return .linear(
        FeatureExpansion(
          differences: [short, -short], windows: [short, long], holds: isSparse ? longestHold : nil),
        options)
    }
    let gaussian = Encoder.gaussian(
      FeatureExpansion(offsets: [0], windows: [short], holds: isSparse ? longestHold : nil))
    switch name {
    case "mstcn":
      return [Recipe(name: name, encoder: network(causal: false), decodings: [.independent])]
    case "mstcn-causal":
      return [Recipe(name: name, encoder: network(causal: true), decodings: [.independent])]
    case "mstcn-causal-chain":
      return [Recipe(name: "mstcn-causal", encoder: network(causal: true), decodings: [.chain])]
    case "mstcn-chain":
      return [Recipe(name: name, encoder: network(causal: false), decodings: [.chain])]
    case "mstcn-segments":
      return [Recipe(name: name, encoder: network(causal: false), decodings: [.segments])]
    case "mstcn++":
      return [
        Recipe(name: name, encoder: network(causal: false, dual: true), decodings: [.independent])
      ]
    case "mstcn++-shared":
      return [
        Recipe(
          name: name, encoder: network(causal: false, dual: true, shared: true),
          decodings: [.independent])
      ]
    case "mstcn++-causal":
      return [
        Recipe(name: name, encoder: network(causal: true, dual: true), decodings: [.independent])
      ]
    case "gru":
      return [Recipe(name: name, encoder: recurrent(causal: false), decodings: [.independent])]
    case "gru-causal":
      return [Recipe(name: name, encoder: recurrent(causal: true), decodings: [.independent])]
    case "linear":
      return [Recipe(name: name, encoder: linear(), decodings: [.chain, .segments])]
    case "hmm": return [Recipe(name: name, encoder: gaussian, decodings: [.chain])]
    case "hsmm": return [Recipe(name: name, encoder: gaussian, decodings: [.segments])]
    case "auto":
      return [
        Recipe(name: "gaussian", encoder: gaussian, decodings: [.chain, .segments]),
        Recipe(name: "linear", encoder: linear(), decodings: [.chain, .segments]),
        Recipe(name: "mstcn", encoder: network(causal: false), decodings: Decoding.allCases),
      ]
    default: throw .recipe(found: name, known: known.map(\.name))
    }
  }

  /// For how many frames of zeros the last other frame is held.
  private static let longestHold = 1024

  /// Whether there is a choice to be made on data that were kept apart.
  public var needsValidation: Bool { decodings != [.independent] }
}
