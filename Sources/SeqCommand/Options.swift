internal import ArgumentParser
internal import CProcessor
internal import SeqCore

/// Options that every command takes.
struct GlobalOptions: ParsableArguments {
  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: ArgumentHelp("Threads; results do not depend on it. (default: all processors)"))
  var threads: Int?

  @Option(help: ArgumentHelp("Colours: auto, always or never. NO_COLOR is heeded."))
  var color: ColorChoice = .auto

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads is \(threads), and must be 1 or more.")
    }
  }

  /// The number of threads to use.
  var threadCount: Int { threads ?? Int(seqkit_available_processors()) }

  /// Where messages and colours go.
  var console: Console { Console(quiet: quiet, color: color) }
}

/// For commands that draw random numbers.
struct SeedOptions: ParsableArguments {
  @Option(help: "Seed of all random numbers; equal seeds give equal bytes.")
  var seed: UInt64 = 1

  /// Says which seed is used, so that a run can be repeated.
  func announce(on console: Console) { console.note("seed \(seed)") }
}

/// What a trained model says of itself.
struct ModelIdentityOptions: ParsableArguments {
  @Option(help: "The model's name. (default: that of the output)")
  var name: String?

  @Option(help: "The model's version.")
  var modelVersion = ""

  @Option(help: "The model's licence, for its card.")
  var license = ""

  @Option(help: "A sentence about data and use, for the model's card.")
  var about = ""

  /// The name that was given, or the output's without its ending.
  func name(ofOutput path: String) -> String { name ?? path.fileStem }
}

/// For commands whose answer a program may read.
struct JSONOptions: ParsableArguments {
  @Flag(help: "Answer in JSON, an object a line.")
  var json = false
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, always, never
}
