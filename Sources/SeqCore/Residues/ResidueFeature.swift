/// Something that stands at a place of a sequence: a hit, a domain, an exon.
public struct ResidueFeature: Hashable, Sendable {
  /// The name of the sequence.
  public var sequence: String
  /// What it is: features of one type share a track.
  public var type: String
  /// The first residue, from 0.
  public var start: Int
  /// The residue after the last.
  public var end: Int
  /// The strand it is on.
  public var strand: Strand
  /// A score, if there is one.
  public var score: Double?
  /// What else is said of it; may be empty.
  public var note: String

  /// Makes a feature.
  ///
  /// - Precondition: `0 <= start < end`.
  public init(
    sequence: String, type: String, start: Int, end: Int, strand: Strand = .none,
    score: Double? = nil, note: String = ""
  ) {
    precondition(0 <= start && start < end, "A feature has at least one residue.")
    self.sequence = sequence
    self.type = type
    self.start = start
    self.end = end
    self.strand = strand
    self.score = score
    self.note = note
  }
}
