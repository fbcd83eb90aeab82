/// What can go wrong where networks are trained, stored and run.
public enum NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is nothing to learn from.
  case noExamples
  /// A shape that no network can have.
  case shape(problem: String)
  /// An option of training that makes no sense.
  case option(name: String, found: String, expected: String)
  /// A sequence whose rows have another width than the network's.
  case width(sequence: Int, found: Int, expected: Int)
  /// A sequence with more or fewer labels than rows.
  case length(sequence: Int, labels: Int, rows: Int)
  /// A label that the network does not have.
  case label(sequence: Int, position: Int, found: Int, count: Int)
  /// The loss is no number any more.
  case diverged(epoch: Int)
  /// A checkpoint of other data or options.
  case checkpoint(path: String, problem: String)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .noExamples:
      "there is no sequence with a label to learn from."
    case .shape(let problem):
      "a network cannot be made: \(problem)."
    case .option(let name, let found, let expected):
      "\(name) is \(found), and must be \(expected)."
    case .width(let sequence, let found, let expected):
      "sequence \(sequence + 1) has \(found) numbers a position where the network takes \(expected)."
    case .length(let sequence, let labels, let rows):
      "sequence \(sequence + 1) has \(labels) labels for \(rows) positions."
    case .label(let sequence, let position, let found, let count):
      """
      sequence \(sequence + 1), position \(position): label \(found) where there are \(count) labels.
      """
    case .diverged(let epoch):
      """
      training diverged: in epoch \(epoch) the loss is no number any more. Try a smaller learning \
      rate or a limit on the gradient's length.
      """
    case .checkpoint(let path, let problem):
      "\(path): \(problem). Train without resuming, or with the data and options it was made with."
    }
  }
}
