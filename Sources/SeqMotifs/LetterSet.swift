internal import SeqCore

/// A set of residue letters, as one element of a pattern has it: A to Z, `*`, `-`, `.` and `~`.
public struct LetterSet: OptionSet, Hashable, Sendable {
  /// Bit 0 is A, bit 25 is Z, bits 26 to 29 are `*`, `-`, `.` and `~`.
  public let rawValue: UInt32

  /// Makes a set from its bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The set of one letter, of either case; `nil` if the byte is none.
  public init?(byte: UInt8) {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): self.init(rawValue: 1 << UInt32(byte - 0x41))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): self.init(rawValue: 1 << UInt32(byte - 0x61))
    case UInt8(ascii: "*"): self.init(rawValue: 1 << 26)
    case UInt8(ascii: "-"): self.init(rawValue: 1 << 27)
    case UInt8(ascii: "."): self.init(rawValue: 1 << 28)
    case UInt8(ascii: "~"): self.init(rawValue: 1 << 29)
    default: return nil
    }
  }

  /// The letters of a string, literally.
  init(_ letters: String) {
    self = letters.utf8.reduce(into: []) { $0.formUnion(LetterSet(byte: $1) ?? []) }
  }

  /// A to Z: what the wildcard of a protein pattern matches. Stops and gaps are not residues.
  static let residues = LetterSet(rawValue: (1 << 26) - 1)

  /// For each byte, whether it is a letter of the set, of either case or capital only.
  func bytes(capitalOnly: Bool) -> [Bool] {
    (0..<256).map { byte in
      guard let letter = LetterSet(byte: UInt8(byte)), !letter.isDisjoint(with: self) else {
        return false
      }
      return !(capitalOnly && (0x61...0x7A).contains(byte))
    }
  }
}

/// What pattern letters of a kind of sequence match.
///
/// A letter of a protein pattern matches itself; B, Z and J match also the two residues that they
/// stand for, and X matches every residue. A base of a nucleotide pattern matches every letter of the
/// sequence whose bases are all among its own: W matches A, T, U and W, and N matches all; an N in the
/// sequence, which may be any base, is matched by N alone.
struct PatternAlphabet {
  let kind: ResidueKind

  /// The letters that a pattern's letter matches; `nil` if the kind has no such letter.
  func letters(of byte: UInt8) -> LetterSet? {
    guard let letter = LetterSet(byte: byte) else { return nil }
    if kind.isNucleic {
      guard let bases = Self.bases(of: byte) else { return nil }
      return letters(within: bases)
    }
    switch byte & 0xDF {
    case UInt8(ascii: "B"): return LetterSet("BDN")
    case UInt8(ascii: "Z"): return LetterSet("ZEQ")
    case UInt8(ascii: "J"): return LetterSet("JIL")
    case UInt8(ascii: "X"): return .residues
    default: return letter
    }
  }

  /// What the wildcard matches.
  var any: LetterSet { kind.isNucleic ? letters(within: 0xF) : .residues }

  /// The residues that are not in `letters`. Of nucleotides, those whose bases are all others.
  func complement(of letters: LetterSet) -> LetterSet {
    guard kind.isNucleic else { return LetterSet.residues.subtracting(letters) }
    var bases: UInt8 = 0
    for (letter, own) in Self.nucleotides where letters.contains(LetterSet(byte: letter)!) {
      bases |= own
    }
    return self.letters(within: ~bases & 0xF)
  }

  /// The letters on the other strand.
  static func otherStrand(of letters: LetterSet) -> LetterSet {
    var result: LetterSet = []
    for (letter, bases) in nucleotides where letters.contains(LetterSet(byte: letter)!) {
      // A C G T are bits 0 to 3, so the complement is the mirror image.
      var mirrored: UInt8 = 0
      for bit in 0..<4 where bases >> UInt8(bit) & 1 == 1 { mirrored |= 8 >> UInt8(bit) }
      for (other, own) in nucleotides where own == mirrored {
        result.formUnion(LetterSet(byte: other)!)
      }
    }
    return result
  }

  private func letters(within bases: UInt8) -> LetterSet {
    Self.nucleotides.reduce(into: []) { set, pair in
      if pair.bases & ~bases == 0 { set.formUnion(LetterSet(byte: pair.letter)!) }
    }
  }

  private static func bases(of byte: UInt8) -> UInt8? {
    nucleotides.first { $0.letter == byte & 0xDF }?.bases
  }

  /// IUPAC-IUB ambiguity letters (Cornish-Bowden 1985, doi 10.1093/nar/13.9.3021); A C G T are the
  /// bits 0 to 3.
  private static let nucleotides: [(letter: UInt8, bases: UInt8)] = zip(
    "ACGTURYSWKMBDHVN".utf8,
    [1, 2, 4, 8, 8, 5, 10, 6, 9, 12, 3, 14, 13, 11, 7, 15]
  ).map { ($0, $1) }
}
