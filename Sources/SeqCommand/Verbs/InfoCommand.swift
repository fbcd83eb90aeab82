internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit PACK info`.
struct InfoCommand<S: PackSlot>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "info", abstract: "Show the pack's layers, labels, features and bundled models.")
  }

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  /// A layer and the bundled model that writes it.
  private struct LayerInfo: Encodable {
    var name: String
    var templates: [String]
    var model: ModelSummary?
    /// Why there is no model.
    var problem: String?
  }

  private struct PackInfo: Encodable {
    var name: String
    var abstract: String
    var layers: [LayerInfo]
  }

  func run() throws {
    let finder = ResourceFinder()
    let manifest = try S.pack.manifest(finder)
    let layers = manifest.layers.map { layer in
      var info = LayerInfo(name: layer.name, templates: layer.templates)
      if let file = layer.model {
        do {
          let path = try S.pack.path(.models, file, finder)
          info.model = ModelSummary(try Model(path: path))
        } catch {
          info.problem = "\(error)"
        }
      }
      return info
    }
    let pack = PackInfo(name: S.pack.name, abstract: S.pack.abstract, layers: layers)
    if answer.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      write(String(decoding: try encoder.encode(pack), as: UTF8.self) + "\n", to: STDOUT_FILENO)
    } else {
      write(text(pack), to: STDOUT_FILENO)
    }
  }

  private func text(_ pack: PackInfo) -> String {
    let palette = options.console.output
    var text = "\(pack.name): \(pack.abstract)\n"
    for layer in pack.layers {
      text += "\n" + palette.paint(layer.name, .bold) + "\n"
      func line(_ key: String, _ value: String) {
        let indent = String(repeating: " ", count: 14 - key.count)
        text += "  " + palette.paint(key, .dim) + indent + value + "\n"
      }
      if let model = layer.model {
        let manifest = model.manifest
        line("model", "\(manifest.name) \(manifest.version)".trimmingTrailingSpace)
        line("file", "\(model.path), \(grouped(model.bytes)) bytes")
        line("licence", manifest.provenance.licence.isEmpty ? "–" : manifest.provenance.licence)
        for (name, value) in manifest.provenance.scores.sorted(by: { $0.key < $1.key })
        where name.hasSuffix("accuracy") {
          line(name, "\(decimal(value * 100, 2)) %")
        }
        line("labels", wrapped(manifest.labels, separator: " "))
      } else {
        line("model", layer.problem ?? "none is bundled; --model names one")
      }
      line("features", wrapped(layer.model?.manifest.templates ?? layer.templates, separator: ", "))
    }
    return text
  }

  /// A list on lines that end before column 80, behind the key's column.
  private func wrapped(_ items: [String], separator: String) -> String {
    var lines = [""]
    for (index, item) in items.enumerated() {
      let item = item + (index + 1 < items.count ? separator : "")
      if !lines[lines.count - 1].isEmpty, 16 + lines[lines.count - 1].count + item.count > 80 {
        lines.append("")
      }
      lines[lines.count - 1] += item
    }
    return lines.map(\.trimmingTrailingSpace)
      .joined(separator: "\n" + String(repeating: " ", count: 16))
  }
}

extension String {
  fileprivate var trimmingTrailingSpace: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
