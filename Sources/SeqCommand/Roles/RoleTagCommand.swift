internal import ArgumentParser
internal import SeqKit
internal import SeqPack

/// `seqkit PACK [tag] [FILE …]` of a pack that labels frames.
struct RoleTagCommand<P: RolePack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "tag", abstract: "Label the frames of files or standard input.",
      discussion: """
        Input is raw text, CoNLL-U (Predicate=… in MISC marks given predicates), columns with roles \
        or JSON Lines. Words are tagged and predicates found unless they are given. Frames go to \
        standard output in MISC of CoNLL-U, as columns, as JSON Lines, or as a view on a terminal.
        """)
  }

  @Argument(help: "Files to label; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var models: FrameModelOptions
  @OptionGroup var input: FrameInputOptions

  @Option(
    name: [.customShort("f"), .customLong("to"), .customLong("format")],
    help: "The output's format: conllu, roles (columns with roles), jsonl or view.")
  var outputFormat: String?

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @Flag(help: "Find the predicates although the input marks some.")
  var findPredicates = false

  @Flag(help: "Keep the tags (upos, xpos) that stand in the input.")
  var keepTags = false

  @OptionGroup var options: GlobalOptions

  func validate() throws { try refuseMistypedVerb(files, of: RolePackCommand<P>.self) }

  func run() throws {
    let labeler = try P.Labeler(models.models(for: P.self))
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    if files.isEmpty, Terminal.inputIsTerminal {
      options.console.note("reading what you type, a line at a time; Ctrl-D ends")
    }
    let leftOut = FrameLabelCount()
    for path in files.isEmpty ? ["-"] : files {
      let (source, format) = try input.open(path, leftOut: leftOut)
      let reading: any RecordFormat = format.name == "conllu" ? FrameMisc() : format
      var settings = TaggingPipeline.Options()
      let (isGiven, keepsTags) = (!findPredicates, keepTags)
      settings.annotator = {
        labeler.annotator(givenPredicates: isGiven, givenTags: keepsTags)
      }
      let known = Tokenizer.Language.allCases.map { Tokenizer(language: $0) }
      let pipeline = TaggingPipeline(
        [], tokenizer: known.first { $0.identity == labeler.tokenizer } ?? known[0],
        output: try outputFormat(for: format), options: settings, threads: options.threadCount)
      _ = try pipeline.run(source, as: reading, to: sink)
    }
    try sink.finish()
    Interruption.remove(nil)
    options.console.report(leftOut)
  }

  /// The output's format: as asked, the view on a terminal, else the input's if it holds frames.
  private func outputFormat(for input: any RecordFormat) throws -> any RecordFormat {
    let known = ["conllu", "roles", "jsonl", "view"]
    var name = outputFormat
    if name == nil && output == "-" && Terminal.outputIsTerminal { name = "view" }
    switch name ?? (["roles", "jsonl"].contains(input.name) ? input.name : "conllu") {
    case "conllu": return FrameMisc()
    case "roles", "columns": return try misuse { try self.input.frameColumns() }
    case "jsonl": return FrameLines()
    case "view": return RoleView(width: Terminal.width(), palette: options.console.output)
    case let other: throw ValidationError("\(FormatError.unknownFormat(other, known: known))")
    }
  }
}
