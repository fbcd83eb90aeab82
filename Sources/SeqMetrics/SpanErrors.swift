public import SeqCore

/// What kinds of mistakes predicted spans are, and the four scores of SemEval-2013 task 9.1 that
/// follow from them.
public struct SpanErrors: Hashable, Sendable {
  /// The number of span types.
  public let typeCount: Int
  /// How many pairs there are of each relation.
  public private(set) var relations: [SpanAlignment.Relation: Int] = [:]
  /// The gold spans that no predicted span goes with.
  public private(set) var missed = 0
  /// The predicted spans that no gold span goes with.
  public private(set) var spurious = 0
  /// [types + 1 × types + 1] how often a gold type was predicted as each type; the last row and column
  /// stand for no span.
  private var table: [Int]

  /// Makes counts of nothing.
  public init(typeCount: Int) {
    self.typeCount = typeCount
    table = Array(repeating: 0, count: (typeCount + 1) * (typeCount + 1))
  }

  /// Counts the spans of one sequence; see ``SpanAlignment`` for how they are paired.
  ///
  /// - Returns: the pairs.
  @discardableResult
  public mutating func add(gold: [Segment], predicted: [Segment]) -> SpanAlignment {
    let alignment = SpanAlignment(gold: gold, predicted: predicted)
    for pair in alignment.pairs {
      relations[pair.relation, default: 0] += 1
      count(Int(gold[pair.gold].label), Int(predicted[pair.predicted].label))
    }
    missed += alignment.missed.count
    spurious += alignment.spurious.count
    for index in alignment.missed { count(Int(gold[index].label), typeCount) }
    for index in alignment.spurious { count(typeCount, Int(predicted[index].label)) }
    return alignment
  }

  private mutating func count(_ gold: Int, _ predicted: Int) {
    table[gold * (typeCount + 1) + predicted] += 1
  }

  /// Adds the counts of another part.
  public mutating func merge(_ other: SpanErrors) {
    precondition(typeCount == other.typeCount, "Only counts of the same types can be merged.")
    for (relation, count) in other.relations { relations[relation, default: 0] += count }
    missed += other.missed
    spurious += other.spurious
    for index in table.indices { table[index] += other.table[index] }
  }

  /// The pairs of one relation.
  public func count(of relation: SpanAlignment.Relation) -> Int { relations[relation] ?? 0 }

  /// How often spans of `gold` go with spans of `predicted`; `nil` stands for no span.
  public func count(gold: Label?, predicted: Label?) -> Int {
    table[
      (gold.map { Int($0) } ?? typeCount) * (typeCount + 1)
        + (predicted.map { Int($0) } ?? typeCount)]
  }

  /// What counts as right in a score of SemEval-2013 task 9.1 (Segura-Bedmar, Martínez and Herrero-
  /// Zazo 2013, <https://aclanthology.org/S13-2056>).
  public enum Measure: String, Hashable, Sendable, CaseIterable {
    /// Equal positions and equal type.
    case strict
    /// Equal positions, whatever the type.
    case exact
    /// Equal positions, or overlapping ones for half a point, whatever the type.
    case partial
    /// Equal type of overlapping spans.
    case type
  }

  /// The categories of one measure.
  public struct Categories: Hashable, Sendable {
    /// Pairs that are right.
    public var correct = 0
    /// Pairs that are wrong.
    public var incorrect = 0
    /// Pairs that are worth half a point.
    public var partial = 0
    /// Gold spans without a pair.
    public var missed = 0
    /// Predicted spans without a pair.
    public var spurious = 0

    /// Makes categories; see the properties.
    public init(
      correct: Int = 0, incorrect: Int = 0, partial: Int = 0, missed: Int = 0, spurious: Int = 0
    ) {
      self.correct = correct
      self.incorrect = incorrect
      self.partial = partial
      self.missed = missed
      self.spurious = spurious
    }

    private var points: Double { Double(correct) + Double(partial) / 2 }
    /// The number of gold spans.
    public var possible: Int { correct + incorrect + partial + missed }
    /// The number of predicted spans.
    public var actual: Int { correct + incorrect + partial + spurious }
    /// Points by predicted spans; 0 if there are none.
    public var precision: Double { actual == 0 ? 0 : points / Double(actual) }
    /// Points by gold spans; 0 if there are none.
    public var recall: Double { possible == 0 ? 0 : points / Double(possible) }
    /// The harmonic mean of both; 0 if there are no spans.
    public var f1: Double {
      actual + possible == 0 ? 0 : 2 * points / Double(actual + possible)
    }
  }

  /// The categories of a measure.
  public func categories(_ measure: Measure) -> Categories {
    var result = Categories(missed: missed, spurious: spurious)
    for (relation, count) in relations {
      switch (measure, relation) {
      case (_, .correct), (.exact, .wrongType), (.partial, .wrongType), (.type, .wrongBoundary):
        result.correct += count
      case (.partial, .wrongBoundary), (.partial, .wrongBoth): result.partial += count
      default: result.incorrect += count
      }
    }
    return result
  }
}
