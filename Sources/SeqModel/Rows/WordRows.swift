internal import CProcessor
internal import SeqCore
internal import SeqFeatures

/// The words that one thread has met: for each, the hashes of its values and, per group of
/// templates, the row of its features' summed weights.
///
/// A hot path: everything it reads per word lies in plain memory.
/// `TemplateProgram.features(of:)` is the plain version that tests hold it to.
final class WordRows<Scalar: RowScalar> {
  /// The numbers kept of each word for templates that join it to others, ``valueCount`` a word: one
  /// for each of its parts.
  @exclusivity(unchecked) private(set) var values: UnsafeMutablePointer<UInt64>
  /// The numbers kept of a word.
  let valueCount: Int
  /// The rows of a word's groups, one behind another, at the word's number times ``rowCount``.
  @exclusivity(unchecked) private(set) var rows: UnsafeMutablePointer<Scalar>
  /// The numbers in a word's rows.
  let rowCount: Int

  private let weights: LinearWeights
  private let parts: [WordPart]
  private let boundaryCount: Int
  private let wordValues: WordValues
  /// Whether words are told apart by one layer as it stands.
  private let isPlain: Bool

  /// The templates that read one word, in the order of their groups, their values one after another;
  /// without those that ``shared`` stands for.
  private let features: UnsafeMutablePointer<WordFeature>
  private let featureCount: Int
  private let featureValues: UnsafeMutablePointer<Int>
  private let shared: SharedRows<Scalar>
  private let pending = PendingFeatures<Scalar>()

  private let table = KeyTable()
  /// The number of words, the places outside a sequence first.
  @exclusivity(unchecked) private var count = 0
  @exclusivity(unchecked) private var capacity: Int
  /// The keys of a record's words, where they have several sources.
  @exclusivity(unchecked) private var keys: [UInt64] = []

  /// How many words are kept before all are forgotten: as many as fit into 16 MB of rows.
  private let limit: Int
  private static var rowBytes: Int { 16 << 20 }

  /// - Parameter parts: the numbers to keep of a word.
  init(_ program: TemplateProgram, _ weights: LinearWeights, parts: [WordPart], stride: Int) {
    self.weights = weights
    self.parts = parts
    rowCount = max(program.groups.count, 1) * stride
    valueCount = max(parts.count, 1)
    boundaryCount = program.boundaryCount
    isPlain = program.sources.count == 1 && program.sources[0].function == nil
    limit = max(Self.rowBytes / (rowCount * MemoryLayout<Scalar>.stride), 1 << 10)
    // All at once: memory that is not written to costs nothing, and growing it would copy.
    capacity = limit + 1024

    var features: [WordFeature] = []
    var featureValues: [Int] = []
    var shared: [(feature: TemplateProgram.WordFeature, group: Int)] = []
    for (g, group) in program.groups.enumerated() {
      for feature in group.features {
        if program.isShared(feature) {
          shared.append((feature, g))
          continue
        }
        let first = featureValues.count
        featureValues += feature.values
        features.append(
          WordFeature(seed: feature.seed, row: g * stride, values: first..<featureValues.count))
      }
    }
    featureCount = features.count
    self.features = copied(features)
    self.featureValues = copied(featureValues)
    self.shared = SharedRows(shared, weights, stride: stride)
    wordValues = WordValues(program)

    values = .allocate(capacity: capacity * valueCount)
    rows = .allocate(capacity: capacity * rowCount + 1)
    for index in 0..<boundaryCount {
      let distance = index < program.before ? index - program.before : index - program.before + 1
      program.hashes(ofBoundary: distance).withUnsafeBufferPointer { hashes in
        if let hashes = hashes.baseAddress { append(hashes, nil) }
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
    shared.forgetIfFull()
    guard count > limit else { return }
    count = boundaryCount
    table.removeAll()
  }

  /// Finds the numbers of a record's words, adding those that are new.
  ///
  /// - Parameter filter: of the model's features.
  /// - Throws: `FeatureError.missingLayer` if the record lacks a layer that the templates read.
  func findWords(
    of record: borrowing Record, _ program: TemplateProgram, _ filter: FeatureFilter?,
    into numbers: UnsafeMutablePointer<Int32>
  ) throws(FeatureError) {
    let T = record.count
    if isPlain, T > 0, let ranges = record.ranges(program.sources[0].layer) {
      record.buffer.withUnsafeBufferPointer { buffer in
        ranges.withUnsafeBufferPointer { findWords($0, in: buffer, filter, into: numbers) }
      }
      return
    }
    let sources = try program.values(of: record)
    record.buffer.withUnsafeBufferPointer { findWords(sources, T, in: $0, filter, into: numbers) }
  }

  /// Where a word is a value of one layer.
  private func findWords(
    _ ranges: UnsafeBufferPointer<ByteRange>, in buffer: UnsafeBufferPointer<UInt8>,
    _ filter: FeatureFilter?, into numbers: UnsafeMutablePointer<Int32>
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
        number = addWord(key, filter)
      }
      numbers[t] = Int32(truncatingIfNeeded: number)
      prefetch(number)
    }
  }

  /// Where a word has several values, or one of the whole sequence.
  private func findWords(
    _ sources: [TemplateProgram.SourceValues], _ T: Int,
    in buffer: UnsafeBufferPointer<UInt8>, _ filter: FeatureFilter?,
    into numbers: UnsafeMutablePointer<Int32>
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
          number = addWord(keys[t], filter)
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
      at &+= 64 / MemoryLayout<Scalar>.stride
    }
  }

  /// Adds the word whose values were computed.
  @inline(never)
  private func addWord(_ key: UInt64, _ filter: FeatureFilter?) -> Int {
    append(wordValues.hashes, filter)
    table.insert(count - 1, under: key)
    return count - 1
  }

  /// Adds a word with the hashes of its values.
  private func append(_ hashes: UnsafePointer<UInt64>, _ filter: FeatureFilter?) {
    if count == capacity { grow() }
    let own = values + count * valueCount
    for index in parts.indices { own[index] = parts[index].number(hashes) }
    let features = features
    let featureValues = featureValues
    let pending = pending
    let weights = weights
    let first = rows + count &* rowCount
    first.update(repeating: .zero, count: rowCount)
    for index in 0..<featureCount {
      let feature = features[index]
      var hash = feature.seed
      for at in feature.values {
        let value = hashes[featureValues[at]]
        hash = value == 0 ? 0 : FeatureHash.join(hash, value)
        if hash == 0 { break }
      }
      if hash == 0 { continue }
      if let filter, !filter.mayContain(hash) { continue }
      pending.append(hash, row: feature.row, of: weights)
    }
    shared.add(hashes, to: first)
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

/// What is kept of a word for templates that join it to others.
enum WordPart: Equatable {
  /// The hash of a value; 0 if it has none.
  case value(Int)
  /// One hash of several values.
  case joined([Int])
  /// The hash of a feature as far as a value: what stands behind it is still to be joined. 0 if the
  /// word does not have the value.
  case begun(seed: UInt64, value: Int)

  @inline(__always)
  fileprivate func number(_ hashes: UnsafePointer<UInt64>) -> UInt64 {
    switch self {
    case .value(let value): hashes[value]
    case .joined(let values): values.reduce(0) { FeatureHash.join($0, hashes[$1]) }
    case .begun(let seed, let value):
      hashes[value] == 0 ? 0 : FeatureHash.join(seed, hashes[value])
    }
  }
}

/// A template that reads one word: which of its rows it adds to, and what it reads.
private struct WordFeature {
  var seed: UInt64
  var row: Int
  var values: Range<Int>
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
