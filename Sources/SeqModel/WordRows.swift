internal import SeqCore
internal import SeqFeatures
internal import SeqInference
internal import SeqMath

/// The words that one thread has met: for each, the hashes of its values and, per group of
/// templates, the row of its features' summed weights.
final class WordRows {
  private let stride: Int
  private let labelCount: Int
  private let groupCount: Int
  private let valueCount: Int
  private let boundaryCount: Int
  private var keys: [UInt64]
  private var slots: [Int32]  // number + 1, 0 empty
  private var count = 0
  private var values: [UInt64] = []
  private let rows = GrowingRows()

  /// How many words are kept before all are forgotten: with 5 groups of 24 labels, 16 MB.
  private static let capacity = 1 << 15

  init(_ program: TemplateProgram, _ weights: LinearWeights, stride: Int, labelCount: Int) {
    self.stride = stride
    self.labelCount = labelCount
    groupCount = max(program.groups.count, 1)
    valueCount = program.values.count
    boundaryCount = program.boundaryCount
    keys = []
    slots = [Int32](repeating: 0, count: 1 << 10)
    for index in 0..<boundaryCount {
      let distance = index < program.before ? index - program.before : index - program.before + 1
      append(key: UInt64(index), program.hashes(ofBoundary: distance), program, weights)
    }
  }

  /// Forgets all words if there are too many.
  func forgetIfFull() {
    guard count > Self.capacity else { return }
    count = boundaryCount
    keys.removeSubrange(boundaryCount...)
    values.removeSubrange((boundaryCount * valueCount)...)
    slots = [Int32](repeating: 0, count: 1 << 10)
  }

  /// The number of the word at position t.
  @inline(__always)
  func number(
    _ ranges: [[ByteRange]], _ t: Int, _ buffer: UnsafeBufferPointer<UInt8>,
    _ program: TemplateProgram, _ weights: LinearWeights
  ) -> Int {
    var key: UInt64 = 0
    for layer in ranges {
      let range = layer[t]
      let hash = FeatureHash.hash(buffer.baseAddress! + Int(range.start), count: range.count)
      key = FeatureHash.join(key, hash)
    }
    let mask = slots.count - 1
    var at = Int(truncatingIfNeeded: key) & mask
    while slots[at] != 0 {
      let number = Int(slots[at]) - 1
      if keys[number] == key { return number }
      at = (at + 1) & mask
    }
    let word = ranges.map { ArraySlice(buffer[$0[t].indices]) }
    append(key: key, program.hashes(ofWord: word), program, weights)
    slots[at] = Int32(count)
    if count * 2 > slots.count { growSlots() }
    return count - 1
  }

  /// Sums the rows of each position's words, and the features that join words.
  func addScores(
    _ numbers: UnsafePointer<Int32>, _ T: Int, _ program: TemplateProgram,
    _ weights: LinearWeights, to emissions: Emissions
  ) {
    let before = program.before
    let after = program.after
    @inline(__always) func word(_ position: Int) -> Int {
      if position < 0 { return max(position, -before) + before }
      if position >= T { return min(position - T, after - 1) + before }
      return Int(numbers[position])
    }
    let base = UnsafePointer(rows.base)
    let rowCount = groupCount * stride
    let stride = stride
    values.withUnsafeBufferPointer { values in
      program.groups.withUnsafeBufferPointer { groups in
        for t in 0..<T {
          let target = emissions.row(t)
          if groups.isEmpty {
            for j in 0..<stride { target[j] = j < labelCount ? 0 : -.infinity }
          }
          for g in 0..<groups.count {
            let row = base + word(t + groups[g].offset) * rowCount + g * stride
            var v = 0
            if g == 0 {
              while v < stride {
                Vector(loading: row + v).store(to: target + v)
                v += 8
              }
            } else {
              while v < stride {
                (Vector(loading: target + v) + Vector(loading: row + v)).store(to: target + v)
                v += 8
              }
            }
          }
          for span in program.spans {
            var hash = span.seed
            for (value, offset) in span.values {
              let part = values[word(t + offset) * valueCount + value]
              if part == 0 {
                hash = 0
                break
              }
              hash = FeatureHash.join(hash, part)
            }
            if hash != 0 { weights.add(hash, to: target) }
          }
        }
      }
    }
  }

  private func append(
    key: UInt64, _ hashes: [UInt64], _ program: TemplateProgram, _ weights: LinearWeights
  ) {
    values += hashes
    keys.append(key)
    count += 1
    rows.reserve(count * groupCount * stride)
    hashes.withUnsafeBufferPointer { hashes in
      for (g, group) in program.groups.enumerated() {
        let row = rows.base + ((count - 1) * groupCount + g) * stride
        // The padding of the first group's row is −∞, so that every sum's is.
        for j in 0..<stride { row[j] = j < labelCount || g > 0 ? 0 : -.infinity }
        for feature in group.features {
          let hash = program.hash(of: feature, values: hashes.baseAddress!)
          if hash != 0 { weights.add(hash, to: row) }
        }
      }
    }
  }

  private func growSlots() {
    let mask = slots.count * 2 - 1
    slots = [Int32](repeating: 0, count: mask + 1)
    for number in boundaryCount..<count {
      var at = Int(truncatingIfNeeded: keys[number]) & mask
      while slots[at] != 0 { at = (at + 1) & mask }
      slots[at] = Int32(number + 1)
    }
  }
}

/// Rows that keep their contents when they grow.
private final class GrowingRows {
  private(set) var base = UnsafeMutablePointer<Float>.allocate(capacity: 1 << 16)
  private var capacity = 1 << 16

  deinit { base.deallocate() }

  func reserve(_ count: Int) {
    guard count > capacity else { return }
    let larger = UnsafeMutablePointer<Float>.allocate(capacity: max(count, capacity * 2))
    larger.update(from: base, count: capacity)
    base.deallocate()
    base = larger
    capacity = max(count, capacity * 2)
  }
}
