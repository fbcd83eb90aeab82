internal import ArgumentParser
internal import SeqPack

/// `seqkit frames`.
struct VideoPackCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: P.name, abstract: P.abstract,
      subcommands: [
        VideoTagCommand<P>.self, VideoTrainCommand<P>.self, VideoEvalCommand<P>.self,
        VideoExplainCommand<P>.self, VideoPlotCommand<P>.self, VideoInfoCommand<P>.self,
      ],
      defaultSubcommand: VideoTagCommand<P>.self, helpNames: [.short, .long])
  }
}
