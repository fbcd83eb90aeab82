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
      commandName: "info",
      abstract: "Show the pack's reader, layers, labels, features and bundled models.")
  }

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  /// A layer and the bundled model that writes it.
  private struct LayerInfo: Encodable {
    var name: String
    /// The set of labels that the pack fixes, with its version.
    var schema: String?
    /// The scheme of labels that tell spans.
    var scheme: String?
    /// How labels hang together: chain or independent.
    var structure: String
    /// The algorithm of `train`, unless told otherwise.
    var algorithm: String?
    var templates: [String]
    var model: ModelSummary?
    /// Why there is no model.
    var problem: String?
  }

  private struct PackInfo: Encodable {
    var name: String
    var abstract: String
    var version: String
    /// How files are read; nothing for the usual formats of text.
    var reader: String?
    /// Fields that are made of others.
    var fields: [String]
    var layers: [LayerInfo]
  }

  func run() throws {
    let finder = ResourceFinder()
    let manifest = try S.pack.manifest(finder)
    let layers = manifest.layers.map { layer in
      var info = LayerInfo(
        name: layer.name, schema: layer.schema.map { "\($0.name) \($0.version)" },
        scheme: layer.scheme?.rawValue, structure: layer.chain ? "chain" : "independent",
        algorithm: layer.trainer.algorithm, templates: layer.templates)
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
    let pack = PackInfo(
      name: S.pack.name, abstract: S.pack.abstract, version: manifest.version,
      reader: manifest.reader?.summary,
      fields: manifest.fields.map { "\($0.name) of \($0.source)" },
      layers: layers)
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
    func line(_ key: String, _ value: String) {
      let indent = String(repeating: " ", count: 14 - key.count)
      text += "  " + palette.paint(key, .dim) + indent + value + "\n"
    }
    if let reader = pack.reader {
      line("reader", wrapped(reader.split(separator: " ").map(String.init), separator: " "))
    }
    if !pack.fields.isEmpty { line("made fields", wrapped(pack.fields, separator: ", ")) }
    for layer in pack.layers {
      text += "\n" + palette.paint(layer.name, .bold) + "\n"
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
      if let schema = layer.schema { line("label set", schema) }
      line(
        "structure", layer.structure + (layer.scheme.map { ", spans in \($0)" } ?? ""))
      if let algorithm = layer.algorithm { line("trained by", algorithm) }
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

extension ReaderManifest {
  /// In a few words: `csv, a record for each account`.
  fileprivate var summary: String {
    var parts = [kind.rawValue]
    if let group { parts.append("a record for each \(group)") }
    if !names.isEmpty { parts.append("fields " + names.joined(separator: ", ")) }
    if let expression {
      parts.append((kind == .lines ? "tokens " : "lines ") + expression.description)
    }
    return parts.joined(separator: "; ")
  }
}

extension String {
  fileprivate var trimmingTrailingSpace: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
