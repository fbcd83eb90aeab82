import SeqCore
import SeqInference
import SeqMath
import Testing

@Suite("Decoding of streams")
struct OnlineViterbiTests {
  private static func problem(_ seed: UInt64, _ T: Int) -> (Chain, Emissions) {
    var generator = RandomGenerator(seed: seed)
    func draw() -> Float { Float(generator.nextUnit() * 4 - 2) }
    let chain = Chain(
      start: (0..<4).map { _ in draw() },
      step: Matrix((0..<4).map { i in (0..<4).map { i == $0 ? 2 : draw() } }),
      end: (0..<4).map { _ in draw() })
    return (chain, Emissions(Matrix((0..<T).map { _ in (0..<4).map { _ in draw() } })))
  }

  private func run(_ decoder: inout OnlineViterbi, _ scores: Emissions) -> [Label] {
    var told: [Label] = []
    func take(_ t: Int, _ label: Label) {
      #expect(t == told.count)
      told.append(label)
    }
    for t in 0..<scores.count {
      let row = (0..<4).map { scores[t, $0] }
      decoder.push(row, tell: take)
      if let lag = decoder.lag { #expect(decoder.waiting == min(t + 1, lag)) }
    }
    decoder.finish(tell: take)
    return told
  }

  @Test("Without a lag, the stream's labels are those of the whole sequence", arguments: 1...10)
  func exact(_ seed: UInt64) throws {
    let (chain, scores) = Self.problem(seed, 400)
    var labels: [Label] = []
    _ = try Viterbi().bestPath(scores, chain, into: &labels)
    var decoder = OnlineViterbi(chain, lag: nil)
    #expect(run(&decoder, scores) == Array(labels.prefix(400)))
  }

  @Test("A lag as long as the sequence is exact, and a short one waits for no more")
  func lag() throws {
    let (chain, scores) = Self.problem(3, 200)
    var labels: [Label] = []
    _ = try Viterbi().bestPath(scores, chain, into: &labels)
    var whole = OnlineViterbi(chain, lag: 200)
    #expect(run(&whole, scores) == Array(labels.prefix(200)))
    var short = OnlineViterbi(chain, lag: 3)
    let told = run(&short, scores)
    #expect(told.count == 200 && zip(told, labels).count { $0 == $1 } > 120)
    var bounded = OnlineViterbi(chain, lag: nil, longest: 5)
    #expect(run(&bounded, scores).count == 200)
  }
}
