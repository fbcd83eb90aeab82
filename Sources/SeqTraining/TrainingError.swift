public import SeqCore

/// What can go wrong in training through data, options or files.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No sequence to learn from.
  case noData(source: String)
  /// A record whose label is not in the schema that training began with.
  case unknownLabel(name: String, layer: String, source: String, line: Int, nearest: String?)
  /// A label that breaks the rules of its scheme.
  case spanFault(SpanFault, source: String, line: Int)
  /// An option that does not fit.
  case option(name: String, value: String, problem: String)
  /// A class weight for a label that does not occur.
  case unknownClass(name: String, known: [String], nearest: String?)
  /// A checkpoint that belongs to another training.
  case checkpoint(path: String, problem: String)
  /// An algorithm needs templates that there are not.
  case templates(algorithm: String, missing: String, present: [String])
  /// Data that are read in every pass changed between two passes.
  case dataChanged(expected: Int, found: Int?)
  /// The objective is not a number: the step was too long, or the data are not finite.
  case diverged(iteration: Int)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .noData(let source):
      "\(source): no labelled sequence to learn from. Is the label column empty or “_”?"
    case .unknownLabel(let name, let layer, let source, let line, let nearest):
      """
      \(source):\(line): “\(name)” is not a label of the layer \(layer) as trained.\
      \(nearest.map { " Did you mean “\($0)”?" } ?? "")
      """
    case .spanFault(let fault, let source, let line):
      """
      \(source):\(line): \(fault) Name the scheme that the data are in, or have such labels repaired.
      """
    case .option(let name, let value, let problem):
      "--\(name)\(value.isEmpty ? "" : " ")\(value): \(problem)."
    case .unknownClass(let name, let known, let nearest):
      """
      a class weight for “\(name)”, which does not occur in training.\
      \(nearest.map { " Did you mean “\($0)”?" } ?? "") Labels: \(known.joined(separator: " ")).
      """
    case .checkpoint(let path, let problem):
      "\(path): the checkpoint cannot be continued: \(problem)."
    case .templates(let algorithm, let missing, let present):
      """
      \(algorithm) needs a template for \(missing). The templates are: \
      \(present.isEmpty ? "none" : present.joined(separator: "; ")).
      """
    case .dataChanged(let expected, let found):
      """
      the training data changed while they were read again: the first pass had \(expected) \
      positions, \(found.map { "this one \($0)" } ?? "this one has new words or labels"). \
      Were the files written to?
      """
    case .diverged(let iteration):
      """
      iteration \(iteration): the objective is not finite any more. Lower --rate, or raise --c2.
      """
    }
  }
}
