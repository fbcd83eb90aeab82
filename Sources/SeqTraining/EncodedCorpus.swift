public import SeqCore
public import SeqFeatures

/// A labelled corpus made ready for training: sequences by number, the features' hashes, the
/// labels.
public struct EncodedCorpus: Sendable {
  package var `set`: TrainingSet
  /// The hashes of the features, by number.
  package var features: [UInt64]
  /// The feature templates, and the number of each feature's; empty for a development set.
  package var templates: [FeatureTemplate] = []
  package var featureTemplates: [UInt16] = []
  /// The labels.
  public var schema: LabelSchema
  /// The labels as a tagging scheme over span types, if they tell spans.
  public var spans: SpanSchema?
  /// The 32-bit hashes of the words seen, for the model's lexicon.
  public var lexiconHashes: [UInt32]

  /// The number of sequences.
  public var sequenceCount: Int { self.set.sequenceCount }
  /// The number of positions.
  public var positionCount: Int { self.set.positionCount }

  /// The positions whose label is not in the schema: in a development set only.
  public var unknownLabelCount: Int {
    self.set.gold.reduce(0) { $0 + (Int($1) >= schema.count ? 1 : 0) }
  }

  /// How often each label occurs.
  public var labelCounts: [Int] {
    var counts = [Int](repeating: 0, count: schema.count)
    for label in self.set.gold { counts[Int(label)] += 1 }
    return counts
  }
}

/// Encodes records into a corpus; labels are numbered in order of appearance, then sorted by name,
/// so that their numbers do not depend on the order of the text.
public struct CorpusEncoder {
  private var builder: TrainingSetBuilder
  private let templates: [FeatureTemplate]
  private let layer: String
  /// The layer whose values make the lexicon.
  private let wordLayer: String
  private let fixed: LabelSchema?
  private let isDevelopment: Bool
  private let knowledge: KnowledgeGatherer.Result?
  /// The sequences read so far, those that were left out among them.
  private var sequences = 0
  private var targets: SpanTargetReader?
  /// The label of each tag of a span, once it has one.
  private var labelOfTag: [SpanTag: Label] = [:]
  private var labels: [String: Label] = [:]
  private var names: [String] = []
  private var gold: [Label] = []
  private var lexicon: Set<UInt32> = []
  private var cache: [UInt64: Label] = [:]
  /// Sequences that were left out because a label was missing (`_`).
  public private(set) var skipped = 0
  /// Says of the first record without the layer of labels what it has.
  private var unlabelled: FeatureError?
  /// Labels that were read otherwise than they stand because they break the rules of their scheme.
  public var repaired: Int { targets?.repaired ?? 0 }

  /// Makes an encoder.
  ///
  /// - Parameters:
  ///   - layer: the layer to learn.
  ///   - schema: the labels, if they are fixed beforehand; otherwise those of the records.
  ///   - spans: that the labels tell spans, and how.
  ///   - knowledge: gathered from the same records in the same order, if the templates look words
  ///     up in what the training text tells.
  public init(
    program: TemplateProgram, layer: String, schema: LabelSchema? = nil,
    spans: SpanTargets? = nil, knowledge: KnowledgeGatherer.Result? = nil
  ) {
    self.knowledge = knowledge
    builder = TrainingSetBuilder(program: program, folds: knowledge?.folds ?? [])
    templates = program.templates
    wordLayer = program.layers.first ?? "form"
    self.layer = layer
    fixed = schema
    isDevelopment = false
    targets = spans.map { SpanTargetReader($0) }
    // A sequence of any length has a legal labeling if nothing can be labelled.
    if targets != nil, schema == nil {
      names = ["O"]
      labelOfTag[.outside] = 0
    }
  }

  /// Makes an encoder for a development set: features and labels of `corpus` only.
  ///
  /// A label that `corpus` does not have can never be predicted; it counts as a mistake.
  ///
  /// - Parameter spans: what `corpus` was encoded with.
  public init(
    program: TemplateProgram, developmentFor corpus: EncodedCorpus, spans: SpanTargets? = nil
  ) {
    self.init(
      program: program, features: corpus.features, schema: corpus.schema, spans: spans)
  }

  /// Makes an encoder for a development set: features and labels of `corpus` only.
  public init(
    program: TemplateProgram, developmentFor corpus: StreamedCorpus, spans: SpanTargets? = nil
  ) {
    self.init(
      program: program, features: corpus.features, schema: corpus.schema, spans: spans)
  }

  private init(
    program: TemplateProgram, features: [UInt64], schema: LabelSchema, spans: SpanTargets?
  ) {
    knowledge = nil
    var vocabulary = Vocabulary()
    for hash in features { _ = vocabulary.add(hash) }
    builder = TrainingSetBuilder(program: program, vocabulary: vocabulary, grows: false)
    templates = program.templates
    wordLayer = program.layers.first ?? "form"
    layer = schema.layer
    fixed = schema
    isDevelopment = true
    targets = spans.map { SpanTargetReader($0) }
  }

  /// Adds a record.
  ///
  /// - Returns: false if it has a position without a label, or no labels at all, and was left out; see
  ///   ``checkLabels()``.
  /// - Throws: `FeatureError.missingLayer` for a layer that the templates read;
  ///   `TrainingError.unknownLabel`; `TrainingError.spanFault` for labels that break the rules of their
  ///   scheme.
  @discardableResult
  public mutating func add(_ record: borrowing Record) throws -> Bool {
    let sequence = sequences
    sequences += 1
    guard let ranges = record.ranges(layer) else {
      unlabelled =
        unlabelled
        ?? .missingLayer(
          name: layer, present: record.layers.map(\.name), source: record.provenance.source,
          line: record.provenance.line)
      skipped += 1
      return false
    }
    gold.removeAll(keepingCapacity: true)
    for range in ranges {
      guard let label = try number(range, record) else {
        skipped += 1
        return false
      }
      gold.append(label)
    }
    if targets != nil { try encodeSpans(record) }
    if !isDevelopment, let words = record.ranges(wordLayer) {
      record.buffer.withUnsafeBufferPointer { buffer in
        for word in words {
          let hash = FeatureHash.hash(buffer.baseAddress! + Int(word.start), count: word.count)
          lexicon.insert(UInt32(truncatingIfNeeded: hash))
        }
      }
    }
    try builder.add(record, gold: gold, fold: knowledge?.fold(ofSequence: sequence))
    return true
  }

  /// Makes sure that some of the records had the layer of labels.
  ///
  /// - Throws: `FeatureError.missingLayer` with the first that had not.
  public func checkLabels() throws {
    if let unlabelled, sequences == skipped { throw unlabelled }
  }

  private mutating func number(_ range: ByteRange, _ record: borrowing Record) throws -> Label? {
    let key = record.buffer.withUnsafeBufferPointer {
      FeatureHash.hash($0.baseAddress! + Int(range.start), count: range.count)
    }
    if let known = cache[key] { return known == .max ? nil : known }
    let name = record.string(range)
    let label: Label
    if name == "_" || name.isEmpty {
      label = .max
    } else if targets != nil {
      label = targets!.add(name)
    } else {
      label = try number(ofLabel: name, record)
    }
    cache[key] = label
    return label == .max ? nil : label
  }

  /// The number of a label to learn.
  private mutating func number(ofLabel name: String, _ record: borrowing Record) throws -> Label {
    guard let fixed else {
      names.append(name)
      return Label(names.count - 1)
    }
    if let known = fixed.label(name) { return known }
    if isDevelopment { return .max - 1 }
    throw TrainingError.unknownLabel(
      name: name, layer: layer, source: record.provenance.source,
      line: record.provenance.line, nearest: nearestName(to: name, among: fixed.names))
  }

  /// Turns `gold` from numbers of the data's labels into labels of the scheme to learn.
  private mutating func encodeSpans(_ record: borrowing Record) throws {
    let tags: [SpanTag]
    do {
      tags = try targets!.tags(for: gold)
    } catch {
      throw TrainingError.spanFault(
        error, source: record.provenance.source, line: record.line(of: error.position, in: layer))
    }
    for (t, tag) in tags.enumerated() {
      if let known = labelOfTag[tag] {
        gold[t] = known
      } else {
        gold[t] = try number(ofLabel: targets!.name(of: tag), record)
        labelOfTag[tag] = gold[t]
      }
    }
  }

  /// The labels as spans, if they are.
  private func spanSchema(_ schema: LabelSchema) -> SpanSchema? {
    targets.map { reader in
      do {
        return try SpanSchema(labels: schema, scheme: reader.targets.scheme)
      } catch {
        preconditionFailure(
          "Labels that are fixed beforehand must be those of the scheme: \(error)")
      }
    }
  }

  /// The corpus of all records.
  public mutating func finish() -> EncodedCorpus {
    var set = builder.finish()
    let (schema, order) = sortedSchema()
    if fixed == nil {
      for t in set.gold.indices { set.gold[t] = order[Int(set.gold[t])] }
    }
    return EncodedCorpus(
      set: set, features: features, templates: templates, featureTemplates: featureTemplates,
      schema: schema, spans: spanSchema(schema), lexiconHashes: sortedLexicon)
  }

  // MARK: Batches of a stream

  /// The positions added since the last batch.
  var waitingPositions: Int { builder.waitingPositions }
  /// The features seen so far.
  var featureCount: Int { builder.vocabulary.count }
  var features: [UInt64] { builder.vocabulary.hashes }
  var featureTemplates: [UInt16] { builder.featureTemplates }
  var sortedLexicon: [UInt32] { lexicon.sorted() }
  /// The labels seen so far, or those that were fixed.
  var labelCount: Int { fixed?.count ?? names.count }

  /// The records added since the last batch; labels are numbered in order of appearance, unless
  /// they were fixed beforehand.
  mutating func takeBatch() -> TrainingSet { builder.finish() }

  /// The labels of a schema that ``sortedSchema()`` gave, as spans, if they are.
  func spans(of schema: LabelSchema) -> SpanSchema? { spanSchema(schema) }

  /// The schema, and the number in it of each label seen, in order of appearance.
  func sortedSchema() -> (schema: LabelSchema, order: [Label]) {
    if let fixed { return (fixed, (0..<fixed.count).map { Label($0) }) }
    let sorted = names.sorted()
    let order = names.map { Label(sorted.firstIndex(of: $0)!) }
    return (LabelSchema(layer: layer, names: sorted), order)
  }
}
