/// How the process ends.
public enum ExitStatus: Int32, Sendable {
  /// Done.
  case done = 0
  /// Failed: bad data, or a gate not met.
  case failed = 1
  /// Misused: unknown command, option or value.
  case misused = 2
}
