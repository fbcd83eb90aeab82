public import SeqCore
public import SeqFeatures

/// A labelled corpus that is read anew in every pass, for training on more than memory holds.
///
/// Making one reads it once, for the labels, the features and how often each feature has each
/// label. Memory holds these and one batch: it grows with the number of different words and
/// features, not with the text. Sequences are shuffled within a batch; a corpus that is sorted,
/// say by genre, is better shuffled beforehand.
///
/// ```swift
/// let corpus = try StreamedCorpus(program: program, layer: "upos") {
///   var reader = try RecordReader(path: "train.conllu", as: CoNLLU())
///   return { try reader.next() }
/// }
/// ```
public final class StreamedCorpus {
  /// Opens the records from the first: gives the next one at each call, and `nil` at the end.
  public typealias Records = () throws -> () throws -> Record?

  /// The labels.
  public let schema: LabelSchema
  /// The labels as a tagging scheme over span types, if they tell spans.
  public let spans: SpanSchema?
  /// Labels that were read otherwise than they stand because they break the rules of their scheme.
  public let repaired: Int
  /// The number of sequences.
  public let sequenceCount: Int
  /// The number of positions.
  public let positionCount: Int
  /// How often each label occurs.
  public let labelCounts: [Int]

  package let features: [UInt64]
  package let templates: [FeatureTemplate]
  package let featureTemplates: [UInt16]
  package let lexicon: [UInt32]
  private let pairs: StateFeatures
  private let chain: ChainCounts
  private let records: Records
  private let batchPositions: Int
  private var encoder: CorpusEncoder
  /// The schema's number of each label, by its number in order of appearance.
  private let order: [Label]

  /// Reads a corpus for the first time.
  ///
  /// - Parameters:
  ///   - layer: the layer to learn.
  ///   - schema: the labels, if they are fixed beforehand; otherwise those of the records.
  ///   - spans: that the labels tell spans, and how.
  ///   - batchPositions: a batch is full when it has so many positions.
  ///   - records: called once in each pass; the records must be the same each time.
  /// - Throws: what `records` throws; `FeatureError.missingLayer` if none has the layer;
  ///   `TrainingError.noData`, `.unknownLabel`.
  public init(
    program: TemplateProgram, layer: String, schema: LabelSchema? = nil,
    spans: SpanTargets? = nil, batchPositions: Int = 200_000, records: @escaping Records
  ) throws {
    var encoder = CorpusEncoder(program: program, layer: layer, schema: schema, spans: spans)
    var counts = PairCounts()
    var steps: [UInt64: Int] = [:]
    var starts: [Label: Int] = [:]
    var ends: [Label: Int] = [:]
    var sequences = 0
    var positions = 0
    func take(_ set: TrainingSet, _ featureCount: Int, _ labelCount: Int) {
      counts.add(
        StateFeatures(set, featureCount: featureCount, labelCount: labelCount))
      for s in 0..<set.sequenceCount {
        let range = Int(set.sequenceStarts[s])..<Int(set.sequenceStarts[s + 1])
        starts[set.gold[range.lowerBound], default: 0] += 1
        ends[set.gold[range.upperBound - 1], default: 0] += 1
        for t in range.dropFirst() {
          steps[UInt64(set.gold[t - 1]) << 16 | UInt64(set.gold[t]), default: 0] += 1
        }
      }
      sequences += set.sequenceCount
      positions += set.positionCount
    }
    try Self.forEachBatch(&encoder, records, batchPositions) { encoder, set in
      take(set, encoder.featureCount, encoder.labelCount)
    }
    try encoder.checkLabels()
    guard positions > 0 else { throw TrainingError.noData(source: "training data") }

    let (sorted, order) = encoder.sortedSchema()
    let L = sorted.count
    var chain = ChainCounts(labelCount: L)
    for (step, count) in steps {
      chain.steps[Int(order[Int(step >> 16)]) * L + Int(order[Int(step & 0xFFFF)])] = count
    }
    for (label, count) in starts { chain.starts[Int(order[Int(label)])] = count }
    for (label, count) in ends { chain.ends[Int(order[Int(label)])] = count }
    var labelCounts = chain.starts
    for i in 0..<L { for j in 0..<L { labelCounts[j] += chain.steps[i * L + j] } }
    self.labelCounts = labelCounts
    self.schema = sorted
    self.spans = encoder.spans(of: sorted)
    repaired = encoder.repaired
    self.order = order
    self.chain = chain
    pairs = counts.pairs(featureCount: encoder.featureCount, order: order)
    sequenceCount = sequences
    positionCount = positions
    features = encoder.features
    templates = program.templates
    featureTemplates = encoder.featureTemplates
    lexicon = encoder.sortedLexicon
    self.records = records
    self.batchPositions = batchPositions
    self.encoder = encoder
  }

  private static func forEachBatch(
    _ encoder: inout CorpusEncoder, _ records: Records, _ batchPositions: Int,
    _ body: (CorpusEncoder, TrainingSet) throws -> Void
  ) throws {
    let next = try records()
    while let record = try next() {
      try encoder.add(record)
      if encoder.waitingPositions >= batchPositions {
        let set = encoder.takeBatch()
        try body(encoder, set)
      }
    }
    let rest = encoder.takeBatch()
    if rest.positionCount > 0 { try body(encoder, rest) }
  }
}

extension StreamedCorpus: TrainingSource {
  package var isInMemory: Bool { false }

  package func observedPairs(minimumCount: Int) -> StateFeatures {
    pairs.without(featuresBelow: minimumCount)
  }

  package func chainCounts() -> ChainCounts { chain }

  package func forEachBatch(_ body: (TrainingSet) throws -> Void) throws {
    var sequences = 0
    var positions = 0
    try Self.forEachBatch(&encoder, records, batchPositions) { encoder, set in
      guard encoder.featureCount == features.count, encoder.labelCount == order.count else {
        throw TrainingError.dataChanged(expected: positionCount, found: nil)
      }
      var set = set
      for t in set.gold.indices { set.gold[t] = order[Int(set.gold[t])] }
      sequences += set.sequenceCount
      positions += set.positionCount
      try body(set)
    }
    guard sequences == sequenceCount, positions == positionCount else {
      throw TrainingError.dataChanged(expected: positionCount, found: positions)
    }
  }
}

/// Counts of pairs of feature and label that grow batch by batch.
private struct PairCounts {
  private var numbers = Vocabulary()
  private var pairs: [(feature: UInt32, label: Label, count: Int32)] = []

  mutating func add(_ batch: StateFeatures) {
    for feature in 0..<(batch.starts.count - 1) {
      for p in batch.range(of: feature) {
        let label = batch.labels[p]
        let key = UInt64(feature) << 16 | UInt64(label)
        let number = Int(numbers.add(FeatureHash.join(key, 1 << 63)))
        if number == pairs.count { pairs.append((UInt32(feature), label, 0)) }
        pairs[number].count += batch.counts[p]
      }
    }
  }

  /// The pairs in the order of features, then labels in the schema's numbers.
  func pairs(featureCount: Int, order: [Label]) -> StateFeatures {
    var starts = [Int32](repeating: 0, count: featureCount + 1)
    for pair in pairs { starts[Int(pair.feature) + 1] += 1 }
    for feature in 0..<featureCount { starts[feature + 1] += starts[feature] }
    var next = starts
    var sorted = [(label: Label, count: Int32)](repeating: (0, 0), count: pairs.count)
    for pair in pairs {
      sorted[Int(next[Int(pair.feature)])] = (order[Int(pair.label)], pair.count)
      next[Int(pair.feature)] += 1
    }
    for feature in 0..<featureCount {
      let range = Int(starts[feature])..<Int(starts[feature + 1])
      if range.count > 1 { sorted[range].sort { $0.label < $1.label } }
    }
    return StateFeatures(
      starts: starts, labels: sorted.map(\.label), counts: sorted.map(\.count))
  }
}
