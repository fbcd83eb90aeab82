public import SeqCore

/// How FASTA is read.
public struct FASTAOptions: Sendable {
  /// What to do with a byte that is no letter of the sequence's kind.
  public enum IllegalLetters: String, Sendable, CaseIterable {
    /// Throw, with record, line and column.
    case error
    /// Put X (protein) or N (nucleotides) in its place, and count it.
    case mask
    /// Leave it out, and count it. Later positions move.
    case skip
  }

  /// What the letters are; `nil` to tell from the first 64 KiB.
  public var kind: ResidueKind?
  /// What to do with illegal letters.
  public var illegal = IllegalLetters.error
  /// Letters after which a window ends, at least; `nil` for whole records, whatever their length.
  public var window: Int? = 256 << 10
  /// Letters that a window shows on either side of its core.
  public var context = 0

  /// Windows of 256 Ki letters, the kind detected, illegal letters an error.
  public init() {}
}

/// What a reader of FASTA saw, changed and passed over.
public struct FASTACounts: Hashable, Sendable {
  /// Records.
  public var records = 0
  /// Letters of their sequences.
  public var residues = 0
  /// Records without a letter.
  public var emptyRecords = 0
  /// Records without a name, which were named `unnamed_N` after their number.
  public var unnamedRecords = 0
  /// Records whose name an earlier record of the source has.
  public var duplicateNames = 0
  /// The first such record.
  public var firstDuplicate: ResidueHeader?
  /// Records that came after as many names as are remembered, so that theirs were not compared.
  public var uncomparedNames = 0
  /// Spaces and tabs inside sequences, passed over.
  public var spaces = 0
  /// Illegal letters that were masked or skipped.
  public var illegalLetters = 0
  /// Lines that begin with a semicolon, passed over.
  public var comments = 0

  /// Nothing yet.
  public init() {}

  /// Adds what was seen of another source.
  public mutating func add(_ other: FASTACounts) {
    records += other.records
    residues += other.residues
    emptyRecords += other.emptyRecords
    unnamedRecords += other.unnamedRecords
    duplicateNames += other.duplicateNames
    firstDuplicate = firstDuplicate ?? other.firstDuplicate
    uncomparedNames += other.uncomparedNames
    spaces += other.spaces
    illegalLetters += other.illegalLetters
    comments += other.comments
  }
}
