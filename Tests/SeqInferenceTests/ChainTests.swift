import Foundation
import SeqCore
import SeqInference
import SeqMath
import Testing

/// Every routine over chains against the enumeration of all paths.
@Suite struct ChainTests {
  static let seeds = Array(0..<300 as Range<UInt64>)

  @Test func bestPathIsTheBestOfAllPaths() throws {
    let viterbi = Viterbi()
    var illegal = 0
    for seed in Self.seeds {
      let problem = SmallProblem(seed: seed)
      let best = problem.paths.map(\.score).max()!
      var labels: [Label] = []
      if best == -.infinity {
        illegal += 1
        #expect(throws: InferenceError.noLegalPath(positions: problem.T)) {
          try viterbi.bestPath(problem.emissions, problem.chain, into: &labels)
        }
        continue
      }
      let score = try viterbi.bestPath(problem.emissions, problem.chain, into: &labels)
      #expect(abs(Double(score) - best) < 1e-4, "seed \(seed)")
      #expect(abs(problem.score(labels.map(Int.init)) - best) < 1e-4, "seed \(seed)")
    }
    #expect(illegal > 0 && illegal < 150)
  }

  @Test func tiesGoToTheLowerLabel() throws {
    var labels: [Label] = []
    _ = try Viterbi().bestPath(
      Emissions(Matrix(rows: 3, columns: 4)), .independent(labelCount: 4), into: &labels)
    #expect(labels == [0, 0, 0])
  }

  @Test func marginalsAndNormalizerAreSumsOverAllPaths() throws {
    let scratch = ForwardBackward()
    for seed in Self.seeds {
      let problem = SmallProblem(seed: seed)
      let paths = problem.paths
      let logZ = logSum(paths.map(\.score))
      if logZ == -.infinity { continue }
      for inLogarithms in [false, true] {
        let steps = AlignedBuffer(count: problem.L * problem.chain.stride)
        let value =
          inLogarithms
          ? try scratch.runInLogarithms(problem.emissions, problem.chain, expectedSteps: steps)
          : try scratch.run(problem.emissions, problem.chain, expectedSteps: steps)
        #expect(abs(value - logZ) < 1e-4, "seed \(seed)")
        for t in 0..<problem.T {
          for j in 0..<problem.L {
            let expected = paths.filter { $0.labels[t] == j }
              .reduce(0) { $0 + exp($1.score - logZ) }
            #expect(abs(Double(scratch[t, j]) - expected) < 1e-5, "seed \(seed)")
          }
        }
        for i in 0..<problem.L {
          for j in 0..<problem.L {
            let expected = paths.reduce(0.0) { sum, path in
              let count = (1..<max(problem.T, 1)).filter {
                path.labels[$0 - 1] == i && path.labels[$0] == j
              }.count
              return sum + Double(count) * exp(path.score - logZ)
            }
            let index = i * problem.chain.stride + j
            let value = steps.base[index] * problem.chain.factors.base[index]
            #expect(abs(Double(value) - expected) < 1e-5, "seed \(seed)")
          }
        }
      }
    }
  }

  @Test(arguments: [1, 8, 9, 17, 24, 33, 41, 50, 57, 64, 70])
  func everyWidthOfRowsAgreesWithTheLogarithms(labels: Int) throws {
    let problem = SmallProblem(seed: UInt64(labels), maxT: 40, labels: labels, forbidden: 0)
    let fast = ForwardBackward()
    let plain = ForwardBackward()
    let a = try fast.run(on: problem.emissions, problem.chain)
    let b = try plain.runInLogarithms(problem.emissions, problem.chain)
    #expect(abs(a - b) < 1e-3)
    for t in 0..<problem.T {
      #expect(abs((0..<labels).reduce(0) { $0 + fast[t, $1] } - 1) < 1e-4)
      for j in 0..<labels { #expect(abs(fast[t, j] - plain[t, j]) < 1e-4) }
    }
    var path: [Label] = []
    let score = try Viterbi().bestPath(problem.emissions, problem.chain, into: &path)
    #expect(abs(problem.score(path.map(Int.init)) - Double(score)) < 1e-3)
    #expect(abs(problem.chain.score(of: path, problem.emissions) - score) < 1e-3)
    #expect(nBestPaths(problem.emissions, problem.chain, k: 1)[0].labels == path)
  }

  @Test func scoresFarApartFallBackToLogarithms() throws {
    let problem = SmallProblem(seed: 5, maxT: 6, labels: 3, spread: 400)
    let scratch = ForwardBackward()
    let logZ = try scratch.run(on: problem.emissions, problem.chain)
    #expect(abs(logZ - logSum(problem.paths.map(\.score))) < 1e-2)
  }

  @Test func nBestListsThePathsInOrder() throws {
    for seed in Self.seeds.prefix(100) {
      let problem = SmallProblem(seed: seed)
      let expected = problem.paths.filter { $0.score > -.infinity }
        .sorted { $0.score > $1.score }.prefix(6)
      let found = nBestPaths(problem.emissions, problem.chain, k: 6)
      #expect(found.count == expected.count, "seed \(seed)")
      for (a, b) in zip(found, expected) {
        #expect(abs(Double(a.score) - b.score) < 1e-4, "seed \(seed)")
        #expect(abs(problem.score(a.labels.map(Int.init)) - b.score) < 1e-4, "seed \(seed)")
      }
      #expect(Set(found.map(\.labels)).count == found.count)
    }
  }

  @Test func aLockedLabelIsKept() throws {
    let emissions = Emissions(Matrix([[5, 0, 0], [5, 0, 0], [5, 0, 0]]))
    emissions.lock(1, to: 2)
    var labels: [Label] = []
    _ = try Viterbi().bestPath(emissions, .independent(labelCount: 3), into: &labels)
    #expect(labels == [0, 2, 0])
    let scratch = ForwardBackward()
    _ = try scratch.run(on: emissions, .independent(labelCount: 3))
    #expect(scratch[1, 2] == 1)
    #expect(scratch.likeliestLabels(of: 3) == [0, 2, 0])
  }

  @Test func forbiddenStepsAreNeverTaken() throws {
    var legality = Legality(labelCount: 2)
    legality.forbidStep(from: 0, to: 1)
    let chain = Chain(
      start: [0, 0], step: Matrix(rows: 2, columns: 2), end: [0, 0], mask: legality)
    let emissions = Emissions(Matrix([[1, 0], [0, 3]]))
    var labels: [Label] = []
    _ = try Viterbi().bestPath(emissions, chain, into: &labels)
    #expect(labels == [1, 1])
    let scratch = ForwardBackward()
    _ = try scratch.run(on: emissions, chain)
    #expect(abs(Double(scratch[1, 1]) - exp(3.0) / (exp(1.0) + 1 + exp(3.0))) < 1e-6)
    emissions.lock(0, to: 0)
    emissions.lock(1, to: 1)
    #expect(throws: InferenceError.noLegalPath(positions: 2)) {
      try Viterbi().bestPath(emissions, chain, into: &labels)
    }
  }
}
