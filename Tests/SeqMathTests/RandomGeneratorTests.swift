import SeqMath
import Testing

@Suite struct RandomGeneratorTests {
  /// The first outputs for seed 1234567, as the reference implementation in C gives them.
  @Test func agreesWithTheReferenceImplementation() {
    var generator = RandomGenerator(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
    ]
    #expect(expected.map { _ in generator.next() } == expected)
  }

  @Test func shufflesToAPermutation() {
    var generator = RandomGenerator(seed: 7)
    var items = Array(0..<100)
    generator.shuffle(&items)
    #expect(items != Array(0..<100))
    #expect(items.sorted() == Array(0..<100))
  }
}
