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
  /// The values that templates over several words read; the others are not kept.
  private let keptValues: [Int]
  private let valueCount: Int
  private let boundaryCount: Int

  /// The offset of each group's word.
  private let groupOffsets: UnsafeMutablePointer<Int>
  /// The templates that join words, their values one after another.
  private let spans: UnsafeMutablePointer<Span>
  private let spanCount: Int
  private let spanValues: UnsafeMutablePointer<SpanValue>
  /// The templates that read one word, in the order of their groups, their values one after another.
  private let features: UnsafeMutablePointer<Feature>
  private let featureCount: Int
  private let featureValues: UnsafeMutablePointer<Int>
  private let wordValues: WordValues

  /// An open-addressing table of words, at most half full; number 0 is an empty slot.
  private var slots: UnsafeMutablePointer<Slot>
  private var slotCount = 1 << 10
  /// The number of words, the places outside a sequence first.
  private var count = 0
  private var capacity = 1 << 9
  private var values: UnsafeMutablePointer<UInt64>
  private var rows: UnsafeMutablePointer<Float>

  /// A record's features that join words: their hashes, then the rows of those that are known.
  private var hits: UnsafeMutablePointer<Hit>
  private var hitCapacity = 1 << 8

  /// See ``padded(_:_:)``.
  private var paddedNumbers = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 1 << 6)

  private struct Hit {
    var hash: UInt64
    var position: Int
  }

  /// See ``filterOfFeatures(_:)``; its number of bits, a power of two, and the positions scored
  /// without it.
  private var filter: UnsafeMutablePointer<UInt64>?
  private var filterBits = 1 << 16
  private var scored = 0

  /// The keys of a record's words, where they have several sources.
  private var keys: [UInt64] = []

  /// A new word's features with their groups as positions: the hashes, then the rows of the lists of
  /// those that are known.
  private let pending: UnsafeMutablePointer<Hit>

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
  private struct Feature {
    var seed: UInt64
    var group: Int
    var first: Int
    var end: Int
  }

  /// How many words are kept before all are forgotten: as many as fit into 16 MB of rows.
  private let limit: Int
  private static let rowBytes = 16 << 20

  init(_ program: TemplateProgram, _ weights: LinearWeights, stride: Int, labelCount: Int) {
    self.program = program
    self.weights = weights
    self.stride = stride
    self.labelCount = labelCount
    groupCount = max(program.groups.count, 1)
    var kept: [Int] = []
    for (value, _) in program.spans.flatMap(\.values) where !kept.contains(value) {
      kept.append(value)
    }
    keptValues = kept
    valueCount = max(kept.count, 1)
    boundaryCount = program.boundaryCount

    limit = max(Self.rowBytes / (groupCount * stride * 4), 1 << 10)
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
        spanValues[at] = SpanValue(value: kept.firstIndex(of: value)!, offset: offset)
        at += 1
      }
      spans[index] = Span(seed: span.seed, first: first, end: at)
    }

    let all = program.groups.flatMap(\.features)
    featureCount = all.count
    features = .allocate(capacity: max(featureCount, 1))
    featureValues = .allocate(capacity: max(all.reduce(0) { $0 + $1.values.count }, 1))
    pending = .allocate(capacity: max(featureCount, 1))
    wordValues = WordValues(program)
    var index = 0
    at = 0
    for (g, group) in program.groups.enumerated() {
      for feature in group.features {
        let first = at
        for value in feature.values {
          featureValues[at] = value
          at += 1
        }
        features[index] = Feature(seed: feature.seed, group: g, first: first, end: at)
        index += 1
      }
    }

    hits = .allocate(capacity: hitCapacity)
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(key: 0, number: 0), count: slotCount)
    values = .allocate(capacity: capacity * valueCount)
    rows = .allocate(capacity: capacity * groupCount * stride + 1)
    for index in 0..<boundaryCount {
      let distance = index < program.before ? index - program.before : index - program.before + 1
      program.hashes(ofBoundary: distance).withUnsafeBufferPointer { hashes in
        if let hashes = hashes.baseAddress { append(hashes) }
      }
    }
  }

  deinit {
    groupOffsets.deallocate()
    spans.deallocate()
    spanValues.deallocate()
    features.deallocate()
    featureValues.deallocate()
    pending.deallocate()
    hits.deallocate()
    paddedNumbers.deallocate()
    filter?.deallocate()
    slots.deallocate()
    values.deallocate()
    rows.deallocate()
  }

  /// Forgets all words if there are too many.
  func forgetIfFull() {
    guard count > limit else { return }
    count = boundaryCount
    slots.update(repeating: Slot(key: 0, number: 0), count: slotCount)
  }

  /// Finds the numbers of a record's words, adding those that are new.
  ///
  /// - Parameters:
  ///   - sources: the values that the templates read, each [T].
  ///   - buffer: the record's.
  func findWords(
    _ sources: [TemplateProgram.SourceValues], _ T: Int, _ buffer: UnsafeBufferPointer<UInt8>,
    into numbers: UnsafeMutablePointer<Int32>
  ) {
    guard let bytes = buffer.baseAddress, T > 0 else { return }
    if sources.count == 1, sources[0].bytes == nil {
      sources[0].ranges.withUnsafeBufferPointer { layer in
        for t in 0..<T {
          let range = layer[t]
          let hash = FeatureHash.hash(bytes + Int(range.start), count: range.count)
          numbers[t] = number(FeatureHash.join(0, hash), t, sources, buffer)
        }
      }
      return
    }
    if keys.count < T { keys = [UInt64](repeating: 0, count: T) }
    keys.withUnsafeMutableBufferPointer { keys in
      for t in 0..<T { keys[t] = 0 }
      for source in sources {
        source.withUnsafeBytes(else: buffer) { bytes in
          guard let bytes = bytes.baseAddress else { return }
          source.ranges.withUnsafeBufferPointer { ranges in
            for t in 0..<T {
              let hash = FeatureHash.hash(bytes + Int(ranges[t].start), count: ranges[t].count)
              keys[t] = FeatureHash.join(keys[t], hash)
            }
          }
        }
      }
      for t in 0..<T { numbers[t] = number(keys[t], t, sources, buffer) }
    }
  }

  @inline(__always)
  private func number(
    _ key: UInt64, _ t: Int, _ sources: [TemplateProgram.SourceValues],
    _ buffer: UnsafeBufferPointer<UInt8>
  ) -> Int32 {
    let mask = slotCount &- 1
    let slots = slots
    var at = Int(truncatingIfNeeded: key) & mask
    while slots[at].number != 0 {
      if slots[at].key == key { return Int32(truncatingIfNeeded: slots[at].number &- 1) }
      at = (at &+ 1) & mask
    }
    wordValues.compute(sources, at: t, in: buffer)
    return addWord(key, at)
  }

  /// Adds the word whose values were computed.
  @inline(never)
  private func addWord(_ key: UInt64, _ slot: Int) -> Int32 {
    append(wordValues.hashes)
    slots[slot] = Slot(key: key, number: count)
    if (count - boundaryCount) * 2 > slotCount { growSlots() }
    return Int32(count - 1)
  }

  /// Sums the rows of each position's words, and the features that join words.
  func addScores(_ numbers: UnsafePointer<Int32>, _ T: Int, to emissions: Emissions) {
    guard T > 0 else { return }
    let words = padded(numbers, T)
    let values = UnsafePointer(values)
    let spans = UnsafePointer(spans)
    let spanValues = UnsafePointer(spanValues)
    let weights = weights
    let stride = stride
    let valueCount = valueCount
    let spanCount = spanCount
    let base = emissions.row(0)
    if hitCapacity <= T &* spanCount { growHits(T &* spanCount &+ 1) }
    let hits = hits
    var hitCount = 0
    addRows(words, T, to: base)
    let filter = UnsafePointer(filterOfFeatures(T))
    let filterMask = UInt64(filterBits &- 1)
    for t in 0..<T {
      for s in 0..<spanCount {
        let span = spans[s]
        var hash = span.seed
        var isMissing = false
        for index in span.first..<span.end {
          let part = values[
            Int(words[t &+ spanValues[index].offset]) &* valueCount &+ spanValues[index].value]
          isMissing = isMissing || part == 0
          hash = FeatureHash.join(hash, part)
        }
        hits[hitCount] = Hit(hash: hash, position: t)
        hitCount &+= isMissing ? 0 : 1
      }
    }
    // Written always and counted if it may be known: which it is cannot be guessed, so there is no
    // branch on it.
    if let filter {
      let all = hitCount
      hitCount = 0
      for index in 0..<all {
        let hit = hits[index]
        let bit = hit.hash & filterMask
        hits[hitCount] = hit
        hitCount &+= Int(
          truncatingIfNeeded: filter[Int(truncatingIfNeeded: bit &>> 6)] &>> (bit & 63) & 1)
      }
    }
    // The table is larger than the caches: what is asked for early is there when it is read.
    for index in 0..<hitCount { weights.prefetchSlot(of: hits[index].hash) }
    var knownCount = 0
    for index in 0..<hitCount {
      let list = weights.list(of: hits[index].hash)
      guard list >= 0 else { continue }
      weights.prefetchList(list)
      hits[knownCount] = Hit(hash: UInt64(list), position: hits[index].position)
      knownCount &+= 1
    }
    for index in 0..<knownCount {
      weights.addList(Int(hits[index].hash), to: base + hits[index].position &* stride)
    }
  }

  /// The numbers of the words from `before` places before the sequence to `after` behind it; the
  /// first word of the sequence is at 0.
  private func padded(_ numbers: UnsafePointer<Int32>, _ T: Int) -> UnsafePointer<Int32> {
    let before = program.before
    let count = before &+ T &+ program.after
    if paddedNumbers.count < count {
      paddedNumbers.deallocate()
      paddedNumbers = .allocate(capacity: count * 3 / 2)
    }
    let first = paddedNumbers.baseAddress! + before
    for place in 0..<before { first[place &- before] = Int32(truncatingIfNeeded: place) }
    first.update(from: numbers, count: T)
    for place in 0..<program.after {
      first[T &+ place] = Int32(truncatingIfNeeded: before &+ place)
    }
    return UnsafePointer(first)
  }

  /// Sums the rows of each position's words; a row is kept in registers while it is summed.
  private func addRows(
    _ words: UnsafePointer<Int32>, _ T: Int, to base: UnsafeMutablePointer<Float>
  ) {
    switch stride / 8 {
    case 1: addRows(Width<1>(), words, T, to: base)
    case 2: addRows(Width<2>(), words, T, to: base)
    case 3: addRows(Width<3>(), words, T, to: base)
    case 4: addRows(Width<4>(), words, T, to: base)
    case 5: addRows(Width<5>(), words, T, to: base)
    case 6: addRows(Width<6>(), words, T, to: base)
    case 7: addRows(Width<7>(), words, T, to: base)
    case 8: addRows(Width<8>(), words, T, to: base)
    default:
      for part in Swift.stride(from: 0, to: stride, by: 8) {
        addRows(Width<1>(), words, T, to: base, from: part)
      }
    }
  }

  private struct Width<let count: Int> {}

  /// Sums N vectors of the rows, those from value `part` on.
  @inline(__always)
  private func addRows<let N: Int>(
    _: Width<N>, _ words: UnsafePointer<Int32>, _ T: Int, to base: UnsafeMutablePointer<Float>,
    from part: Int = 0
  ) {
    let rows = UnsafePointer(rows) + part
    let offsets = UnsafePointer(groupOffsets)
    let groupCount = groupCount
    let stride = stride
    let rowCount = groupCount &* stride
    for t in 0..<T {
      var sums = InlineArray<N, Vector>(repeating: Vector(repeating: 0))
      for g in 0..<groupCount {
        let row = rows + (Int(words[t &+ offsets[g]]) &* rowCount &+ g &* stride)
        for v in 0..<N { sums[v] += Vector(loading: row + v &* 8) }
      }
      let target = base + (t &* stride &+ part)
      for v in 0..<N { sums[v].store(to: target + v &* 8) }
    }
  }

  /// A bit for each value of the low bits of known features' hashes: most combinations of words are
  /// unknown, and a bit that stays in the cache says so without a look-up. Made once some text has
  /// gone by, so that a single sentence does not pay for it.
  private func filterOfFeatures(_ T: Int) -> UnsafeMutablePointer<UInt64>? {
    if let filter { return filter }
    scored += T
    guard scored > 2000, spanCount > 0 else { return nil }
    while filterBits < weights.featureCount * 8 && filterBits < 1 << 23 { filterBits *= 2 }
    let filter = UnsafeMutablePointer<UInt64>.allocate(capacity: filterBits / 64)
    filter.initialize(repeating: 0, count: filterBits / 64)
    weights.forEachLowHash { hash in
      let bit = Int(hash) & (filterBits - 1)
      filter[bit / 64] |= 1 << UInt64(bit % 64)
    }
    self.filter = filter
    return filter
  }

  /// Adds a word with the hashes of its values.
  private func append(_ hashes: UnsafePointer<UInt64>) {
    if count == capacity { growWords() }
    for (index, value) in keptValues.enumerated() {
      values[count * valueCount + index] = hashes[value]
    }
    // As for words of text: all memory is asked for before any is read.
    let pending = pending
    let features = features
    let featureValues = featureValues
    let weights = weights
    var pendingCount = 0
    for index in 0..<featureCount {
      let feature = features[index]
      var hash = feature.seed
      for at in feature.first..<feature.end {
        let value = hashes[featureValues[at]]
        hash = value == 0 ? 0 : FeatureHash.join(hash, value)
        if hash == 0 { break }
      }
      if hash == 0 { continue }
      weights.prefetchSlot(of: hash)
      pending[pendingCount] = Hit(hash: hash, position: feature.group)
      pendingCount &+= 1
    }
    var knownCount = 0
    for index in 0..<pendingCount {
      let list = weights.list(of: pending[index].hash)
      guard list >= 0 else { continue }
      weights.prefetchList(list)
      pending[knownCount] = Hit(hash: UInt64(list), position: pending[index].position)
      knownCount &+= 1
    }
    let first = rows + count &* groupCount &* stride
    first.update(repeating: 0, count: groupCount &* stride)
    // The padding of the first group's row is −∞, so that every sum's is.
    for j in labelCount..<stride { first[j] = -.infinity }
    for index in 0..<knownCount {
      weights.addList(Int(pending[index].hash), to: first + pending[index].position &* stride)
    }
    count += 1
  }

  private func growHits(_ count: Int) {
    hits.deallocate()
    hitCapacity = count * 3 / 2
    hits = .allocate(capacity: hitCapacity)
  }

  private func growWords() {
    // Up to the limit and what a record may add; further only for a record that adds more.
    let larger = count < limit ? min(capacity * 2, limit + 1024) : capacity * 2
    func grown<Item>(_ old: UnsafeMutablePointer<Item>, _ width: Int) -> UnsafeMutablePointer<Item>
    {
      let new = UnsafeMutablePointer<Item>.allocate(capacity: larger * width + 1)
      new.moveInitialize(from: old, count: count * width)
      old.deallocate()
      return new
    }
    values = grown(values, valueCount)
    rows = grown(rows, groupCount * stride)
    capacity = larger
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
