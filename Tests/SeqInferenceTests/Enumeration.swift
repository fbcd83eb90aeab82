import SeqCore
import SeqInference
import SeqMath

/// A small random chain with emissions, some scores forbidden, and all its paths one by one.
struct SmallProblem {
  let T: Int
  let L: Int
  let chain: Chain
  let emissions: Emissions

  init(
    seed: UInt64, maxT: Int = 5, labels: Int? = nil, spread: Float = 4,
    forbidden: Double = 0.1
  ) {
    var generator = RandomGenerator(seed: seed)
    T = 1 + generator.next(below: maxT)
    L = labels ?? 1 + generator.next(below: 4)
    func scores(_ count: Int) -> [Float] {
      (0..<count).map { _ in
        generator.nextUnit() < forbidden
          ? -.infinity : (Float(generator.nextUnit()) - 0.5) * 2 * spread
      }
    }
    var step = Matrix(rows: L, columns: L)
    step.values = scores(L * L)
    chain = Chain(
      start: scores(L), step: step, end: scores(L))
    var matrix = Matrix(rows: T, columns: L)
    matrix.values = scores(T * L)
    emissions = Emissions(matrix)
  }

  func score(_ labels: [Int]) -> Double {
    var score = Double(chain.start[labels[0]]) + Double(chain.end[labels[T - 1]])
    for t in 0..<T {
      score += Double(emissions[t, labels[t]])
      if t > 0 { score += Double(chain.step[labels[t - 1], labels[t]]) }
    }
    return score
  }

  /// All paths in lexicographic order with their scores.
  var paths: [(labels: [Int], score: Double)] {
    var all: [[Int]] = [[]]
    for _ in 0..<T { all = all.flatMap { path in (0..<L).map { path + [$0] } } }
    return all.map { ($0, score($0)) }
  }
}
