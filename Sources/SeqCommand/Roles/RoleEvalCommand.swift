internal import ArgumentParser
internal import Glibc
internal import SeqKit
internal import SeqPack

/// `seqkit PACK eval FILE …` of a pack that labels frames.
struct RoleEvalCommand<P: RolePack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "eval", abstract: "Score models on annotated files.",
      usage: "seqkit \(P.name) eval [--model MODEL …] FILE … [--json]",
      discussion: """
        Scores arguments with the files' predicates given, as the CoNLL-2005 shared task does, and \
        apart from that finding predicates and labelling those found. Tags are predicted.
        """)
  }

  @Argument(help: "Column files with frames.")
  var files: [String]

  @OptionGroup var models: FrameModelOptions
  @OptionGroup var input: FrameInputOptions

  @Flag(help: "Use the files' tags instead of predicted ones.")
  var keepTags = false

  @Option(help: "Bootstrap rounds for the 95 % interval.")
  var rounds = 1000

  @OptionGroup var answer: JSONOptions
  @OptionGroup var seeding: SeedOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if rounds < 1 { throw ValidationError("--rounds is \(rounds), and must be 1 or more.") }
  }

  func run() throws {
    let labeler = try P.Labeler(models.models(for: P.self))
    let records = try input.records(of: files, console: options.console)
    guard records.contains(where: { !($0.frames ?? []).isEmpty }) else {
      throw CommandFailure.noFrames(source: files.joined(separator: ", "))
    }
    let evaluation = try FrameEvaluation(
      labeler, on: records, sources: files, givenTags: keepTags,
      bootstrap: Bootstrap(rounds: rounds, seed: seeding.seed), threads: options.threadCount)
    write(answer.json ? try evaluation.json() : evaluation.text(), to: STDOUT_FILENO)
  }
}
