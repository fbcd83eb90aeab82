internal import ArgumentParser
internal import SeqPack

/// What the tree of commands depends on. The parser asks types for it, so it travels as a task-local
/// value that `Program` binds around each use.
struct RootContext: Sendable {
  var programName = "seqkit"
  var registry = PackRegistry([])
  /// The packs as values: the program's, and those without code that are called or listed.
  var packs: [any Pack] = []
  /// Where packs without code are looked for.
  var finder = PackFinder(places: [])
  /// The place of the pack whose command is called, if it is one: then the parser needs no other.
  var called: Int?
  /// The models that the called pack will ask for, if that was seen early.
  var ahead: ModelsAhead?
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
        CommandGroup(name: "Pack", subcommands: packCommands(context)),
        CommandGroup(name: "General", subcommands: context.called == nil ? generalCommands : []),
      ],
      helpNames: [.short, .long])
  }

  /// The commands that belong to no pack. Add new ones here.
  static var generalCommands: [any ParsableCommand.Type] {
    [
      CorpusCommand.self, ReportCommand.self, TeiCommand.self, ModelCommand.self,
      PacksCommand.self, SchemaCommand.self,
      ManualPage.self,
    ]
  }

  /// The names that the top level takes, without those that help leaves out.
  static var commandNames: [String] {
    context.packs.map { $0.name }
      + generalCommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName } + ["help"]
  }

  /// Whether the top level takes `word`.
  static func takes(_ word: String) -> Bool {
    commandNames.contains(word) || generalCommands.contains { $0._commandName == word }
  }
}

/// The version of the program and of what it writes into models.
package let version = "0.1.0"

/// The commands of the packs: of the called one alone, or of all.
private func packCommands(_ context: RootContext) -> [any ParsableCommand.Type] {
  var place: any ListPlace.Type = FirstPlace.self
  var commands: [any ParsableCommand.Type] = []
  for (index, pack) in context.packs.enumerated() {
    if index > 0 { place = place.next }
    guard context.called == nil || context.called == index else { continue }
    if let type = context.registry.pack(named: pack.name), !(pack is DeclarativePack) {
      commands.append(packCommand(type, at: place))
    } else {
      commands.append(verbs(of: pack.material, at: place))
    }
  }
  return commands
}

/// The command of a compiled pack: some kinds have verbs of their own.
private func packCommand<P: TaskPack>(
  _ pack: P.Type, at place: any ListPlace.Type
) -> any ParsableCommand.Type {
  if let frames = pack as? any RolePack.Type { return rolePackCommand(frames) }
  return switch P.material {
  case .words, .spans: verbs(of: P.material, at: place)
  case .residues: ResiduePackCommand<P>.self
  case .frames: VideoPackCommand<P>.self
  }
}

/// The verbs of words and spans.
private func verbs<S: ListPlace>(
  of material: PackMaterial, at place: S.Type
) -> any ParsableCommand.Type {
  material == .spans ? PackCommand<S, SpanLabels>.self : PackCommand<S, PositionLabels>.self
}

private func rolePackCommand<P: RolePack>(_ pack: P.Type) -> any ParsableCommand.Type {
  RolePackCommand<P>.self
}
