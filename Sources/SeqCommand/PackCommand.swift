internal import ArgumentParser
internal import SeqPack

/// The verbs of every pack.
enum PackVerb {
  static let names = ["tag", "train", "eval", "explain", "info", "export", "redact", "plot"]
}

/// `seqkit PACK`: generic over the pack, so that its verbs are compiled for the concrete type.
struct PackCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: P.name,
      abstract: P.abstract,
      subcommands: [
        TagCommand<P>.self, TrainCommand<P>.self, EvalCommand<P>.self, ExplainCommand<P>.self,
        InfoCommand<P>.self, ExportCommand<P>.self,
      ],
      defaultSubcommand: TagCommand<P>.self,
      helpNames: [.short, .long])
  }
}

/// `seqkit PACK` for a pack whose labels tell spans.
struct SpanPackCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: P.name,
      abstract: P.abstract,
      subcommands: [
        SpanTagCommand<P>.self, TrainCommand<P>.self, SpanEvalCommand<P>.self,
        SpanExplainCommand<P>.self,
        RedactCommand<P>.self, InfoCommand<P>.self, ExportCommand<P>.self,
      ],
      defaultSubcommand: SpanTagCommand<P>.self,
      helpNames: [.short, .long])
  }
}
