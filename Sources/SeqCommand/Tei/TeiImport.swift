internal import ArgumentParser
internal import SeqFormats
internal import TEIPack

/// `seqkit tei import`.
struct TeiImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract:
      "Write a corpus as CoNLL-U, columns or JSON Lines, and report what is not in it.")

  @Argument(help: "Files and folders; - is standard input.")
  var corpus: [String]

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @Option(
    help: ArgumentHelp(
      "The output's format: conllu, columns, jsonl, or segments (JSON Lines, one a paragraph or verse line). (default: as its name tells)"
    ))
  var to: String?

  @Option(help: "The columns to write, such as form,upos.")
  var columns: String?

  @Flag(inversion: .prefixedNo, help: "Write the bytes of the file that each word comes from.")
  var sources = true

  @Flag(help: "Fail if a byte of text is neither imported nor left out by a rule.")
  var strict = false

  @OptionGroup var tei: TeiOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let name = to ?? (columns == nil ? Formats.name(forPath: output) : "columns") ?? "conllu"
    let format: ImportFormat
    switch name {
    case "conllu": format = .conllu(sources: sources)
    case "segments": format = .segments
    default:
      format = .records(
        try misuse {
          try Formats.named(
            name, FormatOptions(columns: columns.map(InputOptions.names)), source: output)
        })
    }
    let files = try CorpusFiles.find(corpus)
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    let reader = try tei.reader(root: CorpusFiles.commonFolder(of: corpus))
    let report = try reader.importFiles(files, to: sink, as: format, threads: options.threadCount)
    try sink.finish()
    Interruption.remove(nil)
    let console = options.console
    for warning in report.warnings { console.warn(warning) }
    if answer.json {
      console.note(report.json)
    } else {
      for line in report.lines { console.note(line) }
    }
    if strict, !report.isBalanced { throw ExitCode(ExitStatus.failed.rawValue) }
  }
}

/// `seqkit tei profile`.
struct TeiProfile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Show a reading profile with all its rules, as JSON to start one's own from.")

  @Argument(help: "The profile's name, or a JSON5 file.")
  var name = "reading"

  func run() throws {
    var options = TeiOptions()
    options.profile = name
    print(try options.readingProfile().json())
  }
}
