internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import SeqKit
internal import SeqPack

/// `seqkit PACK explain` for packs whose labels tell spans.
struct SpanExplainCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "explain",
      abstract: "Show what made a span, and what it takes for it to go.",
      discussion: """
        Each span is compared with the best labeling that does not have it. The evidence is the \
        exact difference of the two scores, feature by feature.
        """)
  }

  @Argument(help: "Files to explain; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var models: ModelOptions
  @OptionGroup var input: InputOptions

  @Option(help: "Explain only spans with this text.")
  var text: String?

  @Option(help: "Evidence to show for each span; 0 for all.")
  var top = 10

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let taggers = try models.taggers(for: P.self)
    for path in files.isEmpty ? ["-"] : files {
      let (source, format) = try input.open(path, usualColumns: P.manifest().columns)
      var reader = ChunkReader(source, as: format)
      let tokenizer = try tokenizer(of: taggers, anyTokenizer: format.name != "text")
      while let chunk = try reader.nextChunk() {
        if format.name == "text" {
          try tokenizer.decode(chunk) { try explain($0, taggers) }
        } else {
          try format.decode(chunk) { try explain($0, taggers) }
        }
      }
    }
  }

  private func explain(_ record: consuming Record, _ taggers: [Tagger]) throws {
    for tagger in taggers {
      for explanation in try SpanExplanation.explain(record, with: tagger)
      where text == nil || explanation.text == text {
        if answer.json {
          let encoder = JSONEncoder()
          encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
          let line = String(decoding: try encoder.encode(explanation), as: UTF8.self)
          write(line + "\n", to: STDOUT_FILENO)
        } else {
          write(rendered(explanation), to: STDOUT_FILENO)
        }
      }
    }
  }

  private func rendered(_ span: SpanExplanation) -> String {
    let palette = options.console.output
    func signed(_ value: Float) -> String {
      let number = decimal(Double(abs(value)), 3)
      return String(repeating: " ", count: max(0, 8 - number.count)) + (value < 0 ? "−" : "+")
        + number
    }
    var text = palette.paint("\(span.text)", .bold) + "  \(span.type)"
    if let probability = span.probability { text += "  P = \(decimal(Double(probability), 4))" }
    text += "\n  not \(span.rival.joined(separator: " ")), by \(decimal(Double(span.margin), 3))\n"
    for evidence in span.evidence.prefix(top == 0 ? .max : top) {
      text += "  \(signed(evidence.weight))  \(evidence.name)\n"
    }
    let rest = span.evidence.count - (top == 0 ? span.evidence.count : top)
    if rest > 0 {
      let sum = span.evidence.dropFirst(top).reduce(Float(0)) { $0 + $1.weight }
      text += "  \(signed(sum))  \(grouped(rest)) others together\n"
    }
    if let features = span.counterfactual {
      text += "  goes without: " + features.joined(separator: "; ") + "\n"
    } else {
      text += "  stays whatever features are taken away\n"
    }
    return text + "\n"
  }
}
