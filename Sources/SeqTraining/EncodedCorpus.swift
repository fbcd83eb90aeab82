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
  private let fixed: LabelSchema?
  private let isDevelopment: Bool
  private var labels: [String: Label] = [:]
  private var names: [String] = []
  private var gold: [Label] = []
  private var lexicon: Set<UInt32> = []
  private var cache: [UInt64: Label] = [:]
  /// Sequences that were left out because a label was missing (`_`).
  public private(set) var skipped = 0

  /// Makes an encoder.
  ///
  /// - Parameters:
  ///   - layer: the layer to learn.
  ///   - schema: the labels, if they are fixed beforehand; otherwise those of the records.
  public init(program: TemplateProgram, layer: String, schema: LabelSchema? = nil) {
    builder = TrainingSetBuilder(program: program)
    templates = program.templates
    self.layer = layer
    fixed = schema
    isDevelopment = false
  }

  /// Makes an encoder for a development set: features and labels of `corpus` only.
  ///
  /// A label that `corpus` does not have can never be predicted; it counts as a mistake.
  public init(program: TemplateProgram, developmentFor corpus: EncodedCorpus) {
    self.init(program: program, features: corpus.features, schema: corpus.schema)
  }

  /// Makes an encoder for a development set: features and labels of `corpus` only.
  public init(program: TemplateProgram, developmentFor corpus: StreamedCorpus) {
    self.init(program: program, features: corpus.features, schema: corpus.schema)
  }

  private init(program: TemplateProgram, features: [UInt64], schema: LabelSchema) {
    var vocabulary = Vocabulary()
    for hash in features { _ = vocabulary.add(hash) }
    builder = TrainingSetBuilder(program: program, vocabulary: vocabulary, grows: false)
    templates = program.templates
    layer = schema.layer
    fixed = schema
    isDevelopment = true
  }

  /// Adds a record.
  ///
  /// - Returns: false if it has a position without a label and was left out.
  @discardableResult
  public mutating func add(_ record: borrowing Record) throws -> Bool {
    guard let ranges = record.ranges(layer) else {
      throw FeatureError.missingLayer(
        name: layer, present: record.layers.map(\.name), source: record.provenance.source,
        line: record.provenance.line)
    }
    gold.removeAll(keepingCapacity: true)
    for range in ranges {
      guard let label = try number(range, record) else {
        skipped += 1
        return false
      }
      gold.append(label)
    }
    if !isDevelopment, let words = record.ranges("form") ?? record.ranges(layer) {
      record.buffer.withUnsafeBufferPointer { buffer in
        for word in words {
          let hash = FeatureHash.hash(buffer.baseAddress! + Int(word.start), count: word.count)
          lexicon.insert(UInt32(truncatingIfNeeded: hash))
        }
      }
    }
    try builder.add(record, gold: gold)
    return true
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
    } else if let fixed {
      if let known = fixed.label(name) {
        label = known
      } else if isDevelopment {
        label = .max - 1
      } else {
        throw TrainingError.unknownLabel(
          name: name, layer: layer, source: record.provenance.source,
          line: record.provenance.line, nearest: nearestName(to: name, among: fixed.names))
      }
    } else {
      label = Label(names.count)
      names.append(name)
    }
    cache[key] = label
    return label == .max ? nil : label
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
      schema: schema, lexiconHashes: sortedLexicon)
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

  /// The schema, and the number in it of each label seen, in order of appearance.
  func sortedSchema() -> (schema: LabelSchema, order: [Label]) {
    if let fixed { return (fixed, (0..<fixed.count).map { Label($0) }) }
    let sorted = names.sorted()
    let order = names.map { Label(sorted.firstIndex(of: $0)!) }
    return (LabelSchema(layer: layer, names: sorted), order)
  }
}
