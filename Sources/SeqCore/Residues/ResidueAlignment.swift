/// Sequences written below each other so that related residues share a column.
public struct ResidueAlignment: Hashable, Sendable {
  /// What the family is called, and what is said about it.
  public var label: MotifLabel
  /// What the letters are.
  public var kind: ResidueKind
  /// The names of the sequences.
  public var names: [String]
  /// [sequence][column] letters; `-`, `.` and `~` are gaps. All rows have one length.
  public var rows: [[UInt8]]
  /// Whether a column belongs to the family's consensus, where the file says so.
  public var isConsensus: [Bool]?

  /// Makes an alignment.
  ///
  /// - Precondition: all rows have one length, and there is a name for each.
  public init(
    label: MotifLabel, kind: ResidueKind, names: [String], rows: [[UInt8]],
    isConsensus: [Bool]? = nil
  ) {
    precondition(names.count == rows.count, "Every row has a name.")
    precondition(Set(rows.map(\.count)).count <= 1, "All rows have one length.")
    self.label = label
    self.kind = kind
    self.names = names
    self.rows = rows
    self.isConsensus = isConsensus
  }

  /// The number of columns.
  public var width: Int { rows.first?.count ?? 0 }

  /// Whether a byte is a gap.
  public static func isGap(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~")
  }
}
