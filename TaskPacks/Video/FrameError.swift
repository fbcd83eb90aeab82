internal import SeqCore

/// What a user or a file can get wrong with recordings of frames.
public enum FrameError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Faults of the data, each a sentence with its place; all that were found.
  case faults(place: String, [String])
  /// A file of the data set that is missing or cannot be read.
  case file(path: String, problem: String)
  /// A line of a text file that means nothing.
  case line(path: String, line: Int, found: String, expected: String)
  /// A split that the data set does not have.
  case split(folder: String, found: String, known: [String])
  /// A recipe that does not exist.
  case recipe(found: String, known: [String])
  /// Rows of another width than the model's.
  case width(name: String, found: Int, expected: Int)
  /// Another frame rate than the model's.
  case rate(name: String, found: String, expected: String)
  /// Labels other than the model's.
  case labels(found: [String], expected: [String])
  /// A file of an array whose dimension of time cannot be told.
  case layout(path: String, shape: [Int], width: Int?)
  /// A model of another kind.
  case model(path: String, problem: String)
  /// A part of the data that is needed and empty.
  case tooFew(found: Int, needed: Int, purpose: String)
  /// An option that does not fit.
  case option(problem: String)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .faults(let place, let faults):
      "\(place): \(faults.count) fault\(faults.count == 1 ? "" : "s") in the data:\n"
        + faults.prefix(100).map { "  \($0)" }.joined(separator: "\n")
        + (faults.count > 100 ? "\n  and \(faults.count - 100) more" : "")
    case .file(let path, let problem): "\(path): \(problem)."
    case .line(let path, let line, let found, let expected):
      "\(path):\(line): “\(found)” where \(expected) is expected."
    case .split(let folder, let found, let known):
      "\(folder)/splits has no split \(found); it has "
        + (known.isEmpty ? "none" : known.joined(separator: ", ")) + "."
    case .recipe(let found, let known):
      "there is no recipe “\(found)”"
        + (nearestName(to: found, among: known).map { "; did you mean \($0)?" } ?? ".")
        + " Known are \(known.joined(separator: ", "))."
    case .width(let name, let found, let expected):
      """
      \(name): \(found) numbers a frame where the model takes \(expected). Are they of the same \
      feature extractor?
      """
    case .rate(let name, let found, let expected):
      """
      \(name): \(found) frames a second where the model was trained at \(expected). Resample the \
      features, or say --fps \(expected) if that is their rate.
      """
    case .labels(let found, let expected):
      """
      the data have the labels \(found.joined(separator: ", ")), and the model \
      \(expected.joined(separator: ", ")).
      """
    case .layout(let path, let shape, let width):
      "\(path): an array of shape (\(shape.map(String.init).joined(separator: ", "))), and "
        + (width.map { "\($0) numbers a frame" } ?? "the number of labels")
        + " do not tell which dimension is time. Say --layout DT or --layout TD."
    case .model(let path, let problem): "\(path): \(problem)."
    case .tooFew(let found, let needed, let purpose):
      "there are \(found) recordings, and \(purpose) needs \(needed) or more."
    case .option(let problem): problem
    }
  }
}
