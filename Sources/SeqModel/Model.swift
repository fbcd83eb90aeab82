internal import FoundationEssentials
public import SeqCore
public import SeqFeatures
public import SeqInference
internal import SeqMath

/// A trained model as data: its manifest and its numbers, read from a file in place.
///
/// A model does nothing by itself; a ``Tagger`` is made from it.
public struct Model: Sendable {
  /// What the model says of itself.
  public let manifest: ModelManifest
  /// The labels.
  public let schema: LabelSchema
  /// The labels as marks and types of spans, if they tell spans.
  public let spans: SpanSchema?
  /// The compiled feature templates.
  public let program: TemplateProgram
  /// The weights of the features.
  public let weights: LinearWeights
  /// The scores of starts, steps and ends.
  public let chain: Chain
  /// What is added to each label's score when the best labeling is sought, but not to
  /// probabilities, [L]; `nil` for nothing.
  public let decision: [Float]?
  /// The file that the numbers are read from.
  public let file: SafetensorsFile
  private let lexicon: SafetensorsTensor?

  /// Opens a model file. It is mapped into memory, so opening takes a millisecond.
  ///
  /// - Throws: `SafetensorsError` for what is wrong with the container, `ModelError` for what is
  ///   wrong with the model.
  public init(path: String) throws { try self.init(SafetensorsFile(path: path)) }

  /// Opens model files side by side, which takes the time of the slowest.
  ///
  /// - Throws: what is wrong with the first that cannot be opened.
  public static func open(_ paths: [String]) throws -> [Model] {
    var results = [Result<Model, any Error>?](repeating: nil, count: paths.count)
    results.withUnsafeMutableBufferPointer { results in
      nonisolated(unsafe) let results = results
      inParallel(pieces: paths.count, threads: paths.count) { piece in
        results[piece] = Result { try Model(path: paths[piece]) }
      }
    }
    return try results.map { try $0!.get() }
  }

  /// Reads a model from bytes in memory.
  public init(bytes: [UInt8], name: String) throws {
    try self.init(SafetensorsFile(bytes: bytes, name: name))
  }

  /// Reads a model from a file that is open.
  public init(_ file: SafetensorsFile) throws {
    guard let json = file.metadata["seqkit"] else { throw ModelError.notAModel(path: file.path) }
    do {
      manifest = try JSONDecoder().decode(ModelManifest.self, from: Data(json.utf8))
    } catch {
      throw ModelError.manifest(path: file.path, problem: "\(error)")
    }
    guard manifest.format == 1 else {
      throw ModelError.unknownVersion(
        path: file.path, found: "format \(manifest.format)", known: ["format 1"])
    }
    let known = ["linear.v1", "linear.v2", "chain.v1", "words.v1", "phrases.v1", "decision.v1"]
    for component in manifest.components where !known.contains(component) {
      throw ModelError.unknownVersion(path: file.path, found: component, known: known)
    }
    guard !manifest.labels.isEmpty, Set(manifest.labels).count == manifest.labels.count,
      manifest.labels.count < Int(Label.max)
    else {
      throw ModelError.damaged(path: file.path, problem: "its labels are none or not different")
    }
    schema = LabelSchema(
      layer: manifest.layer, names: manifest.labels, version: manifest.schemaVersion)
    do {
      let schema = schema
      spans = try manifest.scheme.map { scheme throws(SpanFault) in
        try SpanSchema(labels: schema, scheme: scheme)
      }
    } catch {
      throw ModelError.damaged(path: file.path, problem: "\(error)")
    }
    let knowledge = try manifest.knowledge.map { try Knowledge($0, file) } ?? Knowledge()
    program = try TemplateProgram(parsing: manifest.templates, knowledge: knowledge)
    if let missing = program.unknownNeeds.first {
      throw ModelError.damaged(
        path: file.path, problem: "its templates look words up in “\(missing)”, which it lacks")
    }
    let L = schema.count
    weights = try LinearWeights(file, labelCount: L, scale: manifest.scale)
    var step = Matrix(rows: L, columns: L)
    step.values = try file.tensor("chain.step", of: Float.self, shape: [L, L]).array(of: Float.self)
    chain = Chain(
      start: try file.tensor("chain.start", of: Float.self, shape: [L]).array(of: Float.self),
      step: step,
      end: try file.tensor("chain.end", of: Float.self, shape: [L]).array(of: Float.self),
      mask: spans.map { Legality($0) })
    decision =
      manifest.components.contains("decision.v1")
      ? try file.tensor("decision.offsets", of: Float.self, shape: [L]).array(of: Float.self) : nil
    lexicon = file.tensor("lexicon")
    self.file = file
  }

  /// Whether the bytes of a value occurred in training in the layer of the first template; `nil`
  /// if the model does not tell.
  public func isKnown(_ value: some Sequence<UInt8>) -> Bool? {
    guard let words = try? lexicon?.elements(as: UInt32.self) else { return nil }
    let hash = UInt32(truncatingIfNeeded: FeatureHash.hash(value))
    var low = 0
    var high = words.count
    while low < high {
      let middle = (low + high) / 2
      if words[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low < words.count && words[low] == hash
  }

  /// The bytes of a model file.
  ///
  /// - Parameters:
  ///   - manifest: its precision and scale are set here.
  ///   - lexicon: the hashes of the values that occurred in training; see ``isKnown(_:)``.
  ///   - knowledge: what the templates know of words and phrases.
  ///   - decision: see ``decision``.
  ///   - compact: whether to write the shorter layout of features, which takes a few milliseconds
  ///     more to open.
  public static func encode(
    _ parameters: LinearParameters, manifest: ModelManifest, precision: LinearWeights.Precision,
    lexicon: [UInt32], knowledge: Knowledge = Knowledge(), decision: [Float]? = nil,
    compact: Bool = false
  ) throws -> [UInt8] {
    try writer(parameters, manifest, precision, lexicon, knowledge, decision, compact).encoded()
  }

  /// Writes a model file, whole or not at all.
  public static func write(
    _ parameters: LinearParameters, manifest: ModelManifest, precision: LinearWeights.Precision,
    lexicon: [UInt32], knowledge: Knowledge = Knowledge(), decision: [Float]? = nil,
    to path: String
  ) throws {
    try writer(parameters, manifest, precision, lexicon, knowledge, decision, false)
      .write(to: path)
  }

  private static func writer(
    _ parameters: LinearParameters, _ manifest: ModelManifest,
    _ precision: LinearWeights.Precision, _ lexicon: [UInt32], _ knowledge: Knowledge,
    _ decision: [Float]?, _ compact: Bool
  ) throws -> SafetensorsWriter {
    let L = parameters.labelCount
    var file = SafetensorsWriter()
    var manifest = manifest
    (manifest.scale, manifest.precision) = LinearWeights.write(
      parameters, precision: precision, compact: compact, to: &file)
    if compact {
      manifest.components = manifest.components.map { $0 == "linear.v1" ? "linear.v2" : $0 }
    }
    file.add("chain.start", shape: [L], parameters.start)
    file.add("chain.step", shape: [L, L], parameters.step.values)
    file.add("chain.end", shape: [L], parameters.end)
    manifest.knowledge = knowledge.write(to: &file)
    if !knowledge.tables.isEmpty { manifest.components.append("words.v1") }
    if knowledge.phrases != nil { manifest.components.append("phrases.v1") }
    if let decision {
      precondition(decision.count == L, "One offset per label.")
      file.add("decision.offsets", shape: [L], decision)
      manifest.components.append("decision.v1")
    }
    let words = Array(Set(lexicon)).sorted()
    file.add("lexicon", shape: [words.count], words)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    file.metadata["seqkit"] = String(decoding: try encoder.encode(manifest), as: UTF8.self)
    return file
  }
}
