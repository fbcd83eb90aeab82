internal import SeqCore
internal import SeqInference
internal import SeqMath
internal import SeqModel

/// What online trainers share: the sequences of a pass in shuffled order, and the layout of the
/// weights.
final class OnlineData {
  let source: any TrainingSource
  let layout: WeightLayout
  /// The order is drawn anew in every pass, within each batch.
  private(set) var generator: RandomGenerator
  private var kept: SlotSet?

  init(_ source: some TrainingSource, options: TrainingOptions) throws {
    self.source = source
    layout = try WeightLayout(source, options: options)
    generator = RandomGenerator(seed: options.seed)
  }

  /// Hands over each batch with the order of its sequences.
  func forEachBatch(_ body: (SlotSet, [Int32]) throws -> Void) throws {
    if source.isInMemory, let kept { return try body(kept, shuffled(kept.sequenceCount)) }
    try source.forEachBatch { set in
      let slots = SlotSet(set, layout)
      if source.isInMemory { kept = slots }
      try body(slots, shuffled(slots.sequenceCount))
    }
  }

  private func shuffled(_ count: Int) -> [Int32] {
    var order = Array(0..<Int32(count))
    generator.shuffle(&order)
    return order
  }

  /// Adds where the order of the next pass comes from to a checkpoint.
  func save(to file: inout SafetensorsWriter) {
    file.add("generator", shape: [1], [generator.state])
  }

  func restore(from file: SafetensorsFile) throws {
    let state = try file.tensor("generator", of: UInt64.self, shape: [1]).array(of: UInt64.self)
    generator = RandomGenerator(seed: state[0])
  }
}

extension AlignedBuffer {
  /// The first `count` values.
  func array(_ count: Int) -> [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

  /// Replaces the first values.
  func fill(_ values: [Float]) {
    precondition(values.count <= count, "More values than the buffer holds.")
    for (index, value) in values.enumerated() { base[index] = value }
  }
}

/// The likeliest label of each position by itself; ties go to the lower label.
func bestLabels(_ emissions: Emissions, into labels: inout [Label]) {
  let T = emissions.count
  if labels.count != T { labels = [Label](repeating: 0, count: T) }
  for t in 0..<T {
    let row = emissions.row(t)
    var best = 0
    for j in 1..<max(emissions.labelCount, 1) where row[j] > row[best] { best = j }
    labels[t] = Label(best)
  }
}
