internal import SeqCore
internal import SeqInference
internal import SeqMath
package import SeqModel

/// The averaged structured perceptron (Collins 2002, doi:10.3115/1118693.1118694): where the best
/// path errs, the gold path's features gain 1 and the best path's lose 1.
///
/// The result is the average of the weights after every sequence. It is kept lazily: an update δ at
/// sequence c adds c·δ to a second vector u, and the average is w − u/c. A class weight multiplies
/// the updates at positions of its label. With a margin m, the gold path must score m more than
/// another for each label that the other has wrong, or it is learnt from as a mistake.
package final class PerceptronTrainer: Trainer {
  private let data: OnlineData
  private let weights: AlignedBuffer
  private let totals: AlignedBuffer
  private let table: ChainTable
  private let factors: [Float]
  private let margin: Float
  private let dropout: FeatureDropout?
  /// The number of sequences seen, and 1.
  private var count: Float = 1

  package init(
    _ source: some TrainingSource, options: TrainingOptions, start: LinearParameters? = nil
  ) throws {
    data = try OnlineData(source, options: options)
    weights = AlignedBuffer(count: data.layout.count)
    totals = AlignedBuffer(count: data.layout.count)
    table = ChainTable(labelCount: source.schema.count)
    factors = try options.classFactors(source.schema)
    margin = options.margin
    dropout =
      options.dropout > 0
      ? FeatureDropout(probability: options.dropout, seed: options.seed) : nil
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
  private func learn(_ all: SlotPointers, _ order: [Int32]) -> Int {
    let layout = data.layout
    let table = table
    let emissions = Emissions(labelCount: layout.labelCount)
    let viterbi = Viterbi()
    var labels: [Label] = []
    var mistakes = 0
    let rowSlots = layout.rowSlots
    let update = PerceptronUpdate(
      layout: layout, weights: weights.base, totals: totals.base, table: table)
    var count = count
    layout.lightLabels.withUnsafeBufferPointer { lightLabels in
      layout.isOpen.withUnsafeBufferPointer { isOpen in
        factors.withUnsafeBufferPointer { factors in
          // Empty arrays have no address; nothing is read through these then.
          let lightLabels = lightLabels.baseAddress ?? UnsafePointer(bitPattern: 8)!
          let isOpen = isOpen.baseAddress ?? UnsafePointer(bitPattern: 8)!
          for sequence in order {
            var first = Int(all.sequenceStarts[Int(sequence)])
            let T = Int(all.sequenceStarts[Int(sequence) + 1]) - first
            var set = all
            if let dropout {
              set = dropout.thin(all, first, T)
              first = 0
            }
            set.score(
              first, T, update.weights, rowSlots: rowSlots, lightLabels, into: emissions)
            if margin > 0 { addMargin(set, first, T, to: emissions) }
            if layout.hasChain {
              viterbi.bestPath(emissions, table, into: &labels)
            } else {
              bestLabels(emissions, into: &labels)
            }
            let wrong = labels.withUnsafeBufferPointer {
              update.positions(set, first, $0, rowSlots, lightLabels, isOpen, factors, count)
            }
            if wrong > 0 {
              mistakes += wrong
              if layout.hasSteps {
                labels.withUnsafeBufferPointer { update.steps(set, first, $0, factors, count) }
              }
            }
            count += 1
          }
        }
      }
    }
    self.count = count
    return mistakes
  }

  /// Raises the scores of all labels that are wrong.
  private func addMargin(_ set: SlotPointers, _ first: Int, _ T: Int, to emissions: Emissions) {
    for t in 0..<T {
      let row = emissions.row(t)
      for j in 0..<data.layout.labelCount { row[j] += margin }
      row[Int(set.gold[first + t])] -= margin
    }
  }

  package func parameters() -> LinearParameters {
    let weights = UnsafePointer(weights.base)
    let totals = UnsafePointer(totals.base)
    let count = count
    return data.layout.parameters(data.source.features) { weights[$0] - totals[$0] / count }
  }

  package func save(to file: inout SafetensorsWriter) {
    let n = data.layout.count
    data.save(to: &file)
    file.add("weights", shape: [n], weights.array(n))
    file.add("totals", shape: [n], totals.array(n))
    file.add("count", shape: [1], [count])
    if let dropout { file.add("dropout", shape: [1], [dropout.generator.state]) }
  }

  package func restore(from file: SafetensorsFile) throws {
    let n = data.layout.count
    try data.restore(from: file)
    for (name, buffer) in [("weights", weights), ("totals", totals)] {
      buffer.fill(try file.tensor(name, of: Float.self, shape: [n]).array(of: Float.self))
    }
    count = try file.tensor("count", of: Float.self, shape: [1]).array(of: Float.self)[0]
    if let dropout {
      let state = try file.tensor("dropout", of: UInt64.self, shape: [1]).array(of: UInt64.self)
      dropout.restore(state[0])
    }
    data.layout.fill(table, from: weights.base)
  }
}

/// The perceptron's update.
private struct PerceptronUpdate {
  let layout: WeightLayout
  let weights: UnsafeMutablePointer<Float>
  let totals: UnsafeMutablePointer<Float>
  let table: ChainTable

  @inline(__always)
  private func add(_ change: Float, to slot: Int, _ count: Float) {
    weights[slot] += change
    totals[slot] += change * count
  }

  /// The features of the positions where gold and predicted label differ.
  ///
  /// - Returns: how many these are.
  func positions(
    _ set: SlotPointers, _ first: Int, _ labels: UnsafeBufferPointer<Label>, _ rowSlots: Int,
    _ lightLabels: UnsafePointer<Label>, _ isOpen: UnsafePointer<Bool>,
    _ factors: UnsafeBufferPointer<Float>, _ count: Float
  ) -> Int {
    var wrong = 0
    for t in 0..<labels.count {
      let gold = Int(set.gold[first + t])
      let predicted = Int(labels[t])
      if gold == predicted { continue }
      wrong += 1
      let change = factors.isEmpty ? 1 : factors[gold]
      let middle = Int(set.middles[first + t])
      for index in Int(set.starts[first + t])..<middle {
        let row = Int(set.slots[index])
        if isOpen[row + gold] { add(change, to: row + gold, count) }
        if isOpen[row + predicted] { add(-change, to: row + predicted, count) }
      }
      for index in middle..<Int(set.starts[first + t + 1]) {
        let slot = Int(set.slots[index])
        let label = Int(lightLabels[slot - rowSlots])
        if label == gold { add(change, to: slot, count) }
        if label == predicted { add(-change, to: slot, count) }
      }
    }
    return wrong
  }

  /// The steps, the start and the end where the paths differ.
  func steps(
    _ set: SlotPointers, _ first: Int, _ labels: UnsafeBufferPointer<Label>,
    _ factors: UnsafeBufferPointer<Float>, _ count: Float
  ) {
    let L = layout.labelCount
    let last = labels.count - 1
    func step(_ i: Int, _ j: Int, _ change: Float) {
      guard layout.isOpenStep[i * L + j] else { return }
      let slot = layout.firstStep + i * L + j
      add(change, to: slot, count)
      table[i, j] = weights[slot]
    }
    func boundary(_ slot: Int, _ scores: AlignedBuffer, _ label: Int, _ change: Float) {
      add(change, to: slot + label, count)
      scores.base[label] = weights[slot + label]
    }
    for t in 0...last {
      let gold = Int(set.gold[first + t])
      let predicted = Int(labels[t])
      let change = factors.isEmpty ? 1 : factors[gold]
      if t > 0 {
        let goldBefore = Int(set.gold[first + t - 1])
        let predictedBefore = Int(labels[t - 1])
        if gold != predicted || goldBefore != predictedBefore {
          step(goldBefore, gold, change)
          step(predictedBefore, predicted, -change)
        }
      }
      guard layout.hasBoundaries, gold != predicted else { continue }
      if t == 0 {
        boundary(layout.firstStart, table.start, gold, change)
        boundary(layout.firstStart, table.start, predicted, -change)
      }
      if t == last {
        boundary(layout.firstEnd, table.end, gold, change)
        boundary(layout.firstEnd, table.end, predicted, -change)
      }
    }
  }
}
