internal import ArgumentParser
internal import SeqCore
internal import SeqFormats
internal import TEIPack

/// `seqkit tei import`.
struct TeiImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract:
      "Write a corpus as CoNLL-U, columns, JSON Lines, vertical or brat, and report what is not in it."
  )

  @Argument(help: "Files and folders; - is standard input.")
  var corpus: [String]

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @Option(
    name: [.customLong("to"), .customLong("format")],
    help: ArgumentHelp(
      """
      The output's format: conllu, columns, jsonl, vertical, brat (a text and its annotations a \
      file, in the folder --output), or segments (JSON Lines, one a paragraph or verse line). \
      (default: as its name tells)
      """))
  var to: String?

  @Option(help: "The columns to write, such as form,upos.")
  var columns: String?

  @Flag(inversion: .prefixedNo, help: "Write the bytes of the file that each word comes from.")
  var sources = true

  @Flag(help: "Fail if a byte of text is neither imported nor left out by a rule.")
  var strict = false

  @Option(
    help: ArgumentHelp(
      """
      Names in names: keep, outermost, innermost, longest, or by:LABEL,… (of those that overlap, the \
      label that comes first). (default: keep)
      """, valueName: "which"))
  var nested: String?

  @Flag(
    help: """
      Keep the readings of choice and app that are not chosen: Orig=, Abbr=, Rdg.WITNESS=, … in MISC, \
      layers misc.Orig, ….
      """)
  var readings = false

  @OptionGroup var tei: TeiOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let report: ImportReport
    let files = try CorpusFiles.find(corpus)
    var reader = try tei.reader(root: CorpusFiles.commonFolder(of: corpus))
    reader.settings.nesting = try nesting()
    reader.settings.keepsReadings = readings
    let name = to ?? (columns == nil ? formatOfOutput : "columns") ?? "conllu"
    if name == "brat" {
      report = try writeBrat(files, reader)
    } else {
      let format = try format(name)
      let sink = try ByteSink(path: output)
      Interruption.remove(sink.temporaryPath)
      report = try reader.importFiles(files, to: sink, as: format, threads: options.threadCount)
      try sink.finish()
      Interruption.remove(nil)
    }
    let console = options.console
    for warning in report.warnings { console.note(warning) }
    if answer.json {
      console.note(report.json)
    } else {
      for line in report.lines { console.note(line) }
    }
    if strict, !report.isBalanced { throw ExitCode(ExitStatus.failed.rawValue) }
  }

  private func nesting() throws -> ImportSettings.Nesting {
    switch nested {
    case nil, "keep": return .keep
    case "outermost": return .outermost
    case "innermost": return .innermost
    case "longest": return .longest
    case .some(let text) where text.hasPrefix("by:") && text.count > 3:
      return .priority(text.dropFirst(3).split(separator: ",").map(String.init))
    case .some(let text):
      let known = ["keep", "outermost", "innermost", "longest", "by:LABEL,…"]
      throw ValidationError(
        "--nested is \(text), and must be one of \(known.joined(separator: ", "))."
          + (nearestName(to: text, among: known).map { " Is \($0) meant?" } ?? ""))
    }
  }

  private var formatOfOutput: String? {
    CorpusFiles.verticalEndings.contains { output.hasSuffix($0) }
      ? "vertical" : Formats.name(forPath: output)
  }

  private func format(_ name: String) throws -> ImportFormat {
    switch name {
    case "conllu": return .conllu(sources: sources)
    case "segments": return .segments
    case "vertical":
      return .vertical(
        columns: columns.map(InputOptions.names) ?? ["form", "lemma", "upos", "xpos"])
    default:
      return .records(
        try misuse {
          try Formats.named(
            name, FormatOptions(columns: columns.map(InputOptions.names)), source: output)
        })
    }
  }

  /// Writes a pair of files for each file: into a folder, or under the name given for one.
  private func writeBrat(_ files: [String], _ reader: TEIReader) throws -> ImportReport {
    let isPair = output.hasSuffix(".txt") || output.hasSuffix(".ann")
    guard output != "-", !isPair || files.count == 1 else {
      throw ValidationError(
        "brat's documents are pairs of files; give a folder with --output"
          + (files.count == 1 ? ", or the name of the .txt." : "."))
    }
    let root = CorpusFiles.commonFolder(of: corpus)
    var report = ImportReport()
    for file in files {
      var path = isPair ? String(output.dropLast(4)) : output + "/" + TeiOutput.below(root, file)
      for ending in CorpusFiles.endings.reversed() where !isPair && path.hasSuffix(ending) {
        path.removeLast(ending.count)
      }
      try CorpusFiles.makeFolder(for: path)
      var writer = BratWriter(
        text: try ByteSink(path: path + ".txt"), annotations: try ByteSink(path: path + ".ann"))
      report.add(try reader.segments(path: file) { try writer.write($0) })
      try writer.finish()
    }
    return report
  }
}

/// `seqkit tei profile`.
struct TeiProfile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Show a reading profile with all its rules, or check one's own.",
    discussion: """
      Without a name, the bundled profiles are listed. A profile is shown as JSON, what it extends \
      included, to start one's own from; a file that is not right is an error that says where.
      """)

  @Argument(help: "The profile's name, or a JSON5 file.")
  var name: String?

  @Flag(help: "Check it, and show nothing but what is wrong.")
  var check = false

  @OptionGroup var options: GlobalOptions

  func run() throws {
    guard let name else {
      if check { throw ValidationError("--check needs the name or the file of a profile.") }
      for name in ReadingProfile.bundledNames {
        let padded = name + String(repeating: " ", count: max(1, 13 - name.count))
        print(padded + (try ReadingProfile.named(name).description ?? ""))
      }
      return
    }
    var tei = TeiOptions()
    tei.profile = name
    (tei.hyphen, tei.spacing, tei.witness, tei.joinParts) = (nil, nil, nil, false)
    let profile = try tei.readingProfile()
    _ = try TEIReader(profile: profile)
    if check {
      options.console.note("\(name): \(profile.rules.count) rules, no fault")
    } else {
      print(profile.json())
    }
  }
}
