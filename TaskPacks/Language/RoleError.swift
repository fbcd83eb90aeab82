/// What can be wrong with a model of semantic roles.
public enum RoleError: Error, Equatable, CustomStringConvertible {
  /// A model file that does not do its part.
  case model(path: String, problem: String)
  /// A layer of the manifest that none of the models writes.
  case missingModel(layer: String)
  /// A training sentence without a layer that is learnt from.
  case missingLayer(layer: String, source: String, line: Int)
  /// A head that is no word of its sentence.
  case tree(head: String, words: Int, source: String, line: Int)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .model(let path, let problem):
      "\(path): \(problem). Was it trained by `seqkit srl train`?"
    case .missingModel(let layer):
      "no model of the layer \(layer) is given, and it takes one of each. Add --model."
    case .missingLayer(let layer, let source, let line):
      "\(source):\(line): the sentence has no column \(layer). Training needs form, upos, xpos, head, "
        + "deprel and predicate; do the columns fit --columns?"
    case .tree(let head, let words, let source, let line):
      "\(source):\(line): found the head “\(head)”, expected a number from 0 to \(words), which is the "
        + "number of words."
    }
  }
}
