internal import ArgumentParser
internal import Glibc
internal import SeqCore
internal import SeqFormats
internal import SeqKit

/// `seqkit model`: what concerns model files, whatever pack they belong to.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Look into model files, check them, print their cards.",
    subcommands: [ModelInfo.self, ModelVerify.self, ModelCard.self])
}

/// `seqkit model info`.
struct ModelInfo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show labels, features, sizes, checksum and origin of a model.")

  @Argument(help: "The model file.")
  var file: String

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let summary = ModelSummary(try OpenedModel(path: file))
    write(
      answer.json ? try summary.json() : summary.text(color: options.console.output.enabled),
      to: STDOUT_FILENO)
  }
}

/// `seqkit model verify`.
struct ModelVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read every byte of a model and say whether it is whole; fail if not.")

  @Argument(help: "Model files.")
  var files: [String]

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    var failed = false
    for file in files {
      do {
        let model = try OpenedModel(path: file)
        try model.check()
        let summary = ModelSummary(model)
        if answer.json {
          print("{\"file\":\(jsonString(file)),\"ok\":true,\"checksum\":\"\(summary.checksum)\"}")
        } else {
          print(
            "\(file): OK (\(summary.manifest.name), \(grouped(summary.bytes)) bytes, checksum "
              + "\(summary.checksum))")
        }
      } catch {
        failed = true
        if answer.json {
          print("{\"file\":\(jsonString(file)),\"ok\":false,\"problem\":\(jsonString("\(error)"))}")
        } else {
          write("seqkit: \(error)\n", to: STDERR_FILENO)
        }
      }
    }
    if failed { throw ExitCode(ExitStatus.failed.rawValue) }
  }
}

/// `seqkit model card`.
struct ModelCard: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card", abstract: "Print the model's card in Markdown.")

  @Argument(help: "The model file.")
  var file: String

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let card = ModelSummary(try OpenedModel(path: file)).card()
    let sink = try ByteSink(path: output)
    try sink.write(Array(card.utf8))
    try sink.finish()
  }
}
