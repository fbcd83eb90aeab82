/// Features whose weights are to be added to rows of scores.
///
/// The model's tables are larger than the caches, so features are collected first and all memory is
/// asked for before any is read. One thread's scratch; a class because it owns memory.
final class PendingFeatures {
  private var items: UnsafeMutablePointer<Item>
  private var capacity = 1 << 8
  private var count = 0

  private struct Item: BitwiseCopyable {
    var feature: UInt64
    /// The offset of the row that the weights are added to.
    var row: Int
  }

  init() { items = .allocate(capacity: capacity) }

  deinit { items.deallocate() }

  /// Adds a feature by its hash, and asks for the memory that it is looked for in.
  @inline(__always)
  func append(_ hash: UInt64, row: Int, of weights: LinearWeights) {
    if count == capacity { grow() }
    weights.prefetchSlot(of: hash)
    items[count] = Item(feature: hash, row: row)
    count &+= 1
  }

  /// Adds the weights of all features to their rows, which begin at `base`, and forgets the features.
  func addWeights(of weights: LinearWeights, to base: UnsafeMutablePointer<Float>) {
    var known = 0
    for index in 0..<count {
      let list = weights.list(of: items[index].feature)
      guard list >= 0 else { continue }
      weights.prefetchList(list)
      items[known] = Item(feature: UInt64(list), row: items[index].row)
      known &+= 1
    }
    for index in 0..<known {
      weights.addList(Int(items[index].feature), to: base + items[index].row)
    }
    count = 0
  }

  private func grow() {
    items = grown(items, from: count, to: capacity * 2)
    capacity *= 2
  }
}
