/// Words of IUPAC letters: `GAATTC`, `CANNTG`, `RGD`.
enum IUPACWord {
  static func parse(_ text: String, name: String, _ alphabet: PatternAlphabet) throws
    -> LinearPattern
  {
    var pattern = LinearPattern()
    for (index, byte) in text.utf8.enumerated() {
      guard let letters = alphabet.letters(of: byte), byte >= UInt8(ascii: "A") else {
        throw MotifError.syntax(
          name: name, pattern: text, column: index + 1,
          problem: "\(character(at: index, of: text)) is no \(alphabet.kind.letterName).")
      }
      pattern.append(letters)
    }
    if text.isEmpty {
      throw MotifError.syntax(
        name: name, pattern: text, column: 1, problem: "the pattern is empty.")
    }
    if pattern.positions.count > LinearPattern.positionLimit {
      throw MotifError.tooLong(
        name: name, positions: pattern.positions.count, limit: LinearPattern.positionLimit)
    }
    return pattern
  }
}
