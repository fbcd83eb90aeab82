import LanguagePack
import SeqMath
import Testing

@Suite struct ArgumentSearchTests {
  private func randomScores(
    _ count: Int, _ predicate: Int, _ generator: inout RandomGenerator
  ) -> ArgumentScores {
    var scores = ArgumentScores(count: count, predicate: predicate, roleCount: 4)
    for t in 0..<count {
      for role in 0..<4 {
        let score = t == predicate ? 0 : generator.nextUnit() * 4 - 2
        scores.sums[(t + 1) * 4 + role] = scores.sums[t * 4 + role] + score
      }
    }
    for at in scores.spans.indices { scores.spans[at] = Float(generator.nextUnit() * 4 - 2) }
    return scores
  }

  /// The best score over all sets of arguments, one after another.
  private func enumerated(_ scores: ArgumentScores, once: [Int]) -> Double {
    func sets(_ used: Set<Int>, _ next: ArgumentScores.Next, _ role: Int) -> Double {
      if scores.sets.isEmpty || role > 0 && !once.contains(role) { return 0 }
      let set = once.indices.reduce(0) { $0 | (used.contains(once[$1]) ? 1 << $1 : 0) }
      return Double(
        scores.sets[scores.index(ofSet: set, next, setCount: 1 << once.count) + role])
    }
    func best(_ t: Int, _ used: Set<Int>) -> Double {
      if t == scores.count { return sets(used, .nowhere, 0) }
      if t == scores.predicate { return best(t + 1, used) }
      var result = scores.scoreOutside(t) + best(t + 1, used)
      let last = t < scores.predicate ? scores.predicate : scores.count
      for end in t + 1...last {
        for role in 1..<4 where !used.contains(role) {
          let next = once.contains(role) ? used.union([role]) : used
          let side: ArgumentScores.Next = t < scores.predicate ? .before : .behind
          result = max(
            result, scores.score(t, end, role) + sets(used, side, role) + best(end, next))
        }
      }
      return result
    }
    return best(0, [])
  }

  @Test func theBestSetIsThatOfEnumeration() {
    var generator = RandomGenerator(seed: 11)
    for count in 1...5 {
      for predicate in 0..<count {
        for once in [[], [1], [1, 2]] {
          let scores = randomScores(count, predicate, &generator)
          let (spans, score) = scores.best(once: once)
          // Sums of the same numbers in another order.
          #expect(abs(score - enumerated(scores, once: once)) < 1e-9, "seed 11")
          var sum = 0.0
          var covered = Set<Int>()
          for span in spans {
            sum += scores.score(span.start, span.end, span.role)
            #expect(covered.isDisjoint(with: span.start..<span.end))
            #expect(!(span.start..<span.end).contains(predicate))
            covered.formUnion(span.start..<span.end)
          }
          for t in 0..<count where t != predicate && !covered.contains(t) {
            sum += scores.scoreOutside(t)
          }
          #expect(abs(sum - score) < 1e-9, "seed 11")
          for role in once { #expect(spans.count { $0.role == role } <= 1) }
        }
      }
    }
  }

  /// What a role adds depends on the numbered roles before it, and on all of them in the end.
  @Test func theBestSetWithScoresOfSetsIsThatOfEnumeration() {
    var generator = RandomGenerator(seed: 13)
    for count in 1...5 {
      for predicate in 0..<count {
        for once in [[], [1], [3, 1], [1, 2, 3]] {
          var scores = randomScores(count, predicate, &generator)
          scores.sets = (0..<3 * 4 << once.count).map { _ in Float(generator.nextUnit() * 4 - 2) }
          let (_, score) = scores.best(once: once)
          #expect(abs(score - enumerated(scores, once: once)) < 1e-9, "seed 13")
        }
      }
    }
  }

  /// Offsets are as if every span scored so much more under a role.
  @Test func offsetsAddToEverySpanOfARole() {
    var generator = RandomGenerator(seed: 12)
    for count in 2...6 {
      let scores = randomScores(count, count / 2, &generator)
      let offsets: [Float] = [0, 0.7, -0.4, 1.2]
      var shifted = scores
      for start in 0..<count {
        for end in start + 1...count where !(start..<end).contains(count / 2) {
          for role in 1..<4 { shifted.spans[shifted.index(start, end) + role] += offsets[role] }
        }
      }
      let expected = shifted.best(once: [1])
      let found = scores.best(once: [1], offsets: offsets)
      #expect(found.spans == expected.spans, "seed 12")
      #expect(abs(found.score - expected.score) < 1e-5, "seed 12")
    }
  }
}
