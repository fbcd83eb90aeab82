/// Puts sequences together that share words, by single linkage: afterwards no two sequences of
/// different clusters share `minimum` words or more.
///
/// A word that stands in more than 64 sequences (a tag of expression vectors, a repeat) links each of
/// them to the first only, so that time does not grow with the square of their number; pairs of others
/// are then counted without it. Clusters do not depend on the order of sequences otherwise, nor on a
/// seed.
public enum WordClusters {
  /// Sequences in which a word may stand to count for every pair of them.
  static let pairLimit = 64

  /// The cluster of each sequence; clusters are numbered from 0 in the order of their first members.
  ///
  /// - Parameters:
  ///   - wordLength: letters a word.
  ///   - minimum: shared words that make two sequences relatives.
  ///   - distinctLetters: words with fewer different letters (runs, simple repeats) do not count.
  /// - Complexity: O(n log n) for n letters, and the number of shared words.
  public static func clusters(
    of sequences: [[UInt8]], wordLength: Int, minimum: Int, distinctLetters: Int
  ) -> [Int] {
    let words = SequenceWords(sequences, length: wordLength, distinctLetters: distinctLetters)
    let entries = words.entries
    var shared: [UInt64: Int] = [:]
    func count(_ a: SequenceWords.Entry, _ b: SequenceWords.Entry) {
      guard words.isWord(a, at: Int(b.position), of: sequences[Int(b.sequence)]) else { return }
      shared[UInt64(a.sequence) << 32 | UInt64(b.sequence), default: 0] += 1
    }
    var start = 0
    while start < entries.count {
      var end = start + 1
      while end < entries.count, entries[end].hash == entries[start].hash { end += 1 }
      if end - start <= pairLimit {
        for i in start..<end {
          for j in (i + 1)..<max(end, i + 1) { count(entries[i], entries[j]) }
        }
      } else {
        for j in (start + 1)..<end { count(entries[start], entries[j]) }
      }
      start = end
    }
    var sets = DisjointSets(count: sequences.count)
    for (pair, count) in shared where count >= minimum {
      sets.unite(Int(pair >> 32), Int(pair & 0xFFFF_FFFF))
    }
    return sets.numbers()
  }
}

/// Union and find with path halving; the representative is the lowest number of a set.
struct DisjointSets {
  private var parents: [Int]

  init(count: Int) { parents = Array(0..<count) }

  mutating func find(_ item: Int) -> Int {
    var item = item
    while parents[item] != item {
      parents[item] = parents[parents[item]]
      item = parents[item]
    }
    return item
  }

  mutating func unite(_ a: Int, _ b: Int) {
    let (a, b) = (find(a), find(b))
    parents[max(a, b)] = min(a, b)
  }

  /// The set of each item, numbered from 0 in the order of first members.
  mutating func numbers() -> [Int] {
    var numbers: [Int: Int] = [:]
    return parents.indices.map { item in
      let root = find(item)
      let number = numbers[root] ?? numbers.count
      numbers[root] = number
      return number
    }
  }
}
