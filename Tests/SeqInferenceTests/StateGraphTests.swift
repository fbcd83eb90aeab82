import Foundation
import SeqCore
import SeqInference
import SeqMath
import Testing

/// The recursions over states against enumeration of every path.
struct StateGraphTests {
  private struct Path {
    var states: [Int]
    var score: Double
  }

  /// Every legal path with its score, stays and all.
  private func paths(
    _ graph: StateGraph, _ emissions: Emissions, letters: [UInt8]?
  ) -> [Path] {
    let T = emissions.count
    var result: [Path] = []
    func grow(_ states: [Int], _ score: Double) {
      if states.count == T {
        let total = score + Double(graph.states[states.last!].end)
        if total > -.infinity { result.append(Path(states: states, score: total)) }
        return
      }
      let t = states.count
      for (j, state) in graph.states.enumerated() {
        var entry = Double(state.start)
        if let last = states.last {
          guard let step = graph.steps.first(where: { $0.from == last && $0.to == j }) else {
            continue
          }
          entry = Double(step.score)
        }
        guard entry > -.infinity else { continue }
        for d in 1...min(state.lengths?.count ?? 1, T - t) {
          var own = entry + Double(state.lengths?[d - 1] ?? 0)
          for position in t..<(t + d) {
            own += Double(emissions[position, state.column])
            if let letters, let allowed = state.letters, !allowed.contains(letters[position]) {
              own = -.infinity
            }
          }
          if own > -.infinity {
            grow(states + Array(repeating: j, count: d), score + own)
          }
        }
      }
    }
    grow([], 0)
    return result
  }

  private func randomGraph(_ generator: inout RandomGenerator) -> StateGraph {
    let S = 2 + generator.next(below: 3)
    func score() -> Float {
      generator.next(below: 6) == 0 ? -.infinity : Float(generator.nextUnit() * 4 - 2)
    }
    var states: [StateGraph.State] = []
    for j in 0..<S {
      var state = StateGraph.State(label: Label(j % 2), column: generator.next(below: 3))
      if generator.next(below: 2) == 0 {
        state.lengths = (0..<(1 + generator.next(below: 3))).map { _ in score() }
      }
      if generator.next(below: 3) == 0 { state.letters = ByteSet("AC".utf8) }
      state.start = score()
      state.end = score()
      states.append(state)
    }
    var steps: [StateGraph.Step] = []
    for i in 0..<S {
      for j in 0..<S where generator.next(below: 4) > 0 && (i != j || states[j].lengths == nil) {
        steps.append(.init(from: i, to: j, score: Float(generator.nextUnit() * 4 - 2)))
      }
    }
    return StateGraph(states: states, steps: steps, labelCount: 2)
  }

  @Test func bestPathAndMarginalsAreThoseOfAllPaths() throws {
    let seed: UInt64 = 7
    var generator = RandomGenerator(seed: seed)
    var withPath = 0
    for round in 0..<300 {
      let graph = randomGraph(&generator)
      let T = 1 + generator.next(below: 5)
      let emissions = Emissions(labelCount: 3)
      emissions.reset(count: T)
      for t in 0..<T {
        for c in 0..<3 {
          emissions[t, c] =
            generator.next(below: 8) == 0 ? -.infinity : Float(generator.nextUnit() * 4 - 2)
        }
      }
      let letters = (0..<T).map { _ in Array("ACGT".utf8)[generator.next(below: 4)] }
      let all = paths(graph, emissions, letters: letters)
      let comment = Comment(rawValue: "seed \(seed), round \(round)")
      guard let best = all.max(by: { $0.score < $1.score }) else {
        #expect(throws: InferenceError.noLegalPath(positions: T), comment) {
          try graph.bestPath(emissions, letters: letters)
        }
        #expect(throws: InferenceError.noLegalPath(positions: T), comment) {
          try graph.marginals(emissions, letters: letters)
        }
        continue
      }
      withPath += 1
      let found = try graph.bestPath(emissions, letters: letters)
      #expect(abs(found.score - best.score) < 1e-9, comment)
      #expect(
        all.contains { $0.states == found.states && abs($0.score - best.score) < 1e-9 }, comment)
      let largest = best.score
      let sum = all.reduce(0.0) { $0 + exp($1.score - largest) }
      let marginals = try graph.marginals(emissions, letters: letters)
      #expect(abs(marginals.logNormalizer - (largest + log(sum))) < 1e-9, comment)
      for t in 0..<T {
        for label in 0..<2 {
          let expected =
            all.filter { Int(graph.states[$0.states[t]].label) == label }
            .reduce(0.0) { $0 + exp($1.score - largest) } / sum
          // Float holds seven digits.
          #expect(abs(Double(marginals.labels[t, label]) - expected) < 1e-5, comment)
        }
      }
    }
    #expect(withPath > 100)
  }

  @Test func anUnscoredGraphAllowsTheSamePaths() throws {
    var generator = RandomGenerator(seed: 3)
    for _ in 0..<50 {
      let graph = randomGraph(&generator)
      let emissions = Emissions(labelCount: 3)
      emissions.reset(count: 4)
      let scored = paths(graph, emissions, letters: nil).map(\.states)
      let flat = paths(graph.unscored(), emissions, letters: nil)
      #expect(scored == flat.map(\.states))
      #expect(flat.allSatisfy { $0.score == 0 })
    }
  }

  @Test func nothingIsLabelledWithNothing() throws {
    let graph = StateGraph(
      states: [StateGraph.State(label: 0, column: 0)], steps: [], labelCount: 1)
    let emissions = Emissions(labelCount: 1)
    emissions.reset(count: 0)
    #expect(try graph.bestPath(emissions).states.isEmpty)
    #expect(try graph.marginals(emissions).labels.rows == 0)
  }
}
