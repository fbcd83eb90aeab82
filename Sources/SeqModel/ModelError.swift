/// What can be wrong with a model file beyond its container.
public enum ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file is a safetensors file of somebody else.
  case notAModel(path: String)
  /// The manifest does not parse.
  case manifest(path: String, problem: String)
  /// A format or component of a version that this program does not know.
  case unknownVersion(path: String, found: String, known: [String])
  /// The tensors contradict each other.
  case damaged(path: String, problem: String)

  /// A column that a scorer reads is missing or of another kind or width.
  case requirement(column: String, found: String, expected: String)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .notAModel(let path):
      "\(path): a safetensors file, but not a seqkit model: its metadata has no key “seqkit”."
    case .manifest(let path, let problem):
      "\(path): the manifest in the metadata does not parse: \(problem)"
    case .unknownVersion(let path, let found, let known):
      """
      \(path): made with “\(found)”, which this seqkit does not know (it knows \
      \(known.joined(separator: ", "))). A newer seqkit may read it.
      """
    case .damaged(let path, let problem):
      "\(path): the model is damaged or was not written by seqkit: \(problem)."
    case .requirement(let column, let found, let expected):
      """
      the column “\(column)” must be \(expected), but there are \(found). Do the model and the data \
      belong together?
      """
    }
  }
}
