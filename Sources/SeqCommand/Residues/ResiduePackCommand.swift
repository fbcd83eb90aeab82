internal import ArgumentParser
internal import SeqPack

/// `seqkit bio`: the verbs of packs whose records are residues.
struct ResiduePackCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: P.name,
      abstract: P.abstract,
      subcommands: [
        ResidueTagCommand<P>.self, ResidueTrainCommand<P>.self, ResidueEvalCommand<P>.self,
        ResidueExplainCommand<P>.self, ResidueProfileCommand<P>.self, ResidueSplitCommand<P>.self,
        ResidueLeaksCommand<P>.self, CAIDCommand<P>.self, ResiduePlotCommand<P>.self,
        ResidueInfoCommand<P>.self,
      ],
      defaultSubcommand: ResidueTagCommand<P>.self,
      helpNames: [.short, .long])
  }
}
