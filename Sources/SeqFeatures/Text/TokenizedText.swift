public import SeqCore

/// The sentences, tokens and words of a text as byte ranges over it.
///
/// A token is what stands in the text without a break; a word is what is tagged. They are the
/// same except for contractions: `don't` is one token and the two words `do` and `n't`.
public struct TokenizedText: Hashable, Sendable {
  /// The words in order; they do not overlap and cover every byte that is not white space.
  public internal(set) var words: [ByteRange] = []
  /// Whether word i belongs to the same token as word i − 1.
  public internal(set) var continuations: [Bool] = []
  /// For every sentence, the number of its first word.
  public internal(set) var sentenceStarts: [Int] = []

  /// Makes an empty text.
  public init() {}

  /// Forgets everything but keeps the memory.
  public mutating func removeAll() {
    words.removeAll(keepingCapacity: true)
    continuations.removeAll(keepingCapacity: true)
    sentenceStarts.removeAll(keepingCapacity: true)
  }

  /// The number of sentences.
  public var sentenceCount: Int { sentenceStarts.count }

  /// The numbers of the words of a sentence.
  public func wordIndices(ofSentence sentence: Int) -> Range<Int> {
    let next = sentence + 1
    return sentenceStarts[sentence]..<(next < sentenceCount ? sentenceStarts[next] : words.count)
  }

  /// The bytes from the first word's start to the last word's end of every sentence.
  public var sentences: [ByteRange] {
    (0..<sentenceCount).map {
      let range = wordIndices(ofSentence: $0)
      return ByteRange(Int(words[range.lowerBound].start), Int(words[range.upperBound - 1].end))
    }
  }

  /// The tokens: every word, contractions whole.
  public var tokens: [ByteRange] {
    var tokens: [ByteRange] = []
    tokens.reserveCapacity(words.count)
    for (word, continues) in zip(words, continuations) {
      if continues { tokens[tokens.count - 1].end = word.end } else { tokens.append(word) }
    }
    return tokens
  }
}
