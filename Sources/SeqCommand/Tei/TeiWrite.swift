internal import ArgumentParser
internal import SeqCore
internal import SeqFormats
internal import TEIPack

/// `seqkit tei write`.
struct TeiWrite: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "write",
    abstract: "Put tags that were made elsewhere into a document.",
    discussion: """
      The tags are CoNLL-U with the sentences and words that tei import gives for the document; \
      UPOS, XPOS, LEMMA and NER= in MISC are written as tei tag writes them.
      """)

  @Argument(help: "The document.")
  var file: String

  @Option(help: "The tags, as CoNLL-U.")
  var from: String

  @OptionGroup var target: TeiOutput
  @OptionGroup var writing: TeiWriteOptions
  @OptionGroup var tei: TeiOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    var settings = writing.settings()
    settings.description = "tags made elsewhere"
    let writer = TEIWriter(
      try tei.reader(root: CorpusFiles.commonFolder(of: [file])), settings: settings)
    let reports = try target.each(of: [file]) { file, pass in
      let predictions = try Predictions(path: from)
      let result = try writer.write(
        path: file, annotate: { try predictions.annotate(&$0) }, pass: pass)
      try predictions.finish()
      return result
    }
    try writing.validate(target.written(of: [file]), console: options.console)
    TeiOutput.report(reports, json: writing.answer.json, on: options.console)
  }
}

/// `seqkit tei validate`.
struct TeiValidate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check well-formedness, identifiers and pointers; fail if there is a fault.",
    discussion: """
      With --schema, jing (Debian: apt install jing) validates as well, and its findings are told as \
      ours: where the element begins, once for each cause.
      """)

  @Argument(help: "Files and folders.")
  var files: [String]

  @Option(help: "A RELAX NG schema, such as tei_all.rng, to validate against by jing.")
  var schema: String?

  @Option(help: "The command that validates as jing does.")
  var jing = "jing"

  @OptionGroup var tei: TeiOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let schemaValidator = schema.map { SchemaValidator(schema: $0, command: jing) }
    let validator = TEIValidator(
      xml: try tei.reader(root: CorpusFiles.commonFolder(of: files)).settings.xml)
    var count = 0
    let files = try CorpusFiles.find(files)
    for file in files {
      var problems = try validator.validate(path: file)
      if let schemaValidator { problems += try schemaValidator.validate(path: file) }
      count += problems.count
      for problem in problems {
        if answer.json {
          print("{\"problem\":\(jsonString(problem.description))}")
        } else {
          write("\(problem)\n", to: 2)
        }
      }
    }
    options.console.note(
      "\(counted(files.count, "file")), \(count == 0 ? "no problem" : counted(count, "problem"))"
    )
    if count > 0 { throw ExitCode(ExitStatus.failed.rawValue) }
  }
}
