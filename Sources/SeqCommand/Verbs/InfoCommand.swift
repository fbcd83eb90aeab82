internal import ArgumentParser
internal import Glibc
internal import SeqKit
internal import SeqPack

/// `seqkit PACK info`.
struct InfoCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "info", abstract: "Show the pack's labels, features and bundled model.")
  }

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let manifest = try P.manifest()
    var text = "\(P.name): \(P.abstract)\n"
    for layer in manifest.layers {
      text += "\n\(layer.name)\n"
      text += "  bundled model  \(layer.model ?? "none")\n"
      text += "  features       \(layer.templates.joined(separator: ", "))\n"
    }
    write(text, to: STDOUT_FILENO)
  }
}
