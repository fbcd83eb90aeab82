internal import SeqFeatures

/// Rows that many words share: the summed weights of features that read no more of a word than a
/// short ending, its shape and the like. A new word adds a few such rows in place of many features.
final class SharedRows<Scalar: RowScalar> {
  private let weights: LinearWeights
  private let stride: Int
  private let families: UnsafeMutablePointer<SharedFamily>
  private let familyCount: Int
  /// The values that the families read, one family's after another's.
  private let values: UnsafeMutablePointer<Int>
  /// The features of all families.
  private let features: UnsafeMutablePointer<SharedFeature>
  /// Where in a word's rows the rows of a family belong.
  private let targets: UnsafeMutablePointer<Int>
  private let keys: UnsafeMutablePointer<UInt64>

  private let table = KeyTable()
  private let pending = PendingFeatures<Scalar>()
  @exclusivity(unchecked) private var rows: UnsafeMutablePointer<Scalar>
  /// The rows, of `stride` numbers each, that are made and that there is room for.
  @exclusivity(unchecked) private var count = 0
  @exclusivity(unchecked) private var capacity: Int
  private static var rowBytes: Int { 4 << 20 }

  /// - Parameter features: those whose values many words share, with the group of each.
  init(
    _ features: [(feature: TemplateProgram.WordFeature, group: Int)], _ weights: LinearWeights,
    stride: Int
  ) {
    self.weights = weights
    self.stride = stride
    var readings: [[Int]] = []
    for (feature, _) in features where !readings.contains(feature.values) {
      readings.append(feature.values)
    }
    var families: [SharedFamily] = []
    var values: [Int] = []
    var all: [SharedFeature] = []
    var targets: [Int] = []
    for reading in readings {
      let own = features.filter { $0.feature.values == reading }
      var groups: [Int] = []
      for (_, group) in own where !groups.contains(group) { groups.append(group) }
      let family = SharedFamily(
        values: values.count..<values.count + reading.count,
        features: all.count..<all.count + own.count,
        targets: targets.count..<targets.count + groups.count,
        seed: FeatureHash.join(Self.seed, UInt64(families.count + 1)))
      families.append(family)
      values += reading
      targets += groups.map { $0 * stride }
      all += own.map { feature, group in
        SharedFeature(seed: feature.seed, row: groups.firstIndex(of: group)!)
      }
    }
    familyCount = families.count
    self.families = copied(families)
    self.values = copied(values)
    self.features = copied(all)
    self.targets = copied(targets)
    keys = .allocate(capacity: max(familyCount, 1))
    capacity = Self.rowBytes / MemoryLayout<Scalar>.stride / stride + 1024
    rows = .allocate(capacity: capacity * stride + 1)
  }

  deinit {
    families.deallocate()
    values.deallocate()
    features.deallocate()
    targets.deallocate()
    keys.deallocate()
    rows.deallocate()
  }

  private static var seed: UInt64 { 0x9E37_79B9_7F4A_7C15 }

  /// Forgets all rows if there are too many.
  func forgetIfFull() {
    guard count * stride * MemoryLayout<Scalar>.stride > Self.rowBytes else { return }
    count = 0
    table.removeAll()
  }

  /// Adds the rows of a word to its groups' rows.
  ///
  /// - Parameter hashes: of the word's values.
  func add(_ hashes: UnsafePointer<UInt64>, to row: UnsafeMutablePointer<Scalar>) {
    for index in 0..<familyCount {
      let family = families[index]
      var key = family.seed
      for at in family.values {
        let value = hashes[values[at]]
        key = value == 0 ? 0 : FeatureHash.join(key, value)
        if key == 0 { break }
      }
      keys[index] = key
      table.prefetch(key)
    }
    for index in 0..<familyCount where keys[index] != 0 {
      let family = families[index]
      var number = table.number(of: keys[index])
      if number < 0 { number = make(family, hashes, under: keys[index]) }
      var from = UnsafePointer(rows) + number &* stride
      for at in family.targets {
        (row + targets[at]).add(from, count: stride)
        from += stride
      }
    }
  }

  /// Makes a family's rows for its values.
  @inline(never)
  private func make(
    _ family: SharedFamily, _ hashes: UnsafePointer<UInt64>, under key: UInt64
  ) -> Int {
    let number = count
    if number + family.targets.count > capacity {
      rows = grown(rows, from: count * stride, to: capacity * 2 * stride + 1)
      capacity *= 2
    }
    count += family.targets.count
    (rows + number * stride).update(repeating: .zero, count: family.targets.count * stride)
    for at in family.features {
      var hash = features[at].seed
      for value in family.values { hash = FeatureHash.join(hash, hashes[values[value]]) }
      pending.append(hash, row: (number + features[at].row) * stride, of: weights)
    }
    pending.addWeights(of: weights, to: rows)
    table.insert(number, under: key)
    return number
  }
}

/// The features that read the same values: ranges of what they read, are and add to.
private struct SharedFamily {
  var values: Range<Int>
  var features: Range<Int>
  var targets: Range<Int>
  var seed: UInt64
}

private struct SharedFeature {
  var seed: UInt64
  /// Which of the family's rows.
  var row: Int
}

/// A copy of items, which own no memory, in memory of their own, which whoever calls frees.
func copied<Item>(_ items: [Item]) -> UnsafeMutablePointer<Item> {
  let memory = UnsafeMutablePointer<Item>.allocate(capacity: max(items.count, 1))
  memory.initialize(from: items, count: items.count)
  return memory
}
