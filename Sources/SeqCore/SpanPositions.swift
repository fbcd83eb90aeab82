/// Finds which words a stretch of text covers: by offsets, never by counting words.
public enum SpanPositions {
  /// The words that a range of bytes touches.
  ///
  /// - Parameter words: in order, not overlapping, in the same bytes.
  /// - Returns: the words, none if the range touches none; and whether it begins where the first
  ///   begins and ends where the last ends.
  /// - Complexity: O(log words).
  public static func covering(
    _ range: ByteRange, in words: [ByteRange]
  ) -> (positions: Range<Int>, isExact: Bool) {
    // The first word that ends behind the start, and the first that begins at or behind the end.
    let first = firstIndex(in: words) { $0.end > range.start }
    let end = firstIndex(in: words) { $0.start >= range.end }
    guard first < end else { return (first..<first, false) }
    return (
      first..<end, words[first].start == range.start && words[end - 1].end == range.end
    )
  }

  private static func firstIndex(
    in words: [ByteRange], where isBehind: (ByteRange) -> Bool
  ) -> Int {
    var low = 0
    var high = words.count
    while low < high {
      let middle = (low + high) / 2
      if isBehind(words[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
