internal import SeqCore
internal import SeqMetrics

/// Scores a label a position: words, residues, frames.
struct PositionScoring: TrackScoring {
  /// What the positions are; it decides which metrics come beside accuracy.
  enum Kind: Sendable { case words, residues, frames }

  let kind: Kind
  /// The numbers of labels that stand for "no label": their positions are not scored.
  let unscored: Set<Int>
  /// The numbers of labels whose segments do not count (frames).
  let background: Set<Int>
  /// The words of the training data, in lower and upper case as they stand there; `nil` if unknown.
  let trainingWords: Set<String>?

  static let overlaps = [0.1, 0.25, 0.5]

  // Columns: positions, right; items, wholly right; positions of words that training has, right; of
  // those that it has not, right; then what the kind adds; then gold, predicted, correct a label.
  private var firstExtra: Int { 8 }
  private var firstLabel: Int {
    switch kind {
    case .words: firstExtra
    case .residues: firstExtra + 4
    case .frames: firstExtra + 1 + 3 * Self.overlaps.count
    }
  }

  func metrics(labels: Int) -> [Metric] {
    let macro = Metric.macroF1(
      "The mean over labels of the harmonic mean of precision and recall", from: firstLabel,
      labels: labels)
    switch kind {
    case .words:
      var metrics = [
        Metric.share(
          "accuracy", "Accuracy", "Words whose label is right", right: 1, all: 0, isTested: true)
      ]
      if trainingWords != nil {
        metrics += [
          .share(
            "known_accuracy", "Known words", "The same, of words that the training data holds",
            right: 5, all: 4),
          .share(
            "unknown_accuracy", "Unknown words",
            "The same, of words that the training data does not hold", right: 7, all: 6),
        ]
      }
      return metrics + [
        .share("exact", "Sentences", "Sentences whose labels are all right", right: 3, all: 2),
        macro,
      ]
    case .residues:
      return [
        .share(
          "accuracy", "Q\(labels - unscored.count)", "Residues whose label is right", right: 1,
          all: 0, isTested: true),
        matthewsCorrelation(labels: labels),
        overlapShare(
          "sov", "SOV'99", "Overlap of segments (Zemla et al. 1999)", firstExtra),
        overlapShare(
          "sov_refine", "SOV_refine", "Overlap of segments (Liu and Wang 2018)", firstExtra + 2),
        macro,
      ]
    case .frames:
      let edit = firstExtra
      return [
        .share(
          "accuracy", "Frames", "Frames whose label is right", right: 1, all: 0, isTested: true),
        Metric(
          id: "edit", title: "Edit",
          about: "1 − edit distance of the orders of segments, mean over items",
          columns: [edit, 2], value: { $0[1] == 0 ? nil : $0[0] / $0[1] }),
      ]
        + Self.overlaps.enumerated().map { index, overlap in
          let percent = Int(overlap * 100)
          return .f1(
            "f1_\(percent)", "F1@\(percent)",
            "Segments found with an overlap of at least \(percent) %", gold: edit + 1 + 3 * index,
            predicted: edit + 2 + 3 * index, correct: edit + 3 + 3 * index, isTested: percent == 50)
        } + [macro]
    }
  }

  private func overlapShare(_ id: String, _ title: String, _ about: String, _ first: Int) -> Metric
  {
    Metric(
      id: id, title: title, about: about, columns: [first, first + 1],
      value: { $0[1] == 0 ? nil : $0[0] / $0[1] })
  }

  /// Matthews' correlation for several classes, R_K (Gorodkin 2004,
  /// doi:10.1016/j.compbiolchem.2004.09.006), from the labels' counts.
  private func matthewsCorrelation(labels: Int) -> Metric {
    Metric(
      id: "mcc", title: "MCC", about: "Matthews' correlation over all labels (Gorodkin 2004)",
      isShare: false, columns: [0] + Array(firstLabel..<(firstLabel + 3 * labels)),
      value: { sums in
        let all = sums[0]
        var (right, both, gold, predicted) = (0.0, 0.0, 0.0, 0.0)
        for label in stride(from: 1, to: sums.count, by: 3) {
          right += sums[label + 2]
          both += sums[label] * sums[label + 1]
          gold += sums[label] * sums[label]
          predicted += sums[label + 1] * sums[label + 1]
        }
        let denominator = ((all * all - gold) * (all * all - predicted)).squareRoot()
        return denominator > 0 ? (right * all - both) / denominator : nil
      })
  }

  func units(of gold: [TestItem]) -> [GoldUnit] {
    var units: [GoldUnit] = []
    for (index, item) in gold.enumerated() {
      for (position, label) in item.labels.enumerated() where !unscored.contains(label) {
        units.append(GoldUnit(item: index, positions: position..<(position + 1), label: label))
      }
    }
    return units
  }

  func score(gold: [TestItem], predicted: [TestItem], names: NameTable) -> ItemScores {
    let labels = names.names.count
    var statistics = ItemStatistics(columns: firstLabel + 3 * labels)
    var confusion = ConfusionMatrix(labelCount: labels)
    var calibration = Calibration()
    var answers: [Answer] = []
    for (item, other) in zip(gold, predicted) {
      var row = [Double](repeating: 0, count: firstLabel + 3 * labels)
      for (position, label) in item.labels.enumerated() where !unscored.contains(label) {
        let answer = other.labels[position]
        let isRight = answer == label
        confusion.add(gold: Label(label), predicted: Label(answer))
        answers.append(.label(answer))
        row[0] += 1
        if isRight { row[1] += 1 }
        if let trainingWords, position < item.tokens.count {
          let column = trainingWords.contains(item.tokens[position]) ? 4 : 6
          row[column] += 1
          if isRight { row[column + 1] += 1 }
        }
        row[firstLabel + 3 * label] += 1
        row[firstLabel + 3 * answer + 1] += 1
        if isRight { row[firstLabel + 3 * label + 2] += 1 }
        if let confidence = other.confidences?[position], !confidence.isNaN {
          calibration.add(confidence: confidence, isCorrect: isRight)
        }
      }
      if row[0] > 0 {
        row[2] = 1
        row[3] = row[1] == row[0] ? 1 : 0
        addExtras(item, other, to: &row)
      }
      statistics.add(row)
    }
    let counts = zip(confusion.goldCounts, confusion.predictedCounts)
    return ItemScores(
      statistics: statistics,
      classes: counts.enumerated().map { label, counts in
        ClassCount(
          label: label, gold: counts.0, predicted: counts.1,
          correct: confusion[gold: Label(label), predicted: Label(label)])
      },
      confusions: confusion.confusions.map {
        Report.Confusion(
          gold: names.names[Int($0.gold)], predicted: names.names[Int($0.predicted)],
          count: Double($0.count))
      },
      calibration: calibration.count > 0 ? calibration : nil, answers: answers)
  }

  private func addExtras(_ gold: TestItem, _ predicted: TestItem, to row: inout [Double]) {
    switch kind {
    case .words: return
    case .residues:
      // Segments are those of the residues that have a label.
      let scored = gold.labels.indices.filter { !unscored.contains(gold.labels[$0]) }
      let overlap = SegmentOverlap(
        reference: scored.map { UInt8(truncatingIfNeeded: gold.labels[$0]) },
        predicted: scored.map { UInt8(truncatingIfNeeded: predicted.labels[$0]) })
      for (column, scores) in [(firstExtra, overlap.sov99), (firstExtra + 2, overlap.refined)] {
        for score in scores.sorted(by: { $0.key < $1.key }).map(\.value) {
          row[column] += score.sum
          row[column + 1] += Double(score.weight)
        }
      }
    case .frames:
      var score = SegmentalScore(
        .mstcn, background: Set(background.map { Label($0) }), overlaps: Self.overlaps)
      score.add(gold: gold.labels.map { Label($0) }, predicted: predicted.labels.map { Label($0) })
      row[firstExtra] = score.edit
      for index in Self.overlaps.indices {
        let counts = score.agreement(at: index)
        row[firstExtra + 1 + 3 * index] = Double(counts.gold)
        row[firstExtra + 2 + 3 * index] = Double(counts.predicted)
        row[firstExtra + 3 + 3 * index] = Double(counts.correct)
      }
    }
  }
}
