public import SeqCore
internal import SeqFeatures
public import SeqModel

/// Why a tagger gave a position its label: the exact contributions to the score of the best path.
///
/// A path's score is a sum of weights. The label's share is what the features at its position and
/// the steps to its neighbours contribute; the runner-up is the best path with any other label
/// there, and the difference between the two paths' scores is what decided.
public struct Explanation: Hashable, Sendable {
  /// A part of a score.
  public struct Contribution: Hashable, Sendable, Codable {
    /// The feature's text, or the step's, such as `DET → NOUN`.
    public var name: String
    /// Its weight, in nats for a CRF.
    public var weight: Float
  }
  /// One label's case.
  public struct Case: Hashable, Sendable, Codable {
    /// The label's name.
    public var label: String
    /// Everything that counts for or against it, the largest first.
    public var contributions: [Contribution]
    /// The sum of the contributions.
    public var score: Float
    /// The score of the whole path with this label.
    public var pathScore: Float
    /// P(y_t | x).
    public var probability: Float?
  }

  /// The position, from 0.
  public var position: Int
  /// The position's form, or its first layer's value.
  public var form: String
  /// The label that was given.
  public var chosen: Case
  /// The best other label; `nil` if there is none.
  public var runnerUp: Case?

  /// Explains each position of a record.
  public static func explain(
    _ record: borrowing Record, with tagger: Tagger
  ) throws -> [Explanation] {
    let workspace = Workspace(tagger)
    let best = try tagger.tag(record, in: workspace)
    let marginals =
      tagger.model.manifest.probabilities == .none
      ? nil : try tagger.marginals(of: record, in: workspace)
    let features = try tagger.model.program.features(of: record)
    let forms = record.strings(tagger.model.program.layers.first ?? "form") ?? []
    return try (0..<record.count).map { t in
      let chosen = makeCase(
        t, best, tagger, features[t], probability: marginals?[t, Int(best.labels[t])])
      var runnerUp: Case?
      if let other = try tagger.bestPath(
        of: record, avoiding: best.labels[t], at: t, in: workspace)
      {
        runnerUp = makeCase(
          t, other, tagger, features[t], probability: marginals?[t, Int(other.labels[t])])
      }
      return Explanation(
        position: t, form: t < forms.count ? forms[t] : "", chosen: chosen, runnerUp: runnerUp)
    }
  }

  private static func makeCase(
    _ t: Int, _ path: Labeling, _ tagger: Tagger, _ features: [NamedFeature], probability: Float?
  ) -> Case {
    let chain = tagger.model.chain
    let names = tagger.schema.names
    let label = Int(path.labels[t])
    var contributions: [Contribution] = []
    func add(_ name: String, _ weight: Float) {
      if weight != 0 { contributions.append(Contribution(name: name, weight: weight)) }
    }
    for feature in features {
      for (other, weight) in tagger.model.weights.weights(of: feature.hash)
      where Int(other) == label {
        add(feature.name, weight)
      }
    }
    if t == 0 {
      add("start → \(names[label])", chain.start[label])
    } else {
      let earlier = Int(path.labels[t - 1])
      add("\(names[earlier]) → \(names[label])", chain.step[earlier, label])
    }
    if t + 1 < path.labels.count {
      let later = Int(path.labels[t + 1])
      add("\(names[label]) → \(names[later])", chain.step[label, later])
    } else {
      add("\(names[label]) → end", chain.end[label])
    }
    let score = contributions.reduce(0) { $0 + $1.weight }
    contributions.sort {
      abs($0.weight) != abs($1.weight) ? abs($0.weight) > abs($1.weight) : $0.name < $1.name
    }
    return Case(
      label: names[label], contributions: contributions, score: score, pathScore: path.score,
      probability: probability)
  }
}
