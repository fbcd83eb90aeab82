internal import ArgumentParser
internal import FoundationEssentials
internal import SeqKit
internal import SeqPack

/// `seqkit PACK export`: features as another program's input.
struct ExportCommand<S: PackSlot>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "export", abstract: "Write features as a CRFsuite attribute file.",
      discussion: """
        A line for each position: its label, then the features that fire, by name. CRFsuite and \
        python-crfsuite train on such files, so that both programs can be compared on the same \
        features.
        """)
  }

  @Argument(help: "Annotated files; - or none is standard input.")
  var files: [String] = []

  @OptionGroup var input: InputOptions

  @Option(help: "The layer whose values are the labels. (default: the pack's first)")
  var layer: String?

  @Option(help: "A file of feature templates, one a line. (default: the pack's)")
  var templates: String?

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let pack = try OpenPack(S.pack)
    let manifest = pack.manifest
    let layer = layer ?? manifest.layers[0].name
    let program = try TemplateProgram(
      parsing: try TemplateFile.texts(templates, manifest: manifest, layer: layer))
    let sink = try ByteSink(path: output)
    var bytes: [UInt8] = []
    for path in files.isEmpty ? ["-"] : files {
      let (source, format) = try input.open(path, for: pack)
      var reader = RecordReader(source, as: format)
      while let record = try reader.next() {
        guard record.count > 0 else { continue }
        let labels = record.strings(layer) ?? [String](repeating: "_", count: record.count)
        for (label, features) in zip(labels, try program.features(of: record)) {
          CRFsuite.appendEscaped(Array(label.utf8), to: &bytes)
          for feature in features {
            bytes.append(UInt8(ascii: "\t"))
            CRFsuite.appendEscaped(Array(feature.name.utf8), to: &bytes)
          }
          bytes.append(UInt8(ascii: "\n"))
        }
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count > 1 << 18 {
          try sink.write(bytes)
          bytes.removeAll(keepingCapacity: true)
        }
      }
    }
    try sink.write(bytes)
    try sink.finish()
  }
}

/// A file of feature templates: one a line, `#` begins a comment.
enum TemplateFile {
  /// The templates of a file, or the pack's for a layer if there is no file.
  static func texts(
    _ path: String?, manifest: PackManifest, layer: String
  ) throws -> [String] {
    guard let path else { return (manifest.layer(layer) ?? manifest.layers[0]).templates }
    let text: String
    do {
      text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    } catch {
      throw ValidationError("--templates \(path): the file cannot be read.")
    }
    return text.split(separator: "\n").map { line in
      var line = line.split(separator: "#", omittingEmptySubsequences: false)[0]
      while line.last?.isWhitespace == true { line.removeLast() }
      while line.first?.isWhitespace == true { line.removeFirst() }
      return String(line)
    }.filter { !$0.isEmpty }
  }
}
