internal import FoundationEssentials
internal import SeqCore
internal import SeqFeatures

/// Reads a manifest's objects into ``PackManifest``, with every key and value checked.
struct ManifestReader {
  let path: String

  init(path: String) { self.path = path }

  mutating func manifest(_ value: JSON5Value) throws -> PackManifest {
    var object = try ManifestObject(value, path: path, name: "the manifest")
    let name = try object.required("name")
    guard PackRegistry.isName(name) else {
      throw object.problem(
        "name", "\"\(name)\" must be lower-case letters, digits and hyphens, a letter first")
    }
    var manifest = PackManifest(name: name, layers: [])
    manifest.abstract = try object.string("abstract") ?? ""
    manifest.version = try object.string("version") ?? ""
    manifest.columns = try object.strings("columns")
    if var reader = try object.object("reader") {
      manifest.reader = try self.reader(&reader)
      if manifest.reader?.kind == .columns {
        manifest.columns = manifest.columns ?? manifest.reader?.names
      }
    }
    if let fields = try object.object("fields") {
      manifest.fields = try fields.all.map { try field($0.key, $0.value) }
    }
    guard let layers = object.value("layers") else {
      throw PackError.manifest(path: path, line: object.line, problem: "there are no \"layers\"")
    }
    guard case .array(let elements) = layers.content, !elements.isEmpty else {
      throw object.fault("layers", layers, "a list of at least one layer")
    }
    manifest.layers = try elements.map(layer)
    if var output = try object.object("output") {
      manifest.output.format = try output.string("format")
      manifest.output.summary = try output.choice(
        "summary", of: PackManifest.SummaryName.allCases.map(\.rawValue)
      ).flatMap(PackManifest.SummaryName.init)
      manifest.output.leniency = try output.number("leniency")
      try output.finish()
    }
    try object.finish()
    return manifest
  }

  // MARK: - Reader

  private func reader(_ object: inout ManifestObject) throws -> ReaderManifest {
    let kinds = ReaderManifest.Kind.allCases.map(\.rawValue)
    guard let word = try object.choice("kind", of: kinds),
      let kind = ReaderManifest.Kind(rawValue: word)
    else {
      throw PackError.manifest(
        path: path, line: object.line,
        problem: "\"reader\" has no \"kind\"; the kinds are \(kinds.joined(separator: ", "))")
    }
    var reader = ReaderManifest(kind)
    if kind == .json {
      let members = try object.stringMembers("fields") ?? []
      reader.names = members.map(\.0)
      reader.paths = members.map(\.1)
    } else if kind == .columns || kind == .pattern || kind == .csv || kind == .tsv {
      reader.names = try object.strings("fields") ?? []
      reader.paths = reader.names
    }
    if kind == .csv || kind == .tsv {
      reader.header = try object.boolean("header") ?? true
      guard reader.header || !reader.names.isEmpty else {
        throw object.problem("header", "without a line of names, \"fields\" must give them")
      }
    } else if kind == .json || kind == .pattern || kind == .columns {
      guard !reader.names.isEmpty else {
        throw PackError.manifest(
          path: path, line: object.line, problem: "a reader of \(kind.rawValue) needs \"fields\"")
      }
    }
    if kind == .columns { reader.whitespace = try object.boolean("whitespace") ?? false }
    if kind == .csv || kind == .tsv || kind == .json || kind == .pattern {
      reader.group = try object.string("group")
      if let group = reader.group, !reader.names.isEmpty, !reader.names.contains(group) {
        throw object.problem("group", "\"\(group)\" is none of the fields")
      }
    }
    if kind == .lines || kind == .pattern {
      let key = kind == .lines ? "tokens" : "pattern"
      reader.expression = try expression(object.required(key), key, object)
    }
    for (index, name) in reader.names.enumerated() where name != "_" {
      guard Self.isLayerName(name) else {
        throw object.problem(
          "fields",
          "\"\(name)\" must be letters, digits and _, no digit first, for templates to read it")
      }
      if reader.names[..<index].contains(name) {
        throw object.problem("fields", "\"\(name)\" stands twice")
      }
    }
    try object.finish()
    return reader
  }

  static func isLayerName(_ name: String) -> Bool {
    name.utf8.first.map { $0 > UInt8(ascii: "9") } == true
      && name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || $0 == "_" || ("0"..."9").contains($0))
      }
  }

  private func expression(
    _ text: String, _ key: String, _ object: ManifestObject
  ) throws -> TextExpression {
    do {
      return try TextExpression(text)
    } catch {
      throw object.problem(key, "\(error)")
    }
  }

  // MARK: - Fields

  private func field(_ name: String, _ value: JSON5Value) throws -> FieldRule {
    var object = try ManifestObject(value, path: path, name: "the field \"\(name)\"")
    guard Self.isLayerName(name) else {
      throw PackError.manifest(
        path: path, line: value.line,
        problem: "the field \"\(name)\" must be letters, digits and _, no digit first")
    }
    let source = try object.required("of")
    var measures: [FieldRule.Measure] = []
    if let lag = try object.integer("difference", in: 1...1000) {
      measures.append(.difference(lag: lag))
    }
    if let window = try object.integer("deviation", in: 3...100_000) {
      measures.append(.deviation(window: window))
    }
    if let window = try object.integer("repeats", in: 1...100_000) {
      measures.append(.repeats(window: window))
    }
    if try object.boolean("hour") == true { measures.append(.hour) }
    if try object.boolean("length") == true { measures.append(.length) }
    var outcomes: [FieldRule.Outcome] = []
    if let bounds = try object.numbers("bins") {
      guard !bounds.isEmpty, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw object.problem("bins", "must be numbers that grow")
      }
      outcomes.append(.bins(bounds))
    }
    let runs = try object.boolean("runs")
    if let classes = try object.stringMembers("classes") {
      outcomes.append(
        .classes(
          classes.map { FieldRule.CharacterClass(name: $0.0, characters: $0.1) },
          runs: runs ?? false))
    } else if runs != nil {
      throw object.problem("runs", "belongs to \"classes\"")
    }
    if let words = try object.strings("words") {
      outcomes.append(.list(Set(words.map { $0.lowercased() })))
    }
    if let file = try object.string("list") {
      outcomes.append(.list(try words(file, object)))
    }
    if let patterns = try object.stringMembers("patterns") {
      outcomes.append(
        .patterns(
          try patterns.map {
            FieldRule.NamedExpression(
              name: $0.0, expression: try expression($0.1, "patterns", object))
          }))
    }
    if let lag = try object.integer("same", in: 1...1000) { outcomes.append(.same(lag: lag)) }
    try object.finish()
    guard outcomes.count == 1 else {
      throw PackError.manifest(
        path: path, line: value.line,
        problem:
          "the field \"\(name)\" needs one of bins, classes, words, list, patterns, same, and "
          + (outcomes.isEmpty ? "has none" : "has \(outcomes.count)"))
    }
    guard measures.count <= 1 else {
      throw PackError.manifest(
        path: path, line: value.line,
        problem:
          "the field \"\(name)\" takes one of difference, deviation, repeats, hour, length, and has \(measures.count)"
      )
    }
    if !measures.isEmpty, case .bins = outcomes[0] {
    } else if !measures.isEmpty {
      throw PackError.manifest(
        path: path, line: value.line,
        problem: "the field \"\(name)\" measures a number, which needs \"bins\"")
    }
    return FieldRule(
      name: name, source: source, measure: measures.first ?? .value, outcome: outcomes[0])
  }

  /// The lines of a file beside the manifest, in lower case.
  private func words(_ file: String, _ object: ManifestObject) throws -> Set<String> {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    guard
      let data = try? Data(contentsOf: URL(filePath: file.hasPrefix("/") ? file : folder + file))
    else { throw object.problem("list", "\(file) cannot be read") }
    let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
    return Set(lines.filter { !$0.hasPrefix("#") }.map { $0.lowercased() })
  }

  // MARK: - Layers

  private func layer(_ value: JSON5Value) throws -> PackManifest.LayerManifest {
    var object = try ManifestObject(value, path: path, name: "the layer")
    let name = try object.required("name")
    guard let templates = try object.strings("templates") else {
      throw PackError.manifest(
        path: path, line: value.line, problem: "the layer \"\(name)\" has no \"templates\"")
    }
    var layer = PackManifest.LayerManifest(name: name, templates: templates)
    layer.model = try object.string("model")
    layer.clusters = try object.string("clusters")
    if let scheme = try object.choice("scheme", of: TaggingScheme.allCases.map(\.rawValue)) {
      layer.scheme = TaggingScheme(rawValue: scheme)
    }
    layer.chain = try object.choice("structure", of: ["chain", "independent"]) != "independent"
    layer.outside = try object.string("outside")
    for word in try object.strings("metrics") ?? [] {
      guard let metric = PackManifest.MetricName(rawValue: word) else {
        let known = PackManifest.MetricName.allCases.map(\.rawValue)
        let nearest = nearestName(to: word, among: known).map { " Did you mean \"\($0)\"?" } ?? ""
        throw object.problem(
          "metrics", "\"\(word)\" is none of \(known.joined(separator: ", ")).\(nearest)")
      }
      layer.metrics.append(metric)
    }
    if var schema = try object.object("schema") {
      layer.schema = try Self.schema(&schema)
    }
    if var trainer = try object.object("trainer") { layer.trainer = try self.trainer(&trainer) }
    try object.finish()
    // Templates are parsed where the manifest is checked and where a model is trained.
    return layer
  }

  static func schema(_ object: inout ManifestObject) throws -> PackManifest.SchemaManifest {
    let schema = PackManifest.SchemaManifest(
      name: try object.required("name"), version: try object.required("version"),
      labels: try object.strings("labels") ?? [])
    if Set(schema.labels).count != schema.labels.count {
      throw object.problem("labels", "a label stands twice")
    }
    try object.finish()
    return schema
  }

  private func trainer(_ object: inout ManifestObject) throws -> TrainerManifest {
    var trainer = TrainerManifest()
    trainer.algorithm = try object.choice(
      "algorithm", of: ["lbfgs", "adagrad", "perceptron", "arow", "hmm", "majority"])
    trainer.c1 = try object.number("c1")
    trainer.c2 = try object.number("c2")
    trainer.iterations = try object.integer("iterations", in: 1...1_000_000)
    trainer.minCount = try object.integer("minCount", in: 1...1_000_000)
    trainer.margin = try object.number("margin")
    trainer.dropout = try object.number("dropout")
    trainer.committee = try object.integer("committee", in: 1...100)
    trainer.patience = try object.integer("patience", in: 0...1_000_000)
    trainer.prune = try object.number("prune")
    trainer.precision = try object.choice("precision", of: ["f32", "i16", "i8"])
    trainer.allLabels = try object.boolean("allLabels")
    if let weights = try object.object("classWeights") {
      for member in weights.all {
        guard case .number(let factor) = member.value.content else {
          throw weights.fault(member.key, member.value, "a number")
        }
        trainer.classWeights[member.key] = factor
      }
    }
    try object.finish()
    return trainer
  }
}
