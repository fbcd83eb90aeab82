internal import ArgumentParser
internal import SeqKit
internal import SeqPack

/// `seqkit PACK [tag] [FILE …]`.
struct TagCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "tag", abstract: "Tag files or standard input.",
      discussion: """
        Input is raw text, CoNLL-U, columns or JSON Lines, told by the file's name or its first \
        bytes; .gz is read too. Tags go to standard output as CoNLL-U, or as an aligned view on a \
        terminal. Everything of CoNLL-U that is not a tag stays as it was.
        """)
  }

  @Argument(help: "Files to tag; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var models: ModelOptions
  @OptionGroup var input: InputOptions

  @Option(
    name: [.customShort("f"), .customLong("to")],
    help: "The output's format: conllu, columns, crfsuite, jsonl, slash or view.")
  var outputFormat: String?

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @Flag(help: "Write the probability of each tag.")
  var confidence = false

  @Option(help: "Write the K best labelings of each sentence, best first.")
  var nbest = 1

  @Flag(help: "Keep the tags that stand in the input and tag around them.")
  var keep = false

  @Flag(help: "Tag raw text although the model was trained on another tokenizer's.")
  var anyTokenizer = false

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if nbest < 1 { throw ValidationError("--nbest is \(nbest), and must be 1 or more.") }
    if nbest > 1 && confidence {
      throw ValidationError(
        "--nbest gives log-probabilities of whole labelings; drop --confidence.")
    }
  }

  func run() throws {
    let taggers = try models.taggers(for: P.self)
    if nbest > 1 && taggers.count > 1 {
      let layers = taggers.map(\.schema.layer).joined(separator: " or ")
      throw ValidationError("--nbest ranks the labelings of one layer: add --layer \(layers).")
    }
    if confidence || nbest > 1 { try requireProbabilities(of: taggers) }
    let console = options.console
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    if files.isEmpty, Terminal.inputIsTerminal {
      console.note("reading what you type, a line at a time; Ctrl-D ends")
    }
    var total = TaggingPipeline.Summary()
    for path in files.isEmpty ? ["-"] : files {
      let (source, format) = try input.open(path, usualColumns: P.manifest().columns)
      let tokenizer =
        format.name == "text"
        ? try tokenizer(of: taggers, anyTokenizer: anyTokenizer) : Tokenizer()
      var settings = TaggingPipeline.Options()
      settings.confidence = confidence
      settings.nBest = nbest
      settings.keepsGiven = keep
      let pipeline = TaggingPipeline(
        taggers, tokenizer: tokenizer, output: try outputFormat(for: format, taggers),
        options: settings, threads: options.threadCount)
      total.add(try pipeline.run(source, as: format, to: sink))
    }
    try sink.finish()
    Interruption.remove(nil)
    if keep {
      console.note("kept \(grouped(total.given)) given tags")
      if total.unknownGiven > 0 {
        console.warn(
          "\(grouped(total.unknownGiven)) given tags are not in the model's schema; replaced")
      }
    }
  }

  /// The output's format: as asked, the view on a terminal, else the input's if it can hold tags.
  private func outputFormat(
    for input: any RecordFormat, _ taggers: [Tagger]
  ) throws -> any RecordFormat {
    let layers = taggers.map(\.schema.layer)
    var name = outputFormat
    if name == nil && output == "-" && Terminal.outputIsTerminal { name = "view" }
    if name == nil {
      let known = ["conllu", "columns", "jsonl", "crfsuite"]
      name = known.contains(input.name) ? input.name : "conllu"
    }
    switch name {
    case "view":
      return TerminalView(
        layers: layers, width: Terminal.width(), palette: options.console.output)
    case "columns":
      if input is Columns, outputFormat == nil { return input }
      let words = input is CRFsuite ? [] : ["form"]
      return try Columns(words + layers + (confidence ? layers.map { $0 + ".probability" } : []))
    case "slash": return try Formats.named("slash", FormatOptions(label: layers.last))
    default: return try misuse { try Formats.named(name!, FormatOptions()) }
    }
  }
}
