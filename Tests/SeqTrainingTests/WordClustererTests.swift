import SeqMath
import SeqTraining
import Testing

@Suite struct WordClustererTests {
  private func clusters(of sentences: [String], classes: Int) -> [String: String] {
    var clusterer = WordClusterer(classes: classes, minimumCount: 1)
    for sentence in sentences {
      clusterer.add(sentence.split(separator: " ").map { Array($0.utf8) })
    }
    return Dictionary(uniqueKeysWithValues: clusterer.entries().map { ($0.word, $0.bits) })
  }

  @Test func wordsWithTheSameNeighboursShareACluster() {
    var sentences: [String] = []
    for name in ["ada", "bob", "cyd"] {
      for verb in ["runs", "sits", "eats"] { sentences.append("\(name) \(verb) today") }
    }
    let found = clusters(of: sentences, classes: 3)
    #expect(found["ada"] == found["bob"] && found["bob"] == found["cyd"])
    #expect(found["runs"] == found["sits"] && found["sits"] == found["eats"])
    #expect(Set(found.values).count == 3)
  }

  @Test func caseAndDigitsDoNotTellWordsApart() {
    let found = clusters(of: ["Room 12 is free", "room 34 is full"], classes: 3)
    #expect(found.keys.sorted() == ["00", "free", "full", "is", "room"])
  }

  @Test func noClusterIsTheBeginningOfAnother() {
    let found = Set(clusters(of: ["a b c d e f", "f a d b", "c c a e"], classes: 6).values)
    #expect(found.count == 6)
    for one in found {
      #expect(!found.contains { $0 != one && $0.hasPrefix(one) })
    }
  }

  @Test func rareWordsAreLeftOut() {
    var clusterer = WordClusterer(classes: 2, minimumCount: 2)
    clusterer.add(["x", "y", "x", "z", "z"].map { Array($0.utf8) })
    #expect(clusterer.entries().map(\.word) == ["x", "z"])
    #expect(WordClusterer().entries().isEmpty)
  }

  /// The counts that are kept up while words move are those that a new count would give, and no
  /// round makes the text less likely.
  @Test func countsStayThoseOfTheText() {
    var generator = RandomGenerator(seed: 5)
    let words = (0..<400).map { _ in Int32(generator.nextUnit() * generator.nextUnit() * 30) }
    var counts: [Int: Int32] = [:]
    for (left, right) in zip([31] + words, words + [31]) {
      counts[Int(left) * 32 + Int(right), default: 0] += 1
    }
    let bigrams = counts.sorted { $0.key < $1.key }.map {
      (left: Int32($0.key / 32), right: Int32($0.key % 32), count: $0.value)
    }
    var exchange = ClassExchange(bigrams: bigrams, wordCount: 30, classCount: 5)
    var last = exchange.score
    for _ in 0..<6 {
      _ = exchange.round()
      #expect(exchange.score >= last - 1e-6, "seed 5")
      last = exchange.score
      let classes = exchange.classOf
      var joint: [Int: Int] = [:]
      var single: [Int: Int] = [:]
      for (left, right, count) in bigrams {
        joint[classes[Int(left)] * 7 + classes[Int(right)], default: 0] += Int(count)
        single[classes[Int(left)], default: 0] += Int(count)
      }
      let logs = NLogN()
      let score =
        joint.values.reduce(0) { $0 + logs($1) } - 2 * single.values.reduce(0) { $0 + logs($1) }
      #expect(abs(score - last) < 1e-6, "seed 5")
    }
  }
}
