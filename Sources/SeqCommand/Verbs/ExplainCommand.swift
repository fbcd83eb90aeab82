internal import ArgumentParser
internal import Glibc
internal import SeqKit
internal import SeqPack

/// `seqkit PACK explain`.
struct ExplainCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "explain", abstract: "Show what made a tag, feature by feature.")
  }

  @Argument(help: "Files to explain; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var models: ModelOptions
  @OptionGroup var input: InputOptions

  @Option(help: "Explain only positions with this form.")
  var word: String?

  @Option(help: "Contributions to show for each label; 0 for all.")
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
      for explanation in try Explanation.explain(record, with: tagger)
      where word == nil || explanation.form == word {
        let text =
          answer.json
          ? try explanation.json(layer: tagger.schema.layer)
          : explanation.text(
            layer: tagger.schema.layer, top: top == 0 ? .max : top)
        write(text, to: STDOUT_FILENO)
      }
    }
  }
}
