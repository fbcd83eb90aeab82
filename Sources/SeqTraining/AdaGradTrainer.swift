internal import SeqCore
internal import SeqInference
internal import SeqMath
package import SeqModel

/// A conditional random field by stochastic gradients with AdaGrad's step sizes (Duchi, Hazan and
/// Singer 2011, "Adaptive Subgradient Methods").
///
/// With G = 1 + the sum of a weight's squared gradients so far, a mini-batch with gradient g moves the
/// weight by −rate·g/√G. (Without the 1, the least first gradient would move its weight by the whole
/// rate, and so many features do so at a position that scores leave all bounds.) The penalties c1·|w| + c2·w² are spread over the sequences of a pass and
/// taken as proximal steps: for Δ sequences, with H = √G/rate and n sequences in all,
///
/// w ← sign(w)·max(|w| − Δ·c1/(n·H), 0) / (1 + 2·Δ·c2/(n·H)).
///
/// A weight takes them when its feature is next seen, all that are due at once. A batch's sequences
/// are worked on side by side, and their gradients are added by one thread in order, so the result
/// is the same for any number of threads.
package final class AdaGradTrainer: Trainer {
  private let data: OnlineData
  private let threads: Int
  private let rate: Float
  private let batchSize: Int
  private let penalties: (l1: Float, l2: Float)
  private let margins: [Float]

  private let weights: AlignedBuffer
  /// The sums of squared gradients, from 1.
  private let squares: AlignedBuffer
  private let gradient: AlignedBuffer
  /// For each row, then each light pair: how many sequences had been seen when its penalties were
  /// last taken.
  private var times: [Int]
  private var chainTime = 0
  private var touched: [UInt32] = []
  /// The number of sequences seen.
  private var count = 0
  private let scratches: [Scratch]

  /// What one sequence of a batch needs.
  private final class Scratch {
    let emissions: Emissions
    let forwardBackward = ForwardBackward()
    let expectedSteps: AlignedBuffer
    var loss = 0.0
    var error: InferenceError?

    init(labelCount: Int) {
      emissions = Emissions(labelCount: labelCount)
      expectedSteps = AlignedBuffer(count: labelCount * paddedCount(labelCount))
    }
  }

  package init(
    _ source: some TrainingSource, options: TrainingOptions, start: LinearParameters? = nil,
    threads: Int
  ) throws {
    data = try OnlineData(source, options: options)
    self.threads = threads
    rate = Float(options.rate)
    batchSize = options.batchSize
    let n = Float(max(source.sequenceCount, 1))
    penalties = (Float(options.c1) / n, Float(options.c2) / n)
    margins = try options.classMargins(source.schema)
    let layout = data.layout
    weights = AlignedBuffer(count: layout.count)
    squares = AlignedBuffer(count: layout.count, repeating: 1)
    gradient = AlignedBuffer(count: layout.count)
    times = Array(repeating: 0, count: layout.rowFeatures.count + layout.lightLabels.count)
    scratches = (0..<options.batchSize).map { _ in Scratch(labelCount: layout.labelCount) }
    if let start { try layout.fill(weights.base, from: start, features: source.features) }
  }

  /// A pass. The objective is what the sequences cost when they came by, and the penalties at the
  /// end.
  package func step() throws -> StepReport {
    var loss = 0.0
    try data.forEachBatch { set, order in
      loss += try set.withPointers { try learn($0, order) }
    }
    guard loss.isFinite else { throw TrainingError.diverged(iteration: count) }
    var penalty = 0.0
    let n = Double(data.source.sequenceCount)
    for slot in 0..<data.layout.count {
      let w = Double(weights.base[slot])
      if w != 0 { penalty += n * (Double(penalties.l1) * abs(w) + Double(penalties.l2) * w * w) }
    }
    return StepReport(objective: loss + penalty)
  }

  private func learn(_ set: SlotPointers, _ order: [Int32]) throws -> Double {
    var loss = 0.0
    var from = 0
    while from < order.count {
      let batch = order[from..<min(from + batchSize, order.count)]
      loss += try learn(set, batch: batch)
      from = batch.endIndex
    }
    return loss
  }

  private func learn(_ set: SlotPointers, batch: ArraySlice<Int32>) throws -> Double {
    for sequence in batch { catchUp(set, Int(sequence)) }
    catchUpChain()
    let chain = chain()
    let first = batch.startIndex
    let layout = data.layout
    layout.lightLabels.withUnsafeBufferPointer { lightLabels in
      nonisolated(unsafe) let lightLabels =
        lightLabels.baseAddress ?? UnsafePointer(bitPattern: 8)!
      inParallel(pieces: batch.count, threads: threads) { piece in
        let scratch = scratches[piece]
        scratch.error = nil
        do throws(InferenceError) {
          try score(set, Int(batch[first + piece]), chain, lightLabels, scratch)
        } catch {
          scratch.error = error
        }
      }
    }
    var loss = 0.0
    for (piece, sequence) in batch.enumerated() {
      if let error = scratches[piece].error { throw error }
      loss += scratches[piece].loss
      gather(set, Int(sequence), chain, scratches[piece])
    }
    update()
    count += batch.count
    return loss
  }

  // MARK: Penalties

  @inline(__always)
  private func shrink(_ slot: Int, _ elapsed: Float) {
    let w = weights.base[slot]
    let square = squares.base[slot]
    guard w != 0 else { return }
    let unit = elapsed * rate / square.squareRoot()
    let size = max(abs(w) - unit * penalties.l1, 0) / (1 + 2 * unit * penalties.l2)
    weights.base[slot] = w < 0 ? -size : size
  }

  private func catchUp(_ set: SlotPointers, _ sequence: Int) {
    let layout = data.layout
    let stride = layout.stride
    let rowSlots = layout.rowSlots
    let rowCount = layout.rowFeatures.count
    let now = count
    times.withUnsafeMutableBufferPointer { times in
      let positions =
        Int(set.sequenceStarts[sequence])..<Int(set.sequenceStarts[sequence + 1])
      for t in positions {
        for index in Int(set.starts[t])..<Int(set.starts[t + 1]) {
          let slot = Int(set.slots[index])
          let group = slot < rowSlots ? slot / stride : slot - rowSlots + rowCount
          // Times count twice the sequences; an odd one marks what this batch has touched.
          let time = times[group]
          if time == 2 * now + 1 { continue }
          times[group] = 2 * now + 1
          touched.append(UInt32(group))
          let elapsed = Float(now - time / 2)
          if elapsed == 0 { continue }
          if group >= rowCount {
            shrink(slot, elapsed)
          } else {
            for j in 0..<layout.labelCount { shrink(slot + j, elapsed) }
          }
        }
      }
    }
  }

  private func catchUpChain() {
    let elapsed = Float(count - chainTime)
    for slot in data.layout.firstStep..<data.layout.count { shrink(slot, elapsed) }
    chainTime = count
  }

  private func chain() -> Chain {
    let layout = data.layout
    let L = layout.labelCount
    var step = Matrix(rows: L, columns: L)
    for index in 0..<(L * L) { step.values[index] = weights.base[layout.firstStep + index] }
    return Chain(
      start: (0..<L).map { weights.base[layout.firstStart + $0] }, step: step,
      end: (0..<L).map { weights.base[layout.firstEnd + $0] }, mask: layout.legality)
  }

  // MARK: Gradients

  /// The loss of a sequence, its marginals and its expected steps.
  private func score(
    _ set: SlotPointers, _ sequence: Int, _ chain: Chain, _ lightLabels: UnsafePointer<Label>,
    _ scratch: Scratch
  ) throws(InferenceError) {
    let first = Int(set.sequenceStarts[sequence])
    let T = Int(set.sequenceStarts[sequence + 1]) - first
    let emissions = scratch.emissions
    set.score(
      first, T, weights.base, rowSlots: data.layout.rowSlots, lightLabels, into: emissions)
    var goldScore = Double(chain.start[Int(set.gold[first])])
    goldScore += Double(chain.end[Int(set.gold[first + T - 1])])
    for t in 0..<T {
      let label = Int(set.gold[first + t])
      let row = emissions.row(t)
      goldScore += Double(row[label])
      if t > 0 { goldScore += Double(chain.step[Int(set.gold[first + t - 1]), label]) }
      if !margins.isEmpty && margins[label] != 0 {
        for other in 0..<emissions.labelCount where other != label { row[other] += margins[label] }
      }
    }
    scratch.expectedSteps.base.update(repeating: 0, count: scratch.expectedSteps.count)
    let logNormalizer = try scratch.forwardBackward.run(
      emissions, chain, expectedSteps: data.layout.hasSteps ? scratch.expectedSteps : nil)
    scratch.loss = logNormalizer - goldScore
  }

  /// Adds a sequence's P − gold to the gradient.
  private func gather(_ set: SlotPointers, _ sequence: Int, _ chain: Chain, _ scratch: Scratch) {
    let layout = data.layout
    let stride = layout.stride
    let L = layout.labelCount
    let rowSlots = layout.rowSlots
    let gradient = gradient.base
    let first = Int(set.sequenceStarts[sequence])
    let T = Int(set.sequenceStarts[sequence + 1]) - first
    let differences = scratch.forwardBackward.marginals
    layout.lightLabels.withUnsafeBufferPointer { lightLabels in
      for t in 0..<T {
        let row = differences + t * stride
        row[Int(set.gold[first + t])] -= 1
        let middle = Int(set.middles[first + t])
        for index in Int(set.starts[first + t])..<middle {
          addRow(row, to: gradient + Int(set.slots[index]), stride)
        }
        for index in middle..<Int(set.starts[first + t + 1]) {
          let slot = Int(set.slots[index])
          gradient[slot] += row[Int(lightLabels[slot - rowSlots])]
        }
      }
    }
    if layout.hasSteps {
      for i in 0..<L {
        for j in 0..<L {
          gradient[layout.firstStep + i * L + j] +=
            scratch.expectedSteps.base[i * stride + j] * chain.factors.base[i * stride + j]
        }
      }
      for t in 1..<max(T, 1) {
        let step = Int(set.gold[first + t - 1]) * L + Int(set.gold[first + t])
        gradient[layout.firstStep + step] -= 1
      }
    }
    if layout.hasBoundaries {
      for j in 0..<L {
        gradient[layout.firstStart + j] += differences[j]
        gradient[layout.firstEnd + j] += differences[(T - 1) * stride + j]
      }
    }
  }

  /// Moves the weights that the batch touched and clears their gradients.
  private func update() {
    let layout = data.layout
    let rowCount = layout.rowFeatures.count
    @inline(__always) func move(_ slot: Int) {
      let g = gradient.base[slot]
      gradient.base[slot] = 0
      guard g != 0 else { return }
      let square = squares.base[slot] + g * g
      squares.base[slot] = square
      weights.base[slot] -= rate * g / square.squareRoot()
    }
    for group in touched {
      let group = Int(group)
      times[group] -= 1
      if group >= rowCount {
        move(layout.rowSlots + group - rowCount)
      } else {
        let row = group * layout.stride
        layout.isOpen.withUnsafeBufferPointer { isOpen in
          for j in 0..<layout.labelCount {
            if isOpen[row + j] { move(row + j) } else { gradient.base[row + j] = 0 }
          }
        }
      }
    }
    touched.removeAll(keepingCapacity: true)
    for index in 0..<(layout.labelCount * layout.labelCount) {
      let slot = layout.firstStep + index
      if layout.isOpenStep[index] { move(slot) } else { gradient.base[slot] = 0 }
    }
    for slot in layout.firstStart..<layout.count { move(slot) }
  }

  // MARK: What is kept

  /// The weights with all their penalties taken.
  package func parameters() -> LinearParameters {
    let layout = data.layout
    let rowCount = layout.rowFeatures.count
    let penalties = penalties
    return layout.parameters(data.source.features) { slot in
      let w = weights.base[slot]
      let square = squares.base[slot]
      guard w != 0 else { return w }
      let group =
        slot < layout.rowSlots ? slot / layout.stride : slot - layout.rowSlots + rowCount
      let time = slot >= layout.firstStep ? chainTime : times[group] / 2
      let unit = Float(count - time) * rate / square.squareRoot()
      let size = max(abs(w) - unit * penalties.l1, 0) / (1 + 2 * unit * penalties.l2)
      return w < 0 ? -size : size
    }
  }

  package func save(to file: inout SafetensorsWriter) {
    let n = data.layout.count
    data.save(to: &file)
    file.add("weights", shape: [n], weights.array(n))
    file.add("squares", shape: [n], squares.array(n))
    file.add("times", shape: [times.count], times.map { Int64($0) })
    file.add("counts", shape: [2], [Int64(count), Int64(chainTime)])
  }

  package func restore(from file: SafetensorsFile) throws {
    let n = data.layout.count
    try data.restore(from: file)
    for (name, buffer) in [("weights", weights), ("squares", squares)] {
      buffer.fill(try file.tensor(name, of: Float.self, shape: [n]).array(of: Float.self))
    }
    times = try file.tensor("times", of: Int64.self, shape: [times.count])
      .array(of: Int64.self).map { Int($0) }
    let counts = try file.tensor("counts", of: Int64.self, shape: [2]).array(of: Int64.self)
    count = Int(counts[0])
    chainTime = Int(counts[1])
  }
}
