/// Features whose weights are to be added to rows.
///
/// The model's tables are larger than the caches, so features are collected first and all memory is
/// asked for before any is read. One thread's scratch; a class because it owns memory.
final class PendingFeatures<Scalar: RowScalar> {
  @exclusivity(unchecked) private var items: UnsafeMutablePointer<PendingFeature>
  @exclusivity(unchecked) private var capacity = 1 << 8
  @exclusivity(unchecked) private var count = 0

  init() { items = .allocate(capacity: capacity) }

  deinit { items.deallocate() }

  /// Adds a feature by its hash, and asks for the memory that it is looked for in.
  @inline(__always)
  func append(_ hash: UInt64, row: Int, of weights: LinearWeights) {
    if count == capacity { grow() }
    weights.prefetchSlot(of: hash)
    items[count] = PendingFeature(feature: hash, row: row)
    count &+= 1
  }

  /// Adds the weights of all features to their rows, which begin at `base`, and forgets the features.
  func addWeights(of weights: LinearWeights, to base: UnsafeMutablePointer<Scalar>) {
    var known = 0
    for index in 0..<count {
      let list = weights.list(of: items[index].feature)
      guard list >= 0 else { continue }
      weights.prefetchList(list)
      items[known] = PendingFeature(feature: UInt64(list), row: items[index].row)
      known &+= 1
    }
    for index in 0..<known {
      Scalar.add(Int(items[index].feature), of: weights, to: base + items[index].row)
    }
    count = 0
  }

  private func grow() {
    items = grown(items, from: count, to: capacity * 2)
    capacity *= 2
  }
}

/// A feature's hash, or the row of its list once that is found.
private struct PendingFeature: BitwiseCopyable {
  var feature: UInt64
  /// The offset of the row that the weights are added to.
  var row: Int
}
