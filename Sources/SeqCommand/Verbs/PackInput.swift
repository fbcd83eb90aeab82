internal import ArgumentParser
internal import SeqKit
internal import SeqPack
internal import TEIPack

/// A pack whose verb runs: the pack with its manifest.
struct OpenPack: Sendable {
  let value: any Pack
  let manifest: PackManifest
  let finder: ResourceFinder

  /// Reads a pack's manifest.
  init(_ pack: any Pack) throws {
    value = pack
    finder = ResourceFinder()
    manifest = try pack.manifest(finder)
  }

  /// The pack's name.
  var name: String { value.name }

  /// The layers that are made of those that are read, and are not written.
  var derivedLayers: [String] { manifest.fields.map(\.name) + value.derivedLayers }

  /// What positions and records of the pack's files are called.
  var units: EvaluationReport.Units {
    switch manifest.reader?.kind {
    case nil, .text, .columns: .text
    case .lines: EvaluationReport.Units(positions: "tokens", sequences: "lines")
    case .csv, .tsv, .json, .pattern:
      EvaluationReport.Units(positions: "rows", sequences: "records")
    case .traces: EvaluationReport.Units(positions: "spans", sequences: "traces")
    }
  }

  /// Refuses a model whose features or labels are not the pack's.
  func check(_ model: Model, path: String) throws {
    guard (model.manifest.preparation ?? "") == manifest.preparation else {
      throw KitError.preparation(model: path, pack: name)
    }
    guard let schema = manifest.layer(model.schema.layer)?.schema else { return }
    let found = "\(model.manifest.schemaName ?? "") \(model.manifest.schemaVersion)"
    let expected = "\(schema.name) \(schema.version)"
    guard found == expected else {
      throw KitError.schema(
        source: path, found: found == " " ? "none" : found, expected: expected)
    }
  }

  /// The pack's word clusters of a layer, if templates look any up.
  func clusterTable(_ templates: [String], layer: String) throws -> WordTable? {
    guard templates.contains(where: { $0.contains("cluster(") }),
      let name = manifest.layer(layer)?.clusters
    else { return nil }
    return try KnowledgeFiles.clusters(path: value.path(.models, name, finder))
  }
}

extension OpenPack {
  /// Refuses a file that carries another label set than the pack has.
  func checkLabelSets(of source: ByteSource) throws {
    let schemas = manifest.layers.compactMap { layer in layer.schema.map { (layer.name, $0) } }
    guard !schemas.isEmpty else { return }
    let stamps = LabelSets.stamps(in: try source.peek(16 << 10) { !$0.isEmpty }[...])
    for (layer, schema) in schemas {
      if let found = stamps[layer], found != schema.identity {
        throw KitError.schema(source: source.name, found: found, expected: schema.identity)
      }
    }
  }

  /// The label sets that what the pack writes carries.
  var stamps: [(layer: String, identity: String)] {
    manifest.layers.compactMap { layer in layer.schema.map { (layer.name, $0.identity) } }
  }
}

extension InputOptions {
  /// Opens a file that a pack works on, and finds its format.
  ///
  /// - Parameter imports: takes what the import of TEI left out.
  func open(
    _ path: String, for pack: OpenPack, imports: ImportReports? = nil
  ) throws -> (ByteSource, any RecordFormat) {
    let source = try ByteSource(path: path)
    if let own = try ownFormat(of: source, for: pack) {
      return (source, prepared(own, for: pack))
    }
    // Standard input cannot be opened twice.
    let (usual, format) = try open(
      source, path: path, imports: imports, usualColumns: pack.manifest.columns)
    return (usual, prepared(format, for: pack))
  }

  /// The format of a file that a pack learns from.
  ///
  /// - Parameter imports: takes what the import of TEI left out.
  func format(
    of source: ByteSource, for pack: OpenPack, imports: ImportReports? = nil
  ) throws -> any RecordFormat {
    try pack.checkLabelSets(of: source)
    if let own = try ownFormat(of: source, for: pack) { return prepared(own, for: pack) }
    if let tei = try teiFormat(of: source, imports) { return prepared(tei, for: pack) }
    let inputOptions = options(columns: columns, for: source) { pack.manifest.columns }
    return prepared(
      try misuse { try Formats.format(named: format, for: source, inputOptions) }, for: pack)
  }

  /// The format that the pack's manifest describes, unless the options name one.
  private func ownFormat(of source: ByteSource, for pack: OpenPack) throws -> (any RecordFormat)? {
    format == nil && columns == nil ? try pack.manifest.format(for: source) : nil
  }

  private func prepared(_ format: any RecordFormat, for pack: OpenPack) -> any RecordFormat {
    guard !pack.derivedLayers.isEmpty else { return format }
    return PreparedFormat(
      format, fields: pack.manifest.fields, pack: pack.value,
      tokenizer: format.name == "text" ? Tokenizer() : nil)
  }
}
