package import SeqCore
internal import SeqFeatures

/// Which (feature, label) pairs have a weight: by default those seen in training, as in CRFsuite.
///
/// Pairs are ordered by feature, then label; a pair's index is its parameter's.
package struct StateFeatures: Sendable {
  /// Feature f has pairs `starts[f]..<starts[f + 1]`.
  package var starts: [Int32]
  /// The label of each pair.
  package var labels: [Label]
  /// How often each pair was seen.
  package var counts: [Int32]

  package var pairCount: Int { labels.count }

  /// The pairs of a feature.
  @inline(__always)
  package func range(of feature: Int) -> Range<Int> {
    Int(starts[feature])..<Int(starts[feature + 1])
  }

  /// The number of pairs of a feature.
  @inline(__always)
  package func count(of feature: Int) -> Int { Int(starts[feature + 1] - starts[feature]) }

  /// Pairs that were counted elsewhere.
  package init(starts: [Int32], labels: [Label], counts: [Int32]) {
    self.starts = starts
    self.labels = labels
    self.counts = counts
  }

  /// The same without the features that were seen at fewer positions than `minimumCount`.
  package func without(featuresBelow minimumCount: Int) -> StateFeatures {
    guard minimumCount > 1 else { return self }
    var result = StateFeatures(starts: [0], labels: [], counts: [])
    for feature in 0..<(starts.count - 1) {
      let range = range(of: feature)
      if counts[range].reduce(0, { $0 + Int($1) }) >= minimumCount {
        result.labels += labels[range]
        result.counts += counts[range]
      }
      result.starts.append(Int32(result.labels.count))
    }
    return result
  }

  /// Finds the pairs of a training set.
  ///
  /// - Parameters:
  ///   - featureCount: the vocabulary's size.
  ///   - minimumCount: features seen at fewer positions get no weight (feature cut-off).
  ///   - allLabels: whether a feature gets a weight for every label, seen with it or not.
  package init(
    _ set: TrainingSet, featureCount: Int, labelCount: Int, minimumCount: Int = 1,
    allLabels: Bool = false
  ) {
    let positions = InvertedIndex(
      starts: set.blockStarts, values: set.blocks, count: set.blockCount)
    let blocks = InvertedIndex(
      starts: set.featureStarts, values: set.features, count: featureCount)
    starts = [0]
    starts.reserveCapacity(featureCount + 1)
    labels = []
    counts = []
    var seen = [Int32](repeating: 0, count: labelCount)
    for feature in 0..<featureCount {
      var total = 0
      for block in blocks[feature] {
        for position in positions[Int(block)] {
          seen[Int(set.gold[Int(position)])] += 1
          total += 1
        }
      }
      for label in 0..<labelCount {
        if total >= minimumCount && (allLabels || seen[label] > 0) && total > 0 {
          labels.append(Label(label))
          counts.append(seen[label])
        }
        seen[label] = 0
      }
      starts.append(Int32(labels.count))
    }
  }
}

/// The rows that hold each value, from rows of values in compressed form: a transposition by
/// counting.
package struct InvertedIndex: Sendable {
  package var starts: [Int32]
  package var rows: [UInt32]

  package init(starts rowStarts: [Int32], values: [UInt32], count: Int) {
    starts = [Int32](repeating: 0, count: count + 1)
    for value in values { starts[Int(value) + 1] += 1 }
    for value in 0..<count { starts[value + 1] += starts[value] }
    rows = [UInt32](repeating: 0, count: values.count)
    var next = starts
    for row in 0..<(rowStarts.count - 1) {
      for index in Int(rowStarts[row])..<Int(rowStarts[row + 1]) {
        let value = Int(values[index])
        rows[Int(next[value])] = UInt32(row)
        next[value] += 1
      }
    }
  }

  package subscript(value: Int) -> ArraySlice<UInt32> {
    rows[Int(starts[value])..<Int(starts[value + 1])]
  }
}
