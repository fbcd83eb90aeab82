internal import SeqCore
internal import SeqFeatures
internal import SeqMath
package import SeqModel

/// Weights of features by their hashes, a row of all labels each, while they are being learnt.
package struct PerceptronWeights: FeatureScorer {
  private let labelCount: Int
  private let stride: Int
  private var rows = Vocabulary()
  /// The weights, then Σ change · time of change, from which the average comes.
  private var current: [Float] = []
  private var total: [Double] = []
  private var updates: [Int32] = []
  private var time = 0.0

  init(labelCount: Int) {
    self.labelCount = labelCount
    stride = paddedCount(labelCount)
  }

  /// The fraction of features that are hidden while an example is learnt, other ones each time, so
  /// that none is relied upon alone.
  var dropout = 0.0
  private var salt: UInt64 = 0
  private var threshold: UInt64 = 0

  /// Begins the next example.
  mutating func tick() {
    time += 1
    salt = FeatureHash.fold(UInt64(time) &+ 1, 0x9E37_79B9_7F4A_7C15)
    threshold = UInt64(dropout * 0x1p32)
  }

  @inline(__always)
  private func isHidden(_ hash: UInt64) -> Bool {
    FeatureHash.fold(hash ^ salt, 0xD6E8_FEB8_6659_FD93) >> 32 < threshold
  }

  /// Changes the weights of a label for the features of a configuration.
  ///
  /// - Parameter counts: whether this is an update of its own, and not a part of the last one.
  mutating func add(_ change: Float, to label: Int, of hashes: [UInt64], counts: Bool = true) {
    for hash in hashes where !isHidden(hash) {
      let row = Int(rows.add(hash))
      if row == updates.count {
        updates.append(0)
        current.append(contentsOf: repeatElement(0, count: stride))
        total.append(contentsOf: repeatElement(0, count: stride))
      }
      if counts { updates[row] += 1 }
      current[row * stride + label] += change
      total[row * stride + label] += Double(change) * time
    }
  }

  package func addScores(_ hashes: [UInt64], to scores: UnsafeMutableBufferPointer<Float>) {
    precondition(scores.count >= stride, "A row of scores is padded to whole vectors.")
    guard let scores = scores.baseAddress else { return }
    current.withUnsafeBufferPointer { current in
      for hash in hashes where !isHidden(hash) {
        guard let number = rows.number(of: hash), let weights = current.baseAddress else {
          continue
        }
        let row = weights + Int(number) * stride
        var at = 0
        while at < stride {
          (Vector(loading: scores + at) + Vector(loading: row + at)).store(to: scores + at)
          at += 8
        }
      }
    }
  }

  /// The weights of several learners averaged over all examples that they saw, and over the learners;
  /// the features in the order of their hashes.
  ///
  /// - Parameter minimumUpdates: features that all learners together changed less often are left out
  ///   (Goldberg and Elhadad 2011, "Learning Sparser Perceptron Models").
  package static func average(_ learners: [Self], minimumUpdates: Int) -> LinearParameters {
    precondition(!learners.isEmpty, "The average of nothing.")
    let labelCount = learners[0].labelCount
    precondition(
      learners.allSatisfy { $0.labelCount == labelCount }, "Learners of the same labels.")
    var parameters = LinearParameters(
      features: [], starts: [0], labels: [], weights: [],
      start: Array(repeating: 0, count: labelCount),
      step: Matrix(rows: labelCount, columns: labelCount),
      end: Array(repeating: 0, count: labelCount))
    var updates: [UInt64: Int32] = [:]
    for learner in learners {
      for (row, hash) in learner.rows.hashes.enumerated() {
        updates[hash, default: 0] += learner.updates[row]
      }
    }
    for hash in updates.filter({ $0.value >= minimumUpdates }).keys.sorted() {
      var sums = [Double](repeating: 0, count: labelCount)
      for learner in learners {
        guard let row = learner.rows.number(of: hash) else { continue }
        for label in 0..<labelCount {
          let at = Int(row) * learner.stride + label
          sums[label] += Double(learner.current[at]) - learner.total[at] / max(learner.time, 1)
        }
      }
      for label in 0..<labelCount where sums[label] != 0 {
        parameters.labels.append(Label(label))
        parameters.weights.append(Float(sums[label] / Double(learners.count)))
      }
      guard parameters.labels.count > Int(parameters.starts[parameters.features.count]) else {
        continue
      }
      parameters.features.append(hash)
      parameters.starts.append(Int32(parameters.labels.count))
    }
    return parameters
  }
}
