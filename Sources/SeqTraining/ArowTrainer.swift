internal import SeqCore
internal import SeqInference
internal import SeqMath
package import SeqModel

/// Adaptive regularization of weight vectors (Crammer, Kulesza and Dredze 2009,
/// doi:10.1007/s10994-013-5327-x) for sequences (Mejer and Crammer 2010), with a diagonal Σ.
///
/// Each weight has a variance, 1 at first, that shrinks as the weight is updated, so features seen
/// often move less. With f the gold path's features minus the best path's, where they differ:
///
/// m = w·f,  v = fᵀΣf,  β = 1/(v + r),  α = β·(mistakes − m)
/// w ← w + α·Σf,  Σ_ii ← Σ_ii − β·(Σ_ii·f_i)²
///
/// A mistake at a position counts as many times as the class weight of its gold label says.
package final class ArowTrainer: Trainer {
  private let data: OnlineData
  private let weights: AlignedBuffer
  private let variances: AlignedBuffer
  private let table: ChainTable
  private let factors: [Float]
  private let r: Float

  package init(
    _ source: some TrainingSource, options: TrainingOptions, start: LinearParameters? = nil
  ) throws {
    data = try OnlineData(source, options: options)
    weights = AlignedBuffer(count: data.layout.count)
    variances = AlignedBuffer(count: data.layout.count, repeating: 1)
    table = ChainTable(labelCount: source.schema.count)
    factors = try options.classFactors(source.schema)
    r = Float(options.r)
    if let start { try data.layout.fill(weights.base, from: start, features: source.features) }
    data.layout.fill(table, from: weights.base)
  }

  package func step() throws -> StepReport {
    var mistakes = 0
    try data.forEachBatch { set, order in
      mistakes += set.withPointers { learn($0, order) }
    }
    return StepReport(objective: Double(mistakes), isConverged: mistakes == 0)
  }

  /// - Returns: the number of positions whose label was wrong.
  private func learn(_ set: SlotPointers, _ order: [Int32]) -> Int {
    let layout = data.layout
    let table = table
    let weights = weights.base
    let emissions = Emissions(labelCount: layout.labelCount)
    let viterbi = Viterbi()
    var labels: [Label] = []
    var mistakes = 0
    var difference = PathDifference(layout)
    layout.lightLabels.withUnsafeBufferPointer { lightLabels in
      let lightLabels = lightLabels.baseAddress ?? UnsafePointer(bitPattern: 8)!
      for sequence in order {
        let first = Int(set.sequenceStarts[Int(sequence)])
        let T = Int(set.sequenceStarts[Int(sequence) + 1]) - first
        set.score(
          first, T, weights, rowSlots: layout.rowSlots, lightLabels, into: emissions)
        if layout.hasChain {
          viterbi.bestPath(emissions, table, into: &labels)
        } else {
          bestLabels(emissions, into: &labels)
        }
        var wrong = 0
        var loss: Float = 0
        for t in 0..<T where labels[t] != set.gold[first + t] {
          wrong += 1
          loss += factors.isEmpty ? 1 : factors[Int(set.gold[first + t])]
        }
        guard wrong > 0 else { continue }
        mistakes += wrong
        difference.collect(set, first, labels, layout)
        update(difference, loss)
        difference.clear()
        if layout.hasSteps { difference.refresh(table, from: weights, layout) }
      }
    }
    return mistakes
  }

  private func update(_ difference: PathDifference, _ loss: Float) {
    let weights = weights.base
    let variances = variances.base
    var margin: Float = 0
    var variance: Float = 0
    for slot in difference.slots {
      let f = difference.values[Int(slot)]
      margin += weights[Int(slot)] * f
      variance += variances[Int(slot)] * f * f
    }
    let beta = 1 / (variance + r)
    let alpha = beta * max(loss - margin, 0)
    for slot in difference.slots {
      let slot = Int(slot)
      let product = variances[slot] * difference.values[slot]
      weights[slot] += alpha * product
      variances[slot] -= beta * product * product
    }
  }

  package func parameters() -> LinearParameters {
    let weights = UnsafePointer(weights.base)
    return data.layout.parameters(data.source.features) { weights[$0] }
  }

  package func save(to file: inout SafetensorsWriter) {
    let n = data.layout.count
    data.save(to: &file)
    file.add("weights", shape: [n], weights.array(n))
    file.add("variances", shape: [n], variances.array(n))
  }

  package func restore(from file: SafetensorsFile) throws {
    let n = data.layout.count
    try data.restore(from: file)
    for (name, buffer) in [("weights", weights), ("variances", variances)] {
      buffer.fill(try file.tensor(name, of: Float.self, shape: [n]).array(of: Float.self))
    }
    data.layout.fill(table, from: weights.base)
  }
}

/// The features of the gold path minus those of another, by slot, without those that cancel.
struct PathDifference {
  /// The difference of each slot; 0 for all that are not in `slots`.
  private(set) var values: [Float]
  /// The slots that differ, each once.
  private(set) var slots: [UInt32] = []
  private var steps: [(earlier: Int, later: Int)] = []

  init(_ layout: WeightLayout) { values = Array(repeating: 0, count: layout.count) }

  mutating func collect(
    _ set: SlotPointers, _ first: Int, _ labels: [Label], _ layout: WeightLayout
  ) {
    let rowSlots = layout.rowSlots
    steps.removeAll(keepingCapacity: true)
    for t in labels.indices {
      let gold = Int(set.gold[first + t])
      let predicted = Int(labels[t])
      if layout.hasSteps && t > 0 {
        collectStep(
          Int(set.gold[first + t - 1]), gold, Int(labels[t - 1]), predicted, layout)
      }
      guard gold != predicted else { continue }
      let middle = Int(set.middles[first + t])
      for index in Int(set.starts[first + t])..<middle {
        let row = Int(set.slots[index])
        if layout.isOpen[row + gold] { add(1, row + gold) }
        if layout.isOpen[row + predicted] { add(-1, row + predicted) }
      }
      for index in middle..<Int(set.starts[first + t + 1]) {
        let slot = Int(set.slots[index])
        let label = Int(layout.lightLabels[slot - rowSlots])
        if label == gold { add(1, slot) }
        if label == predicted { add(-1, slot) }
      }
      guard layout.hasBoundaries else { continue }
      if t == 0 {
        add(1, layout.firstStart + gold)
        add(-1, layout.firstStart + predicted)
      }
      if t == labels.count - 1 {
        add(1, layout.firstEnd + gold)
        add(-1, layout.firstEnd + predicted)
      }
    }
    // A slot is listed once for every time that its value left 0: keep one of each that has not
    // returned there.
    slots.sort()
    var kept = 0
    for index in slots.indices {
      let slot = slots[index]
      if values[Int(slot)] != 0 && (kept == 0 || slots[kept - 1] != slot) {
        slots[kept] = slot
        kept += 1
      }
    }
    slots.removeSubrange(kept...)
  }

  private mutating func collectStep(
    _ goldBefore: Int, _ gold: Int, _ predictedBefore: Int, _ predicted: Int,
    _ layout: WeightLayout
  ) {
    guard gold != predicted || goldBefore != predictedBefore else { return }
    let L = layout.labelCount
    if layout.isOpenStep[goldBefore * L + gold] {
      add(1, layout.firstStep + goldBefore * L + gold)
      steps.append((goldBefore, gold))
    }
    if layout.isOpenStep[predictedBefore * L + predicted] {
      add(-1, layout.firstStep + predictedBefore * L + predicted)
      steps.append((predictedBefore, predicted))
    }
  }

  private mutating func add(_ change: Float, _ slot: Int) {
    if values[slot] == 0 { slots.append(UInt32(slot)) }
    values[slot] += change
  }

  mutating func clear() {
    for slot in slots { values[Int(slot)] = 0 }
    slots.removeAll(keepingCapacity: true)
  }

  /// Brings the scores of the steps that changed, and the boundaries, up to date.
  func refresh(_ table: ChainTable, from weights: UnsafePointer<Float>, _ layout: WeightLayout) {
    let L = layout.labelCount
    for (i, j) in steps { table[i, j] = weights[layout.firstStep + i * L + j] }
    let legality = layout.legality
    for j in 0..<L {
      if legality?.start[j] != false { table.start.base[j] = weights[layout.firstStart + j] }
      if legality?.end[j] != false { table.end.base[j] = weights[layout.firstEnd + j] }
    }
  }
}
