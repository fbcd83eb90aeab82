/// Who wins a track, and whether that is more than chance.
struct TrackSummary {
  let results: [Report.Result]
  let comparisons: [Report.Comparison]
  let chief: Metric?

  /// The chance below which a difference is called significant.
  static let level = 0.05

  private func value(_ result: Report.Result) -> Double? {
    chief.flatMap { result.scores[$0.id]?.value }
  }

  /// The systems by the chief metric, the best first.
  var ranking: [Report.Result] {
    results.filter { value($0) != nil }.sorted { (value($0) ?? 0) > (value($1) ?? 0) }
  }

  /// The comparison of two systems by the chief metric, whichever is named first.
  func comparison(_ a: String, _ b: String) -> Report.Comparison? {
    comparisons.first {
      $0.metric == chief?.id
        && ($0.first == a && $0.second == b || $0.first == b && $0.second == a)
    }
  }

  /// The verdict in a sentence or two.
  var sentence: String {
    let ranking = ranking
    guard let best = ranking.first, let chief, let top = value(best) else {
      return "No system could be scored."
    }
    let show = { (value: Double) in Figures.score(value, isShare: chief.isShare) }
    let unit = chief.isShare ? " %" : ""
    guard ranking.count > 1, let second = value(ranking[1]) else {
      return
        "\(best.system) reaches \(chief.title) \(show(top))\(unit); nothing is compared with it."
    }
    if top == second {
      return
        "\(best.system) and \(ranking[1].system) are level: \(chief.title) \(show(top))\(unit)."
    }
    var text =
      "\(best.system) leads with \(chief.title) \(show(top))\(unit), before \(ranking[1].system) "
      + "with \(show(second))\(unit)"
    guard let comparison = comparison(best.system, ranking[1].system) else { return text + "." }
    let p = comparison.randomizationHolm
    if p < Self.level {
      text += "; the difference is significant (\(Figures.p(p)))."
    } else {
      text += "; the difference may be chance (\(Figures.p(p)))."
    }
    let rest = ranking.dropFirst(2).filter { other in
      self.comparison(best.system, other.system).map { $0.randomizationHolm >= Self.level } ?? false
    }
    if !rest.isEmpty {
      text +=
        " Nor is its lead over " + rest.map(\.system).joined(separator: ", ") + " significant."
    }
    return text
  }
}
