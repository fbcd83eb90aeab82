/// What the letters of a residue sequence stand for.
public enum ResidueKind: String, Codable, Sendable, CaseIterable {
  /// Amino acids in one-letter code (IUPAC-IUB 1984), with U, O, B, Z, J and X.
  case protein
  /// Deoxyribonucleotides with IUPAC-IUB ambiguity letters (1985). U is read as T.
  case dna
  /// Ribonucleotides with the same ambiguity letters. T is read as U.
  case rna

  /// Whether the letters are bases, so that there is a second strand.
  public var isNucleic: Bool { self != .protein }

  /// The letters of sequences of this kind, capitals; the small letters are legal as well.
  ///
  /// `-`, `.` and `~` are gaps of alignments, `*` is a translated stop codon, X in nucleotides is a
  /// masked base.
  public var letters: String {
    isNucleic ? "ACGTURYSWKMBDHVNX-.~" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ*-.~"
  }

  /// For each byte, whether it is a letter of such sequences.
  public func legalBytes() -> [Bool] {
    var legal = [Bool](repeating: false, count: 256)
    for byte in letters.utf8 {
      legal[Int(byte)] = true
      if byte >= UInt8(ascii: "A") { legal[Int(byte | 0x20)] = true }
    }
    return legal
  }

  /// The kind that letters suggest.
  ///
  /// Nucleotides if every letter is one of theirs and at least nine of ten of those that are not
  /// gaps are A, C, G, T, U or N; RNA if U is among them and T is not. Without any letter, DNA.
  ///
  /// - Parameter counts: how often each byte occurs, 256 numbers.
  public static func suggested(by counts: [Int]) -> ResidueKind {
    precondition(counts.count == 256, "There must be one count per byte.")
    func count(_ letters: String) -> Int {
      letters.utf8.reduce(0) { sum, byte in
        sum + counts[Int(byte)] + (byte >= UInt8(ascii: "A") ? counts[Int(byte | 0x20)] : 0)
      }
    }
    let all = count(ResidueKind.protein.letters)
    let gaps = count("-.~")
    guard count(ResidueKind.dna.letters) == all, count("ACGTUN") * 10 >= (all - gaps) * 9 else {
      return .protein
    }
    return count("U") > 0 && count("T") == 0 ? .rna : .dna
  }
}

/// One of the two strands of a nucleic acid, or neither.
public enum Strand: UInt8, Sendable, Hashable, CaseIterable {
  /// The sequence has no strands.
  case none
  /// The strand as it is written.
  case plus
  /// The reverse complement of it.
  case minus

  /// `.`, `+` or `-`, as GFF3 and BED write it.
  public var symbol: UInt8 {
    switch self {
    case .none: UInt8(ascii: ".")
    case .plus: UInt8(ascii: "+")
    case .minus: UInt8(ascii: "-")
    }
  }
}
