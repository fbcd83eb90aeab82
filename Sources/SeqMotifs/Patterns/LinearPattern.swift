/// A pattern without branches: elements one after another, each repeated a number of times.
///
/// Elements are written out as positions: `x(2,4)` is four, the last two optional; `x(2,*)` is two,
/// the last of them repeatable.
struct LinearPattern: Hashable, Sendable {
  /// One letter of a match, unless it is left out or repeated.
  struct Position: Hashable, Sendable {
    var letters: LetterSet
    /// A match may go without it.
    var isOptional = false
    /// A match may have it more than once.
    var isRepeatable = false
  }

  private(set) var positions: [Position] = []
  /// A match begins at the sequence's first residue.
  var isAnchoredAtStart = false
  /// A match ends at the sequence's last residue.
  var isAnchoredAtEnd = false

  /// The most positions that a pattern may be written out to.
  static let positionLimit = 4096

  /// Adds an element.
  ///
  /// - Parameter maximum: `nil` for no limit.
  mutating func append(_ letters: LetterSet, minimum: Int = 1, maximum: Int? = 1) {
    for _ in 0..<minimum { positions.append(Position(letters: letters)) }
    if let maximum {
      for _ in minimum..<maximum {
        positions.append(Position(letters: letters, isOptional: true))
      }
    } else if minimum == 0 {
      positions.append(Position(letters: letters, isOptional: true, isRepeatable: true))
    } else {
      positions[positions.count - 1].isRepeatable = true
    }
  }

  /// The residues of the shortest match.
  var shortest: Int { positions.count { !$0.isOptional } }

  /// The residues of the longest match; `nil` if there is no limit.
  var longest: Int? { positions.contains { $0.isRepeatable } ? nil : positions.count }

  /// The residues of every match; `nil` if they differ.
  var fixedLength: Int? { shortest == longest ? shortest : nil }

  /// The pattern read backwards.
  var reversed: LinearPattern {
    var result = self
    result.positions.reverse()
    result.isAnchoredAtStart = isAnchoredAtEnd
    result.isAnchoredAtEnd = isAnchoredAtStart
    return result
  }

  /// The pattern of the other strand.
  var reverseComplement: LinearPattern {
    var result = reversed
    for index in result.positions.indices {
      result.positions[index].letters = PatternAlphabet.otherStrand(
        of: result.positions[index].letters)
    }
    return result
  }

  /// The first `count` positions.
  func prefix(_ count: Int) -> LinearPattern {
    var result = self
    result.positions.removeLast(max(0, positions.count - count))
    return result
  }
}
