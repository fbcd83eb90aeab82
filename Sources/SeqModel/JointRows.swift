internal import CProcessor
internal import SeqFeatures

/// Templates that join the same places of a sequence, seen from each other: `form[-1] & form[0]` and
/// `form[0] & form[1]` both join two neighbours. Their features depend on these words alone, so for
/// each combination that one thread has met, the rows of their summed weights are remembered.
///
/// A combination stands at the position of its last word, the anchor. It has a row for each
/// position, seen from there, that one of the templates describes: its target.
final class JointRows {
  /// The positions that the rows belong to, seen from the anchor.
  let targets: [Int]
  /// The rows of a combination, one a target, at its number times ``rowCount``.
  private(set) var rows: UnsafeMutablePointer<Float>
  /// The number of floats of a combination's rows.
  let rowCount: Int

  private let stride: Int
  private let weights: LinearWeights
  /// The words that are joined, and the part of each that makes the key.
  private let places: UnsafeMutablePointer<Place>
  private let placeCount: Int
  private let features: [Feature]
  /// The first anchor that has a target in the sequence, and how far the last one is behind T − 1.
  private let firstAnchor: Int
  private let anchorsBehind: Int

  private let table = KeyTable()
  /// The number of combinations; the first stands for all that have no known feature.
  private var count = 1
  private var capacity: Int
  private var keys: UnsafeMutablePointer<UInt64>
  private var anchorNumbers: UnsafeMutablePointer<Int32>
  private var anchorCapacity = 1 << 8
  private let pending = PendingFeatures()

  private struct Place: BitwiseCopyable {
    /// Seen from the anchor.
    var offset: Int
    var part: Int
  }
  /// A template: its target's index, and its values with their places, seen from the anchor.
  private struct Feature {
    var seed: UInt64
    var target: Int
    var values: [(value: Int, offset: Int)]
  }

  /// How many combinations are kept before all are forgotten: as many as fit into 8 MB of rows.
  private let limit: Int
  private static let rowBytes = 8 << 20
  private static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// - Parameters:
  ///   - spans: templates of one ``Shape``.
  ///   - value: the place of a value's hash among the numbers kept of a word.
  ///   - part: the place, among these numbers, of one that stands for several values together.
  init(
    _ spans: [TemplateProgram.SpanFeature], _ weights: LinearWeights, stride: Int,
    value: (Int) -> Int, part: (_ values: [Int]) -> Int
  ) {
    self.weights = weights
    self.stride = stride
    var targets: [Int] = []
    var features: [Feature] = []
    for span in spans {
      let last = span.values.map(\.offset).max()!
      if !targets.contains(-last) { targets.append(-last) }
      features.append(
        Feature(
          seed: span.seed, target: targets.firstIndex(of: -last)!,
          values: span.values.map { (value: value($0.value), offset: $0.offset - last) }))
    }
    self.targets = targets
    self.features = features
    rowCount = targets.count * stride
    limit = Self.rowBytes / (rowCount * 4)
    // All at once: memory that is not written to costs nothing, and growing it would copy.
    capacity = limit + 1024
    firstAnchor = -targets.max()!
    anchorsBehind = -targets.min()!
    let shape = Shape(spans[0])
    let places = shape.offsets.map { offset in
      Place(offset: offset, part: part(Self.valuesRead(by: spans, at: offset)))
    }
    placeCount = places.count
    self.places = .allocate(capacity: placeCount)
    self.places.initialize(from: places, count: placeCount)
    rows = .allocate(capacity: capacity * rowCount)
    rows.initialize(repeating: 0, count: rowCount)
    keys = .allocate(capacity: anchorCapacity)
    anchorNumbers = .allocate(capacity: anchorCapacity)
  }

  deinit {
    places.deallocate()
    rows.deallocate()
    keys.deallocate()
    anchorNumbers.deallocate()
  }

  /// The places that a template joins, seen from the last of them.
  struct Shape: Hashable {
    /// Ascending; the last is 0.
    let offsets: [Int]

    init(_ span: TemplateProgram.SpanFeature) {
      let offsets = Set(span.values.map(\.offset)).sorted()
      self.offsets = offsets.map { $0 - offsets.last! }
    }
  }

  /// The values that templates of one shape read at a place, seen from the last of their places.
  static func valuesRead(by spans: [TemplateProgram.SpanFeature], at offset: Int) -> [Int] {
    var values: Set<Int> = []
    for span in spans {
      let last = span.values.map(\.offset).max()!
      for term in span.values where term.offset - last == offset { values.insert(term.value) }
    }
    return values.sorted()
  }

  /// Forgets all combinations if there are too many.
  private func forgetIfFull() {
    guard count > limit else { return }
    count = 1
    table.removeAll()
  }

  /// Finds the combinations of a sequence, adding those that are new.
  ///
  /// - Parameters:
  ///   - words: the numbers of its words, with those of the places before and behind it.
  ///   - T: the number of its positions.
  ///   - values: the numbers kept of each word, `valueCount` a word.
  ///   - filter: of the model's features.
  ///   - terms: where the terms of a position's sum are written, one a target, behind `count` others.
  /// - Returns: the number of terms then.
  func find(
    _ words: UnsafePointer<Int32>, _ T: Int, _ values: UnsafePointer<UInt64>, _ valueCount: Int,
    _ filter: FeatureFilter?, addingTo terms: UnsafeMutablePointer<RowSums.Term>, _ count: Int
  ) -> Int {
    forgetIfFull()
    let first = firstAnchor
    let end = T &+ anchorsBehind
    if end - first > anchorCapacity { makeRoom(end - first) }
    let keys = keys - first
    let numbers = anchorNumbers - first
    let table = table
    let places = places
    let placeCount = placeCount
    for anchor in first..<end {
      // Joining is symmetric in its two arguments, so the first place is joined to a number as well.
      var key: UInt64 = Self.seed
      for index in 0..<placeCount {
        let place = places[index]
        let word = Int(words[anchor &+ place.offset])
        let part = values[word &* valueCount &+ place.part]
        key = FeatureHash.join(key, part)
      }
      table.prefetch(key)
      keys[anchor] = key
    }
    var hasNew = false
    for anchor in first..<end {
      var number = table.number(of: keys[anchor])
      if number < 0 {
        number = add(keys[anchor], words + anchor, values, valueCount, filter)
        hasNew = true
      }
      numbers[anchor] = Int32(truncatingIfNeeded: number)
      let row = rows + number &* rowCount
      var at = 0
      while at < rowCount {
        seqkit_prefetch(row + at)
        at &+= 16
      }
    }
    if hasNew { pending.addWeights(of: weights, to: rows) }
    for index in targets.indices {
      terms[count &+ index] = RowSums.Term(
        base: UnsafePointer(rows) + index &* stride,
        numbers: UnsafePointer(numbers) - targets[index], width: rowCount)
    }
    return count &+ targets.count
  }

  /// Adds a combination; the weights of its features are still to be added to its rows.
  @inline(never)
  private func add(
    _ key: UInt64, _ words: UnsafePointer<Int32>, _ values: UnsafePointer<UInt64>,
    _ valueCount: Int, _ filter: FeatureFilter?
  ) -> Int {
    let weights = weights
    let row = count &* rowCount
    var isKnown = false
    for feature in features {
      var hash = feature.seed
      for term in feature.values {
        let value = values[Int(words[term.offset]) &* valueCount &+ term.value]
        hash = value == 0 ? 0 : FeatureHash.join(hash, value)
        if hash == 0 { break }
      }
      if hash == 0 { continue }
      if let filter, !filter.mayContain(hash) { continue }
      pending.append(hash, row: row &+ feature.target &* stride, of: weights)
      isKnown = true
    }
    let number = isKnown ? count : 0
    if isKnown {
      if count + 1 > capacity {
        rows = grown(rows, from: count * rowCount, to: capacity * 2 * rowCount)
        capacity *= 2
      }
      (rows + row).update(repeating: 0, count: rowCount)
      count += 1
    }
    table.insert(number, under: key)
    return number
  }

  private func makeRoom(_ anchors: Int) {
    keys.deallocate()
    anchorNumbers.deallocate()
    anchorCapacity = anchors * 3 / 2
    keys = .allocate(capacity: anchorCapacity)
    anchorNumbers = .allocate(capacity: anchorCapacity)
  }
}
