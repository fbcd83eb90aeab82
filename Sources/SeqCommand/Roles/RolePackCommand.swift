internal import ArgumentParser
internal import SeqPack

/// `seqkit PACK` for a pack that labels frames.
struct RolePackCommand<P: RolePack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: P.name, abstract: P.abstract,
      subcommands: [
        RoleTagCommand<P>.self, RoleTrainCommand<P>.self, RoleEvalCommand<P>.self,
        RoleExplainCommand<P>.self, InfoCommand<CompiledSlot<P>>.self,
      ],
      defaultSubcommand: RoleTagCommand<P>.self, helpNames: [.short, .long])
  }
}
