internal import Glibc
public import SeqCore
internal import SeqInference
internal import SeqNeural

/// Labels residues by a model; one thread's own.
public final class ResidueLabeler {
  /// The labels of one sequence.
  public struct Labeling: Sendable {
    /// The label of each residue, [T].
    public var labels: [UInt8]
    /// P(label | sequence), [T][L]: by the network, or by the grammar's paths where there is one.
    public var probabilities: Matrix?
  }

  private let model: ResidueModel
  private let scorer: NetworkScorer
  private let table: [[Float]]
  private let decoder: ResidueDecoder
  private let graph: StateGraph?
  /// What is added to a class's log-probability, and what the sum is multiplied with.
  private let classWeights: [Float]
  private let classOffsets: [Float]
  private let groups: [(classes: [Int], offset: Float)]
  private let within: Float
  private let labelOfClass: [Int]
  private let wantsProbabilities: Bool

  /// Makes a labeler.
  ///
  /// - Parameters:
  ///   - decoder: how labels are chosen; the model's own way if `nil`.
  ///   - weights: how scores are weighed; the model's own if `nil`.
  /// - Throws: `ResidueModelError.decoder` if the model has no paths to seek.
  public convenience init(
    _ model: ResidueModel, decoder: ResidueDecoder? = nil, probabilities: Bool = false,
    weights: DecodingWeights? = nil
  ) throws {
    try self.init(
      model, scorer: model.network.scorer(), decoder: decoder, probabilities: probabilities,
      weights: weights)
  }

  init(
    _ model: ResidueModel, scorer: NetworkScorer, decoder: ResidueDecoder?, probabilities: Bool,
    weights: DecodingWeights?
  ) throws {
    self.model = model
    self.scorer = scorer
    table = model.facts.encoder.residueTable()
    self.decoder = decoder ?? model.facts.decoder
    wantsProbabilities = probabilities
    labelOfClass = model.labelOfClass
    let weights = weights ?? model.facts.weights
    if let grammar = model.grammar, let statistics = model.facts.statistics {
      graph = grammar.graph(statistics, weight: weights.grammar).graph
      classWeights = grammar.classes.indices.map {
        Float(grammar.signals.contains($0) ? weights.signal : weights.content)
      }
      let shares = statistics.classShares
      func offset(_ share: Double) -> Float { -Float(weights.prior * log(max(share, 1e-6))) }
      classOffsets = shares.map(offset)
      groups = grammar.groups.map { classes in
        (classes, offset(classes.reduce(0) { $0 + shares[$1] }))
      }
      within = Float(weights.within)
    } else {
      if self.decoder == .viterbi {
        throw ResidueModelError.decoder(
          "viterbi", problem: "the model has no grammar, whose paths it would follow")
      }
      graph = nil
      classWeights = []
      classOffsets = []
      groups = []
      within = 1
    }
  }

  /// The name of the model's grammar.
  var grammarName: String { model.grammar?.name ?? "none" }
  /// The model's labels, and which of them each class counts for.
  var knownLabels: [UInt8] { model.labels }
  var classLabels: [Int] { labelOfClass }
  /// The letter that stands for an unknown residue.
  var hiddenLetter: UInt8 { UInt8(ascii: model.facts.encoder.kind.isNucleic ? "N" : "X") }
  /// How labels are chosen.
  public var decoderInUse: ResidueDecoder { decoder }

  /// The classes' log-probabilities, [T][C], as the network gives them.
  func classScores(of letters: [UInt8]) -> Emissions {
    scorer.scores(of: ResidueRows(letters, model.facts.encoder, table: table))
  }

  /// Labels a sequence.
  ///
  /// - Throws: `InferenceError.noLegalPath` if the grammar has no path for these letters.
  public func label(_ letters: [UInt8]) throws -> Labeling {
    try label(classScores(of: letters), letters)
  }

  /// Labels a sequence whose classes were scored.
  func label(_ scores: Emissions, _ letters: [UInt8]) throws -> Labeling {
    guard let graph else { return plain(scores) }
    let weighed = weigh(scores)
    let known = model.labels
    var labeling = Labeling(labels: [])
    if decoder == .posterior || wantsProbabilities {
      labeling.probabilities = try graph.marginals(weighed, letters: letters).labels
    }
    switch decoder {
    case .posterior:
      let probabilities = labeling.probabilities!
      labeling.labels = (0..<scores.count).map { t in
        var best = 0
        for label in known.indices where probabilities[t, label] > probabilities[t, best] {
          best = label
        }
        return known[best]
      }
    case .viterbi:
      labeling.labels = try graph.bestPath(weighed, letters: letters).states.map {
        known[Int(graph.states[$0].label)]
      }
    }
    return labeling
  }

  /// The likeliest label of each residue by the network alone.
  private func plain(_ scores: Emissions) -> Labeling {
    let L = model.labels.count
    let known = model.labels
    var labels = [UInt8](repeating: 0, count: scores.count)
    var probabilities = wantsProbabilities ? Matrix(rows: scores.count, columns: L) : nil
    for t in 0..<scores.count {
      let row = scores.row(t)
      var best = 0
      for label in 1..<max(L, 1) where row[label] > row[best] { best = label }
      labels[t] = known[best]
      if wantsProbabilities { for label in 0..<L { probabilities![t, label] = expf(row[label]) } }
    }
    return Labeling(labels: labels, probabilities: probabilities)
  }

  private func weigh(_ scores: Emissions) -> Emissions {
    let result = Emissions(labelCount: scores.labelCount)
    result.reset(count: scores.count)
    for t in 0..<scores.count {
      for c in 0..<scores.labelCount {
        result[t, c] = classWeights[c] * (scores[t, c] + classOffsets[c])
      }
      for (classes, offset) in groups where within != 1 {
        let largest = classes.reduce(-Float.infinity) { max($0, scores[t, $1]) }
        guard largest > -.infinity else { continue }
        let sum = classes.reduce(Float(0)) { $0 + expf(scores[t, $1] - largest) }
        let all = largest + logf(sum) + offset
        for c in classes {
          // What tells the class from its group counts `within` times.
          let own = scores[t, c] + classOffsets[c] - all
          result[t, c] = classWeights[c] * (all + (within == 0 ? 0 : within * own))
        }
      }
    }
    return result
  }
}
