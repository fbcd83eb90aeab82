public import SeqCore

/// How well a segmentation of a text agrees with the gold one: tokens, words and sentences apart.
///
/// A unit is correct if the gold segmentation has one of exactly the same span. Spans run from a
/// unit's first to its last byte that is not white space, so the spaces between units do not count
/// (Zeman et al. 2018, CoNLL shared task, doi:10.18653/v1/K18-2001).
public struct TokenizationScore: Hashable, Sendable {
  /// Surface tokens: contractions are one.
  public var tokens: SpanAgreement
  /// Words: contractions are several.
  public var words: SpanAgreement
  /// Sentences.
  public var sentences: SpanAgreement

  /// Makes a score from its parts, all zero if none is given.
  public init(
    tokens: SpanAgreement = .init(), words: SpanAgreement = .init(),
    sentences: SpanAgreement = .init()
  ) {
    self.tokens = tokens
    self.words = words
    self.sentences = sentences
  }

  /// Adds the counts of another text.
  public static func += (score: inout TokenizationScore, other: TokenizationScore) {
    score.tokens += other.tokens
    score.words += other.words
    score.sentences += other.sentences
  }
}

/// Counts of spans: in gold, as predicted, and equal in both.
public struct SpanAgreement: Hashable, Sendable {
  /// The number of gold spans.
  public var gold: Int
  /// The number of predicted spans.
  public var predicted: Int
  /// The number of predicted spans that are gold spans.
  public var correct: Int

  /// Makes counts.
  public init(gold: Int = 0, predicted: Int = 0, correct: Int = 0) {
    self.gold = gold
    self.predicted = predicted
    self.correct = correct
  }

  /// Compares two lists of ranges over the same bytes, each in order and without overlaps.
  ///
  /// - Complexity: O(gold + predicted).
  public init(gold: [ByteRange], predicted: [ByteRange]) {
    var correct = 0
    var g = 0
    for span in predicted {
      while g < gold.count, gold[g].start < span.start { g += 1 }
      if g < gold.count, gold[g] == span { correct += 1 }
    }
    self.init(gold: gold.count, predicted: predicted.count, correct: correct)
  }

  /// The fraction of predicted spans that are correct; 0 if there are none.
  public var precision: Double { predicted == 0 ? 0 : Double(correct) / Double(predicted) }
  /// The fraction of gold spans that were found; 0 if there are none.
  public var recall: Double { gold == 0 ? 0 : Double(correct) / Double(gold) }
  /// The harmonic mean of precision and recall; 0 if there are no spans.
  public var f1: Double {
    gold + predicted == 0 ? 0 : 2 * Double(correct) / Double(gold + predicted)
  }

  /// Adds the counts of another text.
  public static func += (agreement: inout SpanAgreement, other: SpanAgreement) {
    agreement.gold += other.gold
    agreement.predicted += other.predicted
    agreement.correct += other.correct
  }
}
