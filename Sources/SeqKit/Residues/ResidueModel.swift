internal import FoundationEssentials
internal import SeqModel
public import SeqNeural

/// A model that labels residues: an encoder, a network over its rows, and what turns the network's
/// class probabilities into labels.
public struct ResidueModel: Sendable {
  /// What a residue model keeps beside its network.
  public struct Facts: Codable, Hashable, Sendable {
    /// The version of this structure; others are refused.
    public var version = 1
    /// How residues become rows.
    public var encoder: ResidueEncoder
    /// The labels, one letter each, in order.
    public var labels: String
    /// What the labels are called in feature tables, by letter; Sequence Ontology terms.
    public var names: [String: String] = [:]
    /// Labels of the training data that were taken for others.
    public var merged: [String: String] = [:]
    /// Labels that say nothing.
    public var unassessed: String
    /// The text of the grammar, `nil` for none.
    public var grammar: String?
    /// What the grammar's paths were like in training.
    public var statistics: GrammarStatistics?
    /// How scores are weighed when paths are sought.
    public var weights = DecodingWeights()
    /// How labels are chosen unless told otherwise.
    public var decoder: ResidueDecoder
    /// Whether residues or segments count when that is decided.
    public var metric: ResidueMetric
  }

  /// The network.
  public let network: NetworkModel
  /// The rest.
  public let facts: Facts
  /// The grammar, if there is one.
  public let grammar: LabelGrammar?
  /// The name of the key that ``facts`` are kept under.
  static let key = "residues"

  /// Opens a model file.
  ///
  /// - Throws: what opening a network throws, and `ResidueModelError`.
  public init(path: String) throws {
    let network = try NetworkModel(path: path)
    guard let text = network.extras[Self.key] else {
      throw ResidueModelError.notAResidueModel(path: path, problem: "this model labels no residues")
    }
    let facts: Facts
    do {
      facts = try JSONDecoder().decode(Facts.self, from: Data(text.utf8))
    } catch {
      throw ResidueModelError.notAResidueModel(path: path, problem: "its description is damaged")
    }
    guard facts.version == 1 else {
      throw ResidueModelError.notAResidueModel(
        path: path, problem: "version \(facts.version) of residue models is not known")
    }
    try self.init(network, facts, source: path)
  }

  init(_ network: NetworkModel, _ facts: Facts, source: String) throws {
    self.network = network
    self.facts = facts
    grammar = try facts.grammar.map { try LabelGrammar(parsing: $0, source: source) }
    func refuse(_ problem: String) -> ResidueModelError {
      .notAResidueModel(path: source, problem: problem)
    }
    guard facts.encoder.fault == nil, facts.encoder.width == network.shape.inputs else {
      throw refuse(
        "its encoder gives \(facts.encoder.width) columns and its network takes "
          + "\(network.shape.inputs)")
    }
    if let grammar {
      guard grammar.classes == network.manifest.labels, grammar.labels == Array(facts.labels.utf8),
        let statistics = facts.statistics, statistics.fits(grammar)
      else { throw refuse("its grammar does not fit its network") }
    } else {
      guard network.manifest.labels == facts.labels.utf8.map({ String(Unicode.Scalar($0)) }) else {
        throw refuse("its labels are not those of its network")
      }
    }
  }

  /// The labels' letters.
  public var labels: [UInt8] { Array(facts.labels.utf8) }

  /// The column of labels that each class counts for when no path is sought: that of the states it
  /// belongs to.
  var labelOfClass: [Int] {
    guard let grammar else { return Array(labels.indices) }
    return grammar.classes.indices.map { number in
      let label = grammar.states.first { $0.classNumber == number }!.label
      return labels.firstIndex(of: label)!
    }
  }
}

extension GrammarStatistics {
  /// Whether the counts are of this grammar's states, steps and classes.
  func fits(_ grammar: LabelGrammar) -> Bool {
    let S = grammar.states.count
    return [starts.count, ends.count, longer.count, excess.count, lengths.count, steps.count]
      .allSatisfy { $0 == S }
      && zip(steps, grammar.steps).allSatisfy { $0.count == $1.count }
      && zip(lengths, grammar.states).allSatisfy { $0.count == $1.lengths?.upperBound ?? 0 }
      && classShares.count == grammar.classes.count
      && ([starts, ends, longer, excess, classShares] + steps + lengths).allSatisfy { counts in
        counts.allSatisfy { $0.isFinite && $0 >= 0 }
      }
  }
}

/// How labels are chosen from probabilities.
public enum ResidueDecoder: String, Codable, Hashable, Sendable, CaseIterable {
  /// At each residue the likeliest label: fewest wrong residues. Neighbours may contradict the grammar.
  case posterior
  /// The best path of the grammar: whole segments in a legal order.
  case viterbi
}

/// What decides which decoder is the default, and what decoding is tuned for.
public enum ResidueMetric: String, Codable, Hashable, Sendable, CaseIterable {
  /// Residues that are right.
  case residues
  /// Segments that are right.
  case segments
}

/// How a network's log-probabilities become the scores of a grammar's paths:
/// w · (log p(class) − prior · log share(class)), with w a class's weight, and the grammar's own scores
/// times theirs. Neighbouring probabilities see the same residues, so their sum says too much; a weight
/// below 1 makes up for it.
public struct DecodingWeights: Codable, Hashable, Sendable {
  /// The weight of classes that are stretches.
  public var content = 0.5
  /// The weight of classes that mark places.
  public var signal = 1.0
  /// How much of a class's share in training is divided out.
  public var prior = 0.5
  /// The weight of steps and lengths.
  public var grammar = 1.0
  /// Within a group of classes, the weight of what tells one from the others: below 1 where the network
  /// is surer of the group than it should be of its member.
  public var within = 1.0

  /// The weights to start from.
  public init() {}
}

extension DecodingWeights: CustomStringConvertible {
  /// `content=0.5,signal=1.0,prior=0.5,grammar=1.0,within=1.0`.
  public var description: String {
    "content=\(content),signal=\(signal),prior=\(prior),grammar=\(grammar),within=\(within)"
  }

  /// Reads what ``description`` writes; what is not named keeps its usual value. `nil` if it is otherwise.
  public init?(parsing text: String) {
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=")
      guard sides.count == 2, let value = Double(sides[1]), value >= 0, value <= 100 else {
        return nil
      }
      switch sides[0] {
      case "content": content = value
      case "signal": signal = value
      case "prior": prior = value
      case "grammar": grammar = value
      case "within": within = value
      default: return nil
      }
    }
  }
}
