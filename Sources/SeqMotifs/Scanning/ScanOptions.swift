public import SeqCore

/// What counts as a match of a pattern of variable length.
///
/// `A-x(0,2)-A` in `AAA`: **all** gives 0–2, 0–3 and 1–3; **longest** 0–3 and 1–3; **prosite** 0–3.
public enum MatchMeaning: String, Sendable, CaseIterable {
  /// Every pair of a start and an end.
  case all
  /// For each start, the longest.
  case longest
  /// For each start the longest, without those that end no later than one that starts earlier:
  /// PROSITE's rule that no match includes another.
  case prosite
}

/// How motifs are searched for.
public struct ScanOptions: Sendable {
  /// What counts as a match of a pattern of variable length.
  public var meaning = MatchMeaning.prosite
  /// The strands to search, of nucleic acids: plus, minus or both. Proteins have none.
  public var strands: Set<Strand> = [.plus, .minus]
  /// Letters that may differ from a pattern.
  public var mismatches = 0
  /// Whether small letters (soft-masked) match nothing.
  public var skipsSmallLetters = false
  /// The most residues of a match where a pattern sets no limit.
  public var longestMatch = 1 << 16

  /// Both strands, PROSITE's meaning, no mismatches.
  public init() {}
}
