internal import SeqCore
internal import SeqFeatures
internal import SeqInference
internal import SeqMath

/// The words that one thread has met: for each, the hashes of its values and, per group of
/// templates, the row of its features' summed weights.
///
/// A hot path: everything it reads per word lies in plain memory, and the templates that join words
/// are flattened. `TemplateProgram.features(of:)` is the plain version that tests hold it to.
final class WordRows {
  private let program: TemplateProgram
  private let weights: LinearWeights
  private let stride: Int
  private let labelCount: Int
  private let groupCount: Int
  private let valueCount: Int
  private let boundaryCount: Int

  /// The offset of each group's word.
  private let groupOffsets: UnsafeMutablePointer<Int>
  /// The templates that join words, their values one after another.
  private let spans: UnsafeMutablePointer<Span>
  private let spanCount: Int
  private let spanValues: UnsafeMutablePointer<SpanValue>

  /// An open-addressing table of words, at most half full; number 0 is an empty slot.
  private var slots: UnsafeMutablePointer<Slot>
  private var slotCount = 1 << 10
  /// The number of words, the places outside a sequence first.
  private var count = 0
  private var capacity = 1 << 9
  private var values: UnsafeMutablePointer<UInt64>
  private var rows: UnsafeMutablePointer<Float>

  /// The hashes of a record's features that join words, then the rows of their lists.
  private var spanHashes: UnsafeMutablePointer<UInt64>
  private var spanHashCount = 1 << 8

  private struct Slot {
    var key: UInt64
    var number: Int  // + 1
  }
  private struct Span {
    var seed: UInt64
    var first: Int
    var end: Int
  }
  private struct SpanValue {
    var value: Int
    var offset: Int
  }

  /// How many words are kept before all are forgotten: with 5 groups of 24 labels, 16 MB.
  private static let limit = 1 << 15

  init(_ program: TemplateProgram, _ weights: LinearWeights, stride: Int, labelCount: Int) {
    self.program = program
    self.weights = weights
    self.stride = stride
    self.labelCount = labelCount
    groupCount = max(program.groups.count, 1)
    valueCount = max(program.values.count, 1)
    boundaryCount = program.boundaryCount

    groupOffsets = .allocate(capacity: groupCount)
    groupOffsets.initialize(repeating: 0, count: groupCount)
    for (g, group) in program.groups.enumerated() { groupOffsets[g] = group.offset }
    spanCount = program.spans.count
    spans = .allocate(capacity: max(spanCount, 1))
    spanValues = .allocate(capacity: max(program.spans.reduce(0) { $0 + $1.values.count }, 1))
    var at = 0
    for (index, span) in program.spans.enumerated() {
      let first = at
      for (value, offset) in span.values {
        spanValues[at] = SpanValue(value: value, offset: offset)
        at += 1
      }
      spans[index] = Span(seed: span.seed, first: first, end: at)
    }

    spanHashes = .allocate(capacity: spanHashCount)
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(key: 0, number: 0), count: slotCount)
    values = .allocate(capacity: capacity * valueCount)
    rows = .allocate(capacity: capacity * groupCount * stride)
    for index in 0..<boundaryCount {
      let distance = index < program.before ? index - program.before : index - program.before + 1
      append(program.hashes(ofBoundary: distance))
    }
  }

  deinit {
    groupOffsets.deallocate()
    spans.deallocate()
    spanValues.deallocate()
    spanHashes.deallocate()
    slots.deallocate()
    values.deallocate()
    rows.deallocate()
  }

  /// Forgets all words if there are too many.
  func forgetIfFull() {
    guard count > Self.limit else { return }
    count = boundaryCount
    slots.update(repeating: Slot(key: 0, number: 0), count: slotCount)
  }

  /// Finds the numbers of a record's words, adding those that are new.
  ///
  /// - Parameter ranges: the layers that the templates read, each [T].
  func findWords(
    _ ranges: [[ByteRange]], _ T: Int, _ buffer: UnsafeBufferPointer<UInt8>,
    into numbers: UnsafeMutablePointer<Int32>
  ) {
    guard let bytes = buffer.baseAddress, T > 0 else { return }
    if ranges.count == 1 {
      ranges[0].withUnsafeBufferPointer { layer in
        for t in 0..<T {
          let range = layer[t]
          let hash = FeatureHash.hash(bytes + Int(range.start), count: range.count)
          numbers[t] = number(FeatureHash.join(0, hash), t, ranges, buffer)
        }
      }
      return
    }
    for t in 0..<T {
      var key: UInt64 = 0
      for layer in ranges {
        let range = layer[t]
        key = FeatureHash.join(
          key, FeatureHash.hash(bytes + Int(range.start), count: range.count))
      }
      numbers[t] = number(key, t, ranges, buffer)
    }
  }

  @inline(__always)
  private func number(
    _ key: UInt64, _ t: Int, _ ranges: [[ByteRange]], _ buffer: UnsafeBufferPointer<UInt8>
  ) -> Int32 {
    let mask = slotCount &- 1
    let slots = slots
    var at = Int(truncatingIfNeeded: key) & mask
    while slots[at].number != 0 {
      if slots[at].key == key { return Int32(truncatingIfNeeded: slots[at].number &- 1) }
      at = (at &+ 1) & mask
    }
    return addWord(key, at, ranges.map { ArraySlice(buffer[$0[t].indices]) })
  }

  @inline(never)
  private func addWord(_ key: UInt64, _ slot: Int, _ word: [ArraySlice<UInt8>]) -> Int32 {
    append(program.hashes(ofWord: word))
    slots[slot] = Slot(key: key, number: count)
    if (count - boundaryCount) * 2 > slotCount { growSlots() }
    return Int32(count - 1)
  }

  /// Sums the rows of each position's words, and the features that join words.
  func addScores(_ numbers: UnsafePointer<Int32>, _ T: Int, to emissions: Emissions) {
    guard T > 0 else { return }
    let before = program.before
    let after = program.after
    @inline(__always) func word(_ position: Int) -> Int {
      if position < 0 { return max(position, -before) &+ before }
      if position >= T { return min(position &- T, after &- 1) &+ before }
      return Int(numbers[position])
    }
    let rows = UnsafePointer(rows)
    let values = UnsafePointer(values)
    let offsets = UnsafePointer(groupOffsets)
    let spans = UnsafePointer(spans)
    let spanValues = UnsafePointer(spanValues)
    let weights = weights
    let stride = stride
    let rowCount = groupCount &* stride
    let valueCount = valueCount
    let spanCount = spanCount
    let groupCount = groupCount
    let base = emissions.row(0)
    if spanHashCount < T &* spanCount { growSpanHashes(T &* spanCount) }
    let hashes = spanHashes
    for t in 0..<T {
      let target = base + t &* stride
      let first = rows + word(t &+ offsets[0]) &* rowCount
      var v = 0
      while v < stride {
        Vector(loading: first + v).store(to: target + v)
        v &+= 8
      }
      var g = 1
      while g < groupCount {
        let row = rows + word(t &+ offsets[g]) &* rowCount + g &* stride
        v = 0
        while v < stride {
          (Vector(loading: target + v) + Vector(loading: row + v)).store(to: target + v)
          v &+= 8
        }
        g &+= 1
      }
      for s in 0..<spanCount {
        let span = spans[s]
        var hash = span.seed
        var index = span.first
        while index < span.end {
          let part = values[
            word(t &+ spanValues[index].offset) &* valueCount &+ spanValues[index].value]
          if part == 0 {
            hash = 0
            break
          }
          hash = FeatureHash.join(hash, part)
          index &+= 1
        }
        hashes[t &* spanCount &+ s] = hash
        if hash != 0 { weights.prefetchSlot(of: hash) }
      }
    }
    // The table is larger than the caches: what is asked for early is there when it is read.
    // A list's row takes the place of the hash, plus 1, so that 0 stays "none".
    for index in 0..<T &* spanCount where hashes[index] != 0 {
      let list = weights.list(of: hashes[index])
      hashes[index] = UInt64(list &+ 1)
      if list >= 0 { weights.prefetchList(list) }
    }
    for t in 0..<T {
      let target = base + t &* stride
      for s in 0..<spanCount where hashes[t &* spanCount &+ s] != 0 {
        weights.addList(Int(hashes[t &* spanCount &+ s]) &- 1, to: target)
      }
    }
  }

  /// Adds a word with the hashes of its values.
  private func append(_ hashes: [UInt64]) {
    if count == capacity { growWords() }
    let own = values + count * valueCount
    for (index, hash) in hashes.enumerated() { own[index] = hash }
    for g in 0..<groupCount {
      let row = rows + (count * groupCount + g) * stride
      // The padding of the first group's row is −∞, so that every sum's is.
      for j in 0..<stride { row[j] = j < labelCount || g > 0 ? 0 : -.infinity }
      guard g < program.groups.count else { continue }
      for feature in program.groups[g].features {
        let hash = program.hash(of: feature, values: own)
        if hash != 0 { weights.add(hash, to: row) }
      }
    }
    count += 1
  }

  private func growSpanHashes(_ count: Int) {
    spanHashes.deallocate()
    spanHashCount = count * 3 / 2
    spanHashes = .allocate(capacity: spanHashCount)
  }

  private func growWords() {
    func grown<Item>(_ old: UnsafeMutablePointer<Item>, _ width: Int) -> UnsafeMutablePointer<Item>
    {
      let new = UnsafeMutablePointer<Item>.allocate(capacity: capacity * 2 * width)
      new.moveInitialize(from: old, count: count * width)
      old.deallocate()
      return new
    }
    values = grown(values, valueCount)
    rows = grown(rows, groupCount * stride)
    capacity *= 2
  }

  private func growSlots() {
    let old = slots
    let oldCount = slotCount
    slotCount *= 2
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(key: 0, number: 0), count: slotCount)
    for index in 0..<oldCount where old[index].number != 0 {
      var at = Int(truncatingIfNeeded: old[index].key) & (slotCount - 1)
      while slots[at].number != 0 { at = (at + 1) & (slotCount - 1) }
      slots[at] = old[index]
    }
    old.deallocate()
  }
}
