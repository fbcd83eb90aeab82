/// A label that breaks the rules of its scheme, by position.
public struct SpanFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with the label.
  public enum Problem: Hashable, Sendable {
    /// The name is no letter of the scheme with a type.
    case malformed
    /// It may not follow the label before it; `nil` stands for the start of the sequence.
    case follows(String?)
    /// It may not be the last.
    case last
  }

  /// The position, from 0, of the label that is wrong where it stands.
  public var position: Int
  /// The label's name.
  public var label: String
  /// What is wrong.
  public var problem: Problem
  /// The scheme whose rule it breaks.
  public var scheme: TaggingScheme

  /// Makes a fault.
  public init(position: Int, label: String, problem: Problem, scheme: TaggingScheme) {
    self.position = position
    self.label = label
    self.problem = problem
    self.scheme = scheme
  }

  /// The fault as a sentence.
  public var description: String {
    let letters = scheme.marks.compactMap(scheme.letter).map(String.init)
    return switch problem {
    case .malformed:
      "“\(label)” is no label of the scheme \(scheme.rawValue), which has "
        + letters.map { $0 == "O" ? $0 : $0 + "-TYPE" }.joined(separator: ", ") + "."
    case .follows(let earlier?):
      "“\(label)” cannot follow “\(earlier)” in the scheme \(scheme.rawValue)."
    case .follows(nil): "“\(label)” cannot be the first in the scheme \(scheme.rawValue)."
    case .last: "“\(label)” cannot be the last in the scheme \(scheme.rawValue)."
    }
  }
}
