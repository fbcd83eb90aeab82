internal import SeqMetrics

/// A score of a task, as a function of sums of counts over the items of a test set.
struct Metric: Sendable {
  /// What gates and files call it: `accuracy`.
  var id: String
  /// What people call it: `Accuracy`.
  var title: String
  /// What it is, in a sentence without its full stop.
  var about: String
  /// Whether it is shown as per cent; a coefficient is shown as it is.
  var isShare = true
  /// Whether systems are tested against each other by it; the first metric of a task always is.
  var isTested = false
  /// The columns of the statistics that it needs.
  var columns: [Int]
  /// Its value from the sums of these columns; `nil` where it is undefined.
  var value: SummedMetric
  /// The columns that hold how many are right, and of how many, if it is such a share.
  var counts: (right: Int, all: Int)?

  /// right / all.
  static func share(
    _ id: String, _ title: String, _ about: String, right: Int, all: Int, isTested: Bool = false
  ) -> Metric {
    Metric(
      id: id, title: title, about: about, isTested: isTested, columns: [right, all],
      value: { $0[1] == 0 ? nil : $0[0] / $0[1] }, counts: (right, all))
  }

  /// 2 · correct / (gold + predicted): the harmonic mean of precision and recall.
  static func f1(
    _ id: String, _ title: String, _ about: String, gold: Int, predicted: Int, correct: Int,
    isTested: Bool = false
  ) -> Metric {
    Metric(
      id: id, title: title, about: about, isTested: isTested, columns: [gold, predicted, correct],
      value: { $0[0] + $0[1] == 0 ? nil : 2 * $0[2] / ($0[0] + $0[1]) })
  }

  /// The mean F1 of labels whose gold, predicted and correct counts follow each other.
  static func macroF1(_ about: String, from first: Int, labels: Int) -> Metric {
    Metric(
      id: "macro_f1", title: "Macro F1", about: about,
      columns: Array(first..<(first + 3 * labels)),
      value: { sums in
        var (sum, count) = (0.0, 0.0)
        for label in stride(from: 0, to: sums.count, by: 3)
        where sums[label] + sums[label + 1] > 0 {
          sum += 2 * sums[label + 2] / (sums[label] + sums[label + 1])
          count += 1
        }
        return count == 0 ? nil : sum / count
      })
  }
}

/// What scoring finds of one system on one track, from one run.
struct ItemScores: Sendable {
  /// Counts of each item.
  var statistics: ItemStatistics
  /// How often each label was there, predicted and right.
  var classes: [ClassCount]
  /// Mistakes by kind, the most frequent first.
  var confusions: [Report.Confusion]
  /// How far confidences agree with what is right; `nil` without confidences.
  var calibration: Calibration?
  /// For each unit of the gold standard (a position with a label, a mark) what was answered.
  var answers: [Answer]
}

/// What a system says where the gold standard has something.
enum Answer: Hashable, Sendable {
  /// A label, or a mark of this type at exactly the place.
  case label(Int)
  /// A mark of this type that overlaps the place.
  case overlapping(Int)
  /// Nothing.
  case nothing
}

/// How often a label was there, predicted and right.
struct ClassCount: Hashable, Sendable {
  var label: Int
  var gold = 0
  var predicted = 0
  var correct = 0
}

/// A place of the gold standard where systems can be right or wrong.
struct GoldUnit: Sendable {
  /// The index of its item.
  var item: Int
  /// Its positions.
  var positions: Range<Int>
  /// Its label or type.
  var label: Int
}

/// A task's way of scoring one track: the gold standard and what is known of training.
protocol TrackScoring: Sendable {
  /// The task's metrics for so many labels; the chief one first.
  func metrics(labels: Int) -> [Metric]
  /// The places that can be right or wrong, in order.
  func units(of gold: [TestItem]) -> [GoldUnit]
  /// The counts of one run's predictions.
  func score(gold: [TestItem], predicted: [TestItem], names: NameTable) -> ItemScores
}
