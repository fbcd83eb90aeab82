internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import SeqKit
internal import SeqPack
internal import VideoPack

/// `seqkit frames info`.
struct VideoInfoCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "info",
      abstract: "List recipes and formats, or say what a model knows of its frames.")
  }

  @Argument(help: "A model file.")
  var model: String?

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let palette = options.console.output
    guard let path = model else {
      if answer.json {
        for (name, summary) in Recipe.known {
          print("{\"recipe\":\(jsonString(name)),\"summary\":\(jsonString(summary))}")
        }
        return
      }
      write(
        "\(P.name): \(P.abstract)\n\n"
          + ActionScoreText.table(
            [["recipe", ""]] + Recipe.known.map { [$0.name, $0.summary] }, left: 2, palette)
          + "\nwrites: \(ActionFormat.allCases.map(\.rawValue).joined(separator: ", "))\n",
        to: STDOUT_FILENO)
      return
    }
    let model = try FrameModel(path: path)
    if answer.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      print(
        String(
          decoding: try encoder.encode(
            ModelDocument(facts: model.facts, components: model.network.preparation.components)),
          as: UTF8.self))
      return
    }
    let facts = model.facts
    let reach = model.reach
    var rows = [
      ["model", model.network.manifest.name], ["recipe", facts.recipe],
      ["numbers a frame", "\(model.network.preparation.columns)"],
      ["frames a second", facts.rate.map { "\($0)" } ?? "not stated"],
      ["stride", "\(facts.step)"],
      ["features made by", facts.extractor.isEmpty ? "not stated" : facts.extractor],
      ["labels", model.labels.joined(separator: ", ")],
      ["background", facts.background.isEmpty ? "none" : facts.background.joined(separator: ", ")],
      [
        "sees",
        "\(reach.before.map(String.init) ?? "all") frames back, "
          + "\(reach.after.map(String.init) ?? "all") ahead"
          + (reach.after == 0 ? " (causal)" : ""),
      ],
    ]
    if let components = model.network.preparation.components {
      rows.append([
        "principal components",
        "\(components.count) of \(components.columns) columns, with "
          + "\(decimal(components.share * 100, 1)) % of the variance",
      ])
    }
    rows += facts.reasons.enumerated().map { [$0 == 0 ? "chosen" : "", $1] }
    write(ActionScoreText.table(rows, left: 2, heads: false, palette), to: STDOUT_FILENO)
  }
}

/// `info --json` of a model: its facts, and what its rows become.
private struct ModelDocument: Encodable {
  struct Components: Encodable {
    var count: Int
    var columns: Int
    var variance: Double
  }
  enum Key: String, CodingKey { case components }

  let facts: FrameModel.Facts
  let components: PrincipalComponents?

  func encode(to encoder: any Encoder) throws {
    try facts.encode(to: encoder)
    var values = encoder.container(keyedBy: Key.self)
    try values.encodeIfPresent(
      components.map { Components(count: $0.count, columns: $0.columns, variance: $0.share) },
      forKey: .components)
  }
}
