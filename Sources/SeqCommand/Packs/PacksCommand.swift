internal import ArgumentParser
internal import Glibc
internal import SeqKit
internal import SeqPack

/// `seqkit packs`: the packs of this program, and those without code.
struct PacksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packs", abstract: "List, show, make and check packs.",
    discussion: """
      A pack without code is a folder with a file pack.json5. It is found by its name in \
      ~/.config/seqkit/packs and among those that come with the program, or anywhere with \
      --pack FOLDER in front: seqkit --pack FOLDER tag FILE.
      """,
    subcommands: [PacksList.self, PacksShow.self, PacksNew.self, PacksCheck.self],
    defaultSubcommand: PacksList.self)
}

/// `seqkit packs list`.
struct PacksList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the packs and where they are.")

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let context = Root.context
    var rows: [(name: String, abstract: String, place: String)] = context.packs.map {
      ($0.name, $0.abstract, "")
    }
    for name in context.finder.names() where !context.packs.contains(where: { $0.name == name }) {
      let folder = context.finder.folder(named: name) ?? ""
      do {
        guard let pack = try context.finder.pack(named: name) else { continue }
        rows.append((name, pack.abstract, folder))
      } catch {
        options.console.warn("\(error)")
      }
    }
    let width = rows.map(\.name.count).max() ?? 0
    for row in rows {
      if answer.json {
        print(
          "{\"name\":\(jsonString(row.name)),\"abstract\":\(jsonString(row.abstract)),"
            + "\"folder\":\(row.place.isEmpty ? "null" : jsonString(row.place))}")
      } else {
        let padding = String(repeating: " ", count: width - row.name.count)
        print("\(row.name)\(padding)  \(row.abstract)")
      }
    }
  }
}

/// `seqkit packs show`.
struct PacksShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print a pack's manifest file.")

  @Argument(help: "The pack's name, or its folder.")
  var pack: String

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let folder = packFolder(pack)
    let path: String
    if let folder {
      path = "\(folder)/\(DeclarativePack.manifestName)"
    } else {
      let compiled = try namedPack(pack)
      path = try compiled.path(.manifests, compiled.name + ".json5", ResourceFinder())
    }
    options.console.note(path)
    write(String(decoding: try ByteSource(path: path).readAll(), as: UTF8.self), to: STDOUT_FILENO)
  }
}

/// `seqkit packs check`.
struct PacksCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check packs without code; fail if one is not right.",
    discussion: """
      Reads the manifest, parses templates, looks for the fields that they read, and opens the \
      models that the pack names.
      """)

  @Argument(help: "Names or folders. (default: all that are found)")
  var packs: [String] = []

  @OptionGroup var options: GlobalOptions

  func run() throws {
    var hasFailed = false
    for name in packs.isEmpty ? Root.context.finder.names() : packs {
      guard let folder = packFolder(name) else {
        _ = try namedPack(name)
        throw ValidationError("\(name) is compiled into this program: there is no folder to check.")
      }
      let problems = problems(of: folder)
      for problem in problems { write("\(problem)\n", to: STDERR_FILENO) }
      hasFailed = hasFailed || !problems.isEmpty
      if problems.isEmpty { options.console.note("\(folder): no problem.") }
    }
    if hasFailed { throw ExitCode(ExitStatus.failed.rawValue) }
  }

  private func problems(of folder: String) -> [String] {
    let path = "\(folder)/\(DeclarativePack.manifestName)"
    let pack: OpenPack
    do {
      pack = try OpenPack(DeclarativePack(folder: folder))
    } catch {
      return ["\(error)"]
    }
    var problems: [String] = []
    let manifest = pack.manifest
    if manifest.abstract.isEmpty { problems.append("\(path): there is no \"abstract\".") }
    for layer in manifest.layers {
      do {
        let program = try TemplateProgram(parsing: layer.templates)
        if let known = manifest.knownFields {
          for name in program.layers where !known.contains(name) {
            let nearest = nearestName(to: name, among: known).map { " Is \($0) meant?" } ?? ""
            problems.append(
              "\(path): templates of \(layer.name) read \"\(name)\", which is no field; the fields "
                + "are \(known.joined(separator: ", ")).\(nearest)")
          }
        }
      } catch {
        problems.append("\(path): \(error)")
      }
      guard let file = layer.model else { continue }
      do {
        let modelPath = try pack.value.path(.models, file, pack.finder)
        let model = try Model(path: modelPath)
        guard model.manifest.pack == pack.name else {
          throw KitError.pack(model: modelPath, expected: pack.name, found: model.manifest.pack)
        }
        try pack.check(model, path: modelPath)
      } catch {
        problems.append("\(error)")
      }
    }
    return problems
  }
}

/// `seqkit packs new`.
struct PacksNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a pack: a folder with a manifest to fill in.")

  @Argument(help: "The folder to make; its last part is the pack's name.")
  var folder: String

  @Option(help: "What the data are: columns, text, lines, csv or json.", transform: choice)
  var kind: PackTemplate.Kind = .columns

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let name = folder.split(separator: "/").last.map(String.init) ?? ""
    guard PackRegistry.isName(name) else {
      throw ValidationError(
        "\(folder): a pack's name is lower-case letters, digits and hyphens, a letter first.")
    }
    if Root.takes(name) {
      throw ValidationError("\(name) is a command of this program; call the pack something else.")
    }
    let template = PackTemplate(name: name, kind: kind)
    if mkdir(folder, 0o777) != 0 {
      throw CommandFailure.cannotMake(path: folder, reason: String(cString: strerror(errno)))
    }
    for (file, text) in template.files {
      let sink = try ByteSink(path: "\(folder)/\(file)")
      try sink.write(Array(text.utf8))
      try sink.finish()
    }
    let program = Root.context.programName
    options.console.note(
      "made \(folder). Next: edit \(folder)/\(DeclarativePack.manifestName), then\n"
        + template.commands(program, folder).map { "  " + $0 }.joined(separator: "\n"))
  }
}

/// The folder of a pack that is given by its folder or its name; `nil` if there is none.
private func packFolder(_ pack: String) -> String? {
  if access("\(pack)/\(DeclarativePack.manifestName)", F_OK) == 0 { return pack }
  return Root.context.finder.folder(named: pack)
}
