import SeqCore
import SeqMetrics
import Testing

@Suite struct ArgumentScoreTests {
  private func frame(_ arguments: [(String, Range<Int>)], predicate: Int = 9) -> Frame {
    Frame(
      predicate: predicate, sense: "x",
      arguments: arguments.map { FrameArgument(positions: $0.1, role: $0.0) })
  }

  @Test func piecesCountTogetherAndReferencesApart() {
    var score = ArgumentScore()
    let gold = frame([
      ("ARG1", 0..<2), ("R-ARG1", 2..<3), ("ARGM-TMP", 3..<4), ("C-ARG1", 10..<12),
    ])
    // The second piece is missing, so the argument is wrong, the reference is right.
    score.add(
      gold: [gold], predicted: [frame([("ARG1", 0..<2), ("R-ARG1", 2..<3), ("ARGM-LOC", 3..<4)])])
    #expect(score.micro == SpanAgreement(gold: 3, predicted: 3, correct: 1))
    #expect(score.unlabelled == SpanAgreement(gold: 3, predicted: 3, correct: 2))
    #expect(score.roles["ARG1"] == SpanAgreement(gold: 1, predicted: 1, correct: 0))
    #expect(score.roles["C-ARG1"] == nil)
    #expect(score.exactFrames == Tally(count: 1, correct: 0))
    score.add(gold: [gold], predicted: [gold])
    #expect(score.micro == SpanAgreement(gold: 6, predicted: 6, correct: 4))
    #expect(score.exactFrames == Tally(count: 2, correct: 1))
    #expect(score.sentences.count == 2)
  }

  @Test func thePredicateItselfDoesNotCount() {
    var score = ArgumentScore()
    score.add(
      gold: [frame([("V", 9..<10), ("C-V", 11..<12)])], predicted: [frame([("V", 9..<10)])])
    #expect(score.micro == SpanAgreement())
  }

  @Test func aPieceWithoutAnArgumentBeforeItIsOne() {
    var score = ArgumentScore()
    score.add(gold: [frame([("C-ARG0", 0..<1)])], predicted: [frame([("ARG0", 0..<1)])])
    #expect(score.micro == SpanAgreement(gold: 1, predicted: 1, correct: 1))
  }

  @Test func argumentsOfMissedPredicatesAreMissed() {
    var score = ArgumentScore()
    score.add(
      gold: [frame([("ARG0", 0..<1)], predicate: 3)],
      predicted: [frame([("ARG0", 0..<1)], predicate: 4)])
    #expect(score.predicates == SpanAgreement(gold: 1, predicted: 1, correct: 0))
    #expect(score.micro == SpanAgreement(gold: 1, predicted: 1, correct: 0))
  }
}
