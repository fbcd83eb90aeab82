internal import ArgumentParser
internal import SeqFormats
internal import SeqKit
internal import SeqPack
internal import TEIPack

/// `seqkit tei tag`.
struct TeiTag: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Put tags into documents; every other byte stays as it is.",
    discussion: """
      Existing words get attributes, other text gets elements w, pc and s; names get persName, \
      placeName, orgName or name. All of it is marked resp="#LAYER", and tei strip takes it out \
      again. A second run changes nothing.
      """)

  @Argument(help: "Files and folders; - is standard input.")
  var files: [String]

  @Option(
    name: .customLong("with"), parsing: .singleValue,
    help: "A pack's bundled models (pos, …) or a model file; may be repeated.")
  var models: [String]

  @OptionGroup var target: TeiOutput
  @OptionGroup var writing: TeiWriteOptions

  @Flag(help: "Write the probability of each tag as @cert.")
  var confidence = false

  @Flag(help: "Tag although the model was trained on another tokenizer's words.")
  var anyTokenizer = false

  @OptionGroup var tei: TeiOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let taggers = try taggers()
    if confidence { try requireProbabilities(of: taggers) }
    let tokenizer = try tokenizer(of: taggers, anyTokenizer: anyTokenizer)
    var settings = writing.settings()
    settings.description = taggers.map {
      "\($0.schema.layer): \($0.model.manifest.pack) model, \($0.model.manifest.provenance.algorithm)"
    }.joined(separator: "; ")
    let writer = TEIWriter(
      try tei.reader(root: CorpusFiles.commonFolder(of: files)), settings: settings)
    var pipelineOptions = TaggingPipeline.Options()
    pipelineOptions.confidence = confidence
    let pipeline = TaggingPipeline(taggers, output: CoNLLU(), options: pipelineOptions)
    let schemas = taggers.map(\.model.spans)
    var (read, written) = (ImportReport(), WriteReport())
    try target.each(of: files) { file, pass in
      let workspaces = taggers.map { Workspace($0) }
      let result = try writer.write(path: file, tokenizer: tokenizer) { record in
        try pipeline.tag(&record, in: workspaces)
        for (tagger, schema) in zip(taggers, schemas) {
          if let schema { setSpans(&record, tagger.schema.layer, schema) }
        }
      } pass: {
        try pass($0)
      }
      read.add(result.read)
      written.add(result.written)
    }
    for warning in read.warnings { options.console.warn(warning) }
    for line in read.lines.prefix(1) + written.lines { options.console.note(line) }
  }

  /// The models of packs and files, in the order given.
  private func taggers() throws -> [Tagger] {
    try models.flatMap { name -> [Tagger] in
      if let pack = Root.context.packs.first(where: { $0.name == name }) {
        return try ModelOptions.bundled().taggers(for: OpenPack(pack))
      }
      return [Tagger(try Model(path: name))]
    }
  }

  /// Makes spans of the labels of a layer, which goes.
  private func setSpans(_ record: inout Record, _ layer: String, _ schema: SpanSchema) {
    guard let names = record.strings(layer) else { return }
    let segments = schema.segments(of: names.compactMap { schema.labels.label($0) })
    record.setSpans(
      SpanLayer(name: layer, types: schema.types, spans: segments.map { LabelledSpan($0) }))
    record.removeLayer(layer)
  }
}

/// Where documents are written to.
struct TeiOutput: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: "The folder for the new files, or the file for one; - is standard output.")
  var output = "-"

  /// Hands each file to `body` with a function that takes the new file's bytes.
  func each(
    of paths: [String], _ body: (String, @escaping ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    let files = try CorpusFiles.find(paths)
    let isFolder = output != "-" && (files.count > 1 || CorpusFiles.isFolder(output))
    if output == "-", files.count > 1 {
      throw ValidationError(
        "\(files.count) files cannot go to standard output; give a folder with --output.")
    }
    let root = CorpusFiles.commonFolder(of: paths)
    for file in files {
      var path = output
      if isFolder {
        let below = file.hasPrefix(root + "/") ? String(file.dropFirst(root.count + 1)) : file
        path = output + "/" + below
        try CorpusFiles.makeFolder(for: path)
      }
      let sink = try ByteSink(path: path)
      Interruption.remove(sink.temporaryPath)
      try body(file) { try sink.write($0) }
      try sink.finish()
      Interruption.remove(nil)
    }
  }
}

/// How tags are written.
struct TeiWriteOptions: ParsableArguments {
  @Option(help: "The name that marks what is ours.")
  var layer = "seqkit"

  @Option(help: "Annotation that is there: keep, replace or skip.", transform: choice)
  var existing: WriteSettings.Existing = .keep

  @Option(help: "Names that cross tags: split, shrink or skip.", transform: choice)
  var overlap: WriteSettings.Overlap = .split

  @Flag(inversion: .prefixedNo, help: "Mark sentences where none are.")
  var sentences = true

  func settings() -> WriteSettings {
    var settings = WriteSettings()
    settings.layer = layer
    settings.existing = existing
    settings.overlap = overlap
    settings.marksSentences = sentences
    settings.version = version
    return settings
  }

  func validate() throws {
    let isName =
      layer.utf8.first.map { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A } == true
      && layer.utf8.allSatisfy {
        $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2D
      }
    if !isName {
      throw ValidationError(
        "--layer is \(layer), and must be a letter and then letters, digits and hyphens.")
    }
  }
}

/// `seqkit tei strip`.
struct TeiStrip: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strip", abstract: "Take out what tei tag put in.")

  @Argument(help: "Files and folders; - is standard input.")
  var files: [String]

  @Option(help: "The name that marks what is to be taken out.")
  var layer = "seqkit"

  @OptionGroup var target: TeiOutput
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let stripper = TEIStripper(layer: layer)
    var count = 0
    try target.each(of: files) { file, pass in
      count += try stripper.strip(path: file) { try pass($0) }
    }
    options.console.note("\(count) places changed")
  }
}
