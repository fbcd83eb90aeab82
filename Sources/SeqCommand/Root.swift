internal import ArgumentParser
internal import SeqPack

/// What the tree of commands depends on. The parser asks types for it, so it travels as a task-local
/// value that `Program` binds around each use.
struct RootContext: Sendable {
  var programName = "seqkit"
  var registry = PackRegistry([])
}

/// `seqkit`: the list of packs and of the commands that concern them all.
struct Root: ParsableCommand {
  @TaskLocal static var context = RootContext()

  static var configuration: CommandConfiguration {
    let name = context.programName
    return CommandConfiguration(
      commandName: name,
      abstract: "Tag sequences: words, residues, frames, log fields. Offline.",
      usage: "\(name) <pack> [<verb>] [<file> ...] [<option> ...]",
      discussion: """
        A pack knows one kind of sequence; its verbs are tag (what it does unless told \
        otherwise), train, eval, explain and info.

          echo "Time flies like an arrow." | \(name) pos
          \(name) pos train --train train.conllu --dev dev.conllu -o my.model
          \(name) pos eval my.model test.conllu

        A file may be - for standard input or output. Data go to standard output, all \
        else to standard error. Exit codes: 0 done, 1 failed, 2 misused.

        Not to be confused with shenwei356/seqkit, which edits FASTA/Q files. This program \
        is installed as seqkit-tag too.
        """,
      version: "seqkit \(version) (sequence tagger)",
      groupedSubcommands: [
        CommandGroup(name: "Pack", subcommands: context.registry.packs.map { packCommand($0) }),
        CommandGroup(name: "General", subcommands: generalCommands),
      ],
      helpNames: [.short, .long])
  }

  /// The commands that belong to no pack. Add new ones here.
  static var generalCommands: [any ParsableCommand.Type] {
    [
      CorpusCommand.self, ReportCommand.self, TeiCommand.self, ModelCommand.self, Packs.self,
      ManualPage.self,
    ]
  }

  /// The names that the top level takes, without those that help leaves out.
  static var commandNames: [String] {
    context.registry.packs.map { $0.name }
      + generalCommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName } + ["help"]
  }

  /// Whether the top level takes `word`.
  static func takes(_ word: String) -> Bool {
    commandNames.contains(word) || generalCommands.contains { $0._commandName == word }
  }
}

/// The version of the program and of what it writes into models.
package let version = "0.1.0"

private func packCommand<P: TaskPack>(_ pack: P.Type) -> any ParsableCommand.Type {
  if let frames = pack as? any RolePack.Type { return rolePackCommand(frames) }
  return switch P.material {
  case .words: PackCommand<P>.self
  case .spans: SpanPackCommand<P>.self
  case .residues: ResiduePackCommand<P>.self
  case .frames: VideoPackCommand<P>.self
  }
}

private func rolePackCommand<P: RolePack>(_ pack: P.Type) -> any ParsableCommand.Type {
  RolePackCommand<P>.self
}
