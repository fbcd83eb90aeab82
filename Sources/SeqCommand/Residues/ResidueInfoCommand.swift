internal import ArgumentParser
internal import Glibc
internal import SeqKit
internal import SeqPack

/// `seqkit bio info`.
struct ResidueInfoCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "info",
      abstract: "List the bundled motifs, with their references, or describe a model.")
  }

  @Argument(help: "Describe this model instead: a file, or a bundled one by name.")
  var named: String?

  @Option(name: [.short, .long], help: "The same.")
  var model: String?

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    if let model = named ?? model { return try describe(try residueModel(model, of: P.self)) }
    var text = answer.json ? "" : "\(P.name): \(P.abstract)\n"
    for kind in [ResidueKind.protein, .dna] {
      let patterns = try bundledMotifs(for: kind, of: P.self).patterns(for: kind).patterns
      text += answer.json ? json(patterns) : table(patterns, kind)
    }
    write(text, to: STDOUT_FILENO)
  }

  private func describe(_ model: ResidueModel) throws {
    let summary = ResidueModelSummary(model)
    write(
      answer.json ? try summary.json() : summary.text(color: options.console.output.enabled),
      to: STDOUT_FILENO)
  }

  private func json(_ patterns: [MotifPattern]) -> String {
    patterns.map { pattern in
      "{\"name\":\(jsonString(pattern.label.name)),\"kind\":\(jsonString(pattern.kind.rawValue)),"
        + "\"pattern\":\(jsonString(pattern.text)),\"summary\":\(jsonString(pattern.label.summary)),"
        + "\"reference\":\(jsonString(pattern.reference))}\n"
    }.joined()
  }

  private func table(_ patterns: [MotifPattern], _ kind: ResidueKind) -> String {
    let palette = options.console.output
    var text = "\n" + palette.paint("motifs of \(kind)", .bold) + "\n"
    let width = patterns.map { $0.label.name.count }.max() ?? 0
    for pattern in patterns {
      let name = pattern.label.name
      text +=
        "  " + palette.paint(name, .cyan) + String(repeating: " ", count: width - name.count + 2)
        + pattern.text + "\n" + String(repeating: " ", count: width + 4)
        + palette.paint("\(pattern.label.summary); \(pattern.reference)", .dim) + "\n"
    }
    return text
  }
}
