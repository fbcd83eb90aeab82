internal import SeqCore
internal import SeqFeatures
internal import SeqInference
internal import SeqNeural

/// What a network is to tell at each residue: its label, or, under a grammar whose labels have several
/// classes, the class of the state that the grammar's path gives it.
struct ClassTargets {
  /// The labels and the classes.
  let labels: [UInt8]
  let classNames: [String]
  /// What the grammar's paths were like.
  var statistics: GrammarStatistics?
  /// Records that the grammar has no path for.
  private(set) var illegal = 0
  /// How often each class is the target.
  private(set) var counts: [Int]
  /// A hash of each record.
  private(set) var fingerprint: [UInt64] = []

  private let grammar: LabelGrammar?
  private let graph: StateGraph?
  private let origin: [Int]
  private let unassessed: Set<UInt8>
  private let merged: [UInt8: UInt8]
  private let classOfLabel: [Int?]

  /// Finds the labels.
  ///
  /// - Throws: `ResidueModelError.labelNotInGrammar`.
  init(
    _ grammar: LabelGrammar?, unassessed: Set<UInt8>, merged: [UInt8: UInt8],
    _ records: [LabeledResidues]
  ) throws {
    self.grammar = grammar
    self.unassessed = unassessed
    self.merged = merged
    var found = [Bool](repeating: false, count: 256)
    for record in records {
      for label in record.labels where !unassessed.contains(label) {
        let label = merged[label] ?? label
        if let grammar, !found[Int(label)], !grammar.labels.contains(label) {
          throw ResidueModelError.labelNotInGrammar(
            String(Unicode.Scalar(label)), grammar: grammar.name,
            known: String(decoding: grammar.labels, as: UTF8.self), record: record.name)
        }
        found[Int(label)] = true
      }
    }
    labels = grammar?.labels ?? (0..<256).filter { found[$0] }.map { UInt8($0) }
    classNames = grammar?.classes ?? labels.map { String(Unicode.Scalar($0)) }
    counts = Array(repeating: 0, count: classNames.count)
    var classes = [Int?](repeating: nil, count: 256)
    for (index, label) in labels.enumerated() {
      classes[Int(label)] =
        grammar == nil
        ? index : grammar!.classesAreLabels ? grammar!.classNumber(ofLabel: label) : nil
    }
    classOfLabel = classes
    statistics = grammar.map { GrammarStatistics($0) }
    if let grammar {
      let built = grammar.graph(nil)
      graph = built.graph.byLabel()
      origin = built.origin
    } else {
      graph = nil
      origin = []
    }
  }

  /// The class of each residue, `NetworkExample.unassessed` where none is known; `nil` if the grammar
  /// has no path for the record and its labels do not tell the classes.
  ///
  /// - Parameter learns: whether the record is learnt from, and so counted.
  mutating func classes(of record: LabeledResidues, learns: Bool = true) -> [Label]? {
    let assessed = record.labels.map { !unassessed.contains($0) }
    var path: [Int]?
    if let grammar, let graph {
      path = try? self.path(of: record, assessed, graph)
      if let path {
        if learns { statistics!.add(path, assessed: assessed, grammar: grammar) }
      } else {
        if learns { illegal += 1 }
        if !grammar.classesAreLabels { return nil }
      }
    }
    let result = record.labels.indices.map { t -> Label in
      guard assessed[t] else { return NetworkExample.unassessed }
      let label = merged[record.labels[t]] ?? record.labels[t]
      if let number = classOfLabel[Int(label)] { return Label(number) }
      return path.map { Label(grammar!.states[$0[t]].classNumber) } ?? NetworkExample.unassessed
    }
    guard learns else { return result }
    var hash = FeatureHash.hash(record.letters)
    hash = FeatureHash.join(hash, FeatureHash.hash(record.labels))
    fingerprint.append(hash)
    return result
  }

  private func path(
    of record: LabeledResidues, _ assessed: [Bool], _ graph: StateGraph
  ) throws -> [Int] {
    let emissions = Emissions(labelCount: labels.count)
    emissions.reset(count: record.count)
    for t in 0..<record.count where assessed[t] {
      let label = merged[record.labels[t]] ?? record.labels[t]
      guard let index = labels.firstIndex(of: label) else { continue }
      emissions.lock(t, to: Label(index))
    }
    return try graph.bestPath(emissions, letters: record.letters).states.map { origin[$0] }
  }

  /// Counts the classes of all examples.
  mutating func countShares(_ examples: [NetworkExample]) {
    for example in examples {
      for label in example.gold where label != NetworkExample.unassessed { counts[Int(label)] += 1 }
    }
    let total = Double(max(counts.reduce(0, +), 1))
    statistics?.classShares = counts.map { Double($0) / total }
  }
}
