/// What can go wrong in inference through its input.
public enum InferenceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The legality and the given labels together exclude every path.
  case noLegalPath(positions: Int)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .noLegalPath(let positions):
      """
      No labelling of the \(positions) positions is legal: the given labels contradict the \
      schema's rules. Are the given labels of the model's scheme?
      """
    }
  }
}
