/// Finds where one system is right and another is wrong.
struct DisagreementFinder {
  let gold: [TestItem]
  let units: [GoldUnit]
  let names: NameTable
  /// The most examples of each direction.
  var limit = 6
  /// The most positions shown on either side.
  var context = 6

  private struct Kind: Hashable {
    var gold: Int
    var wrong: Answer
  }

  /// The counts of two systems' answers, and examples: of the most frequent kinds of mistakes that
  /// only one of them makes, the first place each.
  func disagreement(
    _ a: (name: String, answers: [Answer]), _ b: (name: String, answers: [Answer])
  ) -> Report.Disagreement {
    var (both, onlyA, onlyB, none) = (0, 0, 0, 0)
    var wrongOfB: [Kind: (count: Int, first: Int)] = [:]
    var wrongOfA: [Kind: (count: Int, first: Int)] = [:]
    for (index, unit) in units.enumerated() {
      let right = Answer.label(unit.label)
      switch (a.answers[index] == right, b.answers[index] == right) {
      case (true, true): both += 1
      case (false, false): none += 1
      case (true, false):
        onlyA += 1
        let kind = Kind(gold: unit.label, wrong: b.answers[index])
        wrongOfB[kind, default: (0, index)].count += 1
      case (false, true):
        onlyB += 1
        let kind = Kind(gold: unit.label, wrong: a.answers[index])
        wrongOfA[kind, default: (0, index)].count += 1
      }
    }
    func examples(_ kinds: [Kind: (count: Int, first: Int)], firstIsRight: Bool) -> [Report.Example]
    {
      kinds.values.sorted { ($1.count, $0.first) < ($0.count, $1.first) }.prefix(limit).map {
        example(
          units[$0.first], a.answers[$0.first], b.answers[$0.first], count: $0.count,
          firstIsRight: firstIsRight)
      }
    }
    return Report.Disagreement(
      first: a.name, second: b.name, bothRight: both, firstOnly: onlyA, secondOnly: onlyB,
      bothWrong: none,
      examples: examples(wrongOfB, firstIsRight: true) + examples(wrongOfA, firstIsRight: false))
  }

  private func example(
    _ unit: GoldUnit, _ a: Answer, _ b: Answer, count: Int, firstIsRight: Bool
  ) -> Report.Example {
    let item = gold[unit.item]
    func text(_ range: Range<Int>) -> String {
      guard !item.tokens.isEmpty else { return "" }
      let separator = item.tokens.contains { $0.count > 1 } ? " " : ""
      return item.tokens[range.clamped(to: 0..<item.tokens.count)].joined(separator: separator)
    }
    let (start, end) = (unit.positions.lowerBound, unit.positions.upperBound)
    let place =
      item.tokens.isEmpty ? "frame \(start + 1)" : text(unit.positions)
    return Report.Example(
      item: item.name, line: item.line,
      before: text(max(0, start - context)..<start), text: place,
      after: text(end..<max(end, min(item.count, end + context))), gold: names.names[unit.label],
      first: name(a), second: name(b), count: count, firstIsRight: firstIsRight)
  }

  private func name(_ answer: Answer) -> String {
    switch answer {
    case .label(let label): names.names[label]
    case .overlapping(let label): "\(names.names[label]), other words"
    case .nothing: "–"
    }
  }
}
