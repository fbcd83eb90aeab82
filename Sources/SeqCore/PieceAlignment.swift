/// Aligns the pieces that another tokenizer made of a text with our words, by what they spell and
/// not by how many they are.
///
/// White space does not count on either side. What tokenizers add is taken off pieces first: `##`
/// (WordPiece) and `▁` (SentencePiece) or `Ġ` (byte-level BPE) at the start. A piece in brackets, `[CLS]` or `<s>`,
/// that is not in the text belongs to no word.
public struct PieceAlignment: Hashable, Sendable {
  /// For each piece, the words that it has bytes of; empty for a piece that is not in the text.
  public let words: [Range<Int>]

  /// Where pieces and words spell different texts.
  public struct Mismatch: Error, Hashable, Sendable, CustomStringConvertible {
    /// The piece, from 0.
    public var piece: Int
    /// What it spells.
    public var found: String
    /// What comes next in the words.
    public var expected: String

    /// Makes a mismatch.
    public init(piece: Int, found: String, expected: String) {
      self.piece = piece
      self.found = found
      self.expected = expected
    }

    /// The mismatch as a sentence.
    public var description: String {
      expected.isEmpty
        ? "piece \(piece + 1), “\(found)”, stands behind the end of the words."
        : "piece \(piece + 1), “\(found)”, where the words go on with “\(expected)”. "
          + "Was the text changed (lower case, accents) before it was cut into pieces?"
    }
  }

  /// Aligns.
  ///
  /// - Throws: `Mismatch` at the first piece that does not continue the words, and for words that no
  ///   piece spells (as a piece behind the last).
  /// - Complexity: O(bytes).
  public init(words: [String], pieces: [String]) throws(Mismatch) {
    let text = words.map { Array($0.utf8).filter { !Self.isSpace($0) } }
    // The word of each byte, white space aside.
    let bytes = text.flatMap { $0 }
    let wordOfByte = text.enumerated().flatMap { index, word in word.map { _ in index } }
    var result: [Range<Int>] = []
    var place = 0
    func rest(_ limit: Int) -> String {
      String(decoding: bytes[place..<min(place + max(limit, 8), bytes.count)], as: UTF8.self)
    }
    for (index, piece) in pieces.enumerated() {
      var spelled = Self.spelled(piece)
      var raw = Array(piece.utf8).filter { !Self.isSpace($0) }
      if !bytes[place...].starts(with: spelled), bytes[place...].starts(with: raw) {
        swap(&spelled, &raw)
      }
      guard bytes[place...].starts(with: spelled) else {
        if Self.isSpecial(piece) {
          let word = place < bytes.count ? wordOfByte[place] : words.count
          result.append(word..<word)
          continue
        }
        throw Mismatch(piece: index, found: piece, expected: rest(spelled.count))
      }
      if spelled.isEmpty {
        let word = place < bytes.count ? wordOfByte[place] : words.count
        result.append(word..<word)
      } else {
        result.append(wordOfByte[place]..<(wordOfByte[place + spelled.count - 1] + 1))
      }
      place += spelled.count
    }
    guard place == bytes.count else {
      throw Mismatch(piece: pieces.count, found: "", expected: rest(8))
    }
    self.words = result
  }

  /// One value a word from one value a piece: that of the first piece that has bytes of it.
  ///
  /// - Parameter wordCount: the number of words.
  /// - Returns: `nil` for a word without bytes.
  public func firstOfEachWord<Value>(_ values: [Value], wordCount: Int) -> [Value?] {
    precondition(values.count == words.count, "One value a piece.")
    var result = [Value?](repeating: nil, count: wordCount)
    for (value, range) in zip(values, words) {
      for word in range where result[word] == nil { result[word] = value }
    }
    return result
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }

  private static func spelled(_ piece: String) -> [UInt8] {
    var piece = piece[...]
    if piece.hasPrefix("##"), piece.count > 2 {
      piece = piece.dropFirst(2)
    } else if let first = piece.first, first == "▁" || first == "Ġ" {
      piece = piece.dropFirst()
    }
    return Array(piece.utf8).filter { !isSpace($0) }
  }

  private static func isSpecial(_ piece: String) -> Bool {
    piece.count > 2
      && (piece.hasPrefix("[") && piece.hasSuffix("]")
        || piece.hasPrefix("<") && piece.hasSuffix(">"))
  }
}
