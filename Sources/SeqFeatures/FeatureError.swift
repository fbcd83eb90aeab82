/// What can go wrong with features through a manifest or a record.
public enum FeatureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A template that does not parse; `hint` says what to try.
  case template(text: String, column: Int, problem: String, hint: String)
  /// A record lacks a layer that a template reads.
  case missingLayer(name: String, present: [String], source: String, line: Int)
  /// An attribute with a value other than 1.
  case attributeWeight(attribute: String, source: String, line: Int)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .template(let text, let column, let problem, let hint):
      "template “\(text)”, column \(column): \(problem). \(hint)"
    case .missingLayer(let name, let present, let source, let line):
      """
      \(source):\(line): the record has no layer “\(name)”, which the features read; it has \
      \(present.isEmpty ? "none" : present.joined(separator: ", ")).
      """
    case .attributeWeight(let attribute, let source, let line):
      """
      \(source):\(line): the attribute “\(attribute)” has a value other than 1, and features are \
      there or not. Write it as a few attributes, one for each range of values; a colon that belongs \
      to a name is written \\:
      """
    }
  }
}
