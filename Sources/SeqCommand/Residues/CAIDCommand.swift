internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit bio caid`.
struct CAIDCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "caid",
      abstract: "Score predictions of two classes with the figures of the CAID assessment.",
      discussion: """
        The reference is three-line records whose labels are 1, 0 and - (not assessed); predictions \
        are files of the assessment: >NAME, then position, residue, score and perhaps state between \
        tabs. Figures are computed and rounded as its program does, to three decimals, in its \
        tables' layout. Proteins that a prediction lacks, or has in another length, are left out and \
        counted.
        """)
  }

  @Argument(help: "Predictions; a predictor is called as its file.")
  var predictions: [String]

  @Option(name: [.short, .long], help: "The labels, in three-line records.")
  var reference: String

  @Option(
    help: ArgumentHelp(
      "From which score on a residue is positive: a number, states (the smallest score with state 1), or the figure to be largest, such as f1s, mcc or bac.",
      valueName: "threshold"))
  var threshold = "0.5"

  @Option(help: "The label of positives.")
  var positive = "1"

  @Option(help: "Labels of residues that are not assessed.")
  var unassessed = "-"

  @Option(help: "A table of every protein's figures; - is standard output.")
  var perTarget: String?

  @Option(help: "Draws of whole proteins for 95 % intervals; 0 for none.")
  var bootstrap = 0

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @OptionGroup var seeding: SeedOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if positive.utf8.count != 1 { throw ValidationError("--positive is one letter, such as 1.") }
    if bootstrap < 0 {
      throw ValidationError("--bootstrap is \(bootstrap), and cannot be negative.")
    }
    if Double(threshold) == nil, threshold != "states",
      CAIDAssessment.Figure(rawValue: threshold) == nil
    {
      let known = CAIDAssessment.Figure.allCases.map(\.rawValue)
      throw ValidationError(
        "--threshold \(threshold) is no number, and none of states, "
          + known.joined(separator: ", ") + ".")
    }
  }

  func run() throws {
    let records = try ResidueText.read(try ByteSource(path: reference), layout: .threeLine)
    let labels = Dictionary(records.map { ($0.name, $0) }) { first, _ in first }
    if labels.count < records.count {
      options.console.warn(
        "\(reference): \(records.count - labels.count) records have a name that was used before; "
          + "the first of a name counts")
    }
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    var targetLines: [String] = []
    let names = CAIDAssessment.Figure.allCases.map(\.rawValue)
    if !answer.json {
      var heading = ["predictor"] + names
      heading += ["aucroc", "aucpr", "aps", "thr", "tp", "fp", "tn", "fn"]
      if bootstrap > 0 { heading += names.flatMap { [$0 + "_low", $0 + "_high"] } }
      try sink.write(Array((heading.joined(separator: ",") + "\n").utf8))
    }
    for path in predictions {
      let prediction = try Prediction(
        path, labels, positive: positive.utf8.first!, unassessed: Array(unassessed.utf8),
        options.console)
      let assessment = CAIDAssessment(prediction.targets.flatMap(\.cases))
      guard let threshold = threshold(of: assessment, prediction) else {
        throw CommandFailure.noThreshold(source: path, wanted: self.threshold)
      }
      try sink.write(Array(line(prediction, assessment, threshold).utf8))
      for target in prediction.targets {
        let figures = CAIDAssessment(target.cases).figures(at: threshold)
        let values = CAIDAssessment.Figure.allCases.map { text(figures[$0]) }
        let line = [prediction.name, target.name] + values + [number(threshold)]
        targetLines.append(line.joined(separator: ","))
      }
    }
    try sink.finish()
    Interruption.remove(nil)
    if let perTarget {
      let file = try ByteSink(path: perTarget)
      let heading = ["predictor", "target"] + names + ["thr"]
      let lines = [heading.joined(separator: ",")] + targetLines
      try file.write(Array((lines.joined(separator: "\n") + "\n").utf8))
      try file.finish()
    }
    if bootstrap > 0 { seeding.announce(on: options.console) }
  }

  private func threshold(of assessment: CAIDAssessment, _ prediction: Prediction) -> Double? {
    if let number = Double(threshold) { return number }
    if threshold == "states" { return prediction.smallestPositiveScore }
    return CAIDAssessment.Figure(rawValue: threshold).flatMap { assessment.bestThreshold(for: $0) }
  }

  private func line(
    _ prediction: Prediction, _ assessment: CAIDAssessment, _ threshold: Double
  ) -> String {
    let counts = assessment.counts(at: threshold)
    let figures = assessment.figures(at: threshold)
    var intervals: [CAIDAssessment.Figure: ConfidenceInterval] = [:]
    if bootstrap > 0 {
      intervals = Bootstrap(rounds: bootstrap, seed: seeding.seed).intervals(
        of: prediction.targets.map { CAIDAssessment($0.cases).exactCounts(at: threshold) })
    }
    let areas = [
      ("aucroc", assessment.areaUnderROC), ("aucpr", assessment.areaUnderPrecisionRecall),
      ("aps", assessment.averagePrecision), ("thr", threshold),
    ]
    let cells = [
      ("tp", counts.truePositives), ("fp", counts.falsePositives), ("tn", counts.trueNegatives),
      ("fn", counts.falseNegatives),
    ]
    guard answer.json else {
      var fields = [prediction.name] + CAIDAssessment.Figure.allCases.map { text(figures[$0]) }
      fields += areas.map { text($0.1) } + cells.map { String($0.1) }
      for figure in CAIDAssessment.Figure.allCases where bootstrap > 0 {
        fields += [text(intervals[figure]?.low), text(intervals[figure]?.high)]
      }
      return fields.joined(separator: ",") + "\n"
    }
    var members = ["\"predictor\":\(jsonString(prediction.name))"]
    for figure in CAIDAssessment.Figure.allCases {
      members.append("\"\(figure.rawValue)\":\(figures[figure].map(number) ?? "null")")
      if let interval = intervals[figure] {
        members.append(
          "\"\(figure.rawValue)_interval\":[\(number(interval.low)),\(number(interval.high))]")
      }
    }
    members += areas.map { "\"\($0.0)\":\($0.1.map(number) ?? "null")" }
    members += cells.map { "\"\($0.0)\":\($0.1)" }
    members += [
      "\"targets\":\(prediction.targets.count)", "\"missing_targets\":\(prediction.missing)",
    ]
    return "{" + members.joined(separator: ",") + "}\n"
  }

  private func text(_ value: Double?) -> String { value.map(number) ?? "" }

  /// At most three decimals, one at least.
  private func number(_ value: Double) -> String {
    var digits = decimal(value, 3)
    while digits.hasSuffix("0"), !digits.hasSuffix(".0") { digits.removeLast() }
    return digits
  }
}

/// What one file predicts for the assessed residues of the reference.
private struct Prediction {
  let name: String
  var targets: [(name: String, cases: [(score: Double, isPositive: Bool)])] = []
  /// Proteins of the reference that it lacks.
  var missing = 0
  var smallestPositiveScore: Double?

  init(
    _ path: String, _ labels: [String: ResidueText], positive: UInt8, unassessed: [UInt8],
    _ console: Console
  ) throws {
    let file = path.fileName
    name = [".gz", ".caid"].reduce(file) { $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0 }
    var (unknown, ofOtherLength, otherLetters) = (0, 0, 0)
    var seen: Set<String> = []
    for prediction in try CAIDPredictions.read(try ByteSource(path: path)) {
      guard let record = labels[prediction.name], let labels = record.labels else {
        unknown += 1
        continue
      }
      guard seen.insert(prediction.name).inserted else { continue }
      guard labels.count == prediction.scores.count else {
        ofOtherLength += 1
        continue
      }
      otherLetters += zip(record.letters, prediction.letters).count { $0 != $1 }
      var cases: [(score: Double, isPositive: Bool)] = []
      for (index, label) in labels.enumerated() where !unassessed.contains(label) {
        let score = prediction.scores[index]
        cases.append((score, label == positive))
        if prediction.states?[index] == true {
          smallestPositiveScore = min(smallestPositiveScore ?? score, score)
        }
      }
      if !cases.isEmpty { targets.append((prediction.name, cases)) }
    }
    missing = labels.count - seen.count
    func warn(_ count: Int, _ what: String) {
      if count > 0 { console.warn("\(path): \(grouped(count)) \(what)") }
    }
    warn(missing, "proteins of the reference are not predicted and left out")
    warn(unknown, "predicted proteins are not in the reference")
    warn(ofOtherLength, "proteins are predicted in another length and left out")
    warn(otherLetters, "residues are other letters in the reference")
  }
}
