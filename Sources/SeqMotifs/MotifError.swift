/// What a user or a file can get wrong about motifs.
public enum MotifError: Error, Hashable, Sendable {
  /// A pattern that cannot be read. The column counts characters from 1.
  case syntax(name: String, pattern: String, column: Int, problem: String)
  /// A pattern that would match everywhere.
  case matchesNothingness(name: String, pattern: String)
  /// A pattern of more positions than its engine takes.
  case tooLong(name: String, positions: Int, limit: Int)
  /// Mismatches were asked for where a pattern has no fixed length.
  case mismatches(name: String, allowed: Int, problem: String)
  /// A line of a library file with too few or too many fields, or with an empty one.
  case libraryLine(source: String, line: Int, problem: String)
  /// A file of motifs without a motif.
  case noMotifs(source: String, hint: String)
  /// An alignment of which no profile can be made.
  case alignment(name: String, problem: String)
  /// An error in a file, at a line.
  indirect case inFile(source: String, line: Int, MotifError)
}

extension MotifError: CustomStringConvertible {
  /// The error as a sentence; that of a syntax error shows the pattern with a caret below.
  public var description: String {
    switch self {
    case .syntax(let name, let pattern, let column, let problem):
      "pattern \(name), column \(column): \(problem)\n  \(pattern)\n  "
        + String(repeating: " ", count: max(0, column - 1)) + "^"
    case .matchesNothingness(let name, let pattern):
      "pattern \(name) (\(pattern)) matches the empty sequence, and so everywhere. "
        + "One element at least must have a minimum of 1."
    case .tooLong(let name, let positions, let limit):
      "pattern \(name) has \(positions) positions where \(limit) are the most."
    case .mismatches(let name, let allowed, let problem):
      "pattern \(name): \(allowed) mismatch\(allowed == 1 ? "" : "es") cannot be allowed: \(problem)."
    case .libraryLine(let source, let line, let problem): "\(source):\(line): \(problem)"
    case .noMotifs(let source, let hint): "\(source): there is no motif in it. \(hint)"
    case .alignment(let name, let problem): "alignment \(name): \(problem)."
    case .inFile(let source, let line, let error): "\(source):\(line): \(error)"
    }
  }
}
