/// The words of k letters that occur in many sequences, and where.
///
/// Words are compared without regard to case. Those with something else than letters in them (gaps,
/// stops) do not count. A word is told by a hash of 64 bits, and equal hashes are compared letter by
/// letter.
struct SequenceWords {
  /// One sequence's word: its hash, and where it stands first.
  struct Entry {
    var hash: UInt64
    var sequence: Int32
    var position: Int32
  }

  let length: Int
  private let sequences: [[UInt8]]
  /// By hash, then sequence; each word of a sequence once.
  let entries: [Entry]

  /// Collects the words of sequences.
  ///
  /// - Parameter distinctLetters: words with fewer different letters are left out.
  /// - Complexity: O(n log n) for n letters.
  init(_ sequences: [[UInt8]], length: Int, distinctLetters: Int = 0) {
    precondition(length > 0, "A word has at least one letter.")
    self.length = length
    self.sequences = sequences
    var entries: [Entry] = []
    entries.reserveCapacity(sequences.reduce(0) { $0 + max(0, $1.count - length + 1) })
    for (number, letters) in sequences.enumerated() {
      entries += Self.words(of: letters, length, distinctLetters).map { word in
        Entry(hash: word.hash, sequence: Int32(number), position: Int32(word.position))
      }
    }
    entries.sort { ($0.hash, $0.sequence, $0.position) < ($1.hash, $1.sequence, $1.position) }
    self.entries = entries
  }

  /// The different words of one sequence, by rising hash.
  static func words(
    of letters: [UInt8], _ length: Int, _ distinctLetters: Int = 0
  ) -> [(hash: UInt64, position: Int)] {
    guard letters.count >= length else { return [] }
    // A polynomial in an odd base, modulo 2⁶⁴; its upper bits are mixed into the lower ones below.
    let base: UInt64 = 0x9E37_79B9_7F4A_7C15
    let leading = (1..<length).reduce(1 as UInt64) { power, _ in power &* base }
    var hash: UInt64 = 0
    var lastOther = -1
    var counts = [Int](repeating: 0, count: 32)
    var distinct = 0
    var words: [(hash: UInt64, position: Int)] = []
    words.reserveCapacity(letters.count)
    for (index, byte) in letters.enumerated() {
      let letter = byte & 0xDF
      if !(0x41...0x5A).contains(letter) { lastOther = index }
      if index >= length {
        let out = letters[index - length] & 0xDF
        hash &-= UInt64(out) &* leading
        counts[Int(out & 31)] -= 1
        if counts[Int(out & 31)] == 0 { distinct -= 1 }
      }
      hash = hash &* base &+ UInt64(letter)
      if counts[Int(letter & 31)] == 0 { distinct += 1 }
      counts[Int(letter & 31)] += 1
      let start = index + 1 - length
      guard start >= 0, lastOther < start, distinct >= distinctLetters else { continue }
      words.append((hash ^ (hash >> 29), start))
    }
    words.sort { ($0.hash, $0.position) < ($1.hash, $1.position) }
    var last: UInt64?
    return words.filter { word in
      defer { last = word.hash }
      return word.hash != last
    }
  }

  /// The entries of one hash.
  func entries(of hash: UInt64) -> ArraySlice<Entry> {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    var end = low
    while end < entries.count, entries[end].hash == hash { end += 1 }
    return entries[low..<end]
  }

  /// Whether the word of an entry is the one that stands at a place of other letters.
  func isWord(_ entry: Entry, at position: Int, of letters: [UInt8]) -> Bool {
    let own = sequences[Int(entry.sequence)]
    for offset in 0..<length
    where own[Int(entry.position) + offset] & 0xDF != letters[position + offset] & 0xDF {
      return false
    }
    return true
  }
}
