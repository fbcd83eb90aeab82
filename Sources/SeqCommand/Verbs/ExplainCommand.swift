internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit PACK explain`.
struct ExplainCommand<S: PackSlot, K: LabelKind>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "explain", abstract: K.ExplainChoices.abstract,
      discussion: K.ExplainChoices.discussion)
  }

  @Argument(help: "Files to explain; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var models: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var choices: K.ExplainChoices
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let pack = try OpenPack(S.pack)
    let taggers = try models.taggers(for: pack)
    for path in files.isEmpty ? ["-"] : files {
      let (source, format) = try input.open(path, for: pack)
      var reader = ChunkReader(source, as: format)
      let tokenizer = try tokenizer(of: taggers, anyTokenizer: format.name != "text")
      func explain(_ record: consuming Record) throws {
        for tagger in taggers {
          try choices.explain(
            record, tagger, json: answer.json, palette: options.console.output
          ) { write($0, to: STDOUT_FILENO) }
        }
      }
      while let chunk = try reader.nextChunk() {
        if format.name == "text" {
          try tokenizer.decode(chunk) { try explain($0) }
        } else {
          try format.decode(chunk) { try explain($0) }
        }
      }
    }
  }
}

/// What `explain` explains of a kind of labels.
protocol ExplainChoosing: ParsableArguments {
  /// What `help` says.
  static var abstract: String { get }
  static var discussion: String { get }

  /// Hands the explanations of a record to `show`, as JSON or for people.
  func explain(
    _ record: Record, _ tagger: Tagger, json: Bool, palette: Palette, _ show: (String) -> Void
  ) throws
}

/// Explanations of tags.
struct PositionExplainChoices: ExplainChoosing {
  static let abstract = "Show what made a tag, feature by feature."
  static let discussion = ""

  @Option(help: "Explain only positions with this form.")
  var word: String?

  @Option(help: "Contributions to show for each label; 0 for all.")
  var top = 10

  func explain(
    _ record: Record, _ tagger: Tagger, json: Bool, palette: Palette, _ show: (String) -> Void
  ) throws {
    let layer = tagger.schema.layer
    for explanation in try Explanation.explain(record, with: tagger)
    where word == nil || explanation.form == word {
      show(
        json
          ? try explanation.json(layer: layer)
          : explanation.text(layer: layer, top: top == 0 ? .max : top))
    }
  }
}

/// Explanations of spans.
struct SpanExplainChoices: ExplainChoosing {
  static let abstract = "Show what made a span, and what it takes for it to go."
  static let discussion = """
    Each span is compared with the best labeling that does not have it. The evidence is the \
    exact difference of the two scores, feature by feature.
    """

  @Option(help: "Explain only spans with this text.")
  var text: String?

  @Option(help: "Evidence to show for each span; 0 for all.")
  var top = 10

  func explain(
    _ record: Record, _ tagger: Tagger, json: Bool, palette: Palette, _ show: (String) -> Void
  ) throws {
    for explanation in try SpanExplanation.explain(record, with: tagger)
    where text == nil || explanation.text == text {
      if json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        show(String(decoding: try encoder.encode(explanation), as: UTF8.self) + "\n")
      } else {
        show(rendered(explanation, palette))
      }
    }
  }

  private func rendered(_ span: SpanExplanation, _ palette: Palette) -> String {
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
