import SeqCore
import SeqInference
import SeqMath
import Testing

@Suite("Decoding of scores")
struct ScoreDecoderTests {
  private static func emissions(_ seed: UInt64) -> Emissions {
    var generator = RandomGenerator(seed: seed)
    return Emissions(
      Matrix((0..<6).map { _ in (0..<3).map { _ in Float(generator.nextUnit() * 4 - 2) } }))
  }
  private static let chain = Chain(
    start: [0, -0.5, 0.2], step: Matrix([[0.5, -1, 0.1], [0, 0.4, -0.3], [-0.7, 0.2, 0.6]]),
    end: [0, 0.3, -0.1])

  /// All labelings of six positions with their scores.
  private func best(_ score: ([Label]) -> Double) -> [Label] {
    var top: (labels: [Label], score: Double) = ([], -.infinity)
    for number in 0..<729 {
      var rest = number
      let labels = (0..<6).map { _ -> Label in
        defer { rest /= 3 }
        return Label(rest % 3)
      }
      let value = score(labels)
      if value > top.score { top = (labels, value) }
    }
    return top.labels
  }

  @Test("The best labels are those of enumeration", arguments: 1...20)
  func enumerated(_ seed: UInt64) throws {
    let scores = Self.emissions(seed)
    let offsets: [Float] = [0.3, -0.2, 0]
    func emission(_ t: Int, _ j: Label) -> Double {
      Double(scores[t, Int(j)] * 0.7 + offsets[Int(j)])
    }
    let independent = ScoreDecoder(scale: 0.7, offsets: offsets, structure: .independent)
    #expect(
      try independent.labels(of: scores)
        == best { labels in (0..<6).reduce(0) { $0 + emission($1, labels[$1]) } })
    let chain = ScoreDecoder(scale: 0.7, offsets: offsets, structure: .chain(Self.chain))
    let expected = best { labels in
      var total = Double(Self.chain.start[Int(labels[0])] + Self.chain.end[Int(labels[5])])
      for t in 0..<6 {
        total += emission(t, labels[t])
        if t > 0 { total += Double(Self.chain.step[Int(labels[t - 1]), Int(labels[t])]) }
      }
      return total
    }
    #expect(try chain.labels(of: scores) == expected)
    let marginals = try chain.marginals(of: scores)
    for t in 0..<6 { #expect(abs(marginals.row(t).reduce(0, +) - 1) < 1e-5) }
  }
}
