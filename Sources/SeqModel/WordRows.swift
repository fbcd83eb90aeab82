internal import CProcessor
internal import SeqCore
internal import SeqFeatures

/// The words that one thread has met: for each, the hashes of its values and, per group of
/// templates, the row of its features' summed weights.
///
/// A hot path: everything it reads per word lies in plain memory.
/// `TemplateProgram.features(of:)` is the plain version that tests hold it to.
final class WordRows {
  /// The numbers kept of each word, ``valueCount`` a word: the hashes of ``keptValues``, then those
  /// of ``joinedValues``.
  private(set) var values: UnsafeMutablePointer<UInt64>
  /// The number of hashes kept of a word.
  let valueCount: Int
  /// The rows of a word's groups, one behind another, at the word's number times ``rowCount``.
  private(set) var rows: UnsafeMutablePointer<Float>
  /// The number of floats of a word's rows.
  let rowCount: Int

  private let weights: LinearWeights
  private let stride: Int
  private let labelCount: Int
  private let groupCount: Int
  /// The values that templates over several words read; the others are not kept.
  private let keptValues: [Int]
  /// Values that several such templates read together, which one hash stands for.
  private let joinedValues: [[Int]]
  private let boundaryCount: Int
  private let wordValues: WordValues
  /// Whether words are told apart by one layer as it stands.
  private let isPlain: Bool

  /// The templates that read one word, in the order of their groups, their values one after another.
  private let features: UnsafeMutablePointer<Feature>
  private let featureCount: Int
  private let featureValues: UnsafeMutablePointer<Int>
  private let pending = PendingFeatures()

  private let table = KeyTable()
  /// The number of words, the places outside a sequence first.
  private var count = 0
  private var capacity: Int
  /// The keys of a record's words, where they have several sources.
  private var keys: [UInt64] = []

  private struct Feature {
    var seed: UInt64
    var group: Int
    var first: Int
    var end: Int
  }

  /// How many words are kept before all are forgotten: as many as fit into 16 MB of rows.
  private let limit: Int
  private static let rowBytes = 16 << 20

  /// - Parameters:
  ///   - keptValues: the values whose hashes are asked for.
  ///   - joinedValues: values for which one hash together is asked for.
  init(
    _ program: TemplateProgram, _ weights: LinearWeights, keptValues: [Int],
    joinedValues: [[Int]], stride: Int, labelCount: Int
  ) {
    self.weights = weights
    self.stride = stride
    self.labelCount = labelCount
    self.keptValues = keptValues
    self.joinedValues = joinedValues
    groupCount = max(program.groups.count, 1)
    rowCount = groupCount * stride
    valueCount = max(keptValues.count + joinedValues.count, 1)
    boundaryCount = program.boundaryCount
    isPlain = program.sources.count == 1 && program.sources[0].function == nil
    limit = max(Self.rowBytes / (rowCount * 4), 1 << 10)
    // All at once: memory that is not written to costs nothing, and growing it would copy.
    capacity = limit + 1024

    let all = program.groups.flatMap(\.features)
    featureCount = all.count
    features = .allocate(capacity: max(featureCount, 1))
    featureValues = .allocate(capacity: max(all.reduce(0) { $0 + $1.values.count }, 1))
    wordValues = WordValues(program)
    var index = 0
    var at = 0
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

    values = .allocate(capacity: capacity * valueCount)
    rows = .allocate(capacity: capacity * rowCount + 1)
    for index in 0..<boundaryCount {
      let distance = index < program.before ? index - program.before : index - program.before + 1
      program.hashes(ofBoundary: distance).withUnsafeBufferPointer { hashes in
        if let hashes = hashes.baseAddress { append(hashes) }
      }
    }
  }

  deinit {
    features.deallocate()
    featureValues.deallocate()
    values.deallocate()
    rows.deallocate()
  }

  /// Forgets all words if there are too many.
  func forgetIfFull() {
    guard count > limit else { return }
    count = boundaryCount
    table.removeAll()
  }

  /// Finds the numbers of a record's words, adding those that are new.
  ///
  /// - Throws: `FeatureError.missingLayer` if the record lacks a layer that the templates read.
  func findWords(
    of record: borrowing Record, _ program: TemplateProgram,
    into numbers: UnsafeMutablePointer<Int32>
  ) throws(FeatureError) {
    let T = record.count
    if isPlain, T > 0, let ranges = record.ranges(program.sources[0].layer) {
      record.buffer.withUnsafeBufferPointer { buffer in
        ranges.withUnsafeBufferPointer { findWords($0, in: buffer, into: numbers) }
      }
      return
    }
    let sources = try program.values(of: record)
    record.buffer.withUnsafeBufferPointer { findWords(sources, T, in: $0, into: numbers) }
  }

  /// Where a word is a value of one layer.
  private func findWords(
    _ ranges: UnsafeBufferPointer<ByteRange>, in buffer: UnsafeBufferPointer<UInt8>,
    into numbers: UnsafeMutablePointer<Int32>
  ) {
    guard let bytes = buffer.baseAddress else { return }
    let table = table
    for t in 0..<ranges.count {
      let range = ranges[t]
      let start = Int(range.start)
      let key = FeatureHash.hash(
        bytes + start, count: range.count, readable: buffer.count &- start)
      var number = table.number(of: key)
      if number < 0 {
        wordValues.compute(UnsafeBufferPointer(rebasing: buffer[range.indices]))
        number = addWord(key)
      }
      numbers[t] = Int32(truncatingIfNeeded: number)
      prefetch(number)
    }
  }

  /// Where a word has several values, or one of the whole sequence.
  private func findWords(
    _ sources: [TemplateProgram.SourceValues], _ T: Int,
    in buffer: UnsafeBufferPointer<UInt8>, into numbers: UnsafeMutablePointer<Int32>
  ) {
    guard buffer.baseAddress != nil, T > 0 else { return }
    if keys.count < T { keys = [UInt64](repeating: 0, count: T) }
    keys.withUnsafeMutableBufferPointer { keys in
      for t in 0..<T { keys[t] = 0 }
      for source in sources {
        source.withUnsafeBytes(else: buffer) { bytes in
          guard let first = bytes.baseAddress else { return }
          if source.isConstant {
            let range = source.ranges[0]
            let hash = FeatureHash.hash(first + Int(range.start), count: range.count)
            for t in 0..<T { keys[t] = FeatureHash.join(keys[t], hash) }
            return
          }
          source.ranges.withUnsafeBufferPointer { ranges in
            for t in 0..<T {
              let start = Int(ranges[t].start)
              let hash = FeatureHash.hash(
                first + start, count: ranges[t].count, readable: bytes.count &- start)
              keys[t] = FeatureHash.join(keys[t], hash)
            }
          }
        }
      }
      for t in 0..<T { table.prefetch(keys[t]) }
      for t in 0..<T {
        var number = table.number(of: keys[t])
        if number < 0 {
          wordValues.compute(sources, at: t, in: buffer)
          number = addWord(keys[t])
        }
        numbers[t] = Int32(truncatingIfNeeded: number)
        prefetch(number)
      }
    }
  }

  /// Asks for what is kept of a word: all of it does not fit into the nearest cache.
  @inline(__always)
  private func prefetch(_ number: Int) {
    seqkit_prefetch(values + number &* valueCount)
    let row = rows + number &* rowCount
    var at = 0
    while at < rowCount {
      seqkit_prefetch(row + at)
      at &+= 16
    }
  }

  /// Adds the word whose values were computed.
  @inline(never)
  private func addWord(_ key: UInt64) -> Int {
    append(wordValues.hashes)
    table.insert(count - 1, under: key)
    return count - 1
  }

  /// Adds a word with the hashes of its values.
  private func append(_ hashes: UnsafePointer<UInt64>) {
    if count == capacity { grow() }
    let own = values + count * valueCount
    for (index, value) in keptValues.enumerated() { own[index] = hashes[value] }
    for (index, joined) in joinedValues.enumerated() {
      own[keptValues.count + index] = joined.reduce(0) { FeatureHash.join($0, hashes[$1]) }
    }
    let features = features
    let featureValues = featureValues
    let pending = pending
    let weights = weights
    let stride = stride
    for index in 0..<featureCount {
      let feature = features[index]
      var hash = feature.seed
      for at in feature.first..<feature.end {
        let value = hashes[featureValues[at]]
        hash = value == 0 ? 0 : FeatureHash.join(hash, value)
        if hash == 0 { break }
      }
      if hash != 0 { pending.append(hash, row: feature.group &* stride, of: weights) }
    }
    let first = rows + count &* rowCount
    first.update(repeating: 0, count: rowCount)
    // The padding of the first group's row is −∞, so that every sum's is.
    for j in labelCount..<stride { first[j] = -.infinity }
    pending.addWeights(of: weights, to: first)
    count += 1
  }

  private func grow() {
    // Up to the limit and what a record may add; further only for a record that adds more.
    let larger = count < limit ? min(capacity * 2, limit + 1024) : capacity * 2
    values = grown(values, from: count * valueCount, to: larger * valueCount)
    rows = grown(rows, from: count * rowCount, to: larger * rowCount + 1)
    capacity = larger
  }
}

/// The first items of memory in a larger piece of it; the old piece is freed.
func grown<Item: BitwiseCopyable>(
  _ old: UnsafeMutablePointer<Item>, from count: Int, to capacity: Int
) -> UnsafeMutablePointer<Item> {
  let new = UnsafeMutablePointer<Item>.allocate(capacity: capacity)
  new.update(from: old, count: count)
  old.deallocate()
  return new
}
