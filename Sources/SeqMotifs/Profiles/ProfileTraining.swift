public import SeqCore

/// Makes a profile of an alignment.
public struct ProfileTraining: Sendable {
  /// How sequences count.
  public enum Weighting: String, CaseIterable, Sendable {
    /// Those with many relatives count less, by position (Henikoff & Henikoff 1994, doi
    /// 10.1016/0022-2836(94)90032-9).
    case henikoff
    /// Alike.
    case none
  }

  /// The part of sequences (by weight) that have a residue in a consensus column, at least, where the
  /// file does not say which columns are.
  public var consensusFraction = 0.5
  /// Whether the file's own consensus columns are taken, if it has them.
  public var usesReference = true
  /// How sequences count.
  public var weighting = Weighting.henikoff
  /// The mean relative entropy of a column, in bits, that the number of sequences is scaled down to, so
  /// that far relatives are found (Karplus, Barrett & Hughey 1998, doi
  /// 10.1093/bioinformatics/14.10.846); `nil` for the sequences as they are.
  public var relativeEntropy: Double? = 0.59
  /// Where pseudocounts come from.
  public var prior = ProfilePrior.Kind.dirichlet
  /// The weight of background pseudocounts.
  public var priorWeight = 0.8

  /// The usual choices.
  public init() {}

  /// Makes a profile, not calibrated yet.
  ///
  /// - Throws: `MotifError.alignment` if it has no sequence or no consensus column.
  public func profile(of alignment: ResidueAlignment) throws -> ProfileModel {
    func refuse(_ problem: String) -> MotifError {
      .alignment(name: alignment.label.name, problem: problem)
    }
    guard !alignment.rows.isEmpty, alignment.width > 0 else {
      throw refuse("there is no residue in it")
    }
    let alphabet = ProfileAlphabet(alignment.kind)
    let codes = alphabet.codes()
    let isFragment = alignment.rows.map { row in
      let first = row.firstIndex { !ResidueAlignment.isGap($0) } ?? 0
      let last = row.lastIndex { !ResidueAlignment.isGap($0) } ?? 0
      return (last - first + 1) * 2 < alignment.width
    }
    let weights = weights(of: alignment.rows, codes)
    let columns = consensusColumns(alignment, weights, isFragment)
    guard columns.contains(true) else {
      throw refuse(
        "no column has residues in \(consensusFraction) of the sequences; a lower "
          + "--match-columns takes more")
    }
    var counts = ProfileCounts(columns: columns.count { $0 }, letters: alphabet.count)
    for (index, row) in alignment.rows.enumerated() {
      counts.add(
        path(of: row, columns, isFragment: isFragment[index]), row, codes, alphabet,
        weight: weights[index])
    }
    let prior = ProfilePrior(prior, alphabet: alphabet, weight: priorWeight)
    let scale = effectiveShare(counts, prior, alphabet)
    var model = counts.model(prior, scale: scale, alignment.label, alignment.kind)
    model.sequenceCount = alignment.rows.count
    model.effectiveCount = scale * Double(alignment.rows.count)
    return model
  }

  // MARK: Weights

  /// Henikoff's weights, scaled to sum to the number of sequences.
  private func weights(of rows: [[UInt8]], _ codes: [UInt8]) -> [Double] {
    guard weighting == .henikoff else { return [Double](repeating: 1, count: rows.count) }
    var weights = [Double](repeating: 0, count: rows.count)
    for column in 0..<rows[0].count {
      var counts = [Int](repeating: 0, count: ProfileAlphabet.codeCount)
      for row in rows { counts[Int(codes[Int(row[column])])] += 1 }
      let none = Int(ProfileAlphabet.noCode)
      let kinds = counts.indices.count { $0 != none && counts[$0] > 0 }
      guard kinds > 0 else { continue }
      for (index, row) in rows.enumerated() {
        let code = Int(codes[Int(row[column])])
        if code != none { weights[index] += 1 / Double(kinds * counts[code]) }
      }
    }
    // A long sequence has more columns, which is no merit: its weight is a mean over them.
    for (index, row) in rows.enumerated() {
      let residues = row.count { codes[Int($0)] != ProfileAlphabet.noCode }
      if residues > 0 { weights[index] /= Double(residues) }
    }
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return [Double](repeating: 1, count: rows.count) }
    return weights.map { $0 / sum * Double(rows.count) }
  }

  private func consensusColumns(
    _ alignment: ResidueAlignment, _ weights: [Double], _ isFragment: [Bool]
  ) -> [Bool] {
    if usesReference, let isConsensus = alignment.isConsensus { return isConsensus }
    return (0..<alignment.width).map { column in
      var (residues, all) = (0.0, 0.0)
      for (index, row) in alignment.rows.enumerated() {
        let isGap = ResidueAlignment.isGap(row[column])
        if isGap, isFragment[index] { continue }
        all += weights[index]
        if !isGap { residues += weights[index] }
      }
      return all > 0 && residues / all >= consensusFraction
    }
  }

  // MARK: Paths

  /// The states that a row passes through, each with the column of its letter. Gaps before and after
  /// the letters of a fragment are not deletions: the path begins and ends inside.
  package func path(of row: [UInt8], _ columns: [Bool], isFragment: Bool) -> [ProfileStep] {
    var steps: [ProfileStep] = []
    var node = 0
    for (column, byte) in row.enumerated() {
      let isGap = ResidueAlignment.isGap(byte)
      if columns[column] {
        node += 1
        steps.append(ProfileStep(state: isGap ? .delete : .match, node: node, column: column))
      } else if !isGap {
        steps.append(ProfileStep(state: .insert, node: node, column: column))
      }
    }
    if isFragment {
      let isLetter = { (step: ProfileStep) in step.state != .delete }
      guard let first = steps.firstIndex(where: isLetter),
        let last = steps.lastIndex(where: isLetter)
      else { return [] }
      steps = Array(steps[first...last])
    }
    // There is no step between an insert and a delete: the letter next to the gap is moved into it.
    var index = 1
    while index < steps.count {
      let (before, here) = (steps[index - 1], steps[index])
      if before.state == .delete, here.state == .insert {
        steps[index - 1] = ProfileStep(state: .match, node: before.node, column: here.column)
        steps.remove(at: index)
        index = max(1, index - 1)
      } else if before.state == .insert, here.state == .delete {
        steps[index] = ProfileStep(state: .match, node: here.node, column: before.column)
        steps.remove(at: index - 1)
        index = max(1, index - 1)
      } else {
        index += 1
      }
    }
    return steps
  }

  // MARK: Effective number

  /// The part of the counts that makes the mean relative entropy what is wanted.
  private func effectiveShare(
    _ counts: ProfileCounts, _ prior: ProfilePrior, _ alphabet: ProfileAlphabet
  ) -> Double {
    guard let relativeEntropy else { return 1 }
    let background = alphabet.background
    let columns = Double(counts.emissions.count)
    // A short profile needs more information a column to be found at all: 45 bits in the whole, as in
    // HMMER 3.
    let least = (45 + logarithm2(columns * (columns + 1) / 2)) / columns
    let wanted = max(relativeEntropy, least)
    func entropy(_ scale: Double) -> Double {
      counts.emissions.reduce(0) { sum, column in
        sum
          + ProfileModel.relativeEntropy(
            of: prior.emission(column.map { $0 * scale }), background)
      } / columns
    }
    if entropy(1) <= wanted { return 1 }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<30 {
      let middle = (low + high) / 2
      if entropy(middle) < wanted { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// One state of a path, and the alignment column of its letter.
package struct ProfileStep: Hashable {
  package enum State { case match, insert, delete }
  package var state: State
  /// The consensus column, from 1; an insert's is the column before it, 0 before the first.
  package var node: Int
  package var column: Int

  package init(state: State, node: Int, column: Int) {
    self.state = state
    self.node = node
    self.column = column
  }
}

/// How often letters and steps were seen.
struct ProfileCounts {
  /// [M][K]
  var emissions: [[Double]]
  /// [M + 1][7]
  var steps: [[Double]]

  init(columns: Int, letters: Int) {
    emissions = Array(repeating: Array(repeating: 0, count: letters), count: columns)
    steps = Array(repeating: Array(repeating: 0, count: 7), count: columns + 1)
  }

  mutating func add(
    _ path: [ProfileStep], _ row: [UInt8], _ codes: [UInt8], _ alphabet: ProfileAlphabet,
    weight: Double
  ) {
    let background = alphabet.background
    for step in path where step.state == .match {
      // An ambiguous letter is shared among those that it may be.
      let residues = alphabet.residues(ofCode: Int(codes[Int(row[step.column])]))
      let sum = residues.reduce(0) { $0 + background[$1] }
      for residue in residues {
        emissions[step.node - 1][residue] += weight * background[residue] / sum
      }
    }
    // From the beginning, if the path begins there.
    if let first = path.first, first.node == (first.state == .insert ? 0 : 1) {
      steps[0][first.state == .match ? 0 : first.state == .insert ? 1 : 2] += weight
    }
    for (here, next) in zip(path, path.dropFirst()) {
      switch (here.state, next.state) {
      case (.match, .match): steps[here.node][0] += weight
      case (.match, .insert): steps[here.node][1] += weight
      case (.match, .delete): steps[here.node][2] += weight
      case (.insert, .match): steps[here.node][3] += weight
      case (.insert, .insert): steps[here.node][4] += weight
      case (.delete, .match): steps[here.node][5] += weight
      case (.delete, .delete): steps[here.node][6] += weight
      case (.insert, .delete), (.delete, .insert): break
      }
    }
  }

  func model(
    _ prior: ProfilePrior, scale: Double, _ label: MotifLabel, _ kind: ResidueKind
  ) -> ProfileModel {
    let background = ProfileAlphabet(kind).background
    let transitions = steps.enumerated().map { node, counts in
      let counts = counts.map { $0 * scale }
      var values = ProfilePrior.steps(Array(counts[0..<3]), prior.matchSteps)
      values += ProfilePrior.steps(Array(counts[3..<5]), prior.insertSteps)
      values += ProfilePrior.steps(Array(counts[5..<7]), prior.deleteSteps)
      // There is no delete behind the last column, and none before the first to go on from.
      if node == steps.count - 1 {
        let sum = values[0] + values[1]
        (values[0], values[1], values[2]) = (values[0] / sum, values[1] / sum, 0)
      }
      if node == 0 || node == steps.count - 1 { (values[5], values[6]) = (1, 0) }
      return ProfileModel.Transitions(values)
    }
    return ProfileModel(
      label: label, kind: kind,
      matches: emissions.map { column in prior.emission(column.map { $0 * scale }) },
      inserts: Array(repeating: background, count: steps.count), transitions: transitions)
  }
}
