/// What can go wrong where a model meets data.
public enum KitError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Raw text would be prepared by another tokenizer than the model's training text.
  case tokenizer(model: String, expected: String, found: String)
  /// A model that belongs to another pack.
  case pack(model: String, expected: String, found: String)
  /// A model that was trained on fields which the pack makes otherwise by now.
  case preparation(model: String, pack: String)
  /// A model, corpus or prediction with another label set than is asked for.
  case schema(source: String, found: String, expected: String)
  /// Labels that a label set does not have, with a place or count for each.
  case labels(source: String, schema: String, unknown: [String])
  /// Two models that write the same layer.
  case sameLayer(layer: String, first: String, second: String)
  /// Probabilities asked of a model that has none.
  case noProbabilities(model: String, algorithm: String)
  /// An evaluation without a gold layer.
  case nothingToScore(source: String, layer: String)
  /// A file of clusters or names that cannot be read as one.
  case knowledge(path: String, line: Int, problem: String)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .tokenizer(let model, let expected, let found):
      """
      \(model): trained on text of the tokenizer \(expected), and this text would be prepared by \
      \(found). Tags would be worse than the model's scores say. Give tokenized text, use the \
      model's own version of seqkit, or allow it with --any-tokenizer.
      """
    case .pack(let model, let expected, let found):
      "\(model): a model of the pack \(found), and \(expected) was asked for. Try seqkit \(found)."
    case .preparation(let model, let pack):
      """
      \(model): trained when the pack \(pack) read or derived its fields in another way, so that its \
      features would mean something else now. Train it again, or use the pack as it was.
      """
    case .schema(let source, let found, let expected):
      """
      \(source): has the label set \(found), and \(expected) was asked for. \
      `seqkit schema diff` shows how they differ, `seqkit schema migrate` takes files from one to \
      the other; a model has to be trained again.
      """
    case .labels(let source, let schema, let unknown):
      """
      \(source): the label set \(schema) does not have \(unknown.joined(separator: ", ")). \
      Correct them, or map them by `seqkit schema migrate`.
      """
    case .sameLayer(let layer, let first, let second):
      "\(first) and \(second) both write the layer \(layer). Give one of them."
    case .noProbabilities(let model, let algorithm):
      """
      \(model): its scores are no probabilities: it was trained by \(algorithm) without files to \
      calibrate on. Train it with --dev, or by lbfgs.
      """
    case .knowledge(let path, let line, let problem): "\(path):\(line): \(problem)."
    case .nothingToScore(let source, let layer):
      "\(source): no value in the layer \(layer) to score against. Is it the gold file?"
    }
  }
}
