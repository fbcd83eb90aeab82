extension ParagraphTokens {
  /// Turns every line break of the paragraph into a space, or leaves it as the end of a sentence.
  ///
  /// Automatic: text wrapped at a width has lines of about that width. A line that would have had
  /// room for the next word within 80 % of the longest line was ended on purpose.
  mutating func decideLineBreaks(_ meaning: Tokenizer.LineBreaks) {
    if meaning == .sentences { return }
    var longest = 0
    if meaning == .automatic {
      var lineStart = 0
      for t in 1...count where t == count || gaps[t] == .line {
        if chunkEnd(from: lineStart) < t { longest = max(longest, ends[t - 1] - starts[lineStart]) }
        lineStart = t
      }
    }
    var lineStart = 0
    for t in 0..<count where gaps[t] == .line {
      if t > 0 {
        let width = ends[t - 1] - starts[lineStart]
        let next = ends[chunkEnd(from: t) - 1] - starts[t]
        let hasRoom = longest < 40 || (width + 1 + next) * 5 < longest * 4
        let continues =
          !TokenShape.isFinal(shapes[t - 1])
          && (shapes[t] == TokenShape.lower || shapes[t - 1] == TokenShape.comma)
        if meaning == .spaces || !hasRoom || continues { gaps[t] = .space }
      } else {
        gaps[t] = .space
      }
      lineStart = t
    }
  }

  /// The token behind the chunk that begins with token `t`.
  private func chunkEnd(from t: Int) -> Int {
    var end = t + 1
    while end < count, gaps[end] == .none { end += 1 }
    return end
  }
}
