internal import ArgumentParser
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit bio eval`.
struct ResidueEvalCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "eval", abstract: "Score predicted labels against labelled sequences.",
      discussion: """
        With a prediction file, records are found by name and compared; with a model, it labels \
        the sequences of the reference. Residues: accuracy (Q3, Q8), precision, recall, F1, \
        specificity, MCC, AUC and average precision where there are probabilities, SOV'99 and \
        SOV_refine; --segments and --exons add segments, exons and genes.

          seqkit bio eval reference.3line predicted.3line
          seqkit bio eval secondary-structure reference.3line
        """)
  }

  @Argument(help: "The labelled reference and the prediction, or a model and the reference.")
  var files: [String]

  @Option(name: [.short, .long], help: "A model file, or a bundled model by name.")
  var model: String?

  @Option(
    help: "With --model, how labels are chosen: posterior or viterbi.",
    transform: choice)
  var decoder: ResidueDecoder?

  @OptionGroup var labels: LabeledInputOptions
  @OptionGroup var input: ResidueInputOptions

  @Option(help: "Labels whose segments are matched, as HB.")
  var segments = ""

  @Option(help: "Residues that the ends of segments that agree may be off.")
  var tolerance = 5

  @Option(help: "The least share of their union that two segments that agree both cover.")
  var overlap = 0.5

  @Option(help: "The label of coding residues: exons and genes are scored.")
  var exons: String?

  @Option(help: "Bootstrap rounds for the 95 % interval.")
  var rounds = 1000

  @Flag(help: "Answer as a Markdown page.")
  var markdown = false

  @OptionGroup var answer: JSONOptions
  @OptionGroup var seeding: SeedOptions
  @OptionGroup var options: GlobalOptions

  mutating func validate() throws {
    if model == nil, files.count == 2,
      bundledResidueModels.contains(files[0]) || isModelFile(files[0])
    {
      model = files.removeFirst()
    }
    if rounds < 1 { throw ValidationError("--rounds is \(rounds), and must be 1 or more.") }
    if tolerance < 0 {
      throw ValidationError("--tolerance is \(tolerance), and must be 0 or more.")
    }
    if !(0...1).contains(overlap) {
      throw ValidationError("--overlap is \(overlap), and must be from 0 to 1.")
    }
    if let exons, exons.utf8.count != 1 {
      throw ValidationError("--exons is \(exons), and must be one letter.")
    }
    if model == nil, files.count != 2 {
      throw ValidationError("give a reference and a prediction, or a model and a reference.")
    }
    if model != nil, files.count != 1 {
      throw ValidationError("with --model give one reference, not \(counted(files.count, "file")).")
    }
  }

  func run() throws {
    let console = options.console
    var scoring = ResidueEvaluation.Options()
    scoring.unassessed = labels.unassessedLabels
    scoring.merged = try labels.mergedLabels()
    scoring.segments = Set(segments.utf8)
    scoring.tolerance = tolerance
    scoring.leastOverlap = overlap
    scoring.exon = exons?.utf8.first
    var evaluation = ResidueEvaluation(scoring)
    let reference = try labels.read(files[0], input: input, console: console)
    var used: String?
    if let model {
      used = try score(reference, by: try residueModel(model, of: P.self), &evaluation)
    } else {
      let prediction = try labels.read(
        files[1], input: input, console: console, isReference: false)
      try compare(reference, with: prediction, &evaluation, console)
    }
    guard evaluation.accuracy.count > 0 else {
      throw KitError.nothingToScore(source: files[0], layer: "labels")
    }
    let report = ResidueReport(
      evaluation, reference: files[0], prediction: model ?? files[1], decoder: used,
      bootstrap: Bootstrap(rounds: rounds, seed: seeding.seed))
    write(
      answer.json
        ? try report.json()
        : markdown ? report.markdown() : report.text(color: console.output.enabled),
      to: STDOUT_FILENO)
  }

  private func compare(
    _ reference: LabeledFile, with prediction: LabeledFile,
    _ evaluation: inout ResidueEvaluation, _ console: Console
  ) throws {
    var byName: [String: LabeledResidues] = [:]
    for record in prediction.records {
      if byName.updateValue(record, forKey: record.name) != nil {
        throw ResidueModelError.duplicateName(
          record: record.name, source: prediction.path, line: record.header.lineNumber)
      }
    }
    var seen: Set<String> = []
    for record in reference.records {
      guard seen.insert(record.name).inserted else {
        throw ResidueModelError.duplicateName(
          record: record.name, source: reference.path, line: record.header.lineNumber)
      }
      guard let found = byName[record.name] else {
        throw ResidueModelError.missingPrediction(
          record: record.name, line: record.header.lineNumber, reference: reference.path,
          prediction: prediction.path)
      }
      guard found.count == record.count else {
        throw ResidueModelError.otherSequence(
          record: record.name, reference: reference.path, prediction: prediction.path,
          found: found.count, expected: record.count)
      }
      evaluation.add(
        reference: record.labels, predicted: found.labels,
        probabilities: found.probabilities.map { (prediction.probabilityLabels, $0) })
    }
    let others = prediction.records.count - reference.records.count
    if others > 0 {
      console.note(
        "\(prediction.path): \(counted(others, "record")) without a reference in \(reference.path)")
    }
  }

  /// Labels the sequences of the reference.
  ///
  /// - Returns: the decoder's name.
  private func score(
    _ reference: LabeledFile, by model: ResidueModel,
    _ evaluation: inout ResidueEvaluation
  ) throws -> String {
    guard model.facts.encoder.kind.isNucleic == reference.kind.isNucleic else {
      throw ResidueModelError.kind(
        source: reference.path, found: "\(reference.kind)",
        expected: "\(model.facts.encoder.kind)")
    }
    let labeler = try ResidueLabeler(model, decoder: decoder, probabilities: true)
    for record in reference.records {
      let found = try labeler.label(record.letters, of: record.header, in: reference.path)
      evaluation.add(
        reference: record.labels, predicted: found.labels,
        probabilities: found.probabilities.map { (model.labels, $0) })
    }
    return labeler.decoderInUse.rawValue
  }
}
