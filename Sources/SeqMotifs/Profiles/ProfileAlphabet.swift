public import SeqCore

/// The residues that a profile has probabilities for, in HMMER's order, and what other letters mean.
public struct ProfileAlphabet: Hashable, Sendable {
  /// Proteins or nucleotides.
  public let isNucleic: Bool

  /// The alphabet of a kind of sequence.
  public init(_ kind: ResidueKind) { isNucleic = kind.isNucleic }

  /// The letters, by index.
  public var letters: [UInt8] { Array((isNucleic ? "ACGT" : "ACDEFGHIKLMNPQRSTVWY").utf8) }

  /// The number of letters, K.
  public var count: Int { isNucleic ? 4 : 20 }

  /// How frequent each letter is outside of families: nucleotides alike; amino acids as in Swiss-Prot
  /// 50.8 (October 2006), the frequencies that HMMER 3 uses.
  public var background: [Double] {
    if isNucleic { return [0.25, 0.25, 0.25, 0.25] }
    let frequencies = [
      0.0787945, 0.0151600, 0.0535222, 0.0668298, 0.0397062, 0.0695071, 0.0229198, 0.0590092,
      0.0594422, 0.0963728, 0.0237718, 0.0414386, 0.0482904, 0.0395639, 0.0540978, 0.0683364,
      0.0540687, 0.0673417, 0.0114135, 0.0304133,
    ]
    let sum = frequencies.reduce(0, +)
    return frequencies.map { $0 / sum }
  }

  /// The number of different codes that letters have: residues, ambiguous letters, and what cannot be
  /// part of a match (stops, gaps).
  static let codeCount = 32
  /// The code of what cannot be part of a match.
  package static let noCode: UInt8 = 31

  /// [256] codes; small letters have those of capitals. U is T, or selenocysteine, taken for C; O is
  /// pyrrolysine, taken for K.
  func codes() -> [UInt8] {
    var codes = [UInt8](repeating: Self.noCode, count: 256)
    for (index, letter) in (Array(letters) + ambiguous.map(\.letter)).enumerated() {
      codes[Int(letter)] = UInt8(index)
      codes[Int(letter | 0x20)] = UInt8(index)
    }
    for (letter, other) in isNucleic ? [("U", "T")] : [("U", "C"), ("O", "K")] {
      let code = codes[Int(other.utf8.first!)]
      codes[Int(letter.utf8.first!)] = code
      codes[Int(letter.utf8.first! | 0x20)] = code
    }
    return codes
  }

  /// The residues that a code stands for; none for `noCode`.
  func residues(ofCode code: Int) -> [Int] {
    if code < count { return [code] }
    return code - count < ambiguous.count ? ambiguous[code - count].residues : []
  }

  /// IUPAC's letters for several residues.
  private var ambiguous: [(letter: UInt8, residues: [Int])] {
    let sets =
      isNucleic
      ? [
        "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC", "B": "CGT", "D": "AGT",
        "H": "ACT", "V": "ACG", "N": "ACGT", "X": "ACGT",
      ] : ["B": "DN", "Z": "EQ", "J": "IL", "X": "ACDEFGHIKLMNPQRSTVWY"]
    let letters = self.letters
    return sets.sorted { $0.key < $1.key }.map { letter, residues in
      (letter.utf8.first!, residues.utf8.map { letters.firstIndex(of: $0)! })
    }
  }
}
