/// A residue sequence with a label for each residue, one letter each.
public struct LabeledResidues: Hashable, Sendable {
  /// The record's header.
  public var header: ResidueHeader
  /// The residues, case kept, [T].
  public var letters: [UInt8]
  /// The labels, [T]: visible ASCII.
  public var labels: [UInt8]
  /// For labels that were predicted, the probability of each label of the set that the file names,
  /// [T][L]; `nil` if it names none.
  public var probabilities: Matrix?

  /// Makes a labelled sequence.
  ///
  /// - Precondition: as many labels as residues.
  public init(
    header: ResidueHeader, letters: [UInt8], labels: [UInt8], probabilities: Matrix? = nil
  ) {
    precondition(letters.count == labels.count, "Every residue has a label.")
    self.header = header
    self.letters = letters
    self.labels = labels
    self.probabilities = probabilities
  }

  /// The record's name.
  public var name: String { String(decoding: header.name, as: UTF8.self) }
  /// The number of residues, T.
  public var count: Int { letters.count }
}

/// Runs of equal labels.
public struct LabelRun: Hashable, Sendable {
  /// The label.
  public var label: UInt8
  /// Where it stands.
  public var range: Range<Int>

  /// The longest runs of equal labels, in order; they cover everything.
  public static func all(in labels: [UInt8]) -> [LabelRun] {
    var runs: [LabelRun] = []
    var start = 0
    while start < labels.count {
      var end = start + 1
      while end < labels.count, labels[end] == labels[start] { end += 1 }
      runs.append(LabelRun(label: labels[start], range: start..<end))
      start = end
    }
    return runs
  }
}
