import Foundation
import SeqCore
import SeqInference
import SeqMath
import Testing

/// Segment inference against the enumeration of all segmentations.
@Suite struct SegmentChainTests {
  struct Segmentation {
    var segments: [Segment]
    var score: Double
  }

  static func all(_ problem: SmallProblem, _ durations: Matrix) -> [Segmentation] {
    var open = [Segmentation(segments: [], score: 0)]
    var done: [Segmentation] = []
    while let prefix = open.popLast() {
      let start = prefix.segments.last?.end ?? 0
      if start == problem.T {
        let last = Int(prefix.segments.last!.label)
        done.append(
          Segmentation(
            segments: prefix.segments, score: prefix.score + Double(problem.chain.end[last])))
        continue
      }
      for length in 1...min(durations.columns, problem.T - start) {
        for j in 0..<problem.L {
          var score = prefix.score + Double(durations[j, length - 1])
          if let previous = prefix.segments.last {
            score += Double(problem.chain.step[Int(previous.label), j])
          } else {
            score += Double(problem.chain.start[j])
          }
          for t in start..<(start + length) { score += Double(problem.emissions[t, j]) }
          open.append(
            Segmentation(
              segments: prefix.segments
                + [Segment(start: start, end: start + length, label: Label(j))], score: score))
        }
      }
    }
    return done
  }

  @Test func bestAndMarginalsAgreeWithAllSegmentations() throws {
    for seed in 0..<150 as Range<UInt64> {
      let problem = SmallProblem(seed: seed, maxT: 5)
      var generator = RandomGenerator(seed: seed &+ 1000)
      let D = 1 + generator.next(below: 4)
      var durations = Matrix(rows: problem.L, columns: D)
      durations.values = durations.values.map { _ in Float(generator.nextUnit()) * 3 - 1 }
      let model = SegmentChain(chain: problem.chain, durations: durations)
      let all = Self.all(problem, durations)
      let logZ = logSum(all.map(\.score))
      if logZ == -.infinity {
        #expect(throws: InferenceError.self) { try model.bestSegments(problem.emissions) }
        continue
      }
      let best = try model.bestSegments(problem.emissions)
      #expect(abs(best.score - all.map(\.score).max()!) < 1e-6, "seed \(seed)")
      let same = all.first { $0.segments == best.segments }
      #expect(abs((same?.score ?? 0) - best.score) < 1e-6, "seed \(seed)")

      let marginals = try model.marginals(problem.emissions)
      #expect(abs(marginals.logNormalizer - logZ) < 1e-6, "seed \(seed)")
      for t in 0..<problem.T {
        for j in 0..<problem.L {
          let expected = all.filter { path in
            path.segments.contains { $0.start <= t && t < $0.end && $0.label == Label(j) }
          }.reduce(0) { $0 + exp($1.score - logZ) }
          #expect(abs(Double(marginals.positions[t, j]) - expected) < 1e-5, "seed \(seed)")
        }
      }
    }
  }
}
