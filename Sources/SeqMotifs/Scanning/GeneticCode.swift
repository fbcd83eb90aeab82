/// A genetic code: which amino acid each codon stands for.
public struct GeneticCode: Sendable, Hashable {
  /// The number of its NCBI translation table.
  public let table: Int
  /// [64] amino acids; codons in the order T, C, A, G of each base, the first base slowest.
  private let residues: [UInt8]
  /// [16·16·16] amino acids of codons of ambiguous bases, each a set of four bits.
  private let ambiguous: [UInt8]

  /// The tables that are known, with their names.
  public static let tables: [(number: Int, name: String)] = [
    (1, "standard"), (2, "vertebrate mitochondrial"), (3, "yeast mitochondrial"),
    (4, "mold, protozoan and coelenterate mitochondrial, Mycoplasma"),
    (5, "invertebrate mitochondrial"), (11, "bacterial, archaeal and plant plastid"),
  ]

  private static let standard = Array(
    "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG".utf8)

  /// Where the other tables differ from the standard one (NCBI, The Genetic Codes).
  private static let differences: [Int: [(codon: String, residue: Character)]] = [
    1: [], 11: [],
    2: [("AGA", "*"), ("AGG", "*"), ("ATA", "M"), ("TGA", "W")],
    3: [("ATA", "M"), ("CTT", "T"), ("CTC", "T"), ("CTA", "T"), ("CTG", "T"), ("TGA", "W")],
    4: [("TGA", "W")],
    5: [("AGA", "S"), ("AGG", "S"), ("ATA", "M"), ("TGA", "W")],
  ]

  /// The code of an NCBI translation table; `nil` if it is none of ``tables``.
  public init?(table: Int) {
    guard let differences = Self.differences[table] else { return nil }
    var residues = Self.standard
    for (codon, residue) in differences {
      let bases = codon.utf8.map { Self.order.firstIndex(of: $0)! }
      residues[bases[0] * 16 + bases[1] * 4 + bases[2]] = residue.asciiValue!
    }
    self.table = table
    self.residues = residues
    var ambiguous = [UInt8](repeating: UInt8(ascii: "X"), count: 4096)
    for codon in 0..<4096 {
      let sets = [codon >> 8, codon >> 4 & 15, codon & 15]
      var found: Set<UInt8> = []
      for first in 0..<4 where sets[0] >> first & 1 == 1 {
        for second in 0..<4 where sets[1] >> second & 1 == 1 {
          for third in 0..<4 where sets[2] >> third & 1 == 1 {
            found.insert(residues[first * 16 + second * 4 + third])
          }
        }
      }
      if found.count == 1 { ambiguous[codon] = found.first! }
    }
    self.ambiguous = ambiguous
  }

  private static let order = Array("TCAG".utf8)

  /// [256] the bases that a letter may be: bits 0 to 3 for T, C, A, G; 0 for gaps and the like.
  static let baseSets: [UInt8] = {
    var sets = [UInt8](repeating: 0, count: 256)
    let letters = zip(
      "TUCAGRYSWKMBDHVN".utf8,
      [1, 1, 2, 4, 8, 12, 3, 10, 5, 9, 6, 11, 13, 7, 14, 15] as [UInt8])
    for (letter, set) in letters {
      sets[Int(letter)] = set
      sets[Int(letter | 0x20)] = set
    }
    return sets
  }()

  /// The amino acid of a codon of base sets: X where it could be several, or a letter is no base.
  @inline(__always)
  func residue(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt8 {
    ambiguous[Int(first) << 8 | Int(second) << 4 | Int(third)]
  }

  /// The set of the bases that pair with those of a set.
  @inline(__always)
  static func complement(_ set: UInt8) -> UInt8 {
    // T–A are bits 0 and 2, C–G bits 1 and 3.
    (set << 2 | set >> 2) & 15
  }
}
