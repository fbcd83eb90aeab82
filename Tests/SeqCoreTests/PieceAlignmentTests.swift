import SeqCore
import Testing

@Suite struct PieceAlignmentTests {
  @Test func piecesOfThreeKindsOfTokenizersFindTheirWords() throws {
    let words = ["Straße", "don't", "stop", "!"]
    for pieces in [
      ["[CLS]", "Stra", "##ße", "don", "'", "t", "stop", "!", "[SEP]"],
      ["<s>", "▁Stra", "ße", "▁don", "'", "t", "▁stop", "!", "</s>"],
      ["<s>", "ĠStra", "ße", "Ġdon", "'", "t", "Ġstop", "!", "</s>"],
    ] {
      let alignment = try PieceAlignment(words: words, pieces: pieces)
      #expect(
        alignment.words == [0..<0, 0..<1, 0..<1, 1..<2, 1..<2, 1..<2, 2..<3, 3..<4, 4..<4])
      let labels = ["-", "B", "I", "O", "O", "O", "E", "S", "-"]
      #expect(alignment.firstOfEachWord(labels, wordCount: 4) == ["B", "O", "E", "S"])
    }
  }

  @Test func aPieceMayJoinWords() throws {
    let alignment = try PieceAlignment(words: ["New", "York", "!"], pieces: ["New York", "!"])
    #expect(alignment.words == [0..<2, 2..<3])
  }

  @Test func aTextThatBeginsLikeAMarkIsTakenAsItStands() throws {
    let alignment = try PieceAlignment(words: ["##", "[x]"], pieces: ["##", "[x]"])
    #expect(alignment.words == [0..<1, 1..<2])
  }

  @Test func otherTextIsAnErrorWithItsPlace() {
    #expect(throws: PieceAlignment.Mismatch(piece: 1, found: "b", expected: "Bc")) {
      try PieceAlignment(words: ["a", "Bc"], pieces: ["a", "b", "c"])
    }
    #expect(throws: PieceAlignment.Mismatch(piece: 1, found: "", expected: "b")) {
      try PieceAlignment(words: ["a", "b"], pieces: ["a"])
    }
  }

  @Test func rangesOfBytesCoverTheWordsThatTheyTouch() {
    let words = [ByteRange(0, 3), ByteRange(4, 6), ByteRange(6, 7), ByteRange(9, 12)]
    func covering(_ start: Int, _ end: Int) -> (Range<Int>, Bool) {
      let (positions, isExact) = SpanPositions.covering(ByteRange(start, end), in: words)
      return (positions, isExact)
    }
    #expect(covering(4, 7) == (1..<3, true))
    #expect(covering(1, 5) == (0..<2, false))
    #expect(covering(7, 9).0.isEmpty)
    #expect(covering(0, 20) == (0..<4, false))
  }
}
