import SeqFeatures
import SeqMath

/// Logistic regression over hashed features: AdaGrad, L2, weights averaged over the last epochs.
struct LogisticModel {
  var weights = [Float](repeating: 0, count: FeatureSlots.tableSize)
  var bias: Float = 0

  func score(_ slots: borrowing FeatureSlots) -> Float {
    var sum = bias
    for i in 0..<slots.count { sum += weights[Int(slots.base[i])] }
    return sum
  }

  func score(_ slots: ArraySlice<UInt32>) -> Float {
    var sum = bias
    for slot in slots { sum += weights[Int(slot)] }
    return sum
  }

  /// Learns from decisions; equal seed, equal weights.
  static func trained(
    on data: Decisions, epochs: Int, rate: Float, l2: Float, seed: UInt64
  ) -> LogisticModel {
    var model = LogisticModel()
    var squares = [Float](repeating: 1e-4, count: FeatureSlots.tableSize)
    var biasSquare: Float = 1e-4
    var sum = [Float](repeating: 0, count: FeatureSlots.tableSize)
    var biasSum: Float = 0
    var order = Array(0..<data.labels.count)
    var random = RandomGenerator(seed: seed)
    let averaged = max(1, epochs / 2)
    for epoch in 0..<epochs {
      order.shuffle(using: &random)
      for example in order {
        let slots = data.slots(example)
        let label: Float = data.labels[example] ? 1 : 0
        let score = model.score(slots)
        let error = 1 / (1 + exponential(-score)) - label
        for slot in slots {
          let i = Int(slot)
          let gradient = error + l2 * model.weights[i]
          squares[i] += gradient * gradient
          model.weights[i] -= rate * gradient / squares[i].squareRoot()
        }
        biasSquare += error * error
        model.bias -= rate * error / biasSquare.squareRoot()
      }
      if epoch >= epochs - averaged {
        for i in sum.indices { sum[i] += model.weights[i] }
        biasSum += model.bias
      }
    }
    for i in sum.indices { model.weights[i] = sum[i] / Float(averaged) }
    model.bias = biasSum / Float(averaged)
    return model
  }

  /// The weights as characters, see `LinearTable`, and the bias in the same unit.
  func quantized(scale: Float) -> (rows: [String], bias: Int) {
    var rows: [String] = []
    for start in stride(from: 0, to: weights.count, by: 128) {
      rows.append(
        String(
          decoding: weights[start..<start + 128].map {
            UInt8(80 + max(-45, min(46, Int(($0 * scale).rounded()))))
          }, as: UTF8.self))
    }
    return (rows, Int((bias * scale).rounded()))
  }
}

/// exp by its definition through squaring: portable to the last bit, unlike a library's.
private func exponential(_ x: Float) -> Float {
  var y = 1 + Double(max(-30, min(30, x))) / 65536
  for _ in 0..<16 { y *= y }
  return Float(y)
}

/// Decisions to learn from: features and the right answer.
struct Decisions {
  private var ids: [UInt32] = []
  private var starts: [Int] = [0]
  var labels: [Bool] = []

  func slots(_ example: Int) -> ArraySlice<UInt32> { ids[starts[example]..<starts[example + 1]] }

  mutating func append(_ slots: borrowing FeatureSlots, label: Bool) {
    for i in 0..<slots.count { ids.append(slots.base[i]) }
    starts.append(ids.count)
    labels.append(label)
  }
}
