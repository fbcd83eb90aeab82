/// Beam search for the best path of steps.
struct ParserSearch: Sendable {
  let features: ParserFeatures
  let actions: ParserActions
  /// Paths kept at each step.
  let width: Int

  private struct Item {
    var state: ParserState
    var score: Float
    /// The last step and the place of the one before it in the trail; −1 at the start.
    var trail: Int
    /// Whether all steps so far are gold.
    var isGold: Bool
  }
  /// A step that could be made next.
  private struct Choice {
    var score: Float
    var item: Int
    var label: Int
  }

  /// The steps that build the best tree, as labels, and the state they lead to.
  func best(
    _ sentence: ParserSentence, _ scorer: some FeatureScorer
  ) -> (steps: [Int], state: ParserState) {
    var run = Run(self, sentence)
    for _ in 0..<2 * sentence.count { run.advance(scorer) }
    return (run.steps(of: 0), run.beam[0].state)
  }

  /// The beginning of a wrong path where the gold path is furthest behind it; `nil` if the gold path
  /// is the best.
  func largestViolation(
    _ sentence: ParserSentence, gold: [Int], _ scorer: some FeatureScorer
  ) -> [Int]? {
    var run = Run(self, sentence)
    var goldState = ParserState(count: sentence.count)
    var goldScore: Float = 0
    var largest: (violation: Float, steps: [Int])?
    for label in gold {
      goldScore += run.score(of: label, in: goldState, scorer)
      let action = actions.actions[label]
      goldState.make(action.step, relation: action.relation)
      run.advance(scorer, gold: label)
      if !run.beam[0].isGold {
        let violation = run.beam[0].score - goldScore
        // Of equal ones the later, so that all of the path is learnt.
        if violation >= largest?.violation ?? 0 { largest = (violation, run.steps(of: 0)) }
      }
    }
    return run.beam[0].isGold ? nil : largest?.steps
  }

  /// One sentence's search.
  private struct Run {
    let search: ParserSearch
    let sentence: ParserSentence
    var beam: [Item]
    private var trail: [(label: Int32, before: Int32)] = []
    private var values: [UInt64] = []
    private var hashes: [UInt64]
    private var scores: [Float]

    init(_ search: ParserSearch, _ sentence: ParserSentence) {
      self.search = search
      self.sentence = sentence
      beam = [
        Item(state: ParserState(count: sentence.count), score: 0, trail: -1, isGold: true)
      ]
      hashes = Array(repeating: 0, count: search.features.count)
      scores = Array(repeating: 0, count: (search.actions.actions.count + 7) & ~7)
    }

    private mutating func fillScores(_ state: ParserState, _ scorer: some FeatureScorer) {
      search.features.hashes(state, of: sentence, values: &values, into: &hashes)
      for index in scores.indices { scores[index] = 0 }
      scores.withUnsafeMutableBufferPointer { scorer.addScores(hashes, to: $0) }
    }

    mutating func score(
      of label: Int, in state: ParserState, _ scorer: some FeatureScorer
    ) -> Float {
      fillScores(state, scorer)
      return scores[label]
    }

    /// Makes the best next steps; ties go to the better path, then to the lower label.
    mutating func advance(_ scorer: some FeatureScorer, gold: Int? = nil) {
      var choices: [Choice] = []
      choices.reserveCapacity(search.width + 1)
      for index in beam.indices {
        let state = beam[index].state
        fillScores(state, scorer)
        let allowed = (state.allows(.shift), state.allows(.left), state.allows(.right))
        for (label, action) in search.actions.actions.enumerated() {
          switch action.step {
          case .shift: guard allowed.0 else { continue }
          case .left: guard allowed.1 else { continue }
          case .right: guard allowed.2 else { continue }
          }
          let score = beam[index].score + scores[label]
          if choices.count == search.width, score <= choices[choices.count - 1].score { continue }
          var at = choices.count
          while at > 0, choices[at - 1].score < score { at -= 1 }
          choices.insert(Choice(score: score, item: index, label: label), at: at)
          if choices.count > search.width { choices.removeLast() }
        }
      }
      beam = choices.map { choice in
        var item = beam[choice.item]
        let action = search.actions.actions[choice.label]
        item.state.make(action.step, relation: action.relation)
        item.score = choice.score
        item.isGold = item.isGold && choice.label == gold
        trail.append((Int32(choice.label), Int32(item.trail)))
        item.trail = trail.count - 1
        return item
      }
    }

    /// The labels of the steps to an item of the beam.
    func steps(of index: Int) -> [Int] {
      var steps: [Int] = []
      var at = beam[index].trail
      while at >= 0 {
        steps.append(Int(trail[at].label))
        at = Int(trail[at].before)
      }
      return steps.reversed()
    }
  }
}
