public import SeqCore

/// What predicted arguments are worth against gold arguments, by the convention of the CoNLL-2005
/// shared task (Carreras and Màrquez 2005, `srl-eval.pl`).
///
/// An argument is right if a gold argument of the same predicate has its role and exactly its words.
/// A piece `C-X` belongs to the nearest argument X before it (an X of its own if there is none), and
/// an argument in several pieces is right only if all are. `R-X` is a role of its own. The predicate
/// itself, V, does not count. Arguments of a predicate that only one side has are missed or spurious.
public struct ArgumentScore: Hashable, Sendable {
  /// The counts of each role.
  public private(set) var roles: [String: SpanAgreement] = [:]
  /// The counts of each sentence over all roles, in the order they were added: what a bootstrap draws
  /// from.
  public private(set) var sentences: [SpanAgreement] = []
  /// The counts of arguments where only the words matter, not the role.
  public private(set) var unlabelled = SpanAgreement()
  /// The counts of predicates: a predicted one is right if a gold one is at its position.
  public private(set) var predicates = SpanAgreement()
  /// Predicates, right if their arguments are exactly the gold ones.
  public private(set) var exactFrames = Tally()

  /// A score without counts.
  public init() {}

  /// The counts of all roles together.
  public var micro: SpanAgreement { roles.values.reduce(into: SpanAgreement()) { $0 += $1 } }

  /// Counts one sentence.
  public mutating func add(gold: [Frame], predicted: [Frame]) {
    var sentence = SpanAgreement()
    let goldAt = Dictionary(gold.map { ($0.predicate, $0) }) { first, _ in first }
    let predictedAt = Dictionary(predicted.map { ($0.predicate, $0) }) { first, _ in first }
    predicates += SpanAgreement(
      gold: goldAt.count, predicted: predictedAt.count,
      correct: goldAt.keys.count { predictedAt[$0] != nil })
    for position in Set(goldAt.keys).union(predictedAt.keys) {
      let right = Self.joined(goldAt[position]?.arguments ?? [])
      let found = Self.joined(predictedAt[position]?.arguments ?? [])
      let both = right.intersection(found)
      for argument in right { roles[argument.role, default: SpanAgreement()].gold += 1 }
      for argument in found { roles[argument.role, default: SpanAgreement()].predicted += 1 }
      for argument in both { roles[argument.role, default: SpanAgreement()].correct += 1 }
      sentence += SpanAgreement(
        gold: right.count, predicted: found.count, correct: both.count)
      let words = Set(right.map(\.pieces)).intersection(Set(found.map(\.pieces)))
      unlabelled += SpanAgreement(
        gold: right.count, predicted: found.count, correct: words.count)
      if goldAt[position] != nil {
        exactFrames += Tally(count: 1, correct: right == found ? 1 : 0)
      }
    }
    sentences.append(sentence)
  }

  /// An argument with all its pieces.
  package struct JoinedArgument: Hashable {
    /// The role, without `C-`.
    package var role: String
    /// The words of each piece, in order.
    package var pieces: [Range<Int>]
  }

  /// The arguments that count: each with its pieces, without the predicate itself.
  package static func joined(_ arguments: [FrameArgument]) -> Set<JoinedArgument> {
    var joined: [JoinedArgument] = []
    for argument in arguments {
      var role = argument.role
      if role == "V" || role == "C-V" { continue }
      if role.hasPrefix("C-") {
        role.removeFirst(2)
        if let index = joined.lastIndex(where: { $0.role == role }) {
          joined[index].pieces.append(argument.positions)
          continue
        }
      }
      joined.append(JoinedArgument(role: role, pieces: [argument.positions]))
    }
    return Set(joined)
  }
}
