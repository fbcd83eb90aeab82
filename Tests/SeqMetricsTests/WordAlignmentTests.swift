import SeqCore
import SeqMetrics
import Testing

@Suite struct WordAlignmentTests {
  private func word(_ form: String, _ start: Int, _ end: Int, part: Bool = false)
    -> WordAlignment.Word
  {
    WordAlignment.Word(token: ByteRange(start, end), isPart: part, form: Array(form.utf8))
  }

  private func pairs(
    _ gold: [WordAlignment.Word], _ predicted: [WordAlignment.Word]
  ) -> [[Int]] {
    WordAlignment.pairs(gold: gold, predicted: predicted).map { [$0.gold, $0.predicted] }
  }

  @Test func wordsOfEqualSpansArePaired() {
    let gold = [word("ab", 0, 2), word("c", 2, 3), word("d", 4, 5)]
    #expect(pairs(gold, gold) == [[0, 0], [1, 1], [2, 2]])
    #expect(pairs(gold, [word("abc", 0, 3), word("d", 4, 5)]) == [[2, 1]])
    #expect(pairs(gold, []) == [])
  }

  @Test func partsOfATokenArePairedByTheirForms() {
    let gold = [
      word("do", 0, 5, part: true), word("n't", 0, 5, part: true), word("go", 6, 8),
    ]
    #expect(pairs(gold, gold) == [[0, 0], [1, 1], [2, 2]])
    // One side splits: the whole token's only word has neither form.
    #expect(pairs(gold, [word("don't", 0, 5), word("go", 6, 8)]) == [[2, 1]])
    // Tokens on one side, a contraction on the other.
    let tokens = [word("do", 0, 2), word("n't", 2, 5), word("go", 6, 8)]
    #expect(pairs(gold, tokens) == [[0, 0], [1, 1], [2, 2]])
  }

  @Test func overlappingContractionsAreOneRegion() {
    let gold = [word("a", 0, 4, part: true), word("b", 0, 4, part: true), word("c", 4, 6)]
    let predicted = [
      word("a", 0, 2), word("b", 2, 6, part: true), word("c", 2, 6, part: true),
    ]
    #expect(pairs(gold, predicted) == [[0, 0], [1, 1], [2, 2]])
  }

  @Test func aPlainWordBeforeAContractionIsPassedOver() {
    let gold = [word("x", 2, 5, part: true), word("y", 2, 5, part: true)]
    #expect(pairs(gold, [word("w", 0, 3), word("x", 3, 5)]) == [[0, 1]])
  }
}
