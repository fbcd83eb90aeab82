package import SeqCore
package import SeqFeatures
package import SeqInference

/// Where an online trainer gets its sequences from, again in every pass: memory or a stream.
package protocol TrainingSource {
  /// The labels.
  var schema: LabelSchema { get }
  /// The labels as a tagging scheme over span types, if they tell spans.
  var spans: SpanSchema? { get }
  /// The hashes of the features, by number.
  var features: [UInt64] { get }
  /// The feature templates.
  var templates: [FeatureTemplate] { get }
  /// The number of each feature's template.
  var featureTemplates: [UInt16] { get }
  /// The number of sequences of a pass.
  var sequenceCount: Int { get }
  /// The number of positions of a pass.
  var positionCount: Int { get }
  /// Whether a pass is one batch that is the same set every time, so that work done on it can be
  /// kept.
  var isInMemory: Bool { get }

  /// The observed pairs of feature and label, with their counts.
  func observedPairs(minimumCount: Int) -> StateFeatures

  /// Hands over the batches of a pass, the same ones in the same order each time.
  func forEachBatch(_ body: (TrainingSet) throws -> Void) throws

  /// The first labels, steps and last labels that occur: [L], [L × L], [L].
  func chainCounts() throws -> ChainCounts
}

/// How often labels start sequences, follow each other and end sequences.
package struct ChainCounts: Hashable, Sendable {
  package let labelCount: Int
  package var starts: [Int]
  /// [L × L], the earlier label first.
  package var steps: [Int]
  package var ends: [Int]

  package init(labelCount: Int) {
    self.labelCount = labelCount
    starts = Array(repeating: 0, count: labelCount)
    steps = Array(repeating: 0, count: labelCount * labelCount)
    ends = starts
  }

  package mutating func add(_ set: TrainingSet) {
    for s in 0..<set.sequenceCount {
      let positions = Int(set.sequenceStarts[s])..<Int(set.sequenceStarts[s + 1])
      guard let first = positions.first, let last = positions.last else { continue }
      starts[Int(set.gold[first])] += 1
      ends[Int(set.gold[last])] += 1
      for t in positions.dropFirst() {
        steps[Int(set.gold[t - 1]) * labelCount + Int(set.gold[t])] += 1
      }
    }
  }
}

extension TrainingSource {
  /// What the labels' scheme allows; `nil` if everything is.
  package var legality: Legality? { spans.map { Legality($0) } }
}

extension EncodedCorpus: TrainingSource {
  package var isInMemory: Bool { true }

  package func observedPairs(minimumCount: Int) -> StateFeatures {
    StateFeatures(
      self.set, featureCount: features.count, labelCount: schema.count,
      minimumCount: minimumCount)
  }

  package func forEachBatch(_ body: (TrainingSet) throws -> Void) throws { try body(self.set) }

  package func chainCounts() -> ChainCounts {
    var counts = ChainCounts(labelCount: schema.count)
    counts.add(self.set)
    return counts
  }
}
