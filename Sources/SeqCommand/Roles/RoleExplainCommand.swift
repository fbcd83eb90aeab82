internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit PACK explain` of a pack that labels frames.
struct RoleExplainCommand<P: RolePack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "explain", abstract: "Show what gave a span its role, feature by feature.")
  }

  @Argument(help: "Files to explain; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var models: FrameModelOptions
  @OptionGroup var input: FrameInputOptions

  @Option(help: "Explain only the frames of predicates with this form.")
  var word: String?

  @Option(help: "Features to show for each argument; 0 for all.")
  var top = 10

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let labeler = try P.Labeler(models.models(for: P.self))
    let annotator = labeler.annotator(givenPredicates: true, givenTags: false)
    let known = Tokenizer.Language.allCases.map { Tokenizer(language: $0) }
    let tokenizer = known.first { $0.identity == labeler.tokenizer } ?? known[0]
    for path in files.isEmpty ? ["-"] : files {
      let (source, format) = try input.open(path)
      let reading: any RecordFormat = format.name == "conllu" ? FrameMisc() : format
      var reader = ChunkReader(source, as: reading)
      while let chunk = try reader.nextChunk() {
        if format.name == "text" {
          try tokenizer.decode(chunk) { try explain($0, labeler, annotator) }
        } else {
          try reading.decode(chunk) { try explain($0, labeler, annotator) }
        }
      }
    }
  }

  private func explain(
    _ record: consuming Record, _ labeler: P.Labeler, _ annotator: any RecordAnnotator
  ) throws {
    var record = record
    try annotator.annotate(&record)
    let forms = record.strings("form") ?? []
    for frame in record.frames ?? [] where word == nil || forms[frame.predicate] == word {
      for explanation in try labeler.explanations(of: record, frame: frame) {
        let words = forms[explanation.argument.positions].joined(separator: " ")
        let text =
          answer.json
          ? try json(explanation, frame, words) : text(explanation, frame, words)
        write(text, to: STDOUT_FILENO)
      }
    }
  }

  private func shown(_ explanation: ArgumentExplanation) -> ArraySlice<
    ArgumentExplanation.Contribution
  > {
    explanation.features.prefix(top == 0 ? .max : top)
  }

  private func text(_ explanation: ArgumentExplanation, _ frame: Frame, _ words: String) -> String {
    let palette = options.console.output
    var text =
      "\(frame.sense): \(palette.paint(explanation.argument.role, .bold)) \(words)\n"
      + "  score \(decimal(Double(explanation.score), 2)); as \(explanation.rival) "
      + "\(decimal(Double(explanation.rivalScore), 2))\n"
    for feature in shown(explanation) {
      let weight = decimal(Double(feature.weight), 2)
      let rival = decimal(Double(feature.rivalWeight), 2)
      text += String(repeating: " ", count: max(1, 10 - weight.count)) + weight
      text += String(repeating: " ", count: max(1, 10 - rival.count)) + rival
      text += "  \(feature.name)\n"
    }
    let rest = explanation.features.count - shown(explanation).count
    if rest > 0 { text += "  … and \(grouped(rest)) more\n" }
    return text + "\n"
  }

  private struct Line: Encodable {
    struct Feature: Encodable {
      var name: String
      var weight: Float
      var rivalWeight: Float
    }
    var predicate: Int
    var sense: String
    var role: String
    var start: Int
    var end: Int
    var text: String
    var score: Float
    var rival: String
    var rivalScore: Float
    var features: [Feature]
  }

  private func json(
    _ explanation: ArgumentExplanation, _ frame: Frame, _ words: String
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = Line(
      predicate: frame.predicate, sense: frame.sense, role: explanation.argument.role,
      start: explanation.argument.positions.lowerBound,
      end: explanation.argument.positions.upperBound, text: words, score: explanation.score,
      rival: explanation.rival, rivalScore: explanation.rivalScore,
      features: shown(explanation).map {
        Line.Feature(name: $0.name, weight: $0.weight, rivalWeight: $0.rivalWeight)
      })
    return String(decoding: try encoder.encode(line), as: UTF8.self) + "\n"
  }
}
