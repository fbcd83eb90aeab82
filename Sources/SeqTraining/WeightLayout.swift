internal import SeqCore
internal import SeqInference
internal import SeqMath
internal import SeqModel

/// Where each weight of an online learner lies in one array of `Float`s, its *slot*.
///
/// A feature seen with three labels or more has a row: L slots, padded to whole vectors, which are
/// added by SIMD. One seen with one label or two has as many slots of its own, its *light* pairs:
/// most features are so, and eight bytes take less time to fetch than a row. Behind these stand the
/// steps, [L × L], the starts and the ends, [L] each.
struct WeightLayout: Sendable {
  let labelCount: Int
  let stride: Int
  /// The pairs that may have a weight.
  let pairs: StateFeatures
  /// Whether every feature with a pair has a weight for every label.
  let allLabels: Bool
  /// The first slot of each feature.
  let firstSlots: [UInt32]
  /// The number of rows, and the features they belong to.
  let rowFeatures: [UInt32]
  /// The labels of the light pairs, by slot behind the rows.
  let lightLabels: [Label]
  /// Whether a slot of a row may have a weight.
  let isOpen: [Bool]
  /// The steps that may have a weight, [L × L].
  let isOpenStep: [Bool]
  let hasBoundaries: Bool
  let hasSteps: Bool
  /// What the labels' scheme allows; `nil` if everything is.
  let legality: Legality?

  /// A light feature has at most this many pairs.
  static let lightLimit = 2

  init(_ source: some TrainingSource, options: TrainingOptions) throws {
    let L = source.schema.count
    labelCount = L
    legality = source.legality
    stride = paddedCount(L)
    allLabels = options.allLabels
    pairs = source.observedPairs(minimumCount: options.minimumCount)
    hasSteps = options.chain
    hasBoundaries = options.chain && options.boundaries
    isOpenStep =
      options.allSteps || !options.chain
      ? Array(repeating: true, count: L * L)
      : try source.chainCounts().steps.map { $0 > 0 }

    let featureCount = source.features.count
    let limit = allLabels ? 0 : Self.lightLimit
    var rowFeatures: [UInt32] = []
    for feature in 0..<featureCount where pairs.count(of: feature) > limit {
      rowFeatures.append(UInt32(feature))
    }
    var firstSlots = [UInt32](repeating: 0, count: featureCount)
    var lightLabels: [Label] = []
    var isOpen = [Bool](repeating: allLabels, count: rowFeatures.count * stride)
    var row = 0
    for feature in 0..<featureCount {
      if pairs.count(of: feature) > limit {
        firstSlots[feature] = UInt32(row * stride)
        if !allLabels {
          for p in pairs.range(of: feature) { isOpen[row * stride + Int(pairs.labels[p])] = true }
        }
        row += 1
      } else {
        firstSlots[feature] = UInt32(rowFeatures.count * stride + lightLabels.count)
        lightLabels += pairs.labels[pairs.range(of: feature)]
      }
    }
    self.firstSlots = firstSlots
    self.rowFeatures = rowFeatures
    self.lightLabels = lightLabels
    self.isOpen = isOpen
  }

  var rowSlots: Int { rowFeatures.count * stride }
  var firstStep: Int { rowSlots + lightLabels.count }
  var firstStart: Int { firstStep + labelCount * labelCount }
  var firstEnd: Int { firstStart + labelCount }
  var count: Int { firstEnd + labelCount }

  /// Whether labels are found by the best path of a chain, or each by itself.
  var hasChain: Bool { hasSteps || legality != nil }

  func isRow(_ feature: Int) -> Bool { Int(firstSlots[feature]) < rowSlots }

  /// The slot of each weight that a feature may have, with its label.
  @inline(__always)
  func forEachSlot(of feature: Int, _ body: (Label, Int) -> Void) {
    let first = Int(firstSlots[feature])
    if first >= rowSlots {
      for (index, p) in pairs.range(of: feature).enumerated() {
        body(pairs.labels[p], first + index)
      }
    } else if allLabels {
      for label in 0..<labelCount { body(Label(label), first + label) }
    } else {
      for p in pairs.range(of: feature) {
        body(pairs.labels[p], first + Int(pairs.labels[p]))
      }
    }
  }

  /// The parameters whose slots have the values that `weight` gives.
  func parameters(
    _ features: [UInt64], weight: (Int) -> Float
  ) -> LinearParameters {
    var starts: [Int32] = [0]
    starts.reserveCapacity(features.count + 1)
    var labels: [Label] = []
    var weights: [Float] = []
    labels.reserveCapacity(pairs.pairCount)
    weights.reserveCapacity(pairs.pairCount)
    for feature in features.indices {
      forEachSlot(of: feature) { label, slot in
        let value = weight(slot)
        if value != 0 {
          labels.append(label)
          weights.append(value)
        }
      }
      starts.append(Int32(labels.count))
    }
    let L = labelCount
    var step = Matrix(rows: L, columns: L)
    for index in 0..<(L * L) { step.values[index] = weight(firstStep + index) }
    return LinearParameters(
      features: features, starts: starts, labels: labels, weights: weights,
      start: (0..<L).map { weight(firstStart + $0) }, step: step,
      end: (0..<L).map { weight(firstEnd + $0) })
  }

  /// Writes the weights of another model into the slots, as far as features and labels are the
  /// same.
  func fill(
    _ weights: UnsafeMutablePointer<Float>, from start: LinearParameters, features: [UInt64]
  ) throws {
    guard start.labelCount == labelCount else {
      throw TrainingError.option(
        name: "warm-start", value: "",
        problem: "the model has \(start.labelCount) labels, the training data \(labelCount)")
    }
    var known: [UInt64: Int] = [:]
    for (index, hash) in start.features.enumerated() { known[hash] = index }
    for (feature, hash) in features.enumerated() {
      guard let index = known[hash] else { continue }
      let range = Int(start.starts[index])..<Int(start.starts[index + 1])
      forEachSlot(of: feature) { label, slot in
        for q in range where start.labels[q] == label { weights[slot] = start.weights[q] }
      }
    }
    guard hasSteps else { return }
    let L = labelCount
    for index in 0..<(L * L) where isOpenStep[index] {
      weights[firstStep + index] = start.step.values[index]
    }
    guard hasBoundaries else { return }
    for j in 0..<L {
      weights[firstStart + j] = start.start[j]
      weights[firstEnd + j] = start.end[j]
    }
  }

  /// Copies the slots of steps, starts and ends into the table that the best path is found with;
  /// what is illegal becomes −∞.
  func fill(_ table: ChainTable, from weights: UnsafePointer<Float>) {
    for i in 0..<labelCount {
      for j in 0..<labelCount { table[i, j] = weights[firstStep + i * labelCount + j] }
      table.start.base[i] = weights[firstStart + i]
      table.end.base[i] = weights[firstEnd + i]
    }
    if let legality { table.forbid(legality) }
  }
}
