internal import ArgumentParser
internal import CProcessor
internal import Glibc
public import SeqPack

/// Runs the command line of this process with the packs it was built with, and ends the process.
///
/// Exit codes: 0 done, 1 failed (bad data, a gate not met), 2 misused.
public func main(_ registry: PackRegistry) -> Never {
  // Before anything that may have been compiled to instructions which this machine lacks.
  if let missing = seqkit_missing_instructions() { refuseProcessor(missing) }
  // A reader that closes our output early (`seqkit … | head`) ends us without a word, even if the
  // program that started us ignored the signal.
  signal(SIGPIPE, SIG_DFL)
  let arguments = CommandLine.arguments
  let program = Program(invokedAs: arguments.first ?? "seqkit", registry: registry)
  exit(program.run(Array(arguments.dropFirst())).rawValue)
}

@inline(never)
private func refuseProcessor(_ missing: UnsafePointer<CChar>) -> Never {
  func say(_ text: StaticString) { _ = write(2, text.utf8Start, text.utf8CodeUnitCount) }
  say("seqkit: this program was built for processors with ")
  _ = write(2, missing, strlen(missing))
  say(", which this machine's lacks. Build it here, or with SEQTAG_CPU=baseline Scripts/build.\n")
  exit(1)
}
