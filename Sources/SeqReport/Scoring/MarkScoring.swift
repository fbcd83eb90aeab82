internal import SeqCore
internal import SeqMetrics

/// Scores marks: spans, which are right if a gold span has exactly their words and their type, and
/// arguments, by the convention of CoNLL-2005.
struct MarkScoring: TrackScoring {
  /// Whether the marks are arguments of predicates.
  let isArguments: Bool
  /// The words of the marks of the training data, joined by spaces; `nil` if unknown.
  let trainingSurfaces: Set<String>?

  // Columns: gold, predicted, correct; items, wholly right; right places whatever the type;
  // overlapping ones; seen gold, seen correct; unseen gold, unseen correct; predicates: gold,
  // predicted, correct; then gold, predicted, correct a type.
  private var firstType: Int { 14 }

  func metrics(labels: Int) -> [Metric] {
    let what = isArguments ? "arguments" : "spans"
    var metrics = [
      Metric.f1(
        "f1", "F1", "Harmonic mean of precision and recall of \(what)", gold: 0, predicted: 1,
        correct: 2, isTested: true),
      .share("precision", "Precision", "Predicted \(what) that are right", right: 2, all: 1),
      .share("recall", "Recall", "Gold \(what) that were found", right: 2, all: 0),
      .macroF1("The mean over types of F1", from: firstType, labels: labels),
      .f1(
        "unlabelled_f1", "Places", "F1 of \(what) whatever their type", gold: 0, predicted: 1,
        correct: 5),
    ]
    if isArguments {
      metrics.append(
        .f1(
          "predicates_f1", "Predicates", "F1 of predicates", gold: 11, predicted: 12, correct: 13))
    } else {
      metrics.append(
        Metric(
          id: "partial_f1", title: "Partial",
          about: "F1 with half a point for overlap, whatever the type (SemEval-2013 task 9.1)",
          columns: [0, 1, 5, 6],
          value: {
            $0[0] + $0[1] == 0 ? nil : 2 * ($0[2] + $0[3] / 2) / ($0[0] + $0[1])
          }))
    }
    if trainingSurfaces != nil {
      metrics += [
        .share(
          "seen_recall", "Seen", "Recall of \(what) whose words the training data marks", right: 8,
          all: 7),
        .share(
          "unseen_recall", "Unseen", "Recall of \(what) whose words it does not mark", right: 10,
          all: 9),
      ]
    }
    metrics.append(
      .share("exact", "Sentences", "Sentences whose \(what) are all right", right: 4, all: 3))
    return metrics
  }

  /// The words of a mark, by which it is known or new.
  static func surface(_ mark: Mark, in item: TestItem) -> String {
    mark.pieces.flatMap { item.tokens[$0.clamped(to: 0..<item.tokens.count)] }
      .joined(separator: " ")
  }

  func units(of gold: [TestItem]) -> [GoldUnit] {
    gold.enumerated().flatMap { index, item in
      item.marks.map {
        GoldUnit(
          item: index,
          positions: $0.pieces[0].lowerBound..<$0.pieces[$0.pieces.count - 1].upperBound,
          label: $0.type)
      }
    }
  }

  /// The predicted mark that goes with each gold one; `nil` if none does. Spans are paired as
  /// `SpanAlignment` has it, so that reports agree with the verb `eval`.
  private func partners(of gold: [Mark], in predicted: [Mark]) -> [Int?] {
    var partners = [Int?](repeating: nil, count: gold.count)
    if isArguments {
      var isUsed = [Bool](repeating: false, count: predicted.count)
      for (index, mark) in gold.enumerated() {
        partners[index] = predicted.firstIndex { $0.hasPlace(of: mark) }
        if let partner = partners[index] { isUsed[partner] = true }
      }
      for (index, mark) in gold.enumerated() where partners[index] == nil {
        partners[index] = predicted.indices.first { !isUsed[$0] && predicted[$0].overlaps(mark) }
        if let partner = partners[index] { isUsed[partner] = true }
      }
      return partners
    }
    func segments(_ marks: [Mark]) -> [Segment] {
      marks.map {
        Segment(
          start: $0.pieces[0].lowerBound, end: $0.pieces[0].upperBound, label: Label($0.type))
      }
    }
    for pair in SpanAlignment(gold: segments(gold), predicted: segments(predicted)).pairs {
      partners[pair.gold] = pair.predicted
    }
    return partners
  }

  func score(gold: [TestItem], predicted: [TestItem], names: NameTable) -> ItemScores {
    let types = names.names.count
    var statistics = ItemStatistics(columns: firstType + 3 * types)
    var answers: [Answer] = []
    var mistakes: [[Int]: Int] = [:]
    var calibration = Calibration()
    var classes = (0..<types).map { ClassCount(label: $0) }
    for (item, other) in zip(gold, predicted) {
      var row = [Double](repeating: 0, count: firstType + 3 * types)
      let right = Set(item.marks)
      row[0] = Double(item.marks.count)
      row[1] = Double(other.marks.count)
      row[3] = 1
      let partners = partners(of: item.marks, in: other.marks)
      let isUsed = Set(partners.compactMap { $0 })
      for (mark, partner) in zip(item.marks, partners) {
        let found = partner.map { other.marks[$0] }
        let isRight = found == mark
        if let found {
          let isExact = found.hasPlace(of: mark)
          row[isExact ? 5 : 6] += 1
          answers.append(isExact ? .label(found.type) : .overlapping(found.type))
        } else {
          answers.append(.nothing)
        }
        if isRight { row[2] += 1 }
        if found?.type != mark.type { mistakes[[mark.type, found?.type ?? -1], default: 0] += 1 }
        row[firstType + 3 * mark.type] += 1
        classes[mark.type].gold += 1
        if isRight {
          row[firstType + 3 * mark.type + 2] += 1
          classes[mark.type].correct += 1
        }
        if let trainingSurfaces {
          let column = trainingSurfaces.contains(Self.surface(mark, in: item)) ? 7 : 9
          row[column] += 1
          if isRight { row[column + 1] += 1 }
        }
      }
      for (index, mark) in other.marks.enumerated() {
        row[firstType + 3 * mark.type + 1] += 1
        classes[mark.type].predicted += 1
        if !isUsed.contains(index) { mistakes[[-1, mark.type], default: 0] += 1 }
        if let confidence = mark.confidence, !confidence.isNaN {
          calibration.add(confidence: confidence, isCorrect: right.contains(mark))
        }
      }
      row[4] = right == Set(other.marks) ? 1 : 0
      row[11] = Double(item.predicates.count)
      row[12] = Double(other.predicates.count)
      row[13] = Double(Set(item.predicates).intersection(other.predicates).count)
      statistics.add(row)
    }
    func name(_ type: Int) -> String { type < 0 ? "–" : names.names[type] }
    let confusions = mistakes.map {
      Report.Confusion(
        gold: name($0.key[0]), predicted: name($0.key[1]), count: Double($0.value))
    }
    return ItemScores(
      statistics: statistics, classes: classes,
      confusions: confusions.sorted {
        ($1.count, $0.gold, $0.predicted) < ($0.count, $1.gold, $1.predicted)
      },
      calibration: calibration.count > 0 ? calibration : nil, answers: answers)
  }
}
