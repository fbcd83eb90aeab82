internal import ArgumentParser
internal import SeqCore
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
      again. With --standoff all of it stands apart from the text, in standOff at the document's end; \
      semantic roles always do. A second run changes nothing.
      """)

  @Argument(help: "Files and folders; - is standard input.")
  var files: [String]

  @Option(
    name: .customLong("with"), parsing: .singleValue,
    help: "A pack's bundled models (pos, ner, srl, …) or a model file; may be repeated.")
  var models: [String]

  @OptionGroup var target: TeiOutput
  @OptionGroup var writing: TeiWriteOptions

  @Flag(help: "Write the calibrated probability of each tag and name as @cert.")
  var confidence = false

  @Flag(help: "Tag although the model was trained on another tokenizer's words.")
  var anyTokenizer = false

  @OptionGroup var tei: TeiOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let tools = try TeiTools.open(models, confidence: confidence, anyTokenizer: anyTokenizer)
    var settings = writing.settings()
    settings.description = tools.description
    settings.writesFrames = tools.writesFrames
    let writer = TEIWriter(
      try tei.reader(root: CorpusFiles.commonFolder(of: files)), settings: settings)
    let reports = try target.each(of: files, threads: options.threadCount) { file, pass in
      let annotate = tools.annotator()
      return try writer.write(
        path: file, tokenizer: tools.tokenizer, annotate: annotate, pass: pass)
    }
    try writing.validate(target.written(of: files), console: options.console)
    TeiOutput.report(reports, json: writing.answer.json, on: options.console)
  }
}

/// The models of packs and files, and what they do with a record.
struct TeiTools {
  private let taggers: [Tagger]
  private let spanTaggers: [Tagger]
  private let labelers: [any FrameLabeler]
  private let confidence: Bool
  /// The tokenizer for text without marked words.
  let tokenizer: Tokenizer

  private init(
    _ taggers: [Tagger], _ labelers: [any FrameLabeler], _ tokenizer: Tokenizer, confidence: Bool
  ) {
    self.taggers = taggers.filter { $0.model.spans == nil }
    self.spanTaggers = taggers.filter { $0.model.spans != nil }
    self.labelers = labelers
    self.tokenizer = tokenizer
    self.confidence = confidence
  }

  /// Opens the models of packs and the model files named.
  static func open(_ names: [String], confidence: Bool, anyTokenizer: Bool) throws -> TeiTools {
    var taggers: [Tagger] = []
    var labelers: [any FrameLabeler] = []
    for name in names { try addTools(named: name, &taggers, &labelers) }
    if confidence { try requireProbabilities(of: taggers) }
    return TeiTools(
      taggers, labelers, try wordTokenizer(taggers, labelers, anyTokenizer: anyTokenizer),
      confidence: confidence)
  }

  /// Whether records get frames.
  var writesFrames: Bool { !labelers.isEmpty }

  /// What made the annotation, for the header.
  var description: String {
    let layers = (taggers + spanTaggers).map {
      "\($0.schema.layer): \($0.model.manifest.pack) model, "
        + "\($0.model.manifest.provenance.algorithm)"
    }
    return (layers + (labelers.isEmpty ? [] : ["roles: srl models"])).joined(separator: "; ")
  }

  /// A function that tags records; for one thread.
  func annotator() -> (inout Record) throws -> Void {
    var pipelineOptions = TaggingPipeline.Options()
    pipelineOptions.confidence = confidence
    let pipeline = TaggingPipeline(taggers, output: CoNLLU(), options: pipelineOptions)
    let workspaces = taggers.map { Workspace($0) }
    let spanWorkspaces = spanTaggers.map { Workspace($0) }
    var spanTagging = SpanTagging()
    spanTagging.confidence = confidence
    let annotators = labelers.map { $0.annotator(givenPredicates: false, givenTags: false) }
    let (taggers, spanTaggers) = (taggers, spanTaggers)
    return { record in
      if !taggers.isEmpty { try pipeline.tag(&record, in: workspaces) }
      let own = record
      for annotator in annotators { try annotator.annotate(&record) }
      var changes = SpanTagging.Changes()
      for (tagger, workspace) in zip(spanTaggers, spanWorkspaces) {
        record.setSpans(
          try spanTagging.spans(
            of: record, layer: tagger.schema.layer, tagger: tagger, in: workspace,
            changes: &changes))
      }
      // The tags that roles are found by are not asked for.
      if !annotators.isEmpty {
        for layer in ["upos", "xpos"] {
          if let ranges = own.strings(layer) {
            record.setText(layer, to: ranges.map { record.append(Array($0.utf8)) })
          } else {
            record.removeLayer(layer)
          }
        }
      }
    }
  }
}

/// Adds what a pack tags with, or the model in a file.
private func addTools(
  named name: String, _ taggers: inout [Tagger], _ labelers: inout [any FrameLabeler]
) throws {
  if let roles = Root.context.registry.pack(named: name) as? any RolePack.Type {
    labelers.append(try bundledLabeler(roles))
    return
  }
  if let pack = Root.context.packs.first(where: { $0.name == name }) {
    taggers += try ModelOptions.usual.taggers(for: OpenPack(pack))
    return
  }
  if !name.contains("/"), !name.contains(".") {
    let known = Root.context.packs.map { $0.name }
    let nearest = nearestName(to: name, among: known)
    throw ValidationError(
      "--with \(name): there is no such pack\(nearest.map { "; is \($0) meant?" } ?? ".")"
        + " Known: \(known.joined(separator: ", ")); or give the path of a model file.")
  }
  taggers.append(Tagger(try Model(path: name)))
}

/// The tokenizer that the models were trained with.
private func wordTokenizer(
  _ taggers: [Tagger], _ labelers: [any FrameLabeler], anyTokenizer: Bool
) throws -> Tokenizer {
  guard taggers.isEmpty, let labeler = labelers.first else {
    return try tokenizer(of: taggers, anyTokenizer: anyTokenizer)
  }
  let identity = labeler.tokenizer
  let known = Tokenizer.Language.allCases.map { Tokenizer(language: $0) }
  return known.first { $0.identity == identity } ?? known[0]
}

private func bundledLabeler<P: RolePack>(_ pack: P.Type) throws -> any FrameLabeler {
  var options = FrameModelOptions()
  options.model = []
  return try P.Labeler(options.models(for: pack))
}
