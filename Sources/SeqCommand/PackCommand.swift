internal import ArgumentParser
internal import SeqPack

/// The verbs of every pack.
enum PackVerb {
  static let names = ["tag", "train", "eval", "explain", "info", "export", "redact", "plot"]
}

/// `seqkit PACK`, for packs of words whose labels are of the kind `K`.
struct PackCommand<S: PackSlot, K: LabelKind>: ParsableCommand {
  static var configuration: CommandConfiguration {
    let verbs: [any ParsableCommand.Type] = [
      TagCommand<S, K>.self, TrainCommand<S>.self, EvalCommand<S, K>.self,
      ExplainCommand<S, K>.self,
    ]
    return CommandConfiguration(
      commandName: S.pack.name,
      abstract: S.pack.abstract,
      subcommands: verbs + K.furtherVerbs(of: S.self) + [
        InfoCommand<S>.self, ExportCommand<S>.self,
      ],
      defaultSubcommand: TagCommand<S, K>.self,
      helpNames: [.short, .long])
  }
}

/// What labels are of, positions or spans, and what the verbs take and do for these alone.
protocol LabelKind {
  /// How `tag` chooses and writes labels.
  associatedtype TagChoices: TagChoosing
  /// How `eval` scores.
  associatedtype EvalChoices: EvalChoosing
  /// What `explain` explains.
  associatedtype ExplainChoices: ExplainChoosing

  /// Verbs beyond those of every pack.
  static func furtherVerbs<S: PackSlot>(of slot: S.Type) -> [any ParsableCommand.Type]
}

/// Labels of positions.
enum PositionLabels: LabelKind {
  typealias TagChoices = PositionTagChoices
  typealias EvalChoices = PositionEvalChoices
  typealias ExplainChoices = PositionExplainChoices

  static func furtherVerbs<S: PackSlot>(of slot: S.Type) -> [any ParsableCommand.Type] { [] }
}

/// Labels that tell spans.
enum SpanLabels: LabelKind {
  typealias TagChoices = SpanTagChoices
  typealias EvalChoices = SpanEvalChoices
  typealias ExplainChoices = SpanExplainChoices

  static func furtherVerbs<S: PackSlot>(of slot: S.Type) -> [any ParsableCommand.Type] {
    [RedactCommand<S>.self]
  }
}
