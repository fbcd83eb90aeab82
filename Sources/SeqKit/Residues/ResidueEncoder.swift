internal import Glibc
public import SeqCore
public import SeqNeural

/// Turns residues into the rows of numbers that a network reads.
///
/// Every group of columns is a function of the residue, of its place, or of the whole sequence; windows
/// are what the network's convolutions make of them.
public struct ResidueEncoder: Codable, Hashable, Sendable {
  /// A group of columns.
  public enum Group: String, Codable, Hashable, Sendable, CaseIterable {
    /// A column for each amino acid or base, 1 where it stands; ambiguity letters are shared out.
    case oneHot = "one-hot"
    /// The residue's row of BLOSUM62; proteins only.
    case blosum62
    /// Hydropathy, volume, polarity, charge and propensities for helix and strand; proteins only.
    case scales
    /// The share of each amino acid or base in the whole sequence, and the logarithm of its length.
    case composition
    /// A column for each of the 64 words of three bases, 1 for the word whose middle the residue is; none
    /// where a base is missing or ambiguous; nucleotides only.
    case words = "3-mers"
    /// How near the sequence's ends are: e^(−distance / 20) for either end.
    case ends
  }

  /// What the letters are.
  public var kind: ResidueKind
  /// The groups, in the order of their columns.
  public var groups: [Group]

  /// Makes an encoder.
  ///
  /// - Parameter groups: by default one-hot, composition and ends.
  public init(kind: ResidueKind, groups: [Group] = [.oneHot, .composition, .ends]) {
    self.kind = kind
    self.groups = groups
  }

  private var alphabet: Int { kind.isNucleic ? 4 : 20 }

  /// The number of columns of a group.
  public func width(of group: Group) -> Int {
    switch group {
    case .oneHot: alphabet
    case .blosum62: 20
    case .scales: ResidueProperties.scales.count
    case .composition: alphabet + 1
    case .words: 64
    case .ends: 2
    }
  }

  /// The number of columns, D.
  public var width: Int { groups.reduce(0) { $0 + width(of: $1) } }

  /// What is wrong with the groups, as the end of a sentence; `nil` if nothing is.
  public var fault: String? {
    if groups.isEmpty { return "there is none" }
    if Set(groups).count < groups.count { return "one is named twice" }
    if kind.isNucleic, let group = groups.first(where: { $0 == .blosum62 || $0 == .scales }) {
      return "\(group.rawValue) is of proteins, and these are \(kind.rawValue.uppercased())"
    }
    if !kind.isNucleic, groups.contains(.words) {
      return "\(Group.words.rawValue) are of nucleotides, and these are proteins"
    }
    return nil
  }

  /// The rows of a sequence.
  public func rows(of letters: [UInt8]) -> ResidueRows { ResidueRows(letters, self) }

  /// The part of a row that the residue alone decides, for each byte, [256][columns of such groups].
  func residueTable() -> [[Float]] {
    let shares = kind.isNucleic ? ResidueProperties.baseShares : ResidueProperties.shares
    return shares.map { shares in
      groups.flatMap { group -> [Float] in
        let width = width(of: group)
        switch group {
        case .composition, .words, .ends: return []
        case .oneHot, .blosum62, .scales:
          return shares.reduce(into: [Float](repeating: 0, count: width)) { row, entry in
            for column in 0..<width {
              let value: Float =
                switch group {
                case .oneHot: column == entry.acid ? 1 : 0
                // Scores from −4 to 11 come near to the size of the other columns.
                case .blosum62: ResidueProperties.blosum62[entry.acid][column] / 4
                default: ResidueProperties.standardized[entry.acid][column]
                }
              row[column] += entry.share * value
            }
          }
        }
      }
    }
  }
}

/// The rows of one sequence.
public struct ResidueRows: InputRows {
  private let letters: [UInt8]
  private let table: [[Float]]
  private let composition: [Float]
  private let groups: [ResidueEncoder.Group]
  private let widths: [Int]

  /// The number of residues, T.
  public var count: Int { letters.count }
  /// The number of columns, D.
  public let width: Int

  init(_ letters: [UInt8], _ encoder: ResidueEncoder, table: [[Float]]? = nil) {
    self.letters = letters
    self.table = table ?? encoder.residueTable()
    groups = encoder.groups
    widths = groups.map { encoder.width(of: $0) }
    width = encoder.width
    guard groups.contains(.composition) else {
      composition = []
      return
    }
    let shares =
      encoder.kind.isNucleic ? ResidueProperties.baseShares : ResidueProperties.shares
    let size = encoder.width(of: .composition) - 1
    var counts = [Int](repeating: 0, count: 256)
    for letter in letters { counts[Int(letter)] += 1 }
    var sums = [Float](repeating: 0, count: size)
    for (byte, count) in counts.enumerated() where count > 0 {
      for (acid, share) in shares[byte] { sums[acid] += share * Float(count) }
    }
    let total = Float(max(letters.count, 1))
    // Shares are scaled so that an even composition is 0 and twice that is 1.
    composition =
      sums.map { $0 / total * Float(size) - 1 } + [logf(max(total, 1) / 200)]
  }

  /// The number of the word of three bases around a position, from AAA to TTT; `nil` if there is none.
  private func word(around t: Int) -> Int? {
    guard t > 0, t + 1 < letters.count else { return nil }
    var word = 0
    for letter in letters[(t - 1)...(t + 1)] {
      let base = ResidueProperties.baseShares[Int(letter)]
      guard base.count == 1 else { return nil }
      word = word * 4 + base[0].acid
    }
    return word
  }

  /// Writes the rows of some residues.
  public func write(_ range: Range<Int>, to rows: UnsafeMutablePointer<Float>, stride: Int) {
    for (index, t) in range.enumerated() {
      var target = rows + index * stride
      var own = 0
      table[Int(letters[t])].withUnsafeBufferPointer { row in
        for (group, width) in zip(groups, widths) {
          switch group {
          case .oneHot, .blosum62, .scales:
            target.update(from: row.baseAddress! + own, count: width)
            own += width
          case .composition:
            composition.withUnsafeBufferPointer {
              target.update(from: $0.baseAddress!, count: width)
            }
          case .words:
            target.update(repeating: 0, count: width)
            if let word = word(around: t) { target[word] = 1 }
          case .ends:
            target[0] = expf(-Float(t) / 20)
            target[1] = expf(-Float(letters.count - 1 - t) / 20)
          }
          target += width
        }
      }
    }
  }
}
