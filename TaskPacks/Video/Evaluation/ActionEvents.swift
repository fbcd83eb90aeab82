public import SeqCore
internal import SeqInference
internal import SeqMetrics

/// How far onsets may be off: in frames, or in seconds.
public enum EventCollar: Hashable, Sendable {
  /// So many frames.
  case frames(Int)
  /// So many milliseconds, which are frames by the frame rate.
  case milliseconds(Int)

  /// Reads `5`, `0.2s` or `200ms`; `nil` if the text is none of these.
  public init?(_ text: String) {
    if let frames = Int(text), frames >= 0 {
      self = .frames(frames)
    } else if text.hasSuffix("ms"), let number = Int(text.dropLast(2)), number >= 0 {
      self = .milliseconds(number)
    } else if text.hasSuffix("s"), let number = Double(text.dropLast()), number >= 0,
      number < 1e6
    {
      self = .milliseconds(Int((number * 1000).rounded()))
    } else {
      return nil
    }
  }

  /// The usual collar: 0.2 s as sed_eval has it, or 5 frames, which are that at 25 a second, where the
  /// frame rate is not known.
  public static func usual(at rate: FrameRate?) -> EventCollar {
    rate == nil ? .frames(5) : .milliseconds(200)
  }

  /// The whole frames within it.
  ///
  /// - Throws: `FrameError.option` for milliseconds without a rate.
  public func frames(at rate: FrameRate?) throws(FrameError) -> Int {
    switch self {
    case .frames(let count): return count
    case .milliseconds(let time):
      guard let rate else {
        throw .option(
          problem: "a collar in seconds needs the frame rate, which is not known; say --fps, or a "
            + "number of frames")
      }
      // d frames are d · seconds / frames long.
      return time * rate.frames / (1000 * rate.seconds)
    }
  }
}

/// How many actions were found as events, by when they begin and end, or by how much they overlap.
///
/// Background is no event. Rules are those of ``EventScore``; the one by onset and offset is event-based
/// scoring of sound events (Mesaros, Heittola and Virtanen 2016, doi:10.3390/app6060162).
public struct ActionEvents: Sendable, Encodable {
  /// Events of one label, or of all.
  public struct Row: Sendable, Encodable {
    /// The label; `nil` for all.
    public var label: String?
    /// Gold events.
    public var gold: Int
    /// Predicted events.
    public var predicted: Int
    /// Pairs that agree.
    public var matched: Int
    /// `nil` where undefined.
    public var precision: Double?
    /// `nil` where undefined.
    public var recall: Double?
    /// `nil` where undefined.
    public var f1: Double?

    init(_ label: String?, _ counts: EventScore.Counts) {
      self.label = label
      (gold, predicted, matched) = (counts.gold, counts.predicted, counts.matched)
      (precision, recall, f1) = (counts.precision, counts.recall, counts.f1)
    }

    private enum Key: String, CodingKey {
      case label, gold, predicted, matched, precision, recall, f1
    }

    /// Encodes what is undefined as `null`.
    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: Key.self)
      try values.encodeIfPresent(label, forKey: .label)
      try values.encode(gold, forKey: .gold)
      try values.encode(predicted, forKey: .predicted)
      try values.encode(matched, forKey: .matched)
      try values.encode(precision, forKey: .precision)
      try values.encode(recall, forKey: .recall)
      try values.encode(f1, forKey: .f1)
    }
  }

  /// The events under one rule.
  public struct Table: Sendable, Encodable {
    /// `collar` or `overlap`.
    public var rule: String
    /// The least share of the union, for `overlap`.
    public var overlap: Double?
    /// The events of each label that is not background.
    public var labels: [Row]
    /// All of them.
    public var all: Row
    /// The mean F1 of the labels with an event; `nil` without any.
    public var meanF1: Double?
  }

  /// How far onsets may be off, in frames.
  public let collarFrames: Int
  /// The collar as it was given, in seconds; `nil` if in frames.
  public let collarSeconds: Double?
  /// The share of a gold event's length that its end may be off, if that is more than the collar.
  public let lengthShare: Double
  /// The scores, the rule by onset and offset first.
  public let tables: [Table]

  /// Scores recordings.
  ///
  /// - Parameters:
  ///   - pairs: gold and predicted labels of each recording, equally many.
  ///   - labels: the labels' names.
  ///   - background: the numbers of those that are no events.
  ///   - rate: frames a second, for a collar in seconds.
  ///   - share: 0 or more.
  ///   - overlaps: the least shares of the union, each above 0 and at most 1.
  ///   - breaks: ``Recording/breaks`` of each recording; empty for none at all.
  /// - Throws: `FrameError.option` for a collar in seconds without a rate.
  public init(
    _ pairs: [(gold: [Label], predicted: [Label])], labels names: [String], background: Set<Label>,
    collar: EventCollar, rate: FrameRate?, share: Double = 0.5, overlaps: [Double] = [0.5],
    breaks: [[Int]] = []
  ) throws(FrameError) {
    precondition(breaks.isEmpty || breaks.count == pairs.count, "Breaks are those of recordings.")
    collarFrames = try collar.frames(at: rate)
    collarSeconds = if case .milliseconds(let time) = collar { Double(time) / 1000 } else { nil }
    lengthShare = share
    let rules =
      [EventScore.Rule.collar(frames: collarFrames, share: share)]
      + overlaps.map { EventScore.Rule.overlap($0) }
    let events = pairs.enumerated().map { index, pair in
      let breaks = breaks.isEmpty ? [] : breaks[index]
      func events(_ labels: [Label]) -> [Segment] {
        runs(of: labels, breaks: breaks).filter { !background.contains($0.label) }
      }
      return (gold: events(pair.gold), predicted: events(pair.predicted))
    }
    tables = rules.map { rule in
      var score = EventScore(rule, labelCount: names.count)
      for one in events { score.add(gold: one.gold, predicted: one.predicted) }
      let (name, overlap): (String, Double?) =
        if case .overlap(let least) = rule { ("overlap", least) } else { ("collar", nil) }
      return Table(
        rule: name, overlap: overlap,
        labels: names.indices.filter { !background.contains(Label($0)) }.map {
          Row(names[$0], score.labels[$0])
        },
        all: Row(nil, score.total), meanF1: score.meanF1)
    }
  }
}
