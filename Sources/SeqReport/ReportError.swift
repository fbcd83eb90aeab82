/// What can be wrong with a comparison's plan or data.
package enum ReportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A plan that does not parse or makes no sense; the place is a key such as `systems[1].model`.
  case plan(path: String, key: String, problem: String)
  /// A key that no plan has.
  case unknownKey(path: String, place: String, key: String, known: [String], nearest: String?)
  /// Data that cannot be read as the task's.
  case data(path: String, line: Int, problem: String)
  /// A file without what is to be scored.
  case nothingToScore(path: String, layer: String)
  /// Predictions of other items than the gold standard's.
  case misaligned(path: String, line: Int, found: String, expected: String)
  /// A gate that does not parse.
  case gate(String, problem: String)
  /// A child process that did not do its work.
  case process(command: String, problem: String)
  /// A work folder or an output that cannot be written.
  case cannotWrite(path: String, reason: String)

  /// The sentence for the user.
  package var description: String {
    switch self {
    case .plan(let path, let key, let problem):
      "\(path): \(key.isEmpty ? "" : key + ": ")\(problem)."
    case .unknownKey(let path, let place, let key, let known, let nearest):
      "\(path): \(place.isEmpty ? "" : place + ": ")there is no key \"\(key)\"."
        + (nearest.map { " Did you mean \"\($0)\"?" } ?? "")
        + " Known are \(known.joined(separator: ", "))."
    case .data(let path, let line, let problem):
      "\(path)\(line > 0 ? ":\(line)" : ""): \(problem)."
    case .nothingToScore(let path, let layer):
      "\(path): nothing stands in the layer \(layer). Are format, columns and layer right?"
    case .misaligned(let path, let line, let found, let expected):
      "\(path)\(line > 0 ? ":\(line)" : ""): found \(found), expected \(expected). "
        + "Predictions must be of the gold file's items, in its order."
    case .gate(let text, let problem):
      "--gate \"\(text)\": \(problem). Expected CORPUS.LAYER.METRIC >= VALUE, such as "
        + "ewt.upos.accuracy >= 0.953, or SYSTEM: before it."
    case .process(let command, let problem): "\(command): \(problem)."
    case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)."
    }
  }
}
