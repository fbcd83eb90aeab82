/// What can go wrong in the command line itself, outside the libraries it calls.
enum CommandFailure: Error, CustomStringConvertible {
  case interrupted(checkpoint: String)

  var description: String {
    switch self {
    case .interrupted(let checkpoint):
      "interrupted; \(checkpoint) keeps what was learnt. The same command with --resume goes on."
    }
  }
}
