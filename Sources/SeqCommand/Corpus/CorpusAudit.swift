internal import ArgumentParser
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit corpus audit`.
struct CorpusAuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "List likely label errors, duplicates, leaks between files, and contradictions.",
    discussion: """
      Labels are doubted by models that were trained on the other parts of the files: the least \
      likely come first. Records that say the same are found within files and between them: give \
      train, dev and test together to find leaks.

      With --pack bio files are labelled residues, and with --pack frames a data set (see frames \
      train), whose actions are doubted as a whole; both are told by their looks.
      """)

  @Argument(help: "Annotated files, those of one corpus together; of frames a data set's folder.")
  var files: [String]

  @Option(help: "The layer of labels. (default: the pack's first)")
  var layer: String?

  @Option(
    help: """
      The pack whose features and reader are used: a name or a folder. (default: ner; bio and frames \
      for their data)
      """)
  var pack: String?

  @Option(help: "The split of a data set of frames.")
  var split = "1"

  @Option(help: "Parts that the files are dealt into.")
  var folds = 5

  @Option(help: "Iterations or epochs of each part's training. (default: 50; bio 12, frames 40)")
  var iterations: Int?

  @Option(help: "Doubtful labels to list: a number, or a percentage of all such as 10%.")
  var top = "50"

  @Option(help: "Records with fewer positions are no duplicates.")
  var minimumLength = 3

  @Flag(help: "Look for duplicates, leaks and contradictions only; nothing is trained.")
  var noTraining = false

  @OptionGroup var input: InputOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if folds < 2 { throw ValidationError("--folds is \(folds), and must be 2 or more.") }
    if let iterations, iterations < 1 { throw ValidationError("--iterations must be 1 or more.") }
    _ = try count(of: 100)
  }

  /// How many of so many positions `--top` asks for.
  private func count(of total: Int) throws -> Int {
    if top.hasSuffix("%"), let part = Double(top.dropLast()), (0...100).contains(part) {
      return Int((Double(total) * part / 100).rounded())
    }
    guard let number = Int(top), number >= 0 else {
      throw ValidationError("--top \(top): expected a number, or a percentage such as 10%.")
    }
    return number
  }

  func run() throws {
    let pack = try namedPack(self.pack ?? usualPack())
    switch pack.material {
    case .words, .spans: try auditText(by: try OpenPack(pack))
    case .residues:
      let residues = try ResidueAudit(files)
      try report(residues.audit) {
        try residues.doubts(
          folds: folds, epochs: iterations, threads: options.threadCount, report: tell)
      }
    case .frames:
      guard files.count == 1 else {
        throw ValidationError(
          "a data set of frames is one folder; \(files.count) are given. Both lists of its --split are read."
        )
      }
      let frames = try FrameAudit(folder: files[0], split: split)
      options.console.tell(frames.notices, of: frames.recordings)
      try report(frames.audit) {
        try frames.doubts(
          folds: folds, epochs: iterations, threads: options.threadCount, report: tell)
      }
    }
  }

  private func usualPack() throws -> String {
    switch try LabelledSequences.material(of: files[0]) {
    case .frames: "frames"
    case .residues: "bio"
    case .words, .spans: "ner"
    }
  }

  private func tell(_ fold: Int) { options.console.note("part \(fold + 1) of \(folds)") }

  private func auditText(by pack: OpenPack) throws {
    let layer = layer ?? pack.manifest.layers[0].name
    let templates = (pack.manifest.layer(layer) ?? pack.manifest.layers[0]).templates
    let fields = try TemplateProgram(parsing: templates).layers
    var records: [Record] = []
    for file in files {
      let (source, format) = try input.open(file, for: pack)
      var reader = RecordReader(source, as: format)
      while let record = try reader.next() { records.append(record) }
    }
    guard records.contains(where: { $0.layerIndex(layer) != nil }) else {
      throw KitError.nothingToScore(source: files.joined(separator: ", "), layer: layer)
    }
    let audit = CorpusAudit(records, layer: layer, fields: fields)
    try report(audit) {
      var training = Training(layer: layer, templates: templates, pack: pack.name, name: "audit")
      training.clusters = try pack.clusterTable(templates, layer: layer)
      training.options.iterations = iterations ?? 50
      training.threads = options.threadCount
      return try audit.doubts(
        paths: files, training: training, folds: folds, fields: fields,
        format: { try input.format(of: $0, for: pack) }, report: tell)
    }
  }

  /// Shows what an audit finds.
  private func report(
    _ audit: CorpusAudit, _ findDoubts: () throws -> [CorpusAudit.Doubt]
  ) throws {
    let repetitions = audit.repetitions(minimum: minimumLength)
    for repetition in repetitions { show(repetition) }
    let doubts = noTraining ? [] : try findDoubts()
    let shown = try count(of: doubts.count)
    for (rank, doubt) in doubts.prefix(shown).enumerated() { show(doubt, rank: rank + 1) }
    let leaks = repetitions.count(where: \.isLeak)
    let conflicts = repetitions.count { !$0.conflicts.isEmpty }
    options.console.note(
      "\(counted(audit.records.count, "record")), \(counted(doubts.count, "label")) examined; "
        + "\(counted(repetitions.count, "record")) found more than once, \(grouped(leaks)) of them in "
        + "several files, \(grouped(conflicts)) with different labels")
  }

  private func show(_ doubt: CorpusAudit.Doubt, rank: Int) {
    let probability = decimal(Double(doubt.probability), 4)
    let other = decimal(Double(doubt.suggestionProbability), 4)
    if answer.json {
      print(
        "{\"kind\":\"label\",\"rank\":\(rank),\"file\":\(jsonString(doubt.place.source)),"
          + "\"line\":\(doubt.place.line),\"position\":\(doubt.position),\"count\":\(doubt.count),"
          + "\"text\":\(jsonString(doubt.text)),\"label\":\(jsonString(doubt.given)),"
          + "\"probability\":\(probability),\"suggestion\":\(jsonString(doubt.suggestion)),"
          + "\"suggestionProbability\":\(other)}")
    } else {
      let first = doubt.position + 1
      let position =
        doubt.count == 1 ? "position \(first)" : "positions \(first) to \(first + doubt.count - 1)"
      let suggestion =
        doubt.suggestion == doubt.given
        ? "no other is likelier" : "rather \(doubt.suggestion) (\(other))"
      print(
        "\(doubt.place) \(position): \(doubt.text)  \(doubt.given) (\(probability)), \(suggestion)")
    }
  }

  private func show(_ repetition: CorpusAudit.Repetition) {
    let kind = repetition.isLeak ? "leak" : "duplicate"
    if answer.json {
      let places = repetition.places.map { jsonString("\($0)") }.joined(separator: ",")
      let conflicts = repetition.conflicts.map(String.init).joined(separator: ",")
      print(
        "{\"kind\":\"\(kind)\",\"places\":[\(places)],\"text\":\(jsonString(repetition.text)),"
          + "\"conflicts\":[\(conflicts)]}")
    } else {
      let places = repetition.places.map { "\($0)" }.joined(separator: ", ")
      let conflict =
        repetition.conflicts.isEmpty
        ? ""
        : "; labelled differently at position "
          + repetition.conflicts.prefix(5).map { String($0 + 1) }.joined(separator: ", ")
      print("\(kind): \(places): \(repetition.text)\(conflict)")
    }
  }
}

/// A pack by its name or folder.
func namedPack(_ name: String) throws -> any Pack {
  let context = Root.context
  if let pack = context.packs.first(where: { $0.name == name }) { return pack }
  if let pack = try context.finder.pack(named: name) { return pack }
  if access("\(name)/\(DeclarativePack.manifestName)", F_OK) == 0 {
    return try DeclarativePack(folder: name)
  }
  let known = context.packs.map(\.name) + context.finder.names()
  let nearest = nearestName(to: name, among: known).map { " Did you mean \"\($0)\"?" } ?? ""
  throw ValidationError(
    "\"\(name)\" is neither a folder with a \(DeclarativePack.manifestName) nor one of the packs "
      + "\(known.joined(separator: ", ")).\(nearest)")
}
