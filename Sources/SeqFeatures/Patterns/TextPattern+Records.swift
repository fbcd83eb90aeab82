public import SeqCore

extension TextPattern {
  /// The things that the words of a record spell.
  ///
  /// The text is the record's running text where its words lie in it, otherwise the words with a
  /// space between them.
  ///
  /// - Returns: spans in order; their types are indexes of `allCases`, their origins name the kind
  ///   (`rule:email`). A span that begins or ends inside a word of the running text says so by its
  ///   parts.
  public static func matches(
    in record: borrowing Record, layer: String = "form",
    kinds: Set<TextPattern> = Set(allCases)
  ) -> [LabelledSpan] {
    guard let words = record.ranges(layer), !words.isEmpty else { return [] }
    // Each word's place in the text.
    var text: [UInt8] = []
    var places: [Range<Int>] = []
    places.reserveCapacity(words.count)
    let isRunning = isRunningText(words, record)
    if isRunning {
      let start = Int(words[0].start)
      text = Array(record.buffer[start..<Int(words[words.count - 1].end)])
      places = words.map { Int($0.start) - start..<Int($0.end) - start }
    } else {
      for word in words {
        if !text.isEmpty { text.append(0x20) }
        places.append(text.count..<text.count + word.count)
        text += record.buffer[word.indices]
      }
    }
    var result: [LabelledSpan] = []
    var word = 0
    for (range, kind) in matches(in: text, kinds: kinds) {
      while word < places.count, places[word].upperBound <= range.lowerBound { word += 1 }
      var last = word
      while last + 1 < places.count, places[last + 1].lowerBound < range.upperBound { last += 1 }
      guard word < places.count else { break }
      // A word can be in one span only.
      if let before = result.last, before.positions.upperBound > word { continue }
      let isWhole =
        places[word].lowerBound == range.lowerBound && places[last].upperBound == range.upperBound
      // Without running text, a part of a word is no place that could be written back.
      if !isWhole && !isRunning { continue }
      let start = Int(words[0].start)
      result.append(
        LabelledSpan(
          positions: word..<last + 1, type: Label(allCases.firstIndex(of: kind)!),
          parts: isWhole ? [] : [ByteRange(start + range.lowerBound, start + range.upperBound)],
          origin: "rule:" + kind.rawValue))
    }
    return result
  }

  private static func isRunningText(_ words: [ByteRange], _ record: borrowing Record) -> Bool {
    guard let text = record.text else { return false }
    var end = text.start
    for word in words {
      guard word.start >= end, word.end <= text.end else { return false }
      end = word.end
    }
    return true
  }
}
