/// What can go wrong where residues are learnt and labelled, beyond files and networks.
public enum ResidueModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A grammar that cannot be read.
  case grammar(source: String, line: Int, problem: String)
  /// A label of the training data that the grammar does not have.
  case labelNotInGrammar(String, grammar: String, known: String, record: String)
  /// No record of the training data follows the grammar.
  case nothingFollows(grammar: String, records: Int)
  /// There is no label to learn from.
  case nothingToLearn(source: String)
  /// A model that is no residue model, or of another version.
  case notAResidueModel(path: String, problem: String)
  /// A decoder that the model cannot serve.
  case decoder(String, problem: String)
  /// Sequences of another kind than the model's.
  case kind(source: String, found: String, expected: String)
  /// A record that the grammar has no path for.
  case noPath(source: String, line: Int, record: String, grammar: String)
  /// A record of the reference that the prediction lacks.
  case missingPrediction(record: String, line: Int, reference: String, prediction: String)
  /// A record whose sequence differs in the two files.
  case otherSequence(
    record: String, reference: String, prediction: String, found: Int, expected: Int)
  /// Two records of one name, which do not tell which is which.
  case duplicateName(record: String, source: String, line: Int)

  /// The sentence for the user.
  public var description: String {
    switch self {
    case .grammar(let source, let line, let problem): "\(source):\(line): \(problem)."
    case .labelNotInGrammar(let label, let grammar, let known, let record):
      "the label \(label) of \(record) is not in the grammar \(grammar), which has \(known). "
        + "--merge \(label)=X takes it for another, --unassessed \(label) leaves it out."
    case .nothingFollows(let grammar, let records):
      "none of the \(records) records can be labelled as it is by the grammar \(grammar). "
        + "Is it the grammar for these labels?"
    case .nothingToLearn(let source):
      "\(source): no residue has a label to learn from. Are all of them unassessed (--unassessed)?"
    case .notAResidueModel(let path, let problem):
      "\(path): \(problem). Models for residues are made by `seqkit bio train`."
    case .decoder(let name, let problem): "the decoder \(name) cannot be used: \(problem)."
    case .kind(let source, let found, let expected):
      "\(source) holds \(found), and the model is for \(expected). If it is \(expected), say so "
        + "with -t \(expected)."
    case .noPath(let source, let line, let record, let grammar):
      "\(source):\(line): the grammar \(grammar) has no labelling for \(record)."
    case .missingPrediction(let record, let line, let reference, let prediction):
      "\(reference):\(line): \(prediction) has no record \(record)."
    case .otherSequence(let record, let reference, let prediction, let found, let expected):
      "\(record): \(found) residues in \(prediction) and \(expected) in \(reference). "
        + "Are the files of the same sequences?"
    case .duplicateName(let record, let source, let line):
      "\(source):\(line): the name \(record) was used before, so records cannot be told apart by it."
    }
  }
}
