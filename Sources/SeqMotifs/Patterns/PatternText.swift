internal import SeqCore

extension ResidueKind {
  /// What one letter of a pattern is called in error messages.
  var letterName: String {
    switch self {
    case .protein: "amino acid's letter"
    case .dna, .rna: "IUPAC letter of a base"
    }
  }
}

/// The character at a byte of a text, in quotation marks.
func character(at offset: Int, of text: String) -> String {
  guard offset < text.utf8.count else { return "the end" }
  let index = text.utf8.index(text.startIndex, offsetBy: offset)
  return "\"\(text[index])\""
}

/// Steps through the bytes of a pattern.
struct PatternCursor {
  let text: String
  let name: String
  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ text: String, name: String) {
    self.text = text
    self.name = name
    bytes = Array(text.utf8)
  }

  /// The byte that comes next; `nil` at the end.
  var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func advance() { offset += 1 }

  /// Steps over `character` if it comes next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  /// Steps over a whole number and returns it; `nil` if there is none.
  mutating func number() throws -> Int? {
    let start = offset
    var value = 0
    while let byte = next, (0x30...0x39).contains(byte) {
      value = value * 10 + Int(byte - 0x30)
      if value > LinearPattern.positionLimit {
        throw error(at: start, "a number of more than \(LinearPattern.positionLimit).")
      }
      offset += 1
    }
    return offset > start ? value : nil
  }

  /// What comes next, for error messages.
  var found: String { character(at: offset, of: text) }

  func error(at offset: Int? = nil, _ problem: String) -> MotifError {
    let place = offset ?? self.offset
    let index = text.utf8.index(
      text.startIndex, offsetBy: min(place, text.utf8.count))
    return .syntax(
      name: name, pattern: text, column: text.distance(from: text.startIndex, to: index) + 1,
      problem: problem)
  }
}
