internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit PACK [tag] [FILE …]`.
struct TagCommand<S: PackSlot, K: LabelKind>: ParsableCommand {
  static var configuration: CommandConfiguration {
    // A parent's name keeps the parser from looking for requests of completion scripts, which this
    // verb alone is never asked for, at a sixth of the start's cost.
    CommandConfiguration(
      commandName: "tag", _superCommandName: S.pack.name,
      abstract: "Tag files or standard input.", discussion: K.TagChoices.discussion)
  }

  @Argument(help: "Files to tag; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var models: ModelOptions
  @OptionGroup var input: InputOptions

  @Option(
    name: [.customShort("f"), .customLong("to"), .customLong("format")],
    help: ArgumentHelp(
      "The output's format: \(K.TagChoices.formats.dropLast().joined(separator: ", ")) or \(K.TagChoices.formats.last ?? "")."
    ))
  var outputFormat: String?

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @Flag(help: ArgumentHelp(stringLiteral: K.TagChoices.confidenceHelp))
  var confidence = false

  @OptionGroup var choices: K.TagChoices

  @Flag(help: "Tag raw text although the model was trained on another tokenizer's.")
  var anyTokenizer = false

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    try refuseMistypedVerb(files, of: PackCommand<S, K>.self)
    try choices.check(confidence: confidence)
  }

  func run() throws {
    let pack = try OpenPack(S.pack)
    let taggers = choices.needModels ? try models.taggers(for: pack) : []
    let layers = taggers.isEmpty ? [pack.name] : taggers.map(\.schema.layer)
    var settings = try choices.settings(for: taggers, layers, confidence: confidence)
    let derived = pack.derivedLayers
    if !derived.isEmpty { settings.annotator = { LayerRemover(derived) } }
    let console = options.console
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    if files.isEmpty, Terminal.inputIsTerminal {
      console.note("reading what you type, a line at a time; Ctrl-D ends")
    }
    let page = outputFormat == "html" ? choices.page(layers) : nil
    if let page { try sink.write(page.prologue(title: files.first ?? "seqkit \(pack.name)")) }
    var total = TaggingPipeline.Summary()
    for path in files.isEmpty ? ["-"] : files {
      let (source, format) = try input.open(path, for: pack)
      let tokenizer =
        format.name == "text"
        ? try tokenizer(of: taggers, anyTokenizer: anyTokenizer) : Tokenizer()
      let output = try outputFormat(for: format, layers, pack)
      if settings.nBest > 1, !["conllu", "columns", "jsonl"].contains(output.name) {
        throw ValidationError(
          "--nbest has no place for ranks in \(output.name); add --to conllu, columns or jsonl.")
      }
      try stamp(output, of: source, pack, sink)
      let pipeline = TaggingPipeline(
        taggers, tokenizer: tokenizer,
        output: output is JSONLines && !pack.stamps.isEmpty
          ? StampedFormat(output, stamps: pack.stamps) : output,
        options: settings, threads: options.threadCount)
      total.add(try pipeline.run(source, as: format, to: sink))
    }
    if let page { try sink.write(page.epilogue) }
    try sink.finish()
    Interruption.remove(nil)
    choices.report(total, on: console)
  }

  /// Writes the comments that name the label sets, where they are comments and not there yet.
  private func stamp(
    _ output: any RecordFormat, of source: ByteSource, _ pack: OpenPack, _ sink: ByteSink
  ) throws {
    guard !pack.stamps.isEmpty, output is Columns || output is CoNLLU else { return }
    let known = LabelSets.stamps(in: try source.peek(4096) { !$0.isEmpty }[...])
    for stamp in pack.stamps where known[stamp.layer] != stamp.identity {
      try sink.write(Array(LabelSets.comment(of: stamp.layer, stamp.identity).utf8))
    }
  }

  /// The output's format: as asked, the view on a terminal, else the input's if it can hold labels.
  private func outputFormat(
    for input: any RecordFormat, _ layers: [String], _ pack: OpenPack
  ) throws -> any RecordFormat {
    let input = (input as? PreparedFormat)?.base ?? input
    var name = outputFormat
    if name == nil && output == "-" && Terminal.outputIsTerminal {
      name = input is Traces ? nil : "view"
    }
    // Rows and traces are written as they were read, with the labels in them.
    if name == nil, input is EventRows || input is Traces { return input }
    name = name ?? pack.manifest.output.format
    if name == nil {
      let holdsLabels = ["conllu", "columns", "jsonl", "crfsuite"].contains(input.name)
      name = holdsLabels && K.TagChoices.formats.contains(input.name) ? input.name : "conllu"
    }
    switch name {
    case "view": return choices.view(layers, options.console.output)
    case "html":
      if let page = choices.page(layers) { return page }
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
      return try Columns((input is CRFsuite ? [] : ["form"]) + layers + added)
    case "brat":
      throw ValidationError(
        "brat is two files. Write --to jsonl, and from that the two: "
          + "\(Root.context.programName) corpus convert - --input-format jsonl -o NAME.ann.")
    case "slash": return try Formats.named("slash", FormatOptions(label: layers.last))
    default: break
    }
    return try misuse { try Formats.named(name!, FormatOptions()) }
  }
}

/// How `tag` chooses and writes labels of a kind.
protocol TagChoosing: UsualOptions {
  /// What `help` says of input and output.
  static var discussion: String { get }
  /// The formats that can be written.
  static var formats: [String] { get }
  /// What is written with each label on request.
  static var confidenceHelp: String { get }

  /// Whether models take part.
  var needModels: Bool { get }

  /// Refuses choices that exclude each other.
  func check(confidence: Bool) throws

  /// The choices in the library's form.
  func settings(
    for taggers: [Tagger], _ layers: [String], confidence: Bool
  ) throws -> TaggingPipeline.Options

  /// The labels for people on a terminal.
  func view(_ layers: [String], _ palette: Palette) -> any RecordFormat

  /// The labels as a page, if there is one for them.
  func page(_ layers: [String]) -> SpanPage?

  /// Says what happened that the output does not show.
  func report(_ summary: TaggingPipeline.Summary, on console: Console)
}

/// Choices for labels of positions.
struct PositionTagChoices: TagChoosing {
  static let discussion = """
    Input is raw text, CoNLL-U, columns or JSON Lines, told by the file's name or its first \
    bytes; .gz is read too. Tags go to standard output as CoNLL-U, or as an aligned view on a \
    terminal. Everything of CoNLL-U that is not a tag stays as it was.
    """
  static let formats = ["conllu", "columns", "crfsuite", "jsonl", "slash", "view"]
  static let confidenceHelp = "Write the probability of each tag."

  @Option(
    help: """
      Write the K best labelings of each sentence, best first; with rank and log-probability in \
      comments, or in JSON Lines as the members nbest and logprob.
      """)
  var nbest = 1

  @Option(
    help: """
      What is best: viterbi, the likeliest tags as a whole, or posterior, the likeliest tag of \
      each word.
      """, transform: choice)
  var decode: Tagger.Decoding = .viterbi

  @Flag(help: "Keep the tags that stand in the input and tag around them.")
  var keep = false

  var needModels: Bool { true }

  func check(confidence: Bool) throws {
    if nbest < 1 { throw ValidationError("--nbest is \(nbest), and must be 1 or more.") }
    if nbest > 1 && confidence {
      throw ValidationError(
        "--nbest gives log-probabilities of whole labelings; drop --confidence.")
    }
    if nbest > 1 && decode == .posterior {
      throw ValidationError("--nbest ranks whole labelings; drop --decode posterior.")
    }
  }

  func settings(
    for taggers: [Tagger], _ layers: [String], confidence: Bool
  ) throws -> TaggingPipeline.Options {
    if nbest > 1 && taggers.count > 1 {
      throw ValidationError(
        "--nbest ranks the labelings of one layer: add --layer \(layers.joined(separator: " or "))."
      )
    }
    if confidence || nbest > 1 || decode == .posterior { try requireProbabilities(of: taggers) }
    var settings = TaggingPipeline.Options()
    settings.confidence = confidence
    settings.nBest = nbest
    settings.decoding = decode
    settings.keepsGiven = keep
    return settings
  }

  func view(_ layers: [String], _ palette: Palette) -> any RecordFormat {
    TerminalView(layers: layers, width: Terminal.width(), palette: palette)
  }

  func page(_ layers: [String]) -> SpanPage? { nil }

  func report(_ summary: TaggingPipeline.Summary, on console: Console) {
    guard keep else { return }
    console.note("kept \(grouped(summary.given)) given tags")
    if summary.unknownGiven > 0 {
      console.warn(
        "\(grouped(summary.unknownGiven)) given tags are not in the model's schema; replaced")
    }
  }
}

/// Choices for labels that tell spans.
struct SpanTagChoices: TagChoosing {
  static let discussion = """
    Input is raw text, CoNLL-U, columns or JSON Lines, told by the file's name or its first \
    bytes; .gz is read too. Labels go to standard output in the input's format, or as running \
    text with the spans marked on a terminal. Everything that is not a label stays as it was.
    """
  static let formats = ["conllu", "columns", "jsonl", "doccano", "labelstudio", "view", "html"]
  static let confidenceHelp = "Write P(exactly this span) of each span."

  @OptionGroup var spans: SpanOptions

  var needModels: Bool { spans.rules != .only }

  func check(confidence: Bool) throws {}

  func settings(
    for taggers: [Tagger], _ layers: [String], confidence: Bool
  ) throws -> TaggingPipeline.Options {
    var tagging = try spans.tagging(for: taggers)
    tagging.confidence = confidence
    if confidence || !tagging.thresholds.passAll { try requireProbabilities(of: taggers) }
    var settings = TaggingPipeline.Options()
    settings.spans = tagging
    settings.spanLayer = layers[0]
    return settings
  }

  func view(_ layers: [String], _ palette: Palette) -> any RecordFormat {
    SpanView(layers: layers, palette: palette)
  }

  func page(_ layers: [String]) -> SpanPage? { SpanPage(layers: layers) }

  func report(_ summary: TaggingPipeline.Summary, on console: Console) {
    console.report(summary.spans)
  }
}
