internal import ArgumentParser
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit bio explain`.
struct ResidueExplainCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "explain", abstract: "Show which residues made a label.",
      discussion: """
        Each residue around the position is hidden in turn, and the fall of the label's \
        log-probability is what it contributes (occlusion). A network is no sum of its residues, so \
        contributions do not add up; each alone is exact.

          seqkit bio explain --model secondary-structure --position 42 protein.fa
        """)
  }

  @Argument(help: "A FASTA file; - is standard input.")
  var file: String

  @Option(name: [.short, .long], help: "A model file, or a bundled one by name.")
  var model: String

  @Option(help: "The position, from 1.")
  var position: Int

  @Option(help: "The record's name. (default: the first)")
  var record: String?

  @Option(help: "The label to explain. (default: the one that is chosen)")
  var label: String?

  @Option(help: "How far from the position residues are hidden.")
  var distance = 15

  @Option(
    help: "How labels are chosen: posterior or viterbi. (default: the model's)",
    transform: choice)
  var decoder: ResidueDecoder?

  @OptionGroup var input: ResidueInputOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if position < 1 { throw ValidationError("--position is \(position), and counts from 1.") }
    if distance < 0 || distance > 10_000 {
      throw ValidationError("--distance is \(distance), and must be 0 to 10,000.")
    }
    if let label, label.utf8.count != 1 {
      throw ValidationError("--label is \(label), and must be one letter.")
    }
  }

  func run() throws {
    let model = try residueModel(self.model, of: P.self)
    let (name, letters) = try sequence()
    guard position <= letters.count else {
      throw ValidationError(
        "--position is \(position), and \(name) has \(counted(letters.count, "residue")).")
    }
    let wanted = label?.utf8.first
    if let wanted, !model.labels.contains(wanted) {
      throw ValidationError(
        "--label: the model has \(model.facts.labels), and not \(Character(Unicode.Scalar(wanted)))."
      )
    }
    let labeler = try ResidueLabeler(model, decoder: decoder)
    let explanation = try ResidueExplanation(
      labeler, letters: letters, position: position - 1, distance: distance, label: wanted)
    write(answer.json ? json(explanation, name) : text(explanation, name), to: STDOUT_FILENO)
  }

  private func sequence() throws -> (String, [UInt8]) {
    let source = try ByteSource(path: file)
    var readerOptions = input.options
    readerOptions.window = nil
    let reader = FASTAReader(source, options: readerOptions)
    while let batch = try reader.nextBatch() {
      for window in batch.windows {
        let name = String(decoding: batch.headers[window.header].name, as: UTF8.self)
        if record == nil || record == name { return (name, Array(batch.text(of: window))) }
      }
    }
    throw ValidationError("--record: \(source.name) has no record \(record ?? "").")
  }

  private func text(_ explanation: ResidueExplanation, _ name: String) -> String {
    let palette = options.console.output
    let label = String(Unicode.Scalar(explanation.label))
    var text =
      palette.paint("\(name), position \(position), label \(label)", .bold) + "\n"
      + explanation.probabilities.map {
        "P(\(Character(Unicode.Scalar($0.label)))) \(decimal(Double($0.probability), 3))"
      }.joined(separator: "  ") + "  by the network alone\n\n"
      + palette.paint("position  residue  contribution to log P(\(label)), nats", .dim) + "\n"
    let largest = explanation.contributions.map { abs($0.value) }.max() ?? 0
    for part in explanation.contributions {
      let digits = String(part.position + 1)
      let number = String(repeating: " ", count: max(0, 8 - digits.count)) + digits
      let value = decimal(Double(part.value), 3)
      let size = largest > 0 ? Int((abs(part.value) / largest * 30).rounded()) : 0
      let bar = String(repeating: part.value < 0 ? "-" : "+", count: size)
      text +=
        "\(number)     \(Character(Unicode.Scalar(part.letter)))     "
        + String(repeating: " ", count: max(0, 8 - value.count)) + value + "  "
        + palette.paint(bar, part.value < 0 ? .red : .green)
        + (part.position == explanation.position ? "  <" : "") + "\n"
    }
    return text
  }

  private func json(_ explanation: ResidueExplanation, _ name: String) -> String {
    let label = String(Unicode.Scalar(explanation.label))
    let probabilities = explanation.probabilities.map {
      "\(jsonString(String(Unicode.Scalar($0.label)))):\($0.probability)"
    }.joined(separator: ",")
    let parts = explanation.contributions.map {
      "{\"position\":\($0.position),\"residue\":\(jsonString(String(Unicode.Scalar($0.letter)))),"
        + "\"contribution\":\($0.value)}"
    }.joined(separator: ",")
    return "{\"record\":\(jsonString(name)),\"position\":\(explanation.position),"
      + "\"label\":\(jsonString(label)),\"method\":\"occlusion\",\"probabilities\":{\(probabilities)},"
      + "\"contributions\":[\(parts)]}\n"
  }
}
