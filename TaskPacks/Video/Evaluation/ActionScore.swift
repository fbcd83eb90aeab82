public import SeqCore
internal import SeqInference
public import SeqMetrics

/// The scores of predicted actions under every convention, with background and without.
public struct ActionScore: Sendable, Encodable {
  /// The scores under one convention.
  public struct Table: Sendable, Encodable {
    /// Whose way of counting.
    public var convention: String
    /// Whether segments of background were dropped before matching.
    public var dropsBackground: Bool
    /// Whether accuracy, edit and F1 are means over recordings or of all together.
    public var averaging: String
    /// Frame accuracy, from 0 to 1.
    public var accuracy: Double
    /// The segmental edit score, from 0 to 1.
    public var edit: Double
    /// F1 at overlaps of 10, 25 and 50 %.
    public var f1: [String: Double]
    /// Predicted less gold segments.
    public var surplus: Int
  }

  /// One label's frames and segments.
  public struct ByLabel: Sendable, Encodable {
    /// The label.
    public var label: String
    /// Frames that have it in gold.
    public var gold = 0
    /// Frames that have it in the prediction.
    public var predicted = 0
    /// Frames that have it in both.
    public var correct = 0
    /// The precision of frames; `nil` where undefined.
    public var precision: Double? { predicted == 0 ? nil : Double(correct) / Double(predicted) }
    /// The recall of frames; `nil` where undefined.
    public var recall: Double? { gold == 0 ? nil : Double(correct) / Double(gold) }
    /// The F1 of frames; `nil` where undefined.
    public var f1: Double? {
      gold + predicted == 0 ? nil : 2 * Double(correct) / Double(gold + predicted)
    }
    /// Segments in gold.
    public var goldSegments = 0
    /// Segments in the prediction.
    public var predictedSegments = 0

    private enum Key: String, CodingKey {
      case label, gold, predicted, correct, precision, recall, f1, goldSegments, predictedSegments
    }

    /// Encodes the counts and what follows from them.
    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: Key.self)
      try values.encode(label, forKey: .label)
      try values.encode(gold, forKey: .gold)
      try values.encode(predicted, forKey: .predicted)
      try values.encode(correct, forKey: .correct)
      try values.encode(precision, forKey: .precision)
      try values.encode(recall, forKey: .recall)
      try values.encode(f1, forKey: .f1)
      try values.encode(goldSegments, forKey: .goldSegments)
      try values.encode(predictedSegments, forKey: .predictedSegments)
    }
  }

  /// How far boundaries of segments that agree at half their union are off.
  public struct Boundaries: Sendable, Encodable {
    /// The pairs of segments.
    public var pairs = 0
    /// The mean distance of starts and ends, in frames; 0 without pairs.
    public var meanError = 0.0
    /// The mean of predicted less gold, starts and ends: above 0 is late.
    public var meanShift = 0.0
  }

  /// How gold segments are torn and run together. A segment counts if another of its label overlaps it.
  public struct Segmentation: Sendable, Encodable {
    /// Gold segments with two or more predicted segments of their label in them.
    public var split = 0
    /// Predicted segments over two or more gold segments of their label.
    public var merged = 0
    /// Gold segments that no predicted segment of their label touches.
    public var missed = 0
    /// Predicted segments that touch no gold segment of their label.
    public var invented = 0
  }

  /// The number of recordings.
  public private(set) var recordings = 0
  /// The number of frames.
  public private(set) var frames = 0
  /// Frame accuracy over gold frames that are not background; `nil` without any.
  public private(set) var accuracyWithoutBackground: Double?
  /// The labels that are background.
  public let background: [String]
  /// The scores under each convention.
  public private(set) var tables: [Table] = []
  /// The scores of each label.
  public private(set) var labels: [ByLabel]
  /// Boundary errors, background left out.
  public private(set) var boundaries = Boundaries()
  /// Torn and merged segments, background left out.
  public private(set) var segmentation = Segmentation()

  /// Scores recordings.
  ///
  /// - Parameters:
  ///   - pairs: gold and predicted labels of each recording, equally many.
  ///   - labels: the labels' names.
  ///   - background: the numbers of those that are background.
  ///   - breaks: ``Recording/breaks`` of each recording; empty for none at all.
  public init(
    _ pairs: [(gold: [Label], predicted: [Label])], labels names: [String],
    background: Set<Label>, breaks: [[Int]] = []
  ) {
    precondition(breaks.isEmpty || breaks.count == pairs.count, "Breaks are those of recordings.")
    let breaks = breaks.isEmpty ? pairs.map { _ in [] } : breaks
    self.background = background.sorted().map { names[Int($0)] }
    labels = names.map { ByLabel(label: $0) }
    recordings = pairs.count
    frames = pairs.reduce(0) { $0 + $1.gold.count }
    let handlings = background.isEmpty ? [[]] : [[], background]
    for convention in SegmentalScore.Convention.allCases {
      for dropped in handlings {
        var score = SegmentalScore(convention, background: dropped)
        for (pair, breaks) in zip(pairs, breaks) {
          score.add(gold: pair.gold, predicted: pair.predicted, breaks: breaks)
        }
        tables.append(
          Table(
            convention: convention.rawValue, dropsBackground: !dropped.isEmpty,
            averaging: convention == .lea
              ? "means over recordings"
              : "accuracy and F1 from the counts of all recordings, edit a mean over them",
            accuracy: score.accuracy, edit: score.edit,
            f1: Dictionary(
              uniqueKeysWithValues: score.overlaps.indices.map {
                ("\(Int((score.overlaps[$0] * 100).rounded()))", score.f1(at: $0))
              }),
            surplus: score.surplus))
      }
    }
    var foreground = Tally()
    var (error, shift) = (0, 0)
    for (pair, breaks) in zip(pairs, breaks) {
      for (gold, predicted) in zip(pair.gold, pair.predicted) {
        labels[Int(gold)].gold += 1
        labels[Int(predicted)].predicted += 1
        if gold == predicted { labels[Int(gold)].correct += 1 }
        if !background.contains(gold) {
          foreground.count += 1
          foreground.correct += gold == predicted ? 1 : 0
        }
      }
      let gold = runs(of: pair.gold, breaks: breaks)
      let predicted = runs(of: pair.predicted, breaks: breaks)
      for segment in gold { labels[Int(segment.label)].goldSegments += 1 }
      for segment in predicted { labels[Int(segment.label)].predictedSegments += 1 }
      compare(
        gold.filter { !background.contains($0.label) },
        predicted.filter { !background.contains($0.label) }, &error, &shift)
    }
    accuracyWithoutBackground = background.isEmpty ? nil : foreground.accuracy
    if boundaries.pairs > 0 {
      boundaries.meanError = Double(error) / Double(2 * boundaries.pairs)
      boundaries.meanShift = Double(shift) / Double(2 * boundaries.pairs)
    }
  }

  private mutating func compare(
    _ gold: [Segment], _ predicted: [Segment], _ error: inout Int, _ shift: inout Int
  ) {
    var touched = [Int](repeating: 0, count: gold.count)
    for segment in predicted {
      var own = 0
      for (index, other) in gold.enumerated() where other.label == segment.label {
        let common = min(segment.end, other.end) - max(segment.start, other.start)
        guard common > 0 else { continue }
        own += 1
        touched[index] += 1
        let union = max(segment.end, other.end) - min(segment.start, other.start)
        if 2 * common >= union {
          boundaries.pairs += 1
          error += abs(segment.start - other.start) + abs(segment.end - other.end)
          shift += segment.start - other.start + segment.end - other.end
        }
      }
      if own == 0 { segmentation.invented += 1 }
      if own > 1 { segmentation.merged += 1 }
    }
    segmentation.split += touched.count { $0 > 1 }
    segmentation.missed += touched.count { $0 == 0 }
  }

  /// The scores under a convention.
  public func table(_ convention: SegmentalScore.Convention, dropsBackground: Bool) -> Table? {
    tables.first {
      $0.convention == convention.rawValue && $0.dropsBackground == dropsBackground
    }
  }
}
