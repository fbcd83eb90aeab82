public import SeqCore

/// A family of sequences as a hidden Markov model: for each consensus column a match, an insert and a
/// delete state (Krogh et al. 1994, doi 10.1006/jmbi.1994.1104; Eddy 1998, doi
/// 10.1093/bioinformatics/14.9.755), with the transitions of HMMER's core model: no insert follows a
/// delete, nor a delete an insert.
public struct ProfileModel: Hashable, Sendable {
  /// Probabilities of the steps out of one column's states.
  public struct Transitions: Hashable, Sendable {
    /// From match to the next match, this column's insert, the next delete.
    public var matchToMatch = 1.0, matchToInsert = 0.0, matchToDelete = 0.0
    /// From insert to the next match, and to itself.
    public var insertToMatch = 1.0, insertToInsert = 0.0
    /// From delete to the next match, the next delete.
    public var deleteToMatch = 1.0, deleteToDelete = 0.0

    /// Straight on.
    public init() {}

    /// The seven numbers in HMMER's order.
    public var values: [Double] {
      [
        matchToMatch, matchToInsert, matchToDelete, insertToMatch, insertToInsert, deleteToMatch,
        deleteToDelete,
      ]
    }

    /// Makes transitions from seven numbers in HMMER's order.
    public init(_ values: [Double]) {
      precondition(values.count == 7, "There are seven transitions.")
      (matchToMatch, matchToInsert, matchToDelete) = (values[0], values[1], values[2])
      (insertToMatch, insertToInsert) = (values[3], values[4])
      (deleteToMatch, deleteToDelete) = (values[5], values[6])
    }
  }

  /// What hits are called.
  public var label: MotifLabel
  /// What the letters are.
  public var kind: ResidueKind
  /// [M][K] emission probabilities of match states, in the alphabet's order.
  public var matches: [[Double]]
  /// [M + 1][K] emission probabilities of insert states, that before the first column first.
  public var inserts: [[Double]]
  /// [M + 1] transitions; the first are those out of the beginning.
  public var transitions: [Transitions]
  /// Sequences that it was made of.
  public var sequenceCount = 0
  /// How many sequences they count as.
  public var effectiveCount = 0.0
  /// Scores of random sequences, by which E-values are told.
  public var calibration: ProfileCalibration?

  /// Makes a model of its probabilities.
  public init(
    label: MotifLabel, kind: ResidueKind, matches: [[Double]], inserts: [[Double]],
    transitions: [Transitions]
  ) {
    precondition(
      !matches.isEmpty && inserts.count == matches.count + 1
        && transitions.count == matches.count + 1,
      "A profile has at least one column, and inserts and transitions for each and the beginning.")
    self.label = label
    self.kind = kind
    self.matches = matches
    self.inserts = inserts
    self.transitions = transitions
  }

  /// The number of columns, M.
  public var length: Int { matches.count }

  /// The alphabet of its letters.
  public var alphabet: ProfileAlphabet { ProfileAlphabet(kind) }

  /// The most probable letter of each column; a capital if it has at least half of the probability (0.9
  /// for nucleotides).
  public var consensus: [UInt8] {
    let letters = alphabet.letters
    return matches.map { column in
      let best = column.indices.max { column[$0] < column[$1] }!
      return column[best] >= (kind.isNucleic ? 0.9 : 0.5) ? letters[best] : letters[best] | 0x20
    }
  }

  /// The mean relative entropy of match emissions against the background, in bits a column.
  public var relativeEntropy: Double {
    let background = alphabet.background
    return matches.reduce(0) { $0 + Self.relativeEntropy(of: $1, background) } / Double(length)
  }

  static func relativeEntropy(of column: [Double], _ background: [Double]) -> Double {
    zip(column, background).reduce(0) { sum, pair in
      pair.0 > 0 ? sum + pair.0 * logarithm2(pair.0 / pair.1) : sum
    }
  }
}

/// How scores of random sequences are distributed: what E-values are computed from.
public struct ProfileCalibration: Hashable, Sendable {
  /// Gumbel's distribution of the best score, in bits, of a random sequence.
  public struct Gumbel: Hashable, Sendable {
    /// The location, in bits.
    public var location: Double
    /// The decay a bit.
    public var decay: Double

    /// Makes a distribution.
    public init(location: Double, decay: Double) {
      self.location = location
      self.decay = decay
    }
  }

  /// Of the scores of best paths.
  public var viterbi: Gumbel
  /// Of the scores of all paths.
  public var forward: Gumbel
  /// Residues of a random sequence.
  public var length: Int

  /// Makes a calibration.
  public init(viterbi: Gumbel, forward: Gumbel, length: Int) {
    self.viterbi = viterbi
    self.forward = forward
    self.length = length
  }

  /// Hits with at least this score to expect among random residues.
  public func eValue(_ score: Double, _ measure: ProfileScore, residues: Double) -> Double {
    let gumbel = measure == .viterbi ? viterbi : forward
    return residues / Double(length) * exponential(-gumbel.decay * (score - gumbel.location))
  }

  /// The score that has this E-value.
  public func score(eValue: Double, _ measure: ProfileScore, residues: Double) -> Double {
    let gumbel = measure == .viterbi ? viterbi : forward
    return gumbel.location + logarithm(residues / Double(length) / eValue) / gumbel.decay
  }
}

/// What the score of a hit counts.
public enum ProfileScore: String, CaseIterable, Sendable {
  /// The best path through the profile.
  case viterbi
  /// All paths over the hit's residues, from its first to its last.
  case forward
}
