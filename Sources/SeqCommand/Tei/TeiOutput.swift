internal import ArgumentParser
internal import SeqCore
internal import SeqFormats
internal import TEIPack

/// Where documents are written to.
struct TeiOutput: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: "The folder for the new files, or the file for one; - is standard output.")
  var output = "-"

  /// A path below a folder, without the folder.
  static func below(_ root: String, _ file: String) -> String {
    if file.hasPrefix(root + "/") { return String(file.dropFirst(root.count + 1)) }
    return file.hasPrefix("/") ? String(file.dropFirst()) : file
  }

  /// The files and where each goes.
  private func places(of paths: [String]) throws -> [(file: String, target: String)] {
    let files = try CorpusFiles.find(paths)
    if files.isEmpty {
      throw ValidationError(
        "no file in \(paths.joined(separator: ", ")) ends in "
          + CorpusFiles.endings.joined(separator: ", ") + ".")
    }
    if output == "-", files.count > 1 {
      throw ValidationError(
        "\(counted(files.count, "file")) cannot go to standard output; give a folder with --output."
      )
    }
    guard output != "-", files.count > 1 || CorpusFiles.isFolder(output) else {
      return files.map { ($0, output) }
    }
    let root = CorpusFiles.commonFolder(of: paths)
    let folder = output.hasSuffix("/") ? String(output.dropLast()) : output
    return files.map { ($0, folder + "/" + Self.below(root, $0 == "-" ? "stdin.xml" : $0)) }
  }

  /// The files that ``each(of:threads:_:)`` writes; none for standard output.
  func written(of paths: [String]) throws -> [String] {
    output == "-" ? [] : try places(of: paths).map(\.target)
  }

  /// Hands each file to `body` with a function that takes the new file's bytes, several at once.
  ///
  /// - Returns: what `body` gave, in the files' order.
  func each<Result: Sendable>(
    of paths: [String], threads: Int = 1,
    _ body: (String, @escaping ([UInt8]) throws -> Void) throws -> Result
  ) throws -> [Result] {
    let places = try places(of: paths)
    return try FileWork.map(count: places.count, threads: threads) { index in
      let (file, target) = places[index]
      if target != output { try CorpusFiles.makeFolder(for: target) }
      let sink = try ByteSink(path: target)
      let unfinished = sink.temporaryPath.map { Interruption.Unfinished($0) }
      let result = try body(file) { try sink.write($0) }
      try sink.finish()
      unfinished?.forget()
      return result
    }
  }

  /// Tells what was read and written.
  static func report(
    _ reports: [(read: ImportReport, written: WriteReport)], json: Bool, on console: Console
  ) {
    var (read, written) = (ImportReport(), WriteReport())
    for report in reports {
      read.add(report.read)
      written.add(report.written)
    }
    for warning in read.warnings { console.note(warning) }
    if json {
      console.note("{\"read\":\(read.json),\"written\":\(written.json)}")
    } else {
      for line in read.lines.prefix(1) + written.lines { console.note(line) }
    }
  }
}

/// How tags are written.
struct TeiWriteOptions: ParsableArguments {
  @Option(help: "The name that marks what is ours.")
  var layer = "seqkit"

  @Flag(help: "Write everything apart from the text, in standOff with pointers to it.")
  var standoff = false

  @Option(
    help: """
      Annotation that is there: keep it, replace it (what an earlier run wrote is taken out first), or \
      skip sentences that have some.
      """, transform: choice)
  var existing: WriteSettings.Existing = .keep

  @Option(
    help: """
      Names that cross tags: part (split, the parts point at each other), standoff (apart from the \
      text), shrink, skip or error.
      """, transform: choice)
  var overlap: WriteSettings.Overlap = .part

  @Flag(inversion: .prefixedNo, help: "Mark sentences where none are.")
  var sentences = true

  @Option(
    name: .customLong("validate"),
    help: ArgumentHelp(
      "Validate what was written against a RELAX NG schema, by jing.", valueName: "schema"))
  var schema: String?

  @Option(help: ArgumentHelp("The command that validates.", visibility: .hidden))
  var jing = "jing"

  @OptionGroup var answer: JSONOptions

  func settings() -> WriteSettings {
    var settings = WriteSettings()
    settings.layer = layer
    settings.isApart = standoff
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

  /// Validates files that were written, if that was asked for, and fails if one is not valid.
  func validate(_ written: [String], console: Console) throws {
    guard let schema else { return }
    guard !written.isEmpty else {
      throw ValidationError("--validate needs files; give --output.")
    }
    let validator = SchemaValidator(schema: schema, command: jing)
    var count = 0
    for file in written {
      let problems = try validator.validate(path: file)
      for problem in problems { SeqCommand.write("\(problem)\n", to: 2) }
      count += problems.count
    }
    console.note("\(counted(written.count, "file")) validated, \(counted(count, "problem"))")
    if count > 0 { throw ExitCode(ExitStatus.failed.rawValue) }
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
    let counts = try target.each(of: files, threads: options.threadCount) { file, pass in
      try stripper.strip(path: file, pass: pass)
    }
    options.console.note("\(counts.reduce(0, +)) places changed")
  }
}
