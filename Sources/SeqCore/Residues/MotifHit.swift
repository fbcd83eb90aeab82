/// One place in a sequence where a motif was found.
public struct MotifHit: Hashable, Sendable {
  /// The motif's number in the list that was searched for.
  public var motif: Int
  /// The first residue, from 0, on the strand as written.
  public var start: Int
  /// The residue after the last.
  public var end: Int
  /// The strand that the motif was found on.
  public var strand: Strand
  /// The log-odds score in bits of a matrix; `nil` for a pattern.
  public var score: Double?
  /// Hits with at least this score to expect by chance, of a profile; else `nil`.
  public var eValue: Double?
  /// Letters that differ from the pattern; 0 unless mismatches are allowed.
  public var mismatches: Int
  /// For a motif found in a translation, the reading frame: 1, 2, 3 or −1, −2, −3; else 0.
  ///
  /// Frame ±f reads the codons that begin at positions p with p mod 3 = f − 1 on the strand as
  /// written, so −f has the codon boundaries of f (as EMBOSS's transeq counts them).
  public var frame: Int

  /// Makes a hit.
  ///
  /// - Precondition: `start < end`.
  public init(
    motif: Int, start: Int, end: Int, strand: Strand, score: Double? = nil,
    eValue: Double? = nil, mismatches: Int = 0, frame: Int = 0
  ) {
    precondition(start < end, "A hit has at least one residue.")
    self.motif = motif
    self.start = start
    self.end = end
    self.strand = strand
    self.score = score
    self.eValue = eValue
    self.mismatches = mismatches
    self.frame = frame
  }
}

/// What hits are named by: a motif's name and what is said about it.
public struct MotifLabel: Hashable, Sendable {
  /// The name, without tabs and line ends.
  public var name: String
  /// What the motif is, in half a line; may be empty.
  public var summary: String

  /// Makes a label.
  public init(name: String, summary: String = "") {
    self.name = name
    self.summary = summary
  }
}
