/// English contractions as UD English splits them into words.
enum Contractions {
  /// Tokens of letters alone that are two or three words, with `|` where they part.
  static let unmarked = [
    "can|not", "gon|na", "wan|na", "got|ta", "gim|me", "lem|me", "out|ta", "sort|a", "du|n|no",
    "do|nt", "does|nt", "did|nt", "is|nt", "are|nt", "was|nt", "were|nt", "has|nt", "have|nt",
    "had|nt", "wo|nt", "would|nt", "could|nt", "should|nt", "ca|nt", "ai|nt", "i|m", "i|ve",
    "you|ve", "they|ve", "we|ve", "you|re", "they|re", "that|s", "there|s", "what|s", "he|s",
    "she|s", "you|ll", "they|ll", "it|ll",
  ]

  /// Maps the hash of a token's marks to where its second and third word begin (0: no third).
  struct Table: Sendable {
    private var keys: [UInt64]
    private var cuts: [(UInt8, UInt8)]

    init() {
      keys = Array(repeating: 0, count: 256)
      cuts = Array(repeating: (0, 0), count: 256)
      for entry in Contractions.unmarked {
        let parts = entry.split(separator: "|")
        let hash = entry.utf8.reduce(MarkHash.empty) {
          $1 == UInt8(ascii: "|") ? $0 : MarkHash.adding($1, to: $0)
        }
        var slot = Int(hash & 255)
        while keys[slot] != 0 { slot = (slot + 1) & 255 }
        keys[slot] = hash
        let second = UInt8(parts[0].utf8.count)
        cuts[slot] = (second, parts.count > 2 ? second + UInt8(parts[1].utf8.count) : 0)
      }
    }

    /// The cuts of the token whose marks have this hash.
    @inline(__always)
    func cuts(of hash: UInt64) -> (UInt8, UInt8)? {
      var slot = Int(hash & 255)
      while keys[slot] != 0 {
        if keys[slot] == hash { return cuts[slot] }
        slot = (slot + 1) & 255
      }
      return nil
    }
  }

  /// Whether the scalars `range` are a clitic that is a word of its own: 's, 'm, 're, 've, 'd, 'll.
  static func isClitic(_ range: Range<Int>, of chunk: ChunkView) -> Bool {
    let apostrophe = chunk.marks[range.lowerBound]
    guard apostrophe == UInt8(ascii: "'") || apostrophe == UInt8(ascii: "`") else { return false }
    let a = chunk.marks[range.lowerBound + 1]
    switch range.count {
    case 2:
      return a == UInt8(ascii: "s") || a == UInt8(ascii: "m") || a == UInt8(ascii: "d")
    case 3:
      let b = chunk.marks[range.lowerBound + 2]
      return (a == UInt8(ascii: "r") || a == UInt8(ascii: "v")) && b == UInt8(ascii: "e")
        || a == UInt8(ascii: "l") && b == UInt8(ascii: "l")
    default: return false
    }
  }

  /// Where `n't` begins if the scalars `range` end with it behind a letter.
  static func negation(_ range: Range<Int>, of chunk: ChunkView) -> Int? {
    let end = range.upperBound
    guard range.count > 3, chunk.marks[end - 1] == UInt8(ascii: "t"),
      chunk.marks[end - 2] == UInt8(ascii: "'"), chunk.marks[end - 3] == UInt8(ascii: "n"),
      chunk.runClass(end - 4) == RunClass.letter
    else { return nil }
    return end - 3
  }
}
