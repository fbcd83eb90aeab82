/// Pairs of sequences of two parts of a data set that have words in common: what is learned from the
/// one is known of the other.
public struct SequenceLeak: Hashable, Sendable {
  /// The number of the sequence in the first part.
  public var first: Int
  /// The number of the sequence in the second part.
  public var second: Int
  /// Different words that stand in both.
  public var sharedWords: Int

  /// Makes a pair.
  public init(first: Int, second: Int, sharedWords: Int) {
    self.first = first
    self.second = second
    self.sharedWords = sharedWords
  }

  /// The pairs that share at least `minimum` words of `wordLength` letters, by rising numbers.
  ///
  /// - Complexity: O(n log n) for n letters, and the number of shared words.
  public static func between(
    _ first: [[UInt8]], _ second: [[UInt8]], wordLength: Int, minimum: Int
  ) -> [SequenceLeak] {
    let index = SequenceWords(second, length: wordLength)
    var leaks: [SequenceLeak] = []
    for (number, letters) in first.enumerated() {
      var shared: [Int: Int] = [:]
      for word in SequenceWords.words(of: letters, wordLength) {
        for entry in index.entries(of: word.hash)
        where index.isWord(entry, at: word.position, of: letters) {
          shared[Int(entry.sequence), default: 0] += 1
        }
      }
      leaks += shared.filter { $0.value >= minimum }.sorted { $0.key < $1.key }.map {
        SequenceLeak(first: number, second: $0.key, sharedWords: $0.value)
      }
    }
    return leaks
  }
}
