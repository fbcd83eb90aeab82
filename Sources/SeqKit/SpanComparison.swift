internal import SeqCore
internal import SeqFeatures
internal import SeqInference
internal import SeqModel

/// The best labeling of a record beside the best that does not have a certain span of it.
struct SpanComparison {
  private let model: Model
  private let schema: SpanSchema
  /// [T][L], with the model's preference for spans.
  private let scores: Matrix
  private let features: [[NamedFeature]]
  private let best: [Label]
  private let segment: Segment
  private let forms: [String]

  /// A part of the difference, and where its feature is; `nil` for a step between labels.
  typealias Part = (
    evidence: SpanExplanation.Evidence, place: (position: Int, feature: Int)?
  )

  init(
    _ model: Model, _ schema: SpanSchema, _ scores: Matrix, _ features: [[NamedFeature]],
    _ best: [Label], _ segment: Segment, forms: [String]
  ) {
    self.model = model
    self.schema = schema
    self.features = features
    self.best = best
    self.segment = segment
    self.forms = forms
    var scores = scores
    if let decision = model.decision {
      for t in 0..<scores.rows {
        for j in 0..<scores.columns { scores[t, j] += decision[j] }
      }
    }
    self.scores = scores
  }

  /// The best labeling without the span.
  ///
  /// Either its labels differ from the span's at a first position, or they are the same and, in
  /// schemes where a neighbour can make a span longer, a neighbour does. Each of these is a case that
  /// is decoded by itself, and the best of all is the rival.
  func rival() throws -> [Label] {
    var winner: (labels: [Label], score: Float)?
    func consider(_ emissions: Emissions) {
      var labels: [Label] = []
      guard let score = try? Viterbi().bestPath(emissions, model.chain, into: &labels),
        score > winner?.score ?? -.infinity, !schema.segments(of: labels).contains(segment)
      else { return }
      winner = (labels, score)
    }
    for position in segment.start..<segment.end {
      let emissions = Emissions(scores)
      emissions[position, Int(best[position])] = -.infinity
      for earlier in segment.start..<position { emissions.lock(earlier, to: best[earlier]) }
      consider(emissions)
    }
    for neighbour in [segment.start - 1, segment.end] where best.indices.contains(neighbour) {
      let emissions = Emissions(scores)
      for position in segment.start..<segment.end { emissions.lock(position, to: best[position]) }
      for (label, tag) in schema.tags.enumerated()
      where tag.mark == .outside || tag.type != segment.label {
        emissions[neighbour, label] = -.infinity
      }
      consider(emissions)
    }
    guard let winner else { throw InferenceError.noLegalPath(positions: best.count) }
    return winner.labels
  }

  /// What tells the best labeling and a rival apart, the largest first.
  func evidence(against rival: [Label]) -> [Part] {
    var parts: [Part] = []
    func add(
      _ name: String, _ weight: Float, _ place: (position: Int, feature: Int)? = nil
    ) {
      if weight != 0 {
        parts.append((SpanExplanation.Evidence(name: name, weight: weight), place))
      }
    }
    let names = model.schema.names
    let chain = model.chain
    for t in best.indices {
      let (own, other) = (Int(best[t]), Int(rival[t]))
      if own != other {
        for (index, feature) in features[t].enumerated() {
          var weight: Float = 0
          for (label, value) in model.weights.weights(of: feature.hash) {
            if Int(label) == own { weight += value }
            if Int(label) == other { weight -= value }
          }
          let word = t < forms.count ? forms[t] : "\(t)"
          add("\(word): \(feature.name)", weight, (t, index))
        }
        if let decision = model.decision {
          add("preference for spans", decision[own] - decision[other])
        }
      }
      if t == 0 {
        if own != other {
          add("start → \(names[own])", chain.start[own] - chain.start[other])
        }
      } else {
        let (before, otherBefore) = (Int(best[t - 1]), Int(rival[t - 1]))
        if (before, own) != (otherBefore, other) {
          let weight = chain.step[before, own] - chain.step[otherBefore, other]
          add(
            "\(names[before]) → \(names[own]), not \(names[otherBefore]) → \(names[other])", weight)
        }
      }
      if t == best.count - 1, own != other {
        add("\(names[own]) → end", chain.end[own] - chain.end[other])
      }
    }
    return parts.sorted {
      abs($0.evidence.weight) != abs($1.evidence.weight)
        ? abs($0.evidence.weight) > abs($1.evidence.weight) : $0.evidence.name < $1.evidence.name
    }
  }

  /// Features without which the span goes, and none of which can stay.
  ///
  /// Against one rival, the strongest first are the fewest. As features go, another rival may come
  /// up, so each step decodes anew; then each feature that turns out not to be needed is given back.
  func counterfactual(_ parts: [Part]) -> [String]? {
    let candidates = parts.filter { $0.place != nil && $0.evidence.weight > 0 }
    var removed: [Part] = []
    for part in candidates {
      removed.append(part)
      if !stands(without: removed) {
        for index in removed.indices.reversed() where removed.count > 1 {
          var fewer = removed
          fewer.remove(at: index)
          if !stands(without: fewer) { removed = fewer }
        }
        return removed.map(\.evidence.name)
      }
    }
    return nil
  }

  /// Whether the best labeling without some features still has the span.
  private func stands(without parts: [Part]) -> Bool {
    let emissions = Emissions(scores)
    for part in parts {
      guard let place = part.place else { continue }
      for (label, value) in model.weights.weights(
        of: features[place.position][place.feature].hash)
      {
        emissions[place.position, Int(label)] -= value
      }
    }
    var labels: [Label] = []
    guard (try? Viterbi().bestPath(emissions, model.chain, into: &labels)) != nil else {
      return false
    }
    return schema.segments(of: labels).contains(segment)
  }
}
