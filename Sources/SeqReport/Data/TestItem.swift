/// What the gold standard, or one system, says of one item of a test set: a sentence, a protein, a
/// video.
struct TestItem: Sendable {
  /// The name or the number that its file gives it.
  var name: String
  /// The line of its file where it begins; 0 if it has a file of its own.
  var line: Int
  /// The words or residues; empty for frames, which have no text.
  var tokens: [String] = []
  /// The number of each position's label in the track's ``NameTable``; empty for marks.
  var labels: [Int] = []
  /// The spans or arguments; empty for labels.
  var marks: [Mark] = []
  /// The positions of the predicates whose arguments the marks are.
  var predicates: [Int] = []
  /// The probability of each label, if the file gives them.
  var confidences: [Float]?

  /// The number of positions.
  var count: Int { max(tokens.count, labels.count) }
}

/// A labelled stretch of an item, or an argument of one of its predicates.
struct Mark: Hashable, Sendable {
  /// The position of the predicate; −1 for a span that belongs to none.
  var predicate = -1
  /// The positions of its pieces, in order; one piece unless it is discontinuous.
  var pieces: [Range<Int>]
  /// The number of its type in the track's ``NameTable``.
  var type: Int
  /// The probability of exactly this mark; not part of what makes two marks equal.
  var confidence: Float?

  static func == (a: Mark, b: Mark) -> Bool {
    a.predicate == b.predicate && a.type == b.type && a.pieces == b.pieces
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(predicate)
    hasher.combine(type)
    hasher.combine(pieces)
  }

  /// Whether both have the same words of the same predicate, whatever their types.
  func hasPlace(of other: Mark) -> Bool {
    predicate == other.predicate && pieces == other.pieces
  }

  /// Whether both share a position, whatever their types.
  func overlaps(_ other: Mark) -> Bool {
    predicate == other.predicate
      && pieces.contains { piece in other.pieces.contains { $0.overlaps(piece) } }
  }
}

/// Labels by name and number, shared by the gold standard and all systems of a track.
struct NameTable: Sendable {
  private(set) var names: [String] = []
  private var numbers: [String: Int] = [:]

  /// The number of a name, which is added if it is new.
  mutating func number(of name: String) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = names.count
    names.append(name)
    return names.count - 1
  }

  /// The number of a name that was added before.
  func known(_ name: String) -> Int? { numbers[name] }
}
