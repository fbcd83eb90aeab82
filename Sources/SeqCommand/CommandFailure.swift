/// What can go wrong in the command line itself, outside the libraries it calls.
enum CommandFailure: Error, CustomStringConvertible {
  case notBuiltYet(String)

  var description: String {
    switch self {
    case .notBuiltYet(let command): "\(command) is not built yet."
    }
  }
}
