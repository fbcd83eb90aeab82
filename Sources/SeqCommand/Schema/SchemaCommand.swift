internal import ArgumentParser
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit schema`: label sets with names and versions.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Compare label sets, check files against them, migrate files.",
    discussion: """
      A label set is a file of JSON5 with name, version and labels, a model, or the name or folder of \
      a pack. Packs, models and what they write carry the name and version of theirs.
      """,
    subcommands: [SchemaDiff.self, SchemaMigrate.self, SchemaCheck.self])
}

/// The label set of a file, a model or a pack.
func labelSet(_ name: String, layer: String?) throws -> PackManifest.SchemaManifest {
  if access(name, R_OK) == 0, isModelFile(name) {
    let model = try Model(path: name)
    return PackManifest.SchemaManifest(
      name: model.manifest.schemaName ?? model.manifest.name,
      version: model.manifest.schemaVersion.isEmpty
        ? model.manifest.version : model.manifest.schemaVersion,
      labels: model.spans?.types ?? model.schema.names)
  }
  let context = Root.context
  var pack = context.packs.first { $0.name == name }
  if pack == nil { pack = try context.finder.pack(named: name) }
  if pack == nil, access("\(name)/\(DeclarativePack.manifestName)", R_OK) == 0 {
    pack = try DeclarativePack(folder: name)
  }
  guard let pack else { return try PackManifest.SchemaManifest(path: name) }
  let layers = try pack.manifest(ResourceFinder()).layers
  guard let chosen = layers.first(where: { layer == nil ? $0.schema != nil : $0.name == layer }),
    let schema = chosen.schema
  else {
    throw ValidationError("the pack \(name) declares no label set. Name a model or a file of one.")
  }
  return schema
}

/// `seqkit schema diff`.
struct SchemaDiff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show how two label sets differ; fail if they do.")

  @Argument(help: "A label set: a file, a model or a pack.")
  var old: String
  @Argument(help: "Another.")
  var new: String

  @Option(help: "The layer, where a pack has several.")
  var layer: String?

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let (old, new) = (try labelSet(old, layer: layer), try labelSet(new, layer: layer))
    let removed = old.labels.filter { !new.labels.contains($0) }
    let added = new.labels.filter { !old.labels.contains($0) }
    if answer.json {
      func list(_ labels: [String]) -> String {
        "[" + labels.map(jsonString).joined(separator: ",") + "]"
      }
      print(
        "{\"from\":\(jsonString(old.identity)),\"to\":\(jsonString(new.identity)),"
          + "\"removed\":\(list(removed)),\"added\":\(list(added))}")
    } else {
      let palette = options.console.output
      print("\(old.identity) → \(new.identity)")
      for label in removed {
        let nearest = nearestName(to: label, among: added).map { "  (now \($0)?)" } ?? ""
        print(palette.paint("- \(label)", .red) + nearest)
      }
      for label in added { print(palette.paint("+ \(label)", .green)) }
      if removed.isEmpty, added.isEmpty { print("the same \(old.labels.count) labels") }
    }
    if !removed.isEmpty || !added.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
  }
}

/// `seqkit schema check`.
struct SchemaCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Hold the labels of files to a label set; fail if one is not in it.")

  @Argument(help: "Annotated files or predictions; - is standard input.")
  var files: [String]

  @Option(help: "The label set: a file, a model or a pack.")
  var against: String

  @Option(help: "The layer that has the labels.")
  var layer = "label"

  @OptionGroup var input: InputOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let schema = try labelSet(against, layer: nil)
    var isSound = true
    for file in files {
      let (source, format) = try input.open(file)
      var reader = RecordReader(source, as: format)
      var records: [Record] = []
      while let record = try reader.next() { records.append(record) }
      let check = LabelSets.check(records, layer: layer, against: schema)
      isSound = isSound && check.isSound
      var problems: [String] = []
      if let other = check.otherSet {
        problems.append("\(KitError.schema(source: file, found: other, expected: schema.identity))")
      }
      if check.withoutLayer > 0 {
        problems.append(
          "\(file): \(counted(check.withoutLayer, "record")) without a layer \(layer); there are "
            + (records.first?.layers.map(\.name).joined(separator: ", ") ?? "none")
            + ". See --layer.")
      }
      for (label, found) in check.unknown.sorted(by: {
        ($1.value.count, $0.key) < ($0.value.count, $1.key)
      }) {
        let nearest =
          nearestName(to: label, among: schema.labels).map { " Is \($0) meant?" } ?? ""
        problems.append(
          "\(found.place): \(label) is not in the label set \(schema.identity); \(grouped(found.count)) "
            + "time\(found.count == 1 ? "" : "s") in the file.\(nearest)")
      }
      for problem in problems {
        if answer.json {
          print("{\"problem\":\(jsonString(problem))}")
        } else {
          write("\(problem)\n", to: STDERR_FILENO)
        }
      }
      if answer.json {
        print(
          "{\"file\":\(jsonString(file)),\"labelSet\":\(jsonString(schema.identity)),"
            + "\"records\":\(check.records),\"positions\":\(check.positions),"
            + "\"unknown\":\(check.unknown.values.reduce(0) { $0 + $1.count })}")
      } else if problems.isEmpty {
        options.console.note(
          "\(file): all labels of \(counted(check.positions, "position")) are in \(schema.identity)."
        )
      }
    }
    if !isSound { throw ExitCode(ExitStatus.failed.rawValue) }
  }
}

/// `seqkit schema migrate`.
struct SchemaMigrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Take a file from one label set to another.",
    discussion: """
      The mapping is a file of JSON5: {from: "NAME VERSION", to: "NAME VERSION", labels: {OLD: "NEW", \
      GONE: null}}. Labels that it does not name stay.
      """)

  @Argument(help: "An annotated file; - is standard input.")
  var file: String

  @Option(help: "The mapping.")
  var map: String

  @Option(help: "The label set that labels must be in afterwards: a file, a model or a pack.")
  var against: String?

  @Option(help: "The layer that has the labels.")
  var layer = "label"

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @OptionGroup var input: InputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let mapping = try SchemaMapping(path: map)
    let (source, format) = try input.open(file)
    var reader = RecordReader(source, as: format)
    var records: [Record] = []
    while let record = try reader.next() { records.append(record) }
    for record in records {
      if let stamp = LabelSets.stamps(of: record)[layer], stamp != mapping.from {
        throw KitError.schema(source: file, found: stamp, expected: mapping.from)
      }
    }
    let areSpans = LabelSets.tellSpans(Array(Set(records.flatMap { $0.strings(layer) ?? [] })))
    var changed = 0
    for index in records.indices {
      changed += LabelSets.migrate(&records[index], layer: layer, by: mapping, areSpans: areSpans)
    }
    if let against {
      let schema = try labelSet(against, layer: nil)
      guard schema.identity == mapping.to else {
        throw KitError.schema(source: map, found: mapping.to, expected: schema.identity)
      }
      let check = LabelSets.check(records, layer: layer, against: schema)
      guard check.unknown.isEmpty else {
        throw KitError.labels(
          source: file, schema: schema.identity, unknown: check.unknown.keys.sorted())
      }
    }
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    let writer = StampedFormat(format, stamps: [(layer, mapping.to)])
    for record in records {
      var bytes: [UInt8] = []
      try writer.encode(record, into: &bytes)
      // The old stamp goes.
      bytes.replace("# label set \(layer) = \(mapping.from)\n", with: "")
      bytes.replace("\"\(layer)\":\"\(mapping.from)\"", with: "\"\(layer)\":\"\(mapping.to)\"")
      try sink.write(bytes)
    }
    try sink.finish()
    Interruption.remove(nil)
    options.console.note(
      "\(counted(records.count, "record")), \(counted(changed, "label")) changed; now \(mapping.to)"
    )
  }
}

extension [UInt8] {
  /// Replaces the first occurrence of a text.
  fileprivate mutating func replace(_ text: String, with new: String) {
    guard let range = firstRange(of: Array(text.utf8)) else { return }
    replaceSubrange(range, with: Array(new.utf8))
  }
}
