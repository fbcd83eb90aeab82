internal import CProcessor
internal import SeqFeatures

/// Templates that join the same places of a sequence, seen from each other: `form[-1] & form[0]` and
/// `form[0] & form[1]` both join two neighbours. Their features depend on these words alone, so for
/// each combination that one thread has met, the rows of their summed weights are remembered.
///
/// Most pairs of whole words are unknown to a model: where templates join such, the filter of its
/// features is asked first, and no more is done for what it does not let pass.
///
/// A combination stands at the position of its last word, the anchor. It has a row for each
/// position, seen from there, that one of the templates describes: its target.
final class JointRows<Scalar: RowScalar> {
  /// The positions that the rows belong to, seen from the anchor.
  let targets: [Int]
  /// The rows of a combination, one a target, at its number times ``rowCount``.
  @exclusivity(unchecked) private(set) var rows: UnsafeMutablePointer<Scalar>
  /// The numbers in a combination's rows.
  let rowCount: Int

  private let stride: Int
  private let weights: LinearWeights
  /// The words that are joined, and the part of each that makes the key.
  private let places: UnsafeMutablePointer<JointPlace>
  private let placeCount: Int
  private let features: UnsafeMutablePointer<JointFeature>
  private let featureCount: Int
  /// The values that the features join, one feature's after another's.
  private let terms: UnsafeMutablePointer<JointPlace>
  /// Of templates that join pairs of whole words, what they join, so that the filter can be asked
  /// before a combination is looked for.
  private let pairs: UnsafeMutablePointer<JointPair>
  private let pairCount: Int
  /// The first anchor that has a target in the sequence, and how far the last one is behind T − 1.
  private let firstAnchor: Int
  private let anchorsBehind: Int

  private let table = KeyTable()
  /// The number of combinations; the first stands for all that have no known feature.
  @exclusivity(unchecked) private var count = 1
  @exclusivity(unchecked) private var capacity: Int
  /// The keys of a sequence's combinations that are looked for, and their anchors.
  @exclusivity(unchecked) private var keys: UnsafeMutablePointer<UInt64>
  @exclusivity(unchecked) private var anchors: UnsafeMutablePointer<Int32>
  /// The number of the combination at each anchor of a sequence.
  @exclusivity(unchecked) private var anchorNumbers: UnsafeMutablePointer<Int32>
  @exclusivity(unchecked) private var anchorCapacity = 1 << 8
  private let pending = PendingFeatures<Scalar>()

  /// How many combinations are kept before all are forgotten: as many as fit into 8 MB of rows.
  private let limit: Int
  private static var rowBytes: Int { 8 << 20 }
  private static var seed: UInt64 { 0x9E37_79B9_7F4A_7C15 }

  /// - Parameters:
  ///   - spans: templates of one ``JointKind``.
  ///   - place: the place of a part among the numbers kept of a word.
  init(
    _ spans: [TemplateProgram.SpanFeature], _ kind: JointKind, _ weights: LinearWeights,
    stride: Int, place: (WordPart) -> Int
  ) {
    self.weights = weights
    self.stride = stride
    var targets: [Int] = []
    var features: [JointFeature] = []
    var terms: [JointPlace] = []
    for span in spans {
      let last = span.last
      if !targets.contains(-last) { targets.append(-last) }
      let first = terms.count
      terms += span.values.map {
        JointPlace(offset: $0.offset - last, part: place(.value($0.value)))
      }
      features.append(
        JointFeature(
          seed: span.seed, row: targets.firstIndex(of: -last)! * stride, terms: first..<terms.count)
      )
    }
    self.targets = targets
    featureCount = features.count
    self.features = copied(features)
    self.terms = copied(terms)
    rowCount = targets.count * stride
    limit = Self.rowBytes / (rowCount * MemoryLayout<Scalar>.stride)
    // All at once: memory that is not written to costs nothing, and growing it would copy. One number
    // more, because a pair without weight may name the place behind a row.
    capacity = limit + 1024
    firstAnchor = -targets.max()!
    anchorsBehind = -targets.min()!
    let places = kind.offsets.map { offset in
      let values = JointKind.valuesRead(by: spans, at: offset)
      return JointPlace(
        offset: offset, part: place(values.count == 1 ? .value(values[0]) : .joined(values)))
    }
    placeCount = places.count
    self.places = copied(places)
    // Joining is symmetric in its two arguments, so either place may have the feature's beginning.
    let pairs = (kind.joinsPairsOfWords ? spans : []).map { span in
      let begun = place(.begun(seed: span.seed, value: span.values[0].value))
      let other = place(.value(span.values[1].value))
      return span.values[0].offset < span.values[1].offset
        ? JointPair(first: begun, last: other) : JointPair(first: other, last: begun)
    }
    pairCount = pairs.count
    self.pairs = copied(pairs)
    rows = .allocate(capacity: capacity * rowCount + 1)
    rows.initialize(repeating: .zero, count: rowCount)
    keys = .allocate(capacity: anchorCapacity * max(pairCount, 1))
    anchorNumbers = .allocate(capacity: anchorCapacity)
    anchors = .allocate(capacity: anchorCapacity)
  }

  deinit {
    places.deallocate()
    features.deallocate()
    terms.deallocate()
    pairs.deallocate()
    rows.deallocate()
    keys.deallocate()
    anchorNumbers.deallocate()
    anchors.deallocate()
  }

  /// Forgets all combinations if there are too many.
  private func forgetIfFull() {
    guard count > limit || table.count > 8 * limit else { return }
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
  ///   - sum: where the terms of a position's sum are written, one a target, behind `count` others.
  /// - Returns: the number of terms then.
  func find(
    _ words: UnsafePointer<Int32>, _ T: Int, _ values: UnsafePointer<UInt64>, _ valueCount: Int,
    _ filter: FeatureFilter?, addingTo sum: UnsafeMutablePointer<RowTerm<Scalar>>, _ count: Int
  ) -> Int {
    forgetIfFull()
    let first = firstAnchor
    let end = T &+ anchorsBehind
    if end - first > anchorCapacity { makeRoom(end - first) }
    let numbers = anchorNumbers - first
    let anchors = anchors
    let keys = keys
    let table = table
    let found =
      pairCount > 0
      ? findPairs(first..<end, words, values, valueCount, filter, numbers)
      : findAll(first..<end, words, values, valueCount)
    var hasNew = false
    for index in 0..<found {
      let anchor = Int(anchors[index])
      var number = table.number(of: keys[index])
      if number < 0 {
        number = add(keys[index], words + anchor, values, valueCount, filter)
        hasNew = true
      }
      numbers[anchor] = Int32(truncatingIfNeeded: number)
      let row = rows + number &* rowCount
      var at = 0
      while at < rowCount {
        seqkit_prefetch(row + at)
        at &+= 64 / MemoryLayout<Scalar>.stride
      }
    }
    if hasNew { pending.addWeights(of: weights, to: rows) }
    for index in targets.indices {
      sum[count &+ index] = RowTerm(
        base: UnsafePointer(rows) + index &* stride,
        numbers: UnsafePointer(numbers) - targets[index], width: rowCount)
    }
    return count &+ targets.count
  }

  /// The hash of a feature; 0 if it does not fire.
  @inline(__always)
  private func hash(
    of feature: JointFeature, _ words: UnsafePointer<Int32>, _ values: UnsafePointer<UInt64>,
    _ valueCount: Int
  ) -> UInt64 {
    var hash = feature.seed
    for at in feature.terms {
      let term = terms[at]
      let value = values[Int(words[term.offset]) &* valueCount &+ term.part]
      if value == 0 { return 0 }
      hash = FeatureHash.join(hash, value)
    }
    return hash
  }

  /// Makes the keys of all combinations, and asks for their places in the table.
  ///
  /// - Returns: their number.
  private func findAll(
    _ range: Range<Int>, _ words: UnsafePointer<Int32>, _ values: UnsafePointer<UInt64>,
    _ valueCount: Int
  ) -> Int {
    let (anchors, keys, table) = (anchors, keys, table)
    let (places, placeCount) = (places, placeCount)
    var found = 0
    for anchor in range {
      let words = words + anchor
      // Joining is symmetric in its two arguments, so the first place is joined to a number as well.
      var key: UInt64 = Self.seed
      for index in 0..<placeCount {
        let place = places[index]
        key = FeatureHash.join(key, values[Int(words[place.offset]) &* valueCount &+ place.part])
      }
      table.prefetch(key)
      keys[found] = key
      anchors[found] = Int32(truncatingIfNeeded: anchor)
      found &+= 1
    }
    return found
  }

  /// Makes the keys of pairs that pass the filter, of their features' hashes, and asks for their
  /// places in the table. The others get the number of combinations without known features.
  ///
  /// - Returns: how many pass.
  private func findPairs(
    _ range: Range<Int>, _ words: UnsafePointer<Int32>, _ values: UnsafePointer<UInt64>,
    _ valueCount: Int, _ filter: FeatureFilter?, _ numbers: UnsafeMutablePointer<Int32>
  ) -> Int {
    let (anchors, keys, table) = (anchors, keys, table)
    let (pairs, pairCount) = (pairs, pairCount)
    let distance = places[0].offset
    // The hashes stand where the keys will: a key takes the place of hashes that were read.
    let hashes = keys
    var count = 0
    for anchor in range {
      let first = values + Int(words[anchor &+ distance]) &* valueCount
      let last = values + Int(words[anchor]) &* valueCount
      for index in 0..<pairCount {
        let pair = pairs[index]
        let hash = FeatureHash.join(first[pair.first], last[pair.last])
        filter?.prefetch(hash)
        hashes[count] = hash
        count &+= 1
      }
    }
    var found = 0
    count = 0
    // Without branches, which would be taken at random.
    for anchor in range {
      var key = hashes[count]
      var mayKnow = filter?.bit(of: key) ?? 1
      count &+= 1
      for _ in 1..<pairCount {
        mayKnow |= filter?.bit(of: hashes[count]) ?? 1
        key = FeatureHash.join(key, hashes[count])
        count &+= 1
      }
      numbers[anchor] = 0
      keys[found] = key
      anchors[found] = Int32(truncatingIfNeeded: anchor)
      found &+= Int(truncatingIfNeeded: mayKnow)
    }
    for index in 0..<found { table.prefetch(keys[index]) }
    return found
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
    for index in 0..<featureCount {
      let hash = hash(of: features[index], words, values, valueCount)
      if hash == 0 { continue }
      if let filter, !filter.mayContain(hash) { continue }
      pending.append(hash, row: row &+ features[index].row, of: weights)
      isKnown = true
    }
    let number = isKnown ? count : 0
    if isKnown {
      if count + 1 > capacity {
        rows = grown(rows, from: count * rowCount, to: capacity * 2 * rowCount + 1)
        capacity *= 2
      }
      (rows + row).update(repeating: .zero, count: rowCount)
      count += 1
    }
    table.insert(number, under: key)
    return number
  }

  private func makeRoom(_ anchors: Int) {
    keys.deallocate()
    anchorNumbers.deallocate()
    self.anchors.deallocate()
    anchorCapacity = anchors * 3 / 2
    keys = .allocate(capacity: anchorCapacity * max(pairCount, 1))
    anchorNumbers = .allocate(capacity: anchorCapacity)
    self.anchors = .allocate(capacity: anchorCapacity)
  }
}

/// What templates have in common whose rows are kept together.
struct JointKind: Equatable {
  /// The places that they join, seen from the last of them; ascending, the last is 0.
  let offsets: [Int]
  /// Whether each joins two whole words, and not endings, shapes and the like.
  let joinsPairsOfWords: Bool

  init(_ span: TemplateProgram.SpanFeature, of program: TemplateProgram) {
    let last = span.last
    var offsets: [Int] = []
    for (_, offset) in span.values where !offsets.contains(offset - last) {
      offsets.append(offset - last)
    }
    self.offsets = offsets.sorted()
    joinsPairsOfWords =
      span.values.count == 2 && span.values.allSatisfy { program.isWholeWord($0.value) }
  }

  /// The values that templates of one kind read at a place, seen from the last of their places.
  static func valuesRead(by spans: [TemplateProgram.SpanFeature], at offset: Int) -> [Int] {
    var values: [Int] = []
    for span in spans {
      let last = span.last
      for term in span.values where term.offset - last == offset && !values.contains(term.value) {
        values.append(term.value)
      }
    }
    return values.sorted()
  }
}

extension TemplateProgram.SpanFeature {
  /// The last place that it reads.
  fileprivate var last: Int { values.map(\.offset).max()! }
}

/// A number kept of a word, at a place seen from the anchor.
private struct JointPlace {
  var offset: Int
  var part: Int
}

/// A template: the row that it adds to, and what it joins.
private struct JointFeature {
  var seed: UInt64
  var row: Int
  var terms: Range<Int>
}

/// A template of two words: the numbers kept of the first and of the last that make its hash.
private struct JointPair {
  var first: Int
  var last: Int
}
