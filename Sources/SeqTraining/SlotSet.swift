internal import SeqCore
internal import SeqInference
internal import SeqMath

/// The positions of a training set as lists of slots in a ``WeightLayout``: first those of rows,
/// then those of light pairs. One list is read from front to back in every pass, so the memory
/// behind it is fetched ahead.
struct SlotSet: Sendable {
  let sequenceStarts: [Int32]
  let gold: [Label]
  /// Position t has rows `slots[starts[t]..<middles[t]]` and light pairs
  /// `slots[middles[t]..<starts[t + 1]]`.
  let starts: [UInt32]
  let middles: [UInt32]
  let slots: [UInt32]

  var sequenceCount: Int { sequenceStarts.count - 1 }

  init(_ set: TrainingSet, _ layout: WeightLayout) {
    sequenceStarts = set.sequenceStarts
    gold = set.gold
    // Each block's slots once: rows, then light pairs.
    var blockStarts: [UInt32] = [0]
    var blockMiddles: [UInt32] = []
    var blockSlots: [UInt32] = []
    blockStarts.reserveCapacity(set.blockCount + 1)
    blockMiddles.reserveCapacity(set.blockCount)
    blockSlots.reserveCapacity(set.features.count)
    for block in 0..<set.blockCount {
      let range = Int(set.featureStarts[block])..<Int(set.featureStarts[block + 1])
      for index in range where layout.isRow(Int(set.features[index])) {
        blockSlots.append(layout.firstSlots[Int(set.features[index])])
      }
      blockMiddles.append(UInt32(blockSlots.count))
      for index in range where !layout.isRow(Int(set.features[index])) {
        let feature = Int(set.features[index])
        for pair in 0..<UInt32(layout.pairs.count(of: feature)) {
          blockSlots.append(layout.firstSlots[feature] + pair)
        }
      }
      blockStarts.append(UInt32(blockSlots.count))
    }
    var starts: [UInt32] = [0]
    var middles: [UInt32] = []
    starts.reserveCapacity(set.positionCount + 1)
    middles.reserveCapacity(set.positionCount)
    var total = 0
    for block in set.blocks {
      total += Int(blockStarts[Int(block) + 1] - blockStarts[Int(block)])
    }
    slots = [UInt32](unsafeUninitializedCapacity: total) { slots, count in
      for t in 0..<set.positionCount {
        let blocks = Int(set.blockStarts[t])..<Int(set.blockStarts[t + 1])
        for index in blocks {
          let block = Int(set.blocks[index])
          for i in Int(blockStarts[block])..<Int(blockMiddles[block]) {
            slots[count] = blockSlots[i]
            count += 1
          }
        }
        middles.append(UInt32(count))
        for index in blocks {
          let block = Int(set.blocks[index])
          for i in Int(blockMiddles[block])..<Int(blockStarts[block + 1]) {
            slots[count] = blockSlots[i]
            count += 1
          }
        }
        starts.append(UInt32(count))
      }
    }
    self.starts = starts
    self.middles = middles
  }

  /// Calls `body` with pointers to everything that the kernels read.
  func withPointers<Result>(_ body: (SlotPointers) throws -> Result) rethrows -> Result {
    try sequenceStarts.withUnsafeBufferPointer { sequenceStarts in
      try gold.withUnsafeBufferPointer { gold in
        try starts.withUnsafeBufferPointer { starts in
          try middles.withUnsafeBufferPointer { middles in
            try slots.withUnsafeBufferPointer { slots in
              try body(
                SlotPointers(
                  sequenceStarts: sequenceStarts.baseAddress!, gold: gold.baseAddress,
                  starts: starts.baseAddress!, middles: middles.baseAddress,
                  slots: slots.baseAddress))
            }
          }
        }
      }
    }
  }
}

/// A ``SlotSet`` in the form that loops read.
struct SlotPointers: @unchecked Sendable {
  let sequenceStarts: UnsafePointer<Int32>
  let gold: UnsafePointer<Label>!
  let starts: UnsafePointer<UInt32>
  let middles: UnsafePointer<UInt32>!
  let slots: UnsafePointer<UInt32>!

  /// Scores T positions from `first` on: the sums of their features' weights, into `emissions`.
  ///
  /// - Parameter lightLabels: the labels of the slots from `rowSlots` on.
  func score(
    _ first: Int, _ T: Int, _ weights: UnsafePointer<Float>, rowSlots: Int,
    _ lightLabels: UnsafePointer<Label>, into emissions: Emissions
  ) {
    emissions.resize(count: T)
    let rows = emissions.row(0)
    let L = emissions.labelCount
    switch emissions.stride / 8 {
    case 1: score(Width<1>(), first, T, L, weights, rowSlots, lightLabels, rows)
    case 2: score(Width<2>(), first, T, L, weights, rowSlots, lightLabels, rows)
    case 3: score(Width<3>(), first, T, L, weights, rowSlots, lightLabels, rows)
    case 4: score(Width<4>(), first, T, L, weights, rowSlots, lightLabels, rows)
    case 5: score(Width<5>(), first, T, L, weights, rowSlots, lightLabels, rows)
    case 6: score(Width<6>(), first, T, L, weights, rowSlots, lightLabels, rows)
    case 7: score(Width<7>(), first, T, L, weights, rowSlots, lightLabels, rows)
    case 8: score(Width<8>(), first, T, L, weights, rowSlots, lightLabels, rows)
    default:
      let stride = emissions.stride
      for t in 0..<T {
        let row = rows + t * stride
        for j in 0..<stride { row[j] = j < L ? 0 : -.infinity }
        let middle = Int(middles[first + t])
        for index in Int(starts[first + t])..<middle {
          addRow(weights + Int(slots[index]), to: row, stride)
        }
        for index in middle..<Int(starts[first + t + 1]) {
          let slot = Int(slots[index])
          row[Int(lightLabels[slot - rowSlots])] += weights[slot]
        }
      }
    }
  }

  @inline(never)
  private func score<let N: Int>(
    _: Width<N>, _ first: Int, _ T: Int, _ L: Int, _ weights: UnsafePointer<Float>,
    _ rowSlots: Int, _ lightLabels: UnsafePointer<Label>, _ rows: UnsafeMutablePointer<Float>
  ) {
    for t in 0..<T {
      var sums = InlineArray<N, Vector>(repeating: Vector(repeating: 0))
      let middle = Int(middles[first + t])
      for index in Int(starts[first + t])..<middle {
        let row = weights + Int(slots[index])
        for v in 0..<N { sums[v] += Vector(loading: row + v * 8) }
      }
      let target = rows + t * N * 8
      for v in 0..<N { sums[v].store(to: target + v * 8) }
      for j in L..<(N * 8) { target[j] = -.infinity }
      for index in middle..<Int(starts[first + t + 1]) {
        let slot = Int(slots[index])
        target[Int(lightLabels[slot - rowSlots])] += weights[slot]
      }
    }
  }
}
