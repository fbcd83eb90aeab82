extension LayerEvaluation {
  /// The counts of all labels but one, which says that there is nothing to say: their precision,
  /// recall and F1 are micro-averages.
  public func pooled(without outside: String) -> LabelCount {
    let counted = labels.filter { $0.label != outside }
    return LabelCount(
      label: name, support: counted.reduce(0) { $0 + $1.support },
      predicted: counted.reduce(0) { $0 + $1.predicted },
      correct: counted.reduce(0) { $0 + $1.correct })
  }

  /// The counts of "any label but this one": a position is found if both labels are others, whichever.
  public func detection(outside: String) -> LabelCount {
    var result = pooled(without: outside)
    // A mistake between two such labels is none here.
    result.correct += confusions.reduce(0) {
      $0 + ($1.gold != outside && $1.predicted != outside ? $1.count : 0)
    }
    return result
  }
}
