internal import FoundationEssentials
public import SeqCore
public import SeqInference
internal import SeqMath
public import SeqModel

/// A network that labels sequences, with all that it needs to run: a model file opened, or what a
/// trainer made (`Docs/Formats/model.md`, components `tcn.v1`, `pca.v1`, `standardization.v1`, `decoder.v1` and others).
///
/// Immutable, so threads share it; each makes its own ``scorer(threads:)``.
public struct NetworkModel: Sendable {
  /// What the model says of itself.
  public let manifest: ModelManifest
  /// The network's shape.
  public let shape: NetworkShape
  /// What is done with rows before the network sees them.
  public let preparation: RowPreparation
  /// What turns scores into labels.
  public let decoder: ScoreDecoder
  /// What a pack stores beside the network, as JSON, by the pack's own key.
  public let extras: [String: String]
  /// The labels.
  public let schema: LabelSchema
  /// The file that the model was read from; `nil` for one that is in memory only.
  public let file: SafetensorsFile?
  /// Immutable from here on.
  nonisolated(unsafe) let network: TemporalNetwork

  /// The components of this version that a file can have.
  public static let components = [
    "tcn.v1", "standardization.v1", "decoder.v1", "chain.v1", "durations.v1", "dual.v1",
    "gru.v1", "pca.v1",
  ]

  /// Whether a file holds a model of this kind.
  public static func isOne(_ file: SafetensorsFile) -> Bool { file.metadata[networkKey] != nil }

  private static let networkKey = "seqkit-network"
  private static let extraPrefix = "seqkit-extra-"

  /// What stands beside the tensors under `seqkit-network`.
  private struct NetworkManifest: Codable {
    var shape: NetworkShape
    /// Missing where rows are taken as they are.
    var rows: RowManifest?
    var decoder: DecoderManifest

    struct RowManifest: Codable {
      var columns: Int
      var expansion: FeatureExpansion
      var appendsSquares: Bool
    }

    struct DecoderManifest: Codable {
      var structure: String
      var scale: Float
    }
  }

  package init(
    _ network: TemporalNetwork, _ preparation: RowPreparation, _ decoder: ScoreDecoder,
    manifest: ModelManifest, extras: [String: String]
  ) {
    precondition(
      manifest.labels.count == network.shape.labels
        && decoder.offsets.count == network.shape.labels,
      "Manifest, network and decoder have the same labels.")
    var manifest = manifest
    manifest.components = ["tcn.v1", "decoder.v1"]
    if network.shape.dualLayers != nil { manifest.components.append("dual.v1") }
    if network.shape.recurrentUnits != nil { manifest.components.append("gru.v1") }
    if preparation.components != nil { manifest.components.append("pca.v1") }
    if preparation.standardization != nil { manifest.components.append("standardization.v1") }
    switch decoder.structure {
    case .independent: break
    case .chain: manifest.components.append("chain.v1")
    case .segments: manifest.components += ["chain.v1", "durations.v1"]
    }
    self.manifest = manifest
    self.network = network
    self.preparation = preparation
    self.decoder = decoder
    self.extras = extras
    shape = network.shape
    schema = LabelSchema(
      layer: manifest.layer, names: manifest.labels, version: manifest.schemaVersion)
    file = nil
  }

  /// Opens a model file.
  ///
  /// - Throws: `SafetensorsError` for what is wrong with the container, `ModelError` for what is
  ///   wrong with the model.
  public init(path: String) throws { try self.init(SafetensorsFile(path: path)) }

  /// Reads a model from a file that is open.
  public init(_ file: SafetensorsFile) throws {
    manifest = try Self.manifest(of: file)
    func refuse(_ problem: String) -> ModelError { .damaged(path: file.path, problem: problem) }
    guard let json = file.metadata[Self.networkKey] else {
      throw refuse("it holds no network")
    }
    let own: NetworkManifest
    do {
      own = try JSONDecoder().decode(NetworkManifest.self, from: Data(json.utf8))
    } catch {
      throw ModelError.manifest(path: file.path, problem: "\(error)")
    }
    if let fault = own.shape.fault { throw refuse("in its network \(fault)") }
    let L = own.shape.labels
    guard manifest.labels.count == L else {
      throw refuse("its network has \(L) labels and its manifest \(manifest.labels.count)")
    }
    shape = own.shape
    schema = LabelSchema(
      layer: manifest.layer, names: manifest.labels, version: manifest.schemaVersion)
    // The tensors are there before memory is given to a network of the declared shape.
    network = try TemporalNetwork(shape, reading: file)
    let rows =
      own.rows
      ?? .init(columns: shape.inputs, expansion: FeatureExpansion(), appendsSquares: false)
    if let fault = rows.expansion.fault { throw refuse("of its rows' expansion, \(fault)") }
    let components =
      manifest.components.contains("pca.v1")
      ? try Self.principalComponents(file, columns: rows.columns) : nil
    let D = (components?.count ?? rows.columns)
      .multipliedReportingOverflow(by: rows.expansion.factor)
    let (width, overflows) = D.partialValue.multipliedReportingOverflow(
      by: rows.appendsSquares ? 2 : 1)
    guard rows.columns > 0, !D.overflow, !overflows, width == shape.inputs else {
      throw refuse(
        "rows of \(rows.columns) columns do not become the \(shape.inputs) inputs of its network")
    }
    func numbers(_ name: String) throws -> [Float] {
      try file.tensor(name, of: Float.self, shape: [D.partialValue]).array(of: Float.self)
    }
    preparation = RowPreparation(
      columns: rows.columns, components: components, expansion: rows.expansion,
      standardization: manifest.components.contains("standardization.v1")
        ? Standardization(
          mean: try numbers("standardization.mean"), factor: try numbers("standardization.factor"))
        : nil,
      appendsSquares: rows.appendsSquares)
    decoder = try Self.decoder(file, own.decoder, labels: L)
    extras = Dictionary(
      uniqueKeysWithValues: file.metadata.compactMap { key, value in
        key.hasPrefix(Self.extraPrefix)
          ? (String(key.dropFirst(Self.extraPrefix.count)), value) : nil
      })
    self.file = file
  }

  /// The tensors `pca.*`: [C], [C], [C, K] and [K].
  private static func principalComponents(
    _ file: SafetensorsFile, columns C: Int
  ) throws -> PrincipalComponents {
    let basis = try file.tensor("pca.basis", of: Float.self, shape: [C, nil])
    guard C > 0, basis.shape[1] > 0 else {
      throw ModelError.damaged(path: file.path, problem: "its rows have no principal component")
    }
    func numbers(_ name: String, _ count: Int) throws -> [Float] {
      try file.tensor(name, of: Float.self, shape: [count]).array(of: Float.self)
    }
    return PrincipalComponents(
      standardization: Standardization(
        mean: try numbers("pca.mean", C), factor: try numbers("pca.factor", C)),
      basis: try basis.array(of: Float.self), shares: try numbers("pca.shares", basis.shape[1]))
  }

  private static func manifest(of file: SafetensorsFile) throws -> ModelManifest {
    guard let json = file.metadata["seqkit"] else { throw ModelError.notAModel(path: file.path) }
    let manifest: ModelManifest
    do {
      manifest = try JSONDecoder().decode(ModelManifest.self, from: Data(json.utf8))
    } catch {
      throw ModelError.manifest(path: file.path, problem: "\(error)")
    }
    guard manifest.format == 1 else {
      throw ModelError.unknownVersion(
        path: file.path, found: "format \(manifest.format)", known: ["format 1"])
    }
    for component in manifest.components where !components.contains(component) {
      throw ModelError.unknownVersion(path: file.path, found: component, known: components)
    }
    guard !manifest.labels.isEmpty, Set(manifest.labels).count == manifest.labels.count else {
      throw ModelError.damaged(path: file.path, problem: "its labels are none or not different")
    }
    return manifest
  }

  private static func decoder(
    _ file: SafetensorsFile, _ manifest: NetworkManifest.DecoderManifest, labels L: Int
  ) throws -> ScoreDecoder {
    func numbers(_ name: String, _ shape: [Int?]) throws -> [Float] {
      try file.tensor(name, of: Float.self, shape: shape).array(of: Float.self)
    }
    let offsets = try numbers("decoder.offsets", [L])
    func chain() throws -> Chain {
      var step = Matrix(rows: L, columns: L)
      step.values = try numbers("chain.step", [L, L])
      return Chain(
        start: try numbers("chain.start", [L]), step: step, end: try numbers("chain.end", [L]))
    }
    let structure: ScoreDecoder.Structure
    switch manifest.structure {
    case "independent": structure = .independent
    case "chain": structure = .chain(try chain())
    case "segments":
      let tensor = try file.tensor("durations.scores", of: Float.self, shape: [L, nil])
      guard tensor.shape[1] > 0 else {
        throw ModelError.damaged(path: file.path, problem: "its segments may have no length")
      }
      var durations = Matrix(rows: L, columns: tensor.shape[1])
      durations.values = try tensor.array(of: Float.self)
      structure = .segments(SegmentChain(chain: try chain(), durations: durations))
    default:
      throw ModelError.unknownVersion(
        path: file.path, found: "structure \(manifest.structure)",
        known: ["independent", "chain", "segments"])
    }
    return ScoreDecoder(scale: manifest.scale, offsets: offsets, structure: structure)
  }

  /// Writes the model file, whole or not at all.
  public func write(to path: String) throws { try writer().write(to: path) }

  /// The bytes of the model file.
  public func encoded() throws -> [UInt8] { try writer().encoded() }

  private func writer() throws -> SafetensorsWriter {
    let L = shape.labels
    var file = SafetensorsWriter()
    network.write(to: &file)
    if let components = preparation.components {
      let (C, K) = (components.columns, components.count)
      file.add("pca.mean", shape: [C], components.standardization.mean)
      file.add("pca.factor", shape: [C], components.standardization.factor)
      file.add("pca.basis", shape: [C, K], components.basis)
      file.add("pca.shares", shape: [K], components.shares)
    }
    if let standardization = preparation.standardization {
      let D = standardization.mean.count
      file.add("standardization.mean", shape: [D], standardization.mean)
      file.add("standardization.factor", shape: [D], standardization.factor)
    }
    file.add("decoder.offsets", shape: [L], decoder.offsets)
    func add(_ chain: Chain) {
      file.add("chain.start", shape: [L], chain.start)
      file.add("chain.step", shape: [L, L], chain.step.values)
      file.add("chain.end", shape: [L], chain.end)
    }
    let structure: String
    switch decoder.structure {
    case .independent: structure = "independent"
    case .chain(let chain):
      structure = "chain"
      add(chain)
    case .segments(let segments):
      structure = "segments"
      add(segments.chain)
      file.add(
        "durations.scores", shape: [L, segments.longest], segments.durations.values)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    file.metadata["seqkit"] = String(decoding: try encoder.encode(manifest), as: UTF8.self)
    file.metadata[Self.networkKey] = String(
      decoding: try encoder.encode(
        NetworkManifest(
          shape: shape,
          rows: preparation.expansion.isIdentity && !preparation.appendsSquares
            && preparation.components == nil
            ? nil
            : .init(
              columns: preparation.columns, expansion: preparation.expansion,
              appendsSquares: preparation.appendsSquares),
          decoder: .init(structure: structure, scale: decoder.scale))),
      as: UTF8.self)
    for (key, value) in extras { file.metadata[Self.extraPrefix + key] = value }
    return file
  }

  /// The same network with another decoder.
  public func with(_ decoder: ScoreDecoder) -> NetworkModel {
    NetworkModel(network, preparation, decoder, manifest: manifest, extras: extras)
  }

  /// One thread's means of running the network.
  public func scorer(threads: Int = 1) -> NetworkScorer {
    NetworkScorer(network, preparation, threads: threads)
  }

  /// The scores by the layers as training runs them: the oracle of how they are run else.
  package func plainScores(of rows: any InputRows) -> [[Float]] {
    let pass = TemporalNetwork.Pass(shape, learns: true)
    preparation.fill(pass.input, from: rows)
    network.run(pass, threads: 1)
    return (0..<rows.count).map { t in
      var row = [Float](repeating: 0, count: shape.labels)
      row.withUnsafeMutableBufferPointer {
        writeLogSoftmax(pass.scores.row(t), shape.labels, to: $0.baseAddress!)
      }
      return row
    }
  }

  /// The number of numbers that were learnt by the network.
  public var parameterCount: Int {
    network.parameters.slots.reduce(0) { $0 + $1.stored.reduce(1, *) }
  }

  /// Reads every number and checks what opening takes on trust.
  ///
  /// - Throws: `ModelError.damaged` with what is wrong.
  public func check() throws {
    guard let file else { return }
    func refuse(_ problem: String) -> ModelError { .damaged(path: file.path, problem: problem) }
    for tensor in file.tensors {
      let mayForbid = tensor.name.hasPrefix("chain.") || tensor.name.hasPrefix("durations.")
      let finite: Bool
      switch tensor.dtype {
      case .float32:
        finite = try tensor.withUnsafeElements(of: Float.self) { numbers in
          numbers.allSatisfy { $0.isFinite || mayForbid && $0 == -.infinity }
        }
      case .float16:
        finite = try tensor.withUnsafeElements(of: Float16.self) { $0.allSatisfy(\.isFinite) }
      default: continue
      }
      guard finite else { throw refuse("\(tensor.name) has a value that is no finite number") }
    }
    guard decoder.scale.isFinite else { throw refuse("its decoder's scale is \(decoder.scale)") }
    let counts = manifest.provenance.labelCounts
    guard counts.isEmpty || counts.count == manifest.labels.count else {
      throw refuse("it counts \(counts.count) labels and has \(manifest.labels.count)")
    }
  }
}

extension NetworkTrainer {
  /// What was learnt, as a model.
  ///
  /// - Parameters:
  ///   - manifest: with the labels' names; its components are set here.
  ///   - decoder: what turns scores into labels; the best label of each position by default.
  ///   - extras: what a pack stores beside the network, as JSON by the pack's own key.
  public func model(
    _ manifest: ModelManifest, decoder: ScoreDecoder? = nil, extras: [String: String] = [:]
  ) -> NetworkModel {
    NetworkModel(
      network, preparation, decoder ?? .independent(labelCount: shape.labels),
      manifest: manifest, extras: extras)
  }
}

extension GaussianFit {
  /// The distributions as a model.
  ///
  /// - Parameters:
  ///   - manifest: with the labels' names; its components are set here.
  ///   - decoder: what turns log-densities into labels.
  ///   - extras: what a pack stores beside the network, as JSON by the pack's own key.
  public func model(
    _ manifest: ModelManifest, decoder: ScoreDecoder, extras: [String: String] = [:]
  ) -> NetworkModel {
    let (network, preparation) = network()
    return NetworkModel(network, preparation, decoder, manifest: manifest, extras: extras)
  }

  /// Gives the labels' log-densities, less their logarithmic sum.
  public func scorer(threads: Int = 1) -> NetworkScorer {
    let (network, preparation) = network()
    return NetworkScorer(network, preparation, threads: threads)
  }
}
