internal import ArgumentParser
internal import SeqPack

/// The verbs of every pack.
enum PackVerb {
  static let names = ["tag", "train", "eval", "explain", "info"]
}

/// `seqkit PACK`: generic over the pack, so that its verbs are compiled for the concrete type.
struct PackCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: P.name,
      abstract: P.abstract,
      subcommands: [
        TagCommand<P>.self, TrainCommand<P>.self, EvalCommand<P>.self, ExplainCommand<P>.self,
        InfoCommand<P>.self,
      ],
      defaultSubcommand: TagCommand<P>.self,
      helpNames: [.short, .long])
  }
}

/// `seqkit PACK [tag] [FILE …]`.
struct TagCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "tag", abstract: "Tag files or standard input.")
  }

  @Argument(help: "Files to tag; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var options: GlobalOptions

  func run() throws { throw CommandFailure.notBuiltYet("\(P.name) tag") }
}

/// `seqkit PACK train`.
struct TrainCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "train", abstract: "Train a model on annotated files.")
  }

  @OptionGroup var seeding: SeedOptions
  @OptionGroup var options: GlobalOptions

  func run() throws { throw CommandFailure.notBuiltYet("\(P.name) train") }
}

/// `seqkit PACK eval [MODEL] FILE`.
struct EvalCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "eval", abstract: "Score a model on annotated files.")
  }

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws { throw CommandFailure.notBuiltYet("\(P.name) eval") }
}

/// `seqkit PACK explain`.
struct ExplainCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "explain", abstract: "Show what made a tag, feature by feature.")
  }

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws { throw CommandFailure.notBuiltYet("\(P.name) explain") }
}

/// `seqkit PACK info`.
struct InfoCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "info", abstract: "Show the pack's labels, features and bundled model.")
  }

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws { throw CommandFailure.notBuiltYet("\(P.name) info") }
}
