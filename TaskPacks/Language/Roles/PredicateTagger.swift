internal import SeqCore
internal import SeqModel

/// Finds the predicates of a sentence and their lemmas: a tagger whose labels are rules.
struct PredicateTagger {
  private let tagger: Tagger
  private let workspace: Workspace
  private let outside: Int

  /// Makes one thread's tagger of predicates.
  init(_ tagger: Tagger, outside: Int) {
    self.tagger = tagger
    workspace = Workspace(tagger)
    self.outside = outside
  }

  /// The predicates of a record with their lemmas, in order.
  func predicates(of record: borrowing Record) throws -> [(position: Int, lemma: String)] {
    let labels = try tagger.tag(record, in: workspace).labels
    let forms = record.strings("form") ?? []
    return labels.enumerated().compactMap { position, label in
      Int(label) == outside
        ? nil
        : (
          position,
          PredicateRules.lemma(form: forms[position], rule: tagger.schema.names[Int(label)])
        )
    }
  }

  /// The lemmas of given predicates: by the best rule at each.
  func lemmas(of positions: [Int], in record: borrowing Record) throws -> [String] {
    if positions.isEmpty { return [] }
    let scores = try tagger.scores(of: record, in: workspace)
    let forms = record.strings("form") ?? []
    return positions.map { position in
      var best = -1
      for label in 0..<tagger.schema.count where label != outside {
        if best < 0 || scores[position, label] > scores[position, best] { best = label }
      }
      return best < 0
        ? forms[position].lowercased()
        : PredicateRules.lemma(form: forms[position], rule: tagger.schema.names[best])
    }
  }
}
