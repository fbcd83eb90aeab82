internal import Glibc
public import SeqCore
public import SeqFeatures

/// A labelled corpus made ready for training: sequences by number, the features' hashes, the
/// labels.
public struct EncodedCorpus: Sendable {
  package var `set`: TrainingSet
  /// The hashes of the features, by number.
  package var features: [UInt64]
  /// The labels.
  public var schema: LabelSchema
  /// The 32-bit hashes of the words seen, for the model's lexicon.
  public var lexiconHashes: [UInt32]

  /// The number of sequences.
  public var sequenceCount: Int { self.set.sequenceCount }
  /// The number of positions.
  public var positionCount: Int { self.set.positionCount }

  /// How often each label occurs.
  public var labelCounts: [Int] {
    var counts = [Int](repeating: 0, count: schema.count)
    for label in self.set.gold { counts[Int(label)] += 1 }
    return counts
  }

  /// The log of each label's class weight, or nothing if all are 1.
  ///
  /// The CRF is trained with the softmax margin (Gimpel and Smith 2010): where the gold label has
  /// weight w, every other label's odds are multiplied by w, so the model must win by that factor.
  package func classMargins(_ options: TrainingOptions) throws -> [Float] {
    guard !options.classWeights.isEmpty else { return [] }
    var margins = [Float](repeating: 0, count: schema.count)
    for (name, weight) in options.classWeights.sorted(by: { $0.key < $1.key }) {
      guard let label = schema.label(name) else {
        throw TrainingError.unknownClass(
          name: name, known: schema.names, nearest: nearestName(to: name, among: schema.names))
      }
      guard weight > 0 else {
        throw TrainingError.option(
          name: "class-weight", value: "\(name)=\(weight)", problem: "a weight must be positive")
      }
      margins[Int(label)] = log(weight)
    }
    return margins
  }
}

/// Encodes records into a corpus; labels are numbered in order of appearance, then sorted by name,
/// so that their numbers do not depend on the order of the text.
public struct CorpusEncoder {
  private var builder: TrainingSetBuilder
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
    self.layer = layer
    fixed = schema
    isDevelopment = false
  }

  /// Makes an encoder for a development set: features and labels of `corpus` only.
  ///
  /// A label that `corpus` does not have can never be predicted; it counts as a mistake.
  public init(program: TemplateProgram, developmentFor corpus: EncodedCorpus) {
    var vocabulary = Vocabulary()
    for hash in corpus.features { _ = vocabulary.add(hash) }
    builder = TrainingSetBuilder(program: program, vocabulary: vocabulary, grows: false)
    layer = corpus.schema.layer
    fixed = corpus.schema
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
    var schema = fixed
    if schema == nil {
      let sorted = names.sorted()
      let order = names.map { Label(sorted.firstIndex(of: $0)!) }
      for t in set.gold.indices { set.gold[t] = order[Int(set.gold[t])] }
      schema = LabelSchema(layer: layer, names: sorted)
    }
    return EncodedCorpus(
      set: set, features: builder.vocabulary.hashes, schema: schema!,
      lexiconHashes: lexicon.sorted())
  }
}
