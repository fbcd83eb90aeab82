/// What the tokenizer needs to know of a Unicode scalar: the classes of UAX #29 that decide
/// where words break, with letters told apart by case.
package enum ScalarKind: UInt8, CaseIterable, Sendable {
  /// Symbols, controls, unassigned scalars: each is a token of its own until a rule joins it.
  case other
  case space
  case lower
  case upper
  /// Letters without case: Hebrew, Arabic, Devanagari, Hangul, ….
  case letter
  case digit
  /// Ideographs and hiragana: each is a token (UAX #29 has no dictionary).
  case ideograph
  case katakana
  /// Scripts written without spaces (Thai, Lao, Khmer, Myanmar): a run is one token.
  case unspaced
  /// Marks and format characters: they belong to what stands before them.
  case extend
  /// U+200D, which also holds two pictographs together.
  case joiner
  case punctuation
  case pictograph
  case regionalIndicator
  /// Format characters that belong to what stands behind them, such as U+0600.
  case prepend
  case lineBreak

  /// Set on the kind of a scalar that belongs to the one before it; the bits of `baseMask` are then
  /// the kind of what it belongs to (UAX #29 WB4).
  static let extends: UInt8 = 0x80
  /// Set as well on a zero-width joiner.
  static let joins: UInt8 = 0x40
  static let baseMask: UInt8 = 0x0F

  /// Whether scalars of this kind and letters make words together.
  package static func isLetter(_ kind: UInt8) -> Bool {
    kind >= ScalarKind.lower.rawValue && kind <= ScalarKind.letter.rawValue
  }
}

/// The kind of `scalar`, from the table in `ScalarKindTable.swift`.
///
/// The table has two stages: a character of `blockOfScalars` pairs for every 128 scalars names
/// the block in `blocks`, whose characters are kinds, `A` for 0.
@inline(__always)
func scalarKind(_ scalar: UInt32) -> UInt8 {
  if scalar < 0x20000 {
    let pair = Int(scalar >> 7) * 2
    let index = ScalarKindTable.blockOfScalars.utf8Start
    let block = (Int(index[pair]) - 48) * 64 + Int(index[pair + 1]) - 48
    return ScalarKindTable.blocks.utf8Start[block * 129 + Int(scalar & 127)] &- 65
  }
  if scalar < 0x40000 { return ScalarKind.ideograph.rawValue }
  if scalar >= 0xE0000, scalar < 0xE1000 { return ScalarKind.extend.rawValue }
  return ScalarKind.other.rawValue
}

/// Marks: one byte for every scalar, for features and rules.
///
/// ASCII letters stand for themselves in lower case, other ASCII for itself, typographic and
/// full-width punctuation for its ASCII counterpart; everything else is 128 + its kind.
enum Mark {
  /// Before the first scalar of a chunk.
  static let chunkStart: UInt8 = 1
  /// After the last scalar of a chunk.
  static let chunkEnd: UInt8 = 2
  /// Punctuation that ends a sentence wherever it stands: ideographic full stop, danda, ….
  static let terminator: UInt8 = 3
  static let ellipsis: UInt8 = 4
  static let dash: UInt8 = 5

  @inline(__always)
  static func of(_ scalar: UInt32, kind: UInt8) -> UInt8 {
    if scalar < 128 {
      return scalar &- 65 < 26 ? UInt8(scalar) | 32 : max(6, UInt8(scalar))
    }
    if kind != ScalarKind.punctuation.rawValue { return 128 + kind }
    return ofPunctuation(scalar)
  }

  private static func ofPunctuation(_ scalar: UInt32) -> UInt8 {
    switch scalar {
    case 0x2019, 0x201B, 0x02BC, 0xFF07: UInt8(ascii: "'")
    case 0x2018, 0x201A: UInt8(ascii: "`")
    case 0x201C...0x201F, 0x00AB, 0x00BB, 0xFF02: UInt8(ascii: "\"")
    case 0x2010, 0x2011, 0xFF0D: UInt8(ascii: "-")
    case 0x2012...0x2015: dash
    case 0x2026: ellipsis
    case 0x3001, 0x060C, 0xFF0C, 0xFE50, 0xFE51: UInt8(ascii: ",")
    case 0x061B, 0xFF1B: UInt8(ascii: ";")
    case 0xFF1A: UInt8(ascii: ":")
    case 0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0x3014, 0xFF08, 0xFF3B: UInt8(ascii: "(")
    case 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0x3015, 0xFF09, 0xFF3D: UInt8(ascii: ")")
    case 0x3002, 0xFF61, 0xFF01, 0xFF1F, 0xFF0E, 0x0964, 0x0965, 0x061F, 0x06D4, 0x0589, 0x1362,
      0x17D4, 0x17D5, 0x104A, 0x104B:
      terminator
    default: 128 + ScalarKind.punctuation.rawValue
    }
  }
}
