public import SeqCore
public import SeqFeatures
public import SeqFormats
public import SeqModel
public import SeqTraining

/// Trains a model on annotated files.
///
/// ```swift
/// var training = Training(layer: "upos", templates: ["form[0]", "suffix(form[0], 3)"])
/// let trained = try training.run(on: ["train.conllu"], development: ["dev.conllu"])
/// try trained.write(to: "my.model")
/// ```
public struct Training: Sendable {
  /// The layer to learn.
  public var layer: String
  /// The feature templates.
  public var templates: [String]
  /// The algorithm and its options.
  public var options: TrainingOptions
  /// The pack that the model will belong to.
  public var pack: String
  /// The model's name, for people.
  public var name: String
  /// The model's version, licence and description, for its card.
  public var version = ""
  /// The licence that the model is published under.
  public var licence = ""
  /// Data, use and attribution, for people.
  public var description = ""
  /// The identity of the tokenizer that made the tokens; `gold` for tokens made by hand.
  public var tokenizer = "gold"
  /// The number of threads; the result does not depend on it.
  public var threads = 1
  /// A model to start from.
  public var start: Model?
  /// Where checkpoints are kept and how often; none if `nil`.
  public var checkpoint: (path: String, interval: Duration)?
  /// Whether to continue the checkpoint.
  public var resumes = false

  /// Prepares a training.
  public init(
    layer: String, templates: [String], options: TrainingOptions = TrainingOptions(),
    pack: String = "pos", name: String = ""
  ) {
    self.layer = layer
    self.templates = templates
    self.options = options
    self.pack = pack
    self.name = name.isEmpty ? layer : name
  }

  /// What was read before training began.
  public struct Data: Sendable {
    /// Sequences and positions to learn from.
    public var sequences: Int
    /// Positions to learn from.
    public var positions: Int
    /// Sequences left out because a position has no label.
    public var skipped: Int
    /// The labels.
    public var labels: [String]
    /// The number of features.
    public var features: Int
  }

  /// Reads the files and trains.
  ///
  /// - Parameters:
  ///   - paths: the training files.
  ///   - development: files to stop early by; they are never learnt from.
  ///   - format: the format of a file; by default told by its name or first bytes.
  ///   - prepared: called once all is read.
  ///   - report: called after each step.
  ///   - isCancelled: asked after each step; training then ends with a checkpoint.
  /// - Throws: what reading throws, `TrainingError`, `FeatureError`.
  public func run(
    on paths: [String], development: [String] = [],
    format: (ByteSource) throws -> any RecordFormat = { try Formats.format(named: nil, for: $0) },
    prepared: (Data) throws -> Void = { _ in },
    report: (TrainingLoop.Progress) throws -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws -> TrainedModel {
    let program = try TemplateProgram(parsing: templates)
    var encoder = CorpusEncoder(program: program, layer: layer)
    var checksum: UInt64 = 0
    for path in paths {
      let source = try ByteSource(path: path)
      var reader = RecordReader(source, as: try format(source))
      while let record = try reader.next() {
        record.buffer.withUnsafeBufferPointer {
          checksum = FeatureHash.join(
            checksum, FeatureHash.hash($0.baseAddress!, count: record.sourceCount))
        }
        try encoder.add(record)
      }
    }
    let corpus = encoder.finish()
    guard corpus.positionCount > 0 else {
      throw TrainingError.noData(source: paths.joined(separator: ", "))
    }
    var developmentCorpus: EncodedCorpus?
    if !development.isEmpty {
      var encoder = CorpusEncoder(program: program, developmentFor: corpus)
      for path in development {
        let source = try ByteSource(path: path)
        var reader = RecordReader(source, as: try format(source))
        while let record = try reader.next() { try encoder.add(record) }
      }
      developmentCorpus = encoder.finish()
    }
    try prepared(
      Data(
        sequences: corpus.sequenceCount, positions: corpus.positionCount, skipped: encoder.skipped,
        labels: corpus.schema.names, features: corpus.features.count))

    let checksumText = String(checksum, radix: 16)
    let fingerprint = ([checksumText, layer] + templates + corpus.schema.names)
      .joined(separator: "\u{1F}")
    var loop = try TrainingLoop(
      corpus, development: developmentCorpus, options: options,
      start: start?.parameters(for: corpus.features, schema: corpus.schema), threads: threads,
      checkpoint: checkpoint, resumes: resumes,
      fingerprint: String(FeatureHash.hash(fingerprint.utf8), radix: 16))
    let result = try loop.run(report: report, isCancelled: isCancelled)

    var scores: [String: Double] = ["train.objective": result.objective]
    if let accuracy = result.developmentAccuracy { scores["dev.accuracy"] = accuracy }
    let provenance = ModelManifest.Provenance(
      algorithm: options.algorithm.rawValue, options: options.summary,
      trainingFiles: paths.map { String($0.split(separator: "/").last ?? "") },
      trainingChecksum: checksumText, sequences: corpus.sequenceCount,
      positions: corpus.positionCount, scores: scores, labelCounts: corpus.labelCounts,
      licence: licence, description: description)
    let manifest = ModelManifest(
      name: name, version: version, pack: pack, layer: layer, labels: corpus.schema.names,
      templates: program.templates.map(\.description), tokenizer: tokenizer,
      provenance: provenance)
    return TrainedModel(
      parameters: result.parameters.pruned(below: options.prune), manifest: manifest,
      lexicon: corpus.lexiconHashes, precision: options.precision, result: result)
  }
}

/// A model fresh from training.
public struct TrainedModel: Sendable {
  /// The parameters.
  public var parameters: LinearParameters
  /// What the model will say of itself.
  public var manifest: ModelManifest
  private let lexicon: [UInt32]
  /// How its file stores weights.
  public var precision: LinearWeights.Precision
  /// How training ended.
  public let result: TrainingLoop.Result

  init(
    parameters: LinearParameters, manifest: ModelManifest, lexicon: [UInt32],
    precision: LinearWeights.Precision, result: TrainingLoop.Result
  ) {
    self.parameters = parameters
    self.manifest = manifest
    self.lexicon = lexicon
    self.precision = precision
    self.result = result
  }

  /// The model in memory, as its file would give it.
  public func model() throws -> Model {
    try Model(
      bytes: Model.encode(parameters, manifest: manifest, precision: precision, lexicon: lexicon),
      name: manifest.name)
  }

  /// Writes the model file, whole or not at all.
  public func write(to path: String) throws {
    try Model.write(
      parameters, manifest: manifest, precision: precision, lexicon: lexicon, to: path)
  }
}
