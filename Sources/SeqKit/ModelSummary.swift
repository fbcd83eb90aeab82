internal import FoundationEssentials
internal import SeqCore
public import SeqModel
public import SeqNeural

/// What a model file holds, for people and programs: what `seqkit model info` and `card` print.
public struct ModelSummary: Hashable, Sendable, Encodable {
  /// One tensor of the file.
  public struct Tensor: Hashable, Sendable, Encodable {
    /// Its name.
    public var name: String
    /// The type of its elements, as safetensors names it.
    public var type: String
    /// Its lengths.
    public var shape: [Int]
    /// Its size, in bytes.
    public var bytes: Int
  }

  /// The file's path as given.
  public var path: String
  /// The file's size, in bytes.
  public var bytes: Int
  /// The file's checksum, which is the model's identity: 16 hexadecimal digits.
  public var checksum: String
  /// What the model says of itself.
  public var manifest: ModelManifest
  /// The number of features that have weights.
  public var features: Int
  /// The number of weights of features.
  public var weights: Int
  /// The number of words that the model knows from training.
  public var knownWords: Int
  /// The tensors, in the order of their bytes.
  public var tensors: [Tensor]

  /// The network's shape, if the model is one.
  public var network: NetworkShape?

  /// Summarizes a model.
  public init(_ model: Model) {
    self.init(model.file, model.manifest)
    features = model.weights.featureCount
    weights = model.weights.pairCount
    knownWords = model.file.tensor("lexicon")?.count ?? 0
  }

  /// Summarizes a network that was read from a file.
  public init(_ model: NetworkModel) {
    precondition(model.file != nil, "A network is summarized from its file.")
    self.init(model.file!, model.manifest)
    features = model.shape.inputs
    weights = model.parameterCount
    network = model.shape
  }

  private init(_ file: SafetensorsFile, _ manifest: ModelManifest) {
    path = file.path
    bytes = file.byteCount
    checksum = hexadecimal(file.checksum)
    self.manifest = manifest
    (features, weights, knownWords) = (0, 0, 0)
    tensors = file.tensors.map {
      Tensor(name: $0.name, type: $0.dtype.rawValue, shape: $0.shape, bytes: $0.bytes.count)
    }
  }

  /// The summary as a JSON object, keys sorted, on indented lines.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// The summary for people at a terminal.
  public func text(color: Bool = false) -> String {
    var result = ReportTable(
      heading: [], rows: facts.map { [.init($0.key, .faint), .init($0.value)] }, leftColumns: 2
    ).text(color: color)
    func section(_ title: String, _ body: String) {
      if body.isEmpty { return }
      result += "\n" + ReportTable.Style.strong.wrap(title, color) + "\n" + body
    }
    section("labels", labels.text(color: color))
    section("features", manifest.templates.map { "  \(printable($0))\n" }.joined())
    section("training", training.text(color: color))
    section("tensors", tensorTable.text(color: color))
    return result
  }

  /// A model card in Markdown: what it is, how to use it, what it was trained on, how well it does.
  public func card() -> String {
    var result = "# \(markdownEscaped(printable(title)))\n\n"
    if !manifest.provenance.description.isEmpty {
      result += printable(manifest.provenance.description) + "\n\n"
    }
    let file = path.fileName
    result += """
      It writes the layer `\(manifest.layer)` with \(manifest.labels.count) labels:

          seqkit \(manifest.pack) --model \(file) text.txt

      ## The model


      """
    for (key, value) in facts where key != "file" {
      result += "- \(key): \(markdownEscaped(printable(value)))\n"
    }
    var table = training
    table.heading = ["training", ""]
    result += "\n## Training\n\n" + table.markdown()
    if !manifest.provenance.scores.isEmpty {
      var scores = ReportTable(heading: ["score", "value"])
      scores.rows = scoreRows
      result += "\n## Scores\n\n" + scores.markdown()
    }
    result += "\n## Labels\n\n" + labels.markdown()
    if !manifest.templates.isEmpty {
      result += "\n## Features\n\n" + manifest.templates.map { "    \($0)\n" }.joined()
    }
    return result
  }

  private var title: String {
    manifest.name + (manifest.version.isEmpty ? "" : " " + manifest.version)
  }

  private var facts: [(key: String, value: String)] {
    let precision =
      switch manifest.precision {
      case .float32: "32-bit floating point"
      case .int16: "16-bit integers"
      case .int8: "8-bit integers"
      }
    var facts = [
      ("model", title), ("pack", manifest.pack), ("layer", manifest.layer),
      ("file", path), ("size", "\(grouped(bytes)) bytes"), ("checksum", checksum),
      ("components", manifest.components.joined(separator: ", ")),
      ("precision", precision),
    ]
    if let network {
      facts += [
        ("weights", grouped(weights)), ("network", network.sentence),
        (
          "looks",
          "\(network.reach.before.map(String.init) ?? "all") positions back, "
            + "\(network.reach.after.map(String.init) ?? "all") ahead"
        ),
      ]
    } else {
      facts += [
        (
          "weights",
          "\(grouped(weights)) of \(grouped(features)) features, "
            + "\(grouped(manifest.labels.count * (manifest.labels.count + 2))) of steps"
        ),
        ("known words", grouped(knownWords)),
        ("tokenizer", manifest.tokenizer),
      ]
    }
    if !manifest.schemaVersion.isEmpty {
      facts.append(
        (
          "label set",
          [manifest.schemaName, manifest.schemaVersion].compactMap(\.self)
            .joined(separator: " ")
        ))
    }
    facts.append(
      ("licence", manifest.provenance.licence.isEmpty ? "not stated" : manifest.provenance.licence))
    return facts
  }

  private var labels: ReportTable {
    let counts = manifest.provenance.labelCounts
    let total = max(counts.reduce(0, +), 1)
    var table = ReportTable(heading: ["label", "in training", "%"])
    for (index, label) in manifest.labels.enumerated() {
      let count = index < counts.count ? counts[index] : nil
      table.rows.append([
        .init(label), .init(count.map(grouped) ?? "–"),
        .init(percent(count.map { Double($0) / Double(total) })),
      ])
    }
    return table
  }

  private var training: ReportTable {
    let provenance = manifest.provenance
    var table = ReportTable(heading: [], leftColumns: 2)
    func add(_ name: String, _ value: String) {
      if !value.isEmpty { table.rows.append([.init(name), .init(value)]) }
    }
    add("algorithm", provenance.algorithm)
    for (name, value) in provenance.options.sorted(by: { $0.key < $1.key }) { add(name, value) }
    add("files", provenance.trainingFiles.joined(separator: ", "))
    add("checksum of the records", provenance.trainingChecksum)
    add("sequences", grouped(provenance.sequences))
    add("positions", grouped(provenance.positions))
    table.rows += scoreRows
    return table
  }

  private var scoreRows: [[ReportTable.Cell]] {
    manifest.provenance.scores.sorted { $0.key < $1.key }.map { name, value in
      [.init(name), .init(fixed(value, decimals: abs(value) <= 1 ? 4 : 2))]
    }
  }

  private var tensorTable: ReportTable {
    var table = ReportTable(heading: ["name", "type", "shape", "bytes"], leftColumns: 3)
    for tensor in tensors {
      table.rows.append([
        .init(tensor.name), .init(tensor.type),
        .init(tensor.shape.map { "\($0)" }.joined(separator: " × ")),
        .init(grouped(tensor.bytes)),
      ])
    }
    return table
  }
}

extension NetworkShape {
  /// The shape for people.
  fileprivate var sentence: String {
    if let recurrentUnits {
      return "\(isCausal ? "causal, " : "")\(inputs) inputs, \(maps) normalized maps, "
        + "\(recurrentUnits) gated recurrent units"
        + "\(isCausal ? "" : " in each direction"), \(labels) labels"
    }
    return
      "\(isCausal ? "causal, " : "")\(inputs) inputs, \(stages) stage\(stages == 1 ? "" : "s") of "
      + "\(layers) layer\(layers == 1 ? "" : "s") with \(maps) maps and \(taps) taps, dilations "
      + "\(dilations.map(String.init).joined(separator: " ")), \(labels) labels"
      + (dualLayers.map { "; the first stage has \($0) dual layers instead" } ?? "")
      + (sharesRefinement == true ? "; the stages behind it share their numbers" : "")
  }
}
