/// A labelled run of positions.
public struct Segment: Hashable, Sendable {
  /// The first position, from 0.
  public var start: Int
  /// The position after the last.
  public var end: Int
  /// The segment's label.
  public var label: Label

  /// Makes the segment `start..<end`.
  public init(start: Int, end: Int, label: Label) {
    precondition(start < end, "A segment holds at least one position.")
    self.start = start
    self.end = end
    self.label = label
  }
}
