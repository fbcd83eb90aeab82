public import SeqCore

/// Counts events that were found: predicted segments that agree with gold ones of their label under a
/// rule, each with one at most and as many as can be.
///
/// Pairs are a maximum matching in the graph of segments that agree, for recordings apart, as sed_eval's
/// `optimal` matching has it.
public struct EventScore: Hashable, Sendable {
  /// When a predicted segment agrees with a gold one of its label.
  public enum Rule: Hashable, Sendable {
    /// Onsets are at most `frames` apart, and ends at most the larger of `frames` and `share` of the gold
    /// segment's length (Mesaros, Heittola and Virtanen 2016, doi:10.3390/app6060162, §3.1.2).
    case collar(frames: Int, share: Double)
    /// What both have is at least this share of what either has, above 0, at most 1.
    case overlap(Double)
  }

  /// What was counted, of one label or of all.
  public struct Counts: Hashable, Sendable {
    /// Gold events.
    public var gold = 0
    /// Predicted events.
    public var predicted = 0
    /// Pairs that agree.
    public var matched = 0
    /// The share of the predicted events that are matched; `nil` without any.
    public var precision: Double? { predicted == 0 ? nil : Double(matched) / Double(predicted) }
    /// The share of the gold events that are matched; `nil` without any.
    public var recall: Double? { gold == 0 ? nil : Double(matched) / Double(gold) }
    /// 2 · matched / (gold + predicted); `nil` without either.
    public var f1: Double? {
      gold + predicted == 0 ? nil : 2 * Double(matched) / Double(gold + predicted)
    }
  }

  /// When two segments agree.
  public let rule: Rule
  /// The counts of each label, [L].
  public private(set) var labels: [Counts]

  /// Nothing yet.
  public init(_ rule: Rule, labelCount: Int) {
    switch rule {
    case .collar(let frames, let share):
      precondition(frames >= 0 && share >= 0, "A collar and a share are 0 or more.")
    case .overlap(let least):
      precondition(least > 0 && least <= 1, "A share of the union is above 0, at most 1.")
    }
    self.rule = rule
    labels = Array(repeating: Counts(), count: labelCount)
  }

  /// The counts of all labels together.
  public var total: Counts {
    labels.reduce(into: Counts()) {
      $0.gold += $1.gold
      $0.predicted += $1.predicted
      $0.matched += $1.matched
    }
  }

  /// The mean F1 of the labels that have an event, gold or predicted; `nil` without any.
  public var meanF1: Double? {
    let known = labels.compactMap(\.f1)
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  /// Compares the segments of one recording.
  ///
  /// - Parameters: of each label in order, and without overlaps among themselves.
  /// - Complexity: about linear; O(n³) if every segment agreed with every other.
  public mutating func add(gold: [Segment], predicted: [Segment]) {
    for label in labels.indices {
      let own = gold.filter { Int($0.label) == label }
      let found = predicted.filter { Int($0.label) == label }
      labels[label].gold += own.count
      labels[label].predicted += found.count
      labels[label].matched += pairs(own, found)
    }
  }

  /// The size of a maximum matching: each gold segment in turn takes a predicted one, and those that
  /// have one make room if they can (Kuhn 1955, doi:10.1002/nav.3800020109).
  private func pairs(_ gold: [Segment], _ predicted: [Segment]) -> Int {
    var first = 0
    let candidates = gold.map { segment -> [Int] in
      // Segments in order: those that end too early for this one do so for all behind it.
      let slack = slack
      while first < predicted.count, predicted[first].end + slack < segment.start { first += 1 }
      var result: [Int] = []
      var index = first
      while index < predicted.count, predicted[index].start <= segment.end + slack {
        if agree(segment, predicted[index]) { result.append(index) }
        index += 1
      }
      return result
    }
    var owner = [Int?](repeating: nil, count: predicted.count)
    var seen = [Int](repeating: -1, count: predicted.count)
    func place(_ segment: Int, _ round: Int) -> Bool {
      for index in candidates[segment] where seen[index] != round {
        seen[index] = round
        if owner[index].map({ place($0, round) }) ?? true {
          owner[index] = segment
          return true
        }
      }
      return false
    }
    return gold.indices.count { place($0, $0) }
  }

  /// How far apart segments may be that agree, in frames.
  private var slack: Int {
    if case .collar(let frames, _) = rule { frames } else { 0 }
  }

  private func agree(_ gold: Segment, _ found: Segment) -> Bool {
    switch rule {
    case .collar(let frames, let share):
      return abs(gold.start - found.start) <= frames
        && Double(abs(gold.end - found.end))
          <= max(Double(frames), share * Double(gold.end - gold.start))
    case .overlap(let least):
      let shared = min(gold.end, found.end) - max(gold.start, found.start)
      let joint = max(gold.end, found.end) - min(gold.start, found.start)
      return shared > 0 && Double(shared) >= least * Double(joint)
    }
  }
}
