internal import CProcessor
internal import SeqCore
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
  /// That the layer's labels tell spans, and by which scheme; `nil` for labels of positions.
  public var spans: SpanTargets?
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
  /// The clusters that templates with `cluster` read; see ``KnowledgeFiles``.
  public var clusters: WordTable?
  /// Phrases that templates with `gazetteer` find besides those of the training text; of equal ones
  /// these come first.
  public var names: [(words: [UInt64], type: String)] = []
  /// The name and version of the label set, if it has them; the model carries them.
  public var schema: (name: String, version: String)?
  /// How the pack made positions and fields; empty if it made none.
  public var preparation = ""
  /// The number of threads; the result does not depend on it.
  public var threads = 1
  /// A model to start from.
  public var start: Model?
  /// Where checkpoints are kept and how often; none if `nil`.
  public var checkpoint: (path: String, interval: Duration)?
  /// Whether to continue the checkpoint.
  public var resumes = false
  /// For spans with a development set: the number of parts that the training files are cut into, each of
  /// which a model of the others is trained for and tried on; what it does there tells, beside the
  /// development set, how probabilities of spans are to be mapped. 0 for the development set alone.
  public var calibrationFolds = 0
  /// The part of the training files that is left out, while probabilities are fitted.
  private var part: Part?
  /// Whether the training files are read anew in every pass, so that memory does not grow with them;
  /// not for L-BFGS.
  public var streams = false

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
    /// Labels of the training files that break the rules of their scheme and were read otherwise than
    /// they stand.
    public var repaired = 0
    /// The labels.
    public var labels: [String]
    /// The number of features.
    public var features: Int
    /// Positions of the development files whose label does not occur in the training files.
    public var unknownDevelopment = 0
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
    format: @escaping (ByteSource) throws -> any RecordFormat = {
      try Formats.format(named: nil, for: $0)
    },
    prepared: (Data) throws -> Void = { _ in },
    report: (TrainingLoop.Progress) throws -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws -> TrainedModel {
    var (loop, facts, _) = try prepare(paths, development, format, prepared)
    loop.heldOut = try heldOutPredictions(paths, development, format, isCancelled)
    // Reading took memory that training would otherwise hold in vain.
    seqkit_return_free_memory()
    let result = try loop.run(report: report, isCancelled: isCancelled)

    var scores: [String: Double] = ["train.objective": result.objective]
    if let score = result.developmentAccuracy {
      scores[spans == nil ? "dev.accuracy" : "dev.f1"] = score
    }
    let factor = result.calibrationFactor ?? 1
    if result.calibrationFactor != nil { scores["dev.temperature"] = Double(1 / factor) }
    let decision: [Float]? = result.decision.map { decision in
      facts.data.labels.map { $0 == "O" ? -decision.offset * factor : 0 }
    }
    if let f1 = result.decision?.f1 { scores["dev.f1"] = f1 }
    if let calibration = result.spanCalibration {
      scores["dev.calibrationError.before"] = calibration.errorBefore
      scores["dev.calibrationError.after"] = calibration.errorAfter
    }
    let provenance = ModelManifest.Provenance(
      algorithm: options.algorithm.rawValue, options: options.summary,
      trainingFiles: paths.map(\.fileName),
      trainingChecksum: facts.checksum, sequences: facts.data.sequences,
      positions: facts.data.positions, scores: scores, labelCounts: facts.labelCounts,
      licence: licence, description: description)
    var manifest = ModelManifest(
      name: name, version: version, pack: pack, layer: layer, labels: facts.data.labels,
      scheme: spans?.scheme, templates: facts.templates, tokenizer: tokenizer,
      probabilities: result.calibrationFactor != nil
        ? .calibrated : options.algorithm.givesProbabilities ? .likelihood : .none,
      provenance: provenance)
    manifest.spanCalibration = result.spanCalibration?.map
    if let schema {
      manifest.schemaName = schema.name
      manifest.schemaVersion = schema.version
    }
    if !preparation.isEmpty { manifest.preparation = preparation }
    manifest.thresholdCurves = result.spanCalibration?.curves
    return TrainedModel(
      parameters: result.parameters.pruned(below: options.prune)
        .scaled(by: factor), manifest: manifest, lexicon: facts.lexicon,
      knowledge: facts.knowledge, decision: decision, precision: options.precision, result: result)
  }

  /// What is kept of the data once training begins: the corpus itself is freed by then.
  private struct Facts {
    var data: Data
    var templates: [String]
    var labelCounts: [Int]
    var lexicon: [UInt32]
    var knowledge = Knowledge()
    var checksum: String
  }

  /// One of the parts that records are dealt into, block by block, so that most of a text stays
  /// together.
  private struct Part: Sendable {
    var number: Int
    var count: Int
    var block: Int

    func holds(_ record: Int) -> Bool { record / block % count == number }
  }

  /// What models of the other parts of the training files choose in each part, with probabilities.
  private func heldOutPredictions(
    _ paths: [String], _ development: [String],
    _ format: @escaping (ByteSource) throws -> any RecordFormat, _ isCancelled: () -> Bool
  ) throws -> [[ProbabilityCalibration.Prediction]] {
    guard calibrationFolds != 0 else { return [] }
    guard calibrationFolds > 1, spans != nil, !development.isEmpty, !streams else {
      throw TrainingError.option(
        name: "calibration-folds", value: "\(calibrationFolds)",
        problem: "takes 2 or more, labels of spans, a development set, and no stream")
    }
    var count = 0
    let next = try Self.records(of: paths, format)
    while try next() != nil { count += 1 }
    var result: [[ProbabilityCalibration.Prediction]] = []
    for number in 0..<calibrationFolds where !isCancelled() {
      var other = self
      other.part = Part(
        number: number, count: calibrationFolds,
        block: min(50, max(1, count / (2 * calibrationFolds))))
      other.checkpoint = nil
      other.resumes = false
      var (loop, _, heldOut) = try other.prepare(paths, development, format) { _ in }
      let trained = try loop.run(isCancelled: isCancelled)
      if let heldOut {
        result.append(TrainingLoop.predictions(of: trained, on: heldOut, threads: threads))
      }
    }
    return result
  }

  /// - Returns: the loop, what is kept of the data, and the part that is left out of them, if one is.
  private func prepare(
    _ paths: [String], _ development: [String],
    _ format: @escaping (ByteSource) throws -> any RecordFormat, _ prepared: (Data) throws -> Void
  ) throws -> (TrainingLoop, Facts, EncodedCorpus?) {
    var program = try TemplateProgram(parsing: templates)
    let gathered = try gatherKnowledge(for: program, paths, format)
    program.knowledge = gathered?.knowledge ?? Knowledge()
    func fingerprint(_ facts: Facts) -> String {
      var parts = [facts.checksum, layer] + templates + facts.data.labels
      if let clusters {
        parts.append("\(clusters.words.count) \(clusters.words.reduce(0, FeatureHash.join))")
      }
      if !names.isEmpty {
        let all = names.flatMap { $0.words + [FeatureHash.hash($0.type.utf8)] }
        parts.append("\(names.count) \(all.reduce(0, FeatureHash.join))")
      }
      if calibrationFolds > 0 { parts.append("\(calibrationFolds)") }
      if let spans { parts += [spans.scheme.rawValue, spans.source.rawValue, "\(spans.repairs)"] }
      return String(FeatureHash.hash(parts.joined(separator: "\u{1F}").utf8), radix: 16)
    }
    func encode(
      _ encoder: inout CorpusEncoder, _ paths: [String], _ checksum: RecordChecksum? = nil,
      where isTaken: @escaping (Int) -> Bool = { _ in true }
    ) throws -> EncodedCorpus {
      let next = try Self.records(of: paths, format, where: isTaken)
      while let record = try next() {
        checksum?.add(record)
        try encoder.add(record)
      }
      try encoder.checkLabels()
      return encoder.finish()
    }
    let checksum = RecordChecksum()
    if streams {
      guard gathered == nil else {
        throw TrainingError.option(
          name: "stream", value: "",
          problem: "cannot gather the words and phrases that the templates look up; leave it out")
      }
      let next = try Self.records(of: paths, format)
      var sequences = 0
      while let record = try next() {
        checksum.add(record)
        if record.count > 0 { sequences += 1 }
      }
      let corpus = try StreamedCorpus(program: program, layer: layer, spans: spans) {
        try Self.records(of: paths, format)
      }
      var facts = Facts(
        data: Data(
          sequences: corpus.sequenceCount, positions: corpus.positionCount,
          skipped: sequences - corpus.sequenceCount, repaired: corpus.repaired,
          labels: corpus.schema.names,
          features: corpus.features.count),
        templates: program.templates.map(\.description), labelCounts: corpus.labelCounts,
        lexicon: corpus.lexicon, checksum: checksum.text)
      var encoder = CorpusEncoder(program: program, developmentFor: corpus, spans: spans)
      let developmentCorpus = development.isEmpty ? nil : try encode(&encoder, development)
      facts.data.unknownDevelopment = developmentCorpus?.unknownLabelCount ?? 0
      try prepared(facts.data)
      let loop = try TrainingLoop(
        corpus, development: developmentCorpus, options: options,
        start: start?.parameters(for: corpus.features, schema: corpus.schema), threads: threads,
        checkpoint: checkpoint, resumes: resumes, fingerprint: fingerprint(facts))
      return (loop, facts, nil)
    }
    var encoder = CorpusEncoder(
      program: program, layer: layer, spans: spans, knowledge: gathered)
    let corpus = try encode(&encoder, paths, checksum, where: isLearnt)
    guard corpus.positionCount > 0 else {
      throw TrainingError.noData(source: paths.joined(separator: ", "))
    }
    var facts = Facts(
      data: Data(
        sequences: corpus.sequenceCount, positions: corpus.positionCount, skipped: encoder.skipped,
        repaired: encoder.repaired, labels: corpus.schema.names, features: corpus.features.count),
      templates: program.templates.map(\.description), labelCounts: corpus.labelCounts,
      lexicon: corpus.lexiconHashes, knowledge: program.knowledge, checksum: checksum.text)
    var developmentEncoder = CorpusEncoder(
      program: program, developmentFor: corpus, spans: spans)
    let developmentCorpus = development.isEmpty ? nil : try encode(&developmentEncoder, development)
    facts.data.unknownDevelopment = developmentCorpus?.unknownLabelCount ?? 0
    try prepared(facts.data)
    var heldOut: EncodedCorpus?
    if let part {
      var encoder = CorpusEncoder(program: program, developmentFor: corpus, spans: spans)
      heldOut = try encode(&encoder, paths, where: part.holds)
    }
    let loop = try TrainingLoop(
      corpus, development: developmentCorpus, options: options,
      start: start?.parameters(for: corpus.features, schema: corpus.schema), threads: threads,
      checkpoint: checkpoint, resumes: resumes, fingerprint: fingerprint(facts))
    return (loop, facts, heldOut)
  }

  /// Whether a record of the training files is learnt from.
  private func isLearnt(_ record: Int) -> Bool { !(part?.holds(record) ?? false) }

  /// What the training files tell of their words and spans, if the templates look any up.
  private func gatherKnowledge(
    for program: TemplateProgram, _ paths: [String],
    _ format: @escaping (ByteSource) throws -> any RecordFormat
  ) throws -> KnowledgeGatherer.Result? {
    if clusters != nil, !program.tableNames.contains(.cluster) {
      throw TrainingError.option(
        name: "clusters", value: "", problem: "no template reads them; add cluster(form[0])")
    }
    if !names.isEmpty, !program.needsPhrases {
      throw TrainingError.option(
        name: "gazetteer", value: "", problem: "no template reads it; add gazetteer(form[0])")
    }
    if clusters == nil, program.tableNames.contains(.cluster) {
      throw TrainingError.option(
        name: "templates", value: "", problem: "read clusters; give a file of them by --clusters")
    }
    let layers = program.layersLookedUp
    guard let words = layers.first else { return nil }
    guard layers.count == 1 else {
      throw TrainingError.option(
        name: "templates", value: "",
        problem: "look up words of the layers \(layers.joined(separator: " and ")); only one can be"
      )
    }
    var gatherer = KnowledgeGatherer(
      layer: layer, wordLayer: words, spans: spans, minimumCount: options.minimumCount,
      names: names)
    let next = try Self.records(of: paths, format, where: isLearnt)
    while let record = try next() { try gatherer.add(record) }
    var result = gatherer.finish()
    if let clusters {
      result.knowledge.tables.append(clusters)
      for fold in result.folds.indices { result.folds[fold].tables.append(clusters) }
    }
    return result
  }

  /// The records of several files, one after another.
  private static func records(
    of paths: [String], _ format: @escaping (ByteSource) throws -> any RecordFormat
  ) throws -> () throws -> Record? {
    var rest = paths[...]
    var reader: RecordReader?
    return {
      while true {
        if let record = try reader?.next() { return record }
        guard let path = rest.popFirst() else { return nil }
        let source = try ByteSource(path: path)
        reader = RecordReader(source, as: try format(source))
      }
    }
  }

  /// Those of the records whose numbers, from 0, are taken.
  private static func records(
    of paths: [String], _ format: @escaping (ByteSource) throws -> any RecordFormat,
    where isTaken: @escaping (Int) -> Bool
  ) throws -> () throws -> Record? {
    let next = try records(of: paths, format)
    var number = -1
    return {
      while let record = try next() {
        number += 1
        if isTaken(number) { return record }
      }
      return nil
    }
  }

  /// A hash of the records' bytes, in the order in which they are read.
  private final class RecordChecksum {
    private var sum: UInt64 = 0

    func add(_ record: borrowing Record) {
      sum = record.buffer.withUnsafeBufferPointer { buffer in
        guard let bytes = buffer.baseAddress else { return sum }
        return FeatureHash.join(sum, FeatureHash.hash(bytes, count: record.sourceCount))
      }
    }

    var text: String { String(sum, radix: 16) }
  }
}

/// A model fresh from training.
public struct TrainedModel: Sendable {
  /// The parameters.
  public var parameters: LinearParameters
  /// What the model will say of itself.
  public var manifest: ModelManifest
  private let lexicon: [UInt32]
  /// What its templates know of words and phrases.
  public let knowledge: Knowledge
  /// What is added to each label's score when the best labeling is sought; see `Model.decision`.
  public var decision: [Float]?
  /// How its file stores weights.
  public var precision: LinearWeights.Precision
  /// How training ended.
  public let result: TrainingLoop.Result

  init(
    parameters: LinearParameters, manifest: ModelManifest, lexicon: [UInt32],
    knowledge: Knowledge, decision: [Float]?, precision: LinearWeights.Precision,
    result: TrainingLoop.Result
  ) {
    self.parameters = parameters
    self.manifest = manifest
    self.lexicon = lexicon
    self.knowledge = knowledge
    self.decision = decision
    self.precision = precision
    self.result = result
  }

  /// The model in memory, as its file would give it.
  public func model() throws -> Model {
    try Model(
      bytes: Model.encode(
        parameters, manifest: manifest, precision: precision, lexicon: lexicon,
        knowledge: knowledge, decision: decision),
      name: manifest.name)
  }

  /// Writes the model file, whole or not at all.
  public func write(to path: String) throws {
    try Model.write(
      parameters, manifest: manifest, precision: precision, lexicon: lexicon,
      knowledge: knowledge, decision: decision, to: path)
  }
}
