internal import ArgumentParser
internal import SeqPack

/// `seqkit PACK` for a pack that labels frames.
struct FramePackCommand<P: FramePack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: P.name, abstract: P.abstract,
      subcommands: [
        FrameTagCommand<P>.self, FrameTrainCommand<P>.self, FrameEvalCommand<P>.self,
        FrameExplainCommand<P>.self, InfoCommand<P>.self,
      ],
      defaultSubcommand: FrameTagCommand<P>.self, helpNames: [.short, .long])
  }
}
