internal import SeqCore

/// Which words of a record are parts of one token of its running text, as `do` and `n't` of `don't`.
///
/// A tokenizer tells it by the text layer `token`, which has for each word the range of its token.
struct TokensOfWords {
  /// The layer's name.
  static let layer = "token"

  /// For each word, its token.
  let ranges: [ByteRange]
  /// For each word, whether its token has others.
  private(set) var isPart: [Bool]

  /// Looks at the layer, or returns `nil` if there is none or if a token does not hold its
  /// word.
  init?(_ record: borrowing Record, words: [ByteRange]) {
    guard let ranges = record.ranges(Self.layer) else { return nil }
    self.ranges = ranges
    isPart = Array(repeating: false, count: words.count)
    for (index, (word, token)) in zip(words, ranges).enumerated() {
      guard token.start <= word.start, word.end <= token.end else { return nil }
      if index > 0, ranges[index - 1] == token {
        isPart[index - 1] = true
        isPart[index] = true
      }
    }
  }

  /// The last word of the token that begins with a word and has others; `nil` for any other word.
  func last(ofTokenFrom word: Int) -> Int? {
    guard isPart[word], word == 0 || ranges[word - 1] != ranges[word] else { return nil }
    var last = word
    while last + 1 < ranges.count, ranges[last + 1] == ranges[word] { last += 1 }
    return last
  }
}
