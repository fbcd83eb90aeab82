internal import ArgumentParser
internal import SeqKit
internal import SeqPack

/// `seqkit PACK [tag] [FILE …]` for packs whose labels tell spans.
struct SpanTagCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "tag", abstract: "Tag files or standard input.",
      discussion: """
        Input is raw text, CoNLL-U, columns or JSON Lines, told by the file's name or its first \
        bytes; .gz is read too. Labels go to standard output in the input's format, or as running \
        text with the spans marked on a terminal. Everything that is not a label stays as it was.
        """)
  }

  @Argument(help: "Files to tag; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var models: ModelOptions
  @OptionGroup var input: InputOptions

  @Option(
    name: [.customShort("f"), .customLong("to")],
    help: "The output's format: conllu, columns, jsonl, view or html.")
  var outputFormat: String?

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @Flag(help: "Write P(exactly this span) of each span.")
  var confidence = false

  @OptionGroup var spans: SpanOptions

  @Flag(help: "Tag raw text although the model was trained on another tokenizer's.")
  var anyTokenizer = false

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let taggers = spans.rules == .only ? [] : try models.taggers(for: P.self)
    let layers = taggers.isEmpty ? [P.name] : taggers.map(\.schema.layer)
    var tagging = try spans.tagging(types: taggers.flatMap { $0.model.spans?.types ?? [] })
    tagging.confidence = confidence
    if confidence || !tagging.thresholds.passAll { try requireProbabilities(of: taggers) }
    let console = options.console
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    if files.isEmpty, Terminal.inputIsTerminal {
      console.note("reading what you type, a line at a time; Ctrl-D ends")
    }
    let page = outputFormat == "html" ? SpanPage(layers: layers) : nil
    if let page { try sink.write(page.prologue(title: files.first ?? "seqkit \(P.name)")) }
    var total = TaggingPipeline.Summary()
    for path in files.isEmpty ? ["-"] : files {
      let (source, format) = try input.open(path, usualColumns: P.manifest().columns)
      let tokenizer =
        format.name == "text"
        ? try tokenizer(of: taggers, anyTokenizer: anyTokenizer) : Tokenizer()
      var settings = TaggingPipeline.Options()
      settings.spans = tagging
      settings.spanLayer = layers[0]
      let pipeline = TaggingPipeline(
        taggers, tokenizer: tokenizer, output: try outputFormat(for: format, layers),
        options: settings, threads: options.threadCount)
      total.add(try pipeline.run(source, as: format, to: sink))
    }
    if let page { try sink.write(page.epilogue) }
    try sink.finish()
    Interruption.remove(nil)
    console.report(total.spans)
  }

  /// The output's format: as asked, the view on a terminal, else the input's if it can hold labels.
  private func outputFormat(
    for input: any RecordFormat, _ layers: [String]
  ) throws -> any RecordFormat {
    var name = outputFormat
    if name == nil && output == "-" && Terminal.outputIsTerminal { name = "view" }
    if name == nil {
      name = ["conllu", "columns", "jsonl"].contains(input.name) ? input.name : "conllu"
    }
    switch name {
    case "view": return SpanView(layers: layers, palette: options.console.output)
    case "html": return SpanPage(layers: layers)
    case "columns":
      let added = confidence ? layers.map { $0 + ".probability" } : []
      if let input = input as? Columns, outputFormat == nil {
        // What stands in the input stays; what has no column yet gets one.
        let new = (layers + added).filter { !input.names.contains($0) }
        return new.isEmpty
          ? input
          : try Columns(
            input.names + new, separator: input.separator, comments: input.comments)
      }
      return try Columns(["form"] + layers + added)
    default: return try misuse { try Formats.named(name!, FormatOptions()) }
    }
  }
}
