/// How many were counted and how many of them were right.
public struct Tally: Hashable, Sendable {
  /// The number counted.
  public var count: Int
  /// The number that were right.
  public var correct: Int

  /// Makes a tally.
  public init(count: Int = 0, correct: Int = 0) {
    precondition(0 <= correct && correct <= count, "At most all of what is counted is right.")
    self.count = count
    self.correct = correct
  }

  /// The part that was right, from 0 to 1; `nil` if nothing was counted.
  public var accuracy: Double? { count == 0 ? nil : Double(correct) / Double(count) }

  /// Adds another tally to this one.
  public static func += (a: inout Tally, b: Tally) {
    a.count += b.count
    a.correct += b.correct
  }
}
