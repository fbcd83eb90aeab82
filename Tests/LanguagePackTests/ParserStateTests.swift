import LanguagePack
import SeqMath
import Testing

@Suite struct ParserStateTests {
  /// A random tree without crossing arcs: each span of words gets a root, the rest on either side
  /// hangs below it.
  private func projectiveTree(_ count: Int, _ generator: inout RandomGenerator) -> [Int] {
    var heads = [Int](repeating: 0, count: count)
    func fill(_ range: Range<Int>, head: Int) {
      if range.isEmpty { return }
      let root = range.lowerBound + generator.next(below: range.count)
      heads[root] = head
      fill(range.lowerBound..<root, head: root)
      fill(root + 1..<range.upperBound, head: root)
    }
    fill(0..<count, head: count)
    return heads
  }

  @Test func theBestStepsBuildAnyTreeWithoutCrossingArcs() {
    var generator = RandomGenerator(seed: 7)
    for count in 1...12 {
      for _ in 0..<20 {
        let gold = projectiveTree(count, &generator)
        var state = ParserState(count: count)
        var steps = 0
        while !state.isFinished {
          let step = state.bestStep(gold: gold)
          #expect(state.cost(of: step, gold: gold) == 0)
          state.make(step, relation: 0)
          steps += 1
        }
        #expect(steps == 2 * count)
        #expect((0..<count).map { state.head($0) } == gold, "seed 7, heads \(gold)")
      }
    }
  }

  /// On the way to the gold tree a step costs nothing exactly if some continuation still reaches the
  /// whole tree, by enumeration of all continuations.
  @Test func aStepIsFreeWhereTheTreeStaysInReach() {
    func isReachable(_ state: ParserState, _ gold: [Int]) -> Bool {
      if state.isFinished { return gold.indices.allSatisfy { state.head($0) == gold[$0] } }
      return [ParserState.Step.shift, .left, .right].filter(state.allows).contains { step in
        var next = state
        next.make(step, relation: 0)
        return isReachable(next, gold)
      }
    }
    var generator = RandomGenerator(seed: 3)
    for count in 2...5 {
      for _ in 0..<6 {
        let gold = projectiveTree(count, &generator)
        var state = ParserState(count: count)
        while !state.isFinished {
          for step in [ParserState.Step.shift, .left, .right].filter(state.allows) {
            var next = state
            next.make(step, relation: 0)
            #expect(
              (state.cost(of: step, gold: gold) == 0) == isReachable(next, gold),
              "seed 3, heads \(gold), \(step)")
          }
          state.make(state.bestStep(gold: gold), relation: 0)
        }
      }
    }
  }

  @Test func theRootTakesOneWord() {
    var state = ParserState(count: 2)
    state.make(.shift, relation: 0)
    state.make(.shift, relation: 0)
    #expect(!state.allows(.shift))
    #expect(!state.allows(.left))
    state.make(.right, relation: 0)
    state.make(.left, relation: 0)
    #expect(state.isFinished)
    #expect(state.head(0) == 2)
    #expect(state.head(1) == 0)
  }
}
