internal import SeqCore

/// What can go wrong in the command line itself, outside the libraries it calls.
enum CommandFailure: Error, CustomStringConvertible {
  /// Training was stopped by a signal after it kept a checkpoint.
  case interrupted(checkpoint: String)
  /// There is nothing to resume.
  case noCheckpoint(path: String)
  /// With `--strict`, something in the input was changed or is doubtful.
  case doubtfulInput(count: Int)
  /// No tagging scheme has all the letters that the labels of a layer begin with.
  case unknownScheme(file: String, layer: String)
  /// Training or evaluation on files without predicates.
  case noFrames(source: String)
  /// A comparison with gates that are not met, or systems that failed.
  case comparison(gates: [String], failed: Int)

  /// A folder that cannot be made; the reason is the system's.
  case cannotMake(path: String, reason: String)
  /// No threshold makes a figure largest, or no state is 1.
  case noThreshold(source: String, wanted: String)
  /// With `--strict`, records of different parts have words in common.
  case leaks(pairs: Int)
  /// A threshold is to be chosen, and the model was trained without what that takes.
  case noThresholdCurve(option: String)
  /// No threshold reaches what is wanted.
  case unreachable(option: String, type: String?, wanted: Double, best: Double)

  var description: String {
    switch self {
    case .comparison(let gates, let failed):
      (gates.isEmpty ? "" : "gate not met: " + gates.joined(separator: " Gate not met: "))
        + (failed == 0
          ? ""
          : (gates.isEmpty ? "" : " ")
            + "\(counted(failed, "system")) failed; the report says why.")
    case .cannotMake(let path, let reason): "\(path) cannot be made: \(reason)."
    case .unknownScheme(let file, let layer):
      "\(file): the labels of \(layer) are of no tagging scheme. Is \(layer) the layer of spans?"
    case .interrupted(let checkpoint):
      "interrupted; \(checkpoint) keeps what was learnt. The same command with --resume goes on."
    case .doubtfulInput(let count):
      "\(counted(count, "warning")), which --strict takes as failure."
    case .noThreshold(let source, let wanted):
      "\(source): there is no threshold by \(wanted): no residue that is assessed has a value. Are the "
        + "names those of the reference?"
    case .leaks(let pairs):
      "\(counted(pairs, "pair")) of records in different parts, which --strict takes as "
        + "failure. `bio split` keeps relatives together."
    case .noThresholdCurve(let option):
      "--\(option) needs one model that was trained with --dev, by this version or a later one."
    case .unreachable(let option, let type, let wanted, let best):
      """
      --\(option) \(type.map { "\($0)=" } ?? "")\(wanted): no threshold reaches it on the model's \
      development set, where the best is \(decimal(best, 3)). --leniency finds more.
      """
    case .noFrames(let source):
      """
      \(source): no predicate is marked. Are these column files with a column predicate and \
      columns of roles (--columns)?
      """
    case .noCheckpoint(let path):
      """
      there is no checkpoint \(path) to go on from. Train without --resume, or name the file with \
      --checkpoint.
      """
    }
  }
}
