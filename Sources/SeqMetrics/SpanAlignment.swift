public import SeqCore

/// Pairs predicted spans with the gold spans that they may have meant, one to one, so that every
/// mistake is counted once.
///
/// In this order, each step among the spans that are still free: equal positions and type; equal
/// positions; overlapping with equal type; overlapping. In the last two the largest overlap goes
/// first, of equal ones the earliest.
public struct SpanAlignment: Hashable, Sendable {
  /// How a predicted span differs from its gold span.
  public enum Relation: Hashable, Sendable, CaseIterable {
    /// Positions and type are equal.
    case correct
    /// The positions are equal, the type is not.
    case wrongType
    /// The positions overlap, the type is equal.
    case wrongBoundary
    /// The positions overlap, the type is not equal.
    case wrongBoth
  }

  /// A gold span and the predicted span that goes with it, by their places in their lists.
  public struct Pair: Hashable, Sendable {
    /// The gold span.
    public var gold: Int
    /// The predicted span.
    public var predicted: Int
    /// How they differ.
    public var relation: Relation
  }

  /// The pairs, in the order of the gold spans.
  public let pairs: [Pair]
  /// The gold spans without a predicted span.
  public let missed: [Int]
  /// The predicted spans without a gold span.
  public let spurious: [Int]

  /// Aligns the spans of one sequence.
  ///
  /// - Parameters:
  ///   - gold: in order, not overlapping.
  ///   - predicted: likewise.
  /// - Complexity: O(n log n) in the number of overlaps.
  public init(gold: [Segment], predicted: [Segment]) {
    struct Candidate {
      var pair: Pair
      var rank: Int
      var overlap: Int
    }
    var candidates: [Candidate] = []
    var first = 0
    for (p, span) in predicted.enumerated() {
      while first < gold.count, gold[first].end <= span.start { first += 1 }
      var g = first
      while g < gold.count, gold[g].start < span.end {
        let other = gold[g]
        let sameType = other.label == span.label
        let samePlace = other.start == span.start && other.end == span.end
        let relation: Relation =
          samePlace
          ? (sameType ? .correct : .wrongType) : sameType ? .wrongBoundary : .wrongBoth
        candidates.append(
          Candidate(
            pair: Pair(gold: g, predicted: p, relation: relation),
            rank: samePlace ? 0 : sameType ? 1 : 2,
            overlap: min(other.end, span.end) - max(other.start, span.start)))
        g += 1
      }
    }
    candidates.sort { a, b in
      if a.rank != b.rank { return a.rank < b.rank }
      if a.rank > 0, a.overlap != b.overlap { return a.overlap > b.overlap }
      return (a.pair.gold, a.pair.predicted) < (b.pair.gold, b.pair.predicted)
    }
    var goldIsFree = [Bool](repeating: true, count: gold.count)
    var predictedIsFree = [Bool](repeating: true, count: predicted.count)
    var pairs: [Pair] = []
    for candidate in candidates
    where goldIsFree[candidate.pair.gold] && predictedIsFree[candidate.pair.predicted] {
      goldIsFree[candidate.pair.gold] = false
      predictedIsFree[candidate.pair.predicted] = false
      pairs.append(candidate.pair)
    }
    self.pairs = pairs.sorted { $0.gold < $1.gold }
    missed = gold.indices.filter { goldIsFree[$0] }
    spurious = predicted.indices.filter { predictedIsFree[$0] }
  }
}
