internal import Glibc
public import SeqPack
internal import SeqReport

/// Runs the command line of this process with the packs it was built with, and ends the process.
///
/// Exit codes: 0 done, 1 failed (bad data, a gate not met), 2 misused.
public func main(_ registry: PackRegistry) -> Never {
  // A reader that closes our output early (`seqkit … | head`) ends us without a word, even if the
  // program that started us ignored the signal.
  signal(SIGPIPE, SIG_DFL)
  let arguments = CommandLine.arguments
  // The report's children are started by a process that has done nothing else.
  if let status = Launcher.answer(arguments) { exit(status) }
  let program = Program(
    invokedAs: arguments.first ?? "seqkit", registry: registry, finder: PackFinder())
  exit(program.run(Array(arguments.dropFirst())).rawValue)
}
