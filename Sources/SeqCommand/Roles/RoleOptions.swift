internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// How files with frames are read.
struct FrameInputOptions: ParsableArguments {
  @Option(
    name: .customLong("input-format"),
    help: "The input's format: text, conllu, roles (columns with roles) or jsonl.")
  var format: String?

  @Option(
    help: """
      The columns before those of the roles: form and predicate among them, _ skips one. \
      (default: id,form,lemma,upos,xpos,head,deprel,predicate)
      """)
  var columns: String?

  @Option(help: "Which predicates of the files count: verbs (those with the tag VERB) or all.")
  var predicates = PredicateKind.verbs

  @Option(
    help: "A record of plain text: paragraph or line. (default: paragraph, line for typed text)",
    transform: choice)
  var unit: PlainText.Unit?

  /// Opens a file and finds its format. Column files are read with their frames.
  ///
  /// - Parameter leftOut: counts the labels of column files that are read as no argument.
  func open(
    _ path: String, leftOut: FrameLabelCount? = nil
  ) throws -> (ByteSource, any RecordFormat) {
    let source = try ByteSource(path: path)
    var options = FormatOptions(unit: unit ?? .paragraph)
    if unit == nil, path == "-", Terminal.inputIsTerminal { options.unit = .line }
    if let format, format != "roles", format != "columns" {
      return (source, try misuse { try Formats.format(named: format, for: source, options) })
    }
    let byName = Formats.name(forPath: source.name)
    if format != nil || columns != nil || byName == "columns" {
      return (source, try misuse { try frameColumns(leftOut: leftOut) })
    }
    return (source, try misuse { try Formats.format(named: nil, for: source, options) })
  }

  /// Column files as these options describe them.
  func frameColumns(leftOut: FrameLabelCount? = nil) throws -> FrameColumns {
    try FrameColumns(columns.map(InputOptions.names) ?? FrameColumns.names, leftOut: leftOut)
  }

  /// All records of some files.
  func records(of paths: [String], console: Console) throws -> [Record] {
    var records: [Record] = []
    let leftOut = FrameLabelCount()
    for path in paths {
      let (source, format) = try open(path, leftOut: leftOut)
      var reader = RecordReader(source, as: format)
      while var record = try reader.next() {
        if record.count == 0 { continue }
        if predicates == .verbs { keepVerbs(of: &record) }
        records.append(record)
      }
    }
    console.report(leftOut)
    return records
  }

  /// Takes away the frames whose predicates are no verbs, where tags tell.
  private func keepVerbs(of record: inout Record) {
    guard let frames = record.frames, let tags = record.strings("upos") else { return }
    record.setFrames(frames.filter { tags[$0.predicate] == "VERB" || tags[$0.predicate] == "_" })
  }
}

/// Which predicates of annotated files count.
enum PredicateKind: String, ExpressibleByArgument, CaseIterable, Sendable {
  case verbs, all
}

/// Which models a frame command works with.
struct FrameModelOptions: ParsableArguments {
  @Option(
    name: [.short, .long], parsing: .singleValue,
    help: "A model file instead of the bundled one of its layer; may be repeated.")
  var model: [String] = []

  /// Opens one model for each layer of the pack's manifest.
  func models<P: RolePack>(for pack: P.Type) throws -> [Model] {
    let finder = ResourceFinder()
    let manifest = try P.manifest(finder)
    var given: [Model] = []
    for path in model {
      let model = try Model(path: path)
      let layer = model.schema.layer
      guard manifest.layer(layer) != nil else {
        throw KitError.pack(model: path, expected: P.name, found: model.manifest.pack)
      }
      if let other = given.first(where: { $0.schema.layer == layer }) {
        throw KitError.sameLayer(layer: layer, first: other.file.path, second: path)
      }
      given.append(model)
    }
    for layer in manifest.layers where !given.contains(where: { $0.schema.layer == layer.name }) {
      if let file = layer.model {
        given.append(try Model(path: finder.path(.models, file, pack: P.resources)))
      }
    }
    return given
  }
}

extension Console {
  /// Says how many labels of columns with roles are no arguments.
  func report(_ leftOut: FrameLabelCount) {
    if leftOut.value > 0 {
      note(
        "\(counted(leftOut.value, "label")) of words left out: C-V, V on another word than the "
          + "predicate, or a role on the predicate itself")
    }
  }
}
