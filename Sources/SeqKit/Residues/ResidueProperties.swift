internal import SeqCore

/// Published numbers of the twenty amino acids, in the order of ``letters``.
enum ResidueProperties {
  /// The amino acids' one-letter codes.
  static let letters = "ARNDCQEGHILKMFPSTWYV"

  /// A scale: its name, its source, a number for each amino acid.
  struct Scale {
    var name: String
    var source: String
    var values: [Float]
  }

  /// Scales of physics, chemistry and structure.
  static let scales: [Scale] = [
    Scale(
      name: "hydropathy", source: "Kyte and Doolittle 1982, doi:10.1016/0022-2836(82)90515-0",
      values: [
        1.8, -4.5, -3.5, -3.5, 2.5, -3.5, -3.5, -0.4, -3.2, 4.5, 3.8, -3.9, 1.9, 2.8, -1.6, -0.8,
        -0.7, -0.9, -1.3, 4.2,
      ]),
    Scale(
      name: "volume", source: "Zamyatnin 1972, doi:10.1016/0079-6107(72)90005-3, cubic ångström",
      values: [
        88.6, 173.4, 114.1, 111.1, 108.5, 143.8, 138.4, 60.1, 153.2, 166.7, 166.7, 168.6, 162.9,
        189.9, 112.7, 89.0, 116.1, 227.8, 193.6, 140.0,
      ]),
    Scale(
      name: "polarity", source: "Grantham 1974, doi:10.1126/science.185.4154.862",
      values: [
        8.1, 10.5, 11.6, 13.0, 5.5, 10.5, 12.3, 9.0, 10.4, 5.2, 4.9, 11.3, 5.7, 5.2, 8.0, 9.2, 8.6,
        5.4, 6.2, 5.9,
      ]),
    Scale(
      name: "charge", source: "of the side chain at pH 7: Arg, Lys +1; Asp, Glu −1",
      values: [0, 1, 0, -1, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
    Scale(
      name: "helix", source: "Chou and Fasman 1978, doi:10.1002/9780470122921.ch2",
      values: [
        1.42, 0.98, 0.67, 1.01, 0.70, 1.11, 1.51, 0.57, 1.00, 1.08, 1.21, 1.16, 1.45, 1.13, 0.57,
        0.77, 0.83, 1.08, 0.69, 1.06,
      ]),
    Scale(
      name: "strand", source: "Chou and Fasman 1978, doi:10.1002/9780470122921.ch2",
      values: [
        0.83, 0.93, 0.89, 0.54, 1.19, 1.10, 0.37, 0.75, 0.87, 1.60, 1.30, 0.74, 1.05, 1.38, 0.55,
        0.75, 1.19, 1.37, 1.47, 1.70,
      ]),
  ]

  /// The scales brought to mean 0 and deviation 1 over the amino acids, [20][scales].
  static let standardized: [[Float]] = {
    let columns = scales.map { scale in
      let mean = scale.values.reduce(0, +) / 20
      let variance = scale.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20
      return scale.values.map { ($0 - mean) / variance.squareRoot() }
    }
    return (0..<20).map { acid in columns.map { $0[acid] } }
  }()

  /// BLOSUM62 (Henikoff and Henikoff 1992, doi:10.1073/pnas.89.22.10915), half-bits.
  static let blosum62: [[Float]] = """
     4 -1 -2 -2  0 -1 -1  0 -2 -1 -1 -1 -1 -2 -1  1  0 -3 -2  0
    -1  5  0 -2 -3  1  0 -2  0 -3 -2  2 -1 -3 -2 -1 -1 -3 -2 -3
    -2  0  6  1 -3  0  0  0  1 -3 -3  0 -2 -3 -2  1  0 -4 -2 -3
    -2 -2  1  6 -3  0  2 -1 -1 -3 -4 -1 -3 -3 -1  0 -1 -4 -3 -3
     0 -3 -3 -3  9 -3 -4 -3 -3 -1 -1 -3 -1 -2 -3 -1 -1 -2 -2 -1
    -1  1  0  0 -3  5  2 -2  0 -3 -2  1  0 -3 -1  0 -1 -2 -1 -2
    -1  0  0  2 -4  2  5 -2  0 -3 -3  1 -2 -3 -1  0 -1 -3 -2 -2
     0 -2  0 -1 -3 -2 -2  6 -2 -4 -4 -2 -3 -3 -2  0 -2 -2 -3 -3
    -2  0  1 -1 -3  0  0 -2  8 -3 -3 -1 -2 -1 -2 -1 -2 -2  2 -3
    -1 -3 -3 -3 -1 -3 -3 -4 -3  4  2 -3  1  0 -3 -2 -1 -3 -1  3
    -1 -2 -3 -4 -1 -2 -3 -4 -3  2  4 -2  2  0 -3 -2 -1 -2 -1  1
    -1  2  0 -1 -3  1  1 -2 -1 -3 -2  5 -1 -3 -1  0 -1 -3 -2 -2
    -1 -1 -2 -3 -1  0 -2 -3 -2  1  2 -1  5  0 -2 -1 -1 -1 -1  1
    -2 -3 -3 -3 -2 -3 -3 -3 -1  0  0 -3  0  6 -4 -2 -2  1  3 -1
    -1 -2 -2 -1 -3 -1 -1 -2 -2 -3 -3 -1 -2 -4  7 -1 -1 -4 -3 -2
     1 -1  1  0 -1  0  0  0 -1 -2 -2  0 -1 -2 -1  4  1 -3 -2 -2
     0 -1  0 -1 -1 -1 -1 -2 -2 -1 -1 -1 -1 -2 -1  1  5 -2 -2  0
    -3 -3 -4 -4 -2 -2 -3 -2 -2 -3 -2 -3 -1  1 -4 -3 -2 11  2 -3
    -2 -2 -2 -3 -2 -1 -2 -3  2 -1 -1 -2 -1  3 -3 -2 -2  2  7 -1
     0 -3 -3 -3 -1 -2 -2 -3 -3  3  1 -2  1 -1 -2 -2  0 -3 -1  4
    """.split(separator: "\n").map { line in line.split(separator: " ").map { Float($0)! } }

  /// For each byte, the share of each of the twenty amino acids that it stands for: B, Z and J are
  /// halves of two, U counts as cysteine and O as lysine, X and all else as none.
  static let shares: [[(acid: Int, share: Float)]] = {
    var table = [[(acid: Int, share: Float)]](repeating: [], count: 256)
    let order = Array(letters.utf8)
    func set(_ letter: Character, _ acids: String) {
      let share = 1 / Float(acids.utf8.count)
      let entry = acids.utf8.map { (acid: order.firstIndex(of: $0)!, share: share) }
      let byte = Int(letter.asciiValue!)
      table[byte] = entry
      table[byte | 0x20] = entry
    }
    for letter in letters { set(letter, String(letter)) }
    for (letter, acids) in [("B", "DN"), ("Z", "EQ"), ("J", "IL"), ("U", "C"), ("O", "K")] {
      set(Character(letter), acids)
    }
    return table
  }()

  /// For each byte, the share of A, C, G and T that it stands for (IUPAC-IUB 1985); N is a quarter each.
  static let baseShares: [[(acid: Int, share: Float)]] = {
    var table = [[(acid: Int, share: Float)]](repeating: [], count: 256)
    let codes = [
      "A": "A", "C": "C", "G": "G", "T": "T", "U": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT",
      "K": "GT", "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
      "X": "ACGT",
    ]
    let order = Array("ACGT".utf8)
    for (letter, bases) in codes {
      let entry = bases.utf8.map {
        (acid: order.firstIndex(of: $0)!, share: 1 / Float(bases.utf8.count))
      }
      let byte = Int(letter.utf8.first!)
      table[byte] = entry
      table[byte | 0x20] = entry
    }
    return table
  }()
}
