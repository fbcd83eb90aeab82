internal import ArgumentParser
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
    try target.each(of: [file]) { file, pass in
      let predictions = try Predictions(path: from)
      let result = try writer.write(path: file) {
        try predictions.annotate(&$0)
      } pass: {
        try pass($0)
      }
      try predictions.finish()
      for line in result.read.lines.prefix(1) + result.written.lines { options.console.note(line) }
    }
  }
}

/// `seqkit tei validate`.
struct TeiValidate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check well-formedness, identifiers and pointers; fail if there is a fault.")

  @Argument(help: "Files and folders.")
  var files: [String]

  @OptionGroup var tei: TeiOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let validator = TEIValidator(
      xml: try tei.reader(root: CorpusFiles.commonFolder(of: files)).settings.xml)
    var count = 0
    let files = try CorpusFiles.find(files)
    for file in files {
      let problems = try validator.validate(path: file)
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
      "\(files.count) files, \(count == 0 ? "no problem" : "\(count) problem\(count == 1 ? "" : "s")")"
    )
    if count > 0 { throw ExitCode(ExitStatus.failed.rawValue) }
  }
}
