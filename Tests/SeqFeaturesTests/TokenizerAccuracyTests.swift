import SeqFeatures
import SeqFormats
import SeqMetrics
import SeqTestSupport
import Testing

@Suite(
  "Tokenizer: accuracy on treebanks",
  .enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
struct TokenizerAccuracyTests {
  @Test(
    "F1 on dev does not fall (measured 2026: a hundredth above each floor)",
    arguments: [
      ("pos-ud-ewt", true, 0.992, 0.988, 0.865), ("pos-ud-ewt", false, 0.992, 0.988, 0.735),
      ("pos-ud-gum-open", true, 0.997, 0.997, 0.94), ("pos-ud-gum-open", false, 0.997, 0.997, 0.89),
    ])
  func english(
    corpus: String, keepsParagraphs: Bool, tokens: Double, words: Double, sentences: Double
  ) throws {
    let score = try score(corpus, keepsParagraphs: keepsParagraphs, Tokenizer())
    #expect(score.tokens.f1 > tokens)
    #expect(score.words.f1 > words)
    #expect(score.sentences.f1 > sentences)
  }

  @Test("Turkish, whose treebank separates every token by a space, stays whole")
  func turkish() throws {
    let score = try score(
      "pos-ud-tr-framenet", keepsParagraphs: true, Tokenizer(language: .universal))
    #expect(score.tokens.f1 > 0.99)
  }

  func score(
    _ corpus: String, keepsParagraphs: Bool, _ tokenizer: Tokenizer
  ) throws -> TokenizationScore {
    let gold = try RunningText(
      conllu: DataSets.bytes("text/\(corpus)/dev.conllu"), keepsParagraphs: keepsParagraphs)
    let text = try tokenizer.tokenize(gold.bytes)
    return TokenizationScore(
      tokens: SpanAgreement(gold: gold.tokens, predicted: text.tokens),
      words: SpanAgreement(gold: gold.words, predicted: text.words),
      sentences: SpanAgreement(gold: gold.sentences, predicted: text.sentences))
  }
}
