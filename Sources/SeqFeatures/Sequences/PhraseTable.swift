internal import SeqCore

/// Phrases of one or more words with their types: names of persons, places, products.
///
/// A phrase is found where its words stand one after another, whole and without regard to case. At
/// each word the longest phrase that begins there is taken, and the search goes on behind it.
///
/// The phrases are a trie over words whose nodes are named by a hash of the words so far, so that
/// one table of numbers holds it: no phrase is spelt out, and a model file maps it as it lies. From
/// most words no phrase begins, and one look-up says so; what a failure link of Aho and Corasick
/// (1975) would save is the second look at words behind a phrase that broke off.
public struct PhraseTable: Hashable, Sendable {
  /// The names of the trie's nodes, ascending: the hashes of all beginnings of phrases.
  public let nodes: [UInt64]
  /// What each node is: 0 if phrases only go on there, or an index of `types` plus 1.
  public let codes: [UInt16]
  /// The types of the phrases.
  public let types: [String]

  /// `B-PER`, `I-PER`, `E-PER`, `S-PER` for each type: the value of a word in a phrase.
  let values: [UInt8]
  let valueRanges: [ByteRange]
  /// An open-addressing table over `nodes`: the index plus 1, 0 empty.
  private let slots: [UInt32]
  /// A bit for the low bits of each node: from most words no phrase begins, and a bit that stays in
  /// the nearest cache says so.
  private let filter: [UInt64]

  /// Makes a table from the parts that a model file holds.
  ///
  /// - Parameters:
  ///   - nodes: ascending and different.
  ///   - codes: one per node, at most the number of types.
  public init(nodes: [UInt64], codes: [UInt16], types: [String]) {
    precondition(nodes.count == codes.count, "One code per node.")
    precondition(codes.allSatisfy { Int($0) <= types.count }, "A code is an index of the types.")
    self.nodes = nodes
    self.codes = codes
    self.types = types
    var values: [UInt8] = []
    var ranges: [ByteRange] = []
    for type in types {
      for mark in ["B-", "I-", "E-", "S-"] {
        let start = values.count
        values += (mark + type).utf8
        ranges.append(ByteRange(start, values.count))
      }
    }
    self.values = values
    valueRanges = ranges
    var count = 16
    while count < nodes.count * 2 { count *= 2 }
    var slots = [UInt32](repeating: 0, count: count)
    for (index, node) in nodes.enumerated() {
      var at = Int(truncatingIfNeeded: node) & (count - 1)
      while slots[at] != 0 { at = (at + 1) & (count - 1) }
      slots[at] = UInt32(index + 1)
    }
    self.slots = slots
    // Between four and eight bits a slot, so that one in eight or more is set.
    var filter = [UInt64](repeating: 0, count: count / 16)
    let bits = UInt64(filter.count * 64 - 1)
    for node in nodes { filter[Int(node & bits) / 64] |= 1 << (node & 63) }
    self.filter = filter
  }

  /// Makes a table of phrases; the first of two equal ones has its type.
  ///
  /// - Parameter phrases: each the hashes of its words (``hash(ofWord:)``) and its type.
  public init(_ phrases: [(words: [UInt64], type: String)]) {
    let types = Set(phrases.map(\.type)).sorted()
    precondition(types.count < 1 << 14, "A gazetteer has at most 16,383 types.")
    var codes: [UInt64: UInt16] = [:]
    for (words, type) in phrases {
      var node: UInt64 = 0
      for (index, word) in words.enumerated() {
        node = FeatureHash.join(node, word)
        let isLast = index == words.count - 1
        if isLast, codes[node] ?? 0 == 0 {
          codes[node] = UInt16(types.firstIndex(of: type)! + 1)
        } else if codes[node] == nil {
          codes[node] = 0
        }
      }
    }
    let nodes = codes.keys.sorted()
    self.init(nodes: nodes, codes: nodes.map { codes[$0]! }, types: types)
  }

  /// The hash by which a word is found: of its lower case.
  public static func hash(ofWord bytes: some Sequence<UInt8>) -> UInt64 {
    var word = Array(bytes)
    lowercase(&word)
    return FeatureHash.hash(word)
  }

  /// The same of a word that lies in `buffer`; a word of ASCII is hashed where it lies.
  @inline(__always)
  private static func hash(
    of word: ByteRange, in buffer: UnsafeBufferPointer<UInt8>
  ) -> UInt64 {
    guard let base = buffer.baseAddress else { return hash(ofWord: []) }
    let start = Int(word.start)
    return FeatureHash.hashOfLowercase(
      base + start, count: word.count, readable: buffer.count &- start)
      ?? hash(ofWord: UnsafeBufferPointer(rebasing: buffer[word.indices]))
  }

  /// Calls `body` with the phrases of the words that lie in `buffer`, as ``phrases(in:)`` finds
  /// them.
  @inline(__always)
  func forEachPhrase(
    in words: [ByteRange], _ buffer: UnsafeBufferPointer<UInt8>,
    _ body: (_ words: Range<Int>, _ type: Int) -> Void
  ) {
    words.withUnsafeBufferPointer { words in
      filter.withUnsafeBufferPointer { filter in
        let bits = UInt64(filter.count * 64 - 1)
        var t = 0
        while t < words.count {
          let first = FeatureHash.join(0, Self.hash(of: words[t], in: buffer))
          if filter[Int(truncatingIfNeeded: (first & bits) &>> 6)] &>> (first & 63) & 1 == 0 {
            t &+= 1
            continue
          }
          var node = first
          var end = t
          var best = 0
          var at = t
          while let code = code(of: node) {
            at += 1
            if code > 0 { (end, best) = (at, Int(code)) }
            if at == words.count { break }
            node = FeatureHash.join(node, Self.hash(of: words[at], in: buffer))
          }
          if best > 0 { body(t..<end, best - 1) }
          t = max(end, t + 1)
        }
      }
    }
  }

  /// Finds the phrases of a sequence.
  ///
  /// - Parameter words: the hash of each word.
  /// - Returns: the words of each phrase with its type, in order; they do not overlap.
  /// - Complexity: O(T · longest phrase) look-ups at most, about T in text.
  public func phrases(in words: [UInt64]) -> [(words: Range<Int>, type: Int)] {
    var found: [(words: Range<Int>, type: Int)] = []
    var t = 0
    while t < words.count {
      var node: UInt64 = 0
      var end = t
      var best = 0
      var at = t
      while at < words.count {
        node = FeatureHash.join(node, words[at])
        guard let code = code(of: node) else { break }
        at += 1
        if code > 0 { (end, best) = (at, Int(code)) }
      }
      if best > 0 { found.append((t..<end, best - 1)) }
      t = max(end, t + 1)
    }
    return found
  }

  @inline(__always)
  private func code(of node: UInt64) -> UInt16? {
    let mask = slots.count - 1
    var at = Int(truncatingIfNeeded: node) & mask
    while slots[at] != 0 {
      let index = Int(slots[at]) - 1
      if nodes[index] == node { return codes[index] }
      at = (at + 1) & mask
    }
    return nil
  }
}
