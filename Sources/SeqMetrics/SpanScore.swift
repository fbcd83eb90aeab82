public import SeqCore

/// What predicted spans are worth against gold spans: a span is right if a gold span has exactly its
/// positions and its type, as conlleval and seqeval count.
///
/// Which spans labels tell is decided before, by a `SpanReading`: conlleval's reading and seqeval's
/// strict one differ on labels that break the rules of their scheme. Sequences are added one at a
/// time; scores of parts are merged. All counts are integers.
public struct SpanScore: Hashable, Sendable {
  /// The names of the span types; segments carry their numbers.
  public let types: [String]
  /// The counts of each type.
  public private(set) var counts: [SpanAgreement]
  /// The counts of each sequence over all types, in the order they were added: what a bootstrap
  /// draws from.
  public private(set) var sequences: [SpanAgreement] = []
  /// The sequences, each right if its predicted spans are its gold spans.
  public private(set) var exactSequences = Tally()

  /// Makes a score without counts.
  public init(types: [String]) {
    self.types = types
    counts = Array(repeating: SpanAgreement(), count: types.count)
  }

  /// Counts one sequence.
  ///
  /// - Parameters:
  ///   - gold: in order, not overlapping; labels are numbers of types.
  ///   - predicted: likewise.
  /// - Complexity: O(gold + predicted).
  public mutating func add(gold: [Segment], predicted: [Segment]) {
    var sequence = SpanAgreement(gold: gold.count, predicted: predicted.count)
    for span in gold { counts[Int(span.label)].gold += 1 }
    var g = 0
    for span in predicted {
      counts[Int(span.label)].predicted += 1
      while g < gold.count, gold[g].start < span.start { g += 1 }
      if g < gold.count, gold[g] == span {
        counts[Int(span.label)].correct += 1
        sequence.correct += 1
      }
    }
    sequences.append(sequence)
    exactSequences += Tally(
      count: 1,
      correct: sequence.correct == gold.count && sequence.correct == predicted.count ? 1 : 0)
  }

  /// Adds the counts of another score for the same types, as if its sequences came next.
  public mutating func merge(_ other: SpanScore) {
    precondition(types == other.types, "Only scores of the same types can be merged.")
    for type in counts.indices { counts[type] += other.counts[type] }
    sequences += other.sequences
    exactSequences += other.exactSequences
  }

  /// The counts of all types together: their precision, recall and F1 are the micro average, which
  /// conlleval calls overall.
  public var micro: SpanAgreement {
    counts.reduce(into: SpanAgreement()) { $0 += $1 }
  }

  /// The mean over the types that occur or were predicted, each with the same weight; `nil` if there
  /// is none.
  public var macro: AveragedScore? { .macro(typeScores) }

  /// The mean over types, each with its number of gold spans as its weight; `nil` if there are no
  /// gold spans.
  public var weighted: AveragedScore? { .weighted(typeScores) }

  /// How well the spans of each type were found, in the order of the types.
  public var typeScores: [LabelScore] {
    counts.enumerated().map { type, counts in
      LabelScore(
        label: Label(type), support: counts.gold, predicted: counts.predicted,
        correct: counts.correct)
    }
  }
}
