/// What is known of words before a text is read: a value for each word that is in the table, and
/// one, or none, for all that are not.
///
/// Templates read tables through the functions of their names: `memory(form[0])`. Words are told
/// apart by the 64-bit hash of their bytes, so that a model need not spell the words of its
/// training text.
public struct WordTable: Hashable, Sendable {
  /// The tables that templates can name.
  public enum Name: String, Hashable, Sendable, CaseIterable, Codable {
    /// How often the word occurs in the training text, in steps.
    case frequency
    /// How often the word is written in lower case there.
    case casing
    /// Which type of span the word is in there, and how often.
    case memory
    /// The cluster of the word, from a file.
    case cluster

    /// Whether words are looked up in lower case.
    ///
    /// Counts are of words without case; a cluster file says for itself how it writes words.
    var ignoresCase: Bool { self != .cluster }
  }

  /// The table's name.
  public let name: Name
  /// The hashes of the words, ascending.
  public let words: [UInt64]
  /// The value of each word: an index of `values`.
  public let codes: [UInt16]
  /// The values that words have.
  public let values: [String]
  /// The value of a word that is not in the table; none if `nil`.
  public let missing: String?

  private let bytes: [[UInt8]]
  private let missingBytes: [UInt8]?

  /// Makes a table.
  ///
  /// - Parameters:
  ///   - words: hashes (`FeatureHash.hash`), ascending and different.
  ///   - codes: one index of `values` per word.
  public init(
    name: Name, words: [UInt64], codes: [UInt16], values: [String], missing: String?
  ) {
    precondition(words.count == codes.count, "One value per word.")
    precondition(codes.allSatisfy { Int($0) < values.count }, "A code is an index of the values.")
    self.name = name
    self.words = words
    self.codes = codes
    self.values = values
    self.missing = missing
    bytes = values.map { Array($0.utf8) }
    missingBytes = missing.map { Array($0.utf8) }
  }

  /// Makes a table of the values of words; words without a value are left out.
  ///
  /// - Parameter entries: the hash of each word with its value.
  public init(name: Name, entries: [UInt64: String], missing: String?) {
    let values = Set(entries.values).sorted()
    precondition(values.count <= 1 << 16, "A table has at most 65,536 values.")
    var number: [String: UInt16] = [:]
    for (index, value) in values.enumerated() { number[value] = UInt16(index) }
    let words = entries.keys.sorted()
    self.init(
      name: name, words: words, codes: words.map { number[entries[$0]!]! }, values: values,
      missing: missing)
  }

  /// The key of a word in the entries that a table is made of.
  public static func key(of word: some Sequence<UInt8>) -> UInt64 { FeatureHash.hash(word) }

  /// The value of a word's bytes, or `nil` if it has none.
  public func value(of word: [UInt8]) -> [UInt8]? {
    let hash = FeatureHash.hash(word)
    var low = 0
    var high = words.count
    while low < high {
      let middle = (low + high) / 2
      if words[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low < words.count && words[low] == hash ? bytes[Int(codes[low])] : missingBytes
  }
}
