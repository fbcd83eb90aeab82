/// Counts of each item of a test set from whose sums a metric follows: what resampling draws from.
///
/// An item is what is drawn as a whole: a sentence, a protein, a video. Its row holds counts such as
/// positions and right positions; every metric of the kind f(Σ rows) can be bootstrapped and tested
/// from here, so that no metric needs statistics of its own.
public struct ItemStatistics: Hashable, Sendable {
  /// The number of counts of an item, K.
  public let columns: Int
  /// [items][K] counts.
  public private(set) var values: [Double] = []

  /// Makes statistics without items.
  public init(columns: Int) {
    precondition(columns > 0, "An item has at least one count.")
    self.columns = columns
  }

  /// The number of items.
  public var count: Int { values.count / columns }

  /// Adds an item.
  ///
  /// - Parameter row: [K] counts.
  public mutating func add(_ row: [Double]) {
    precondition(row.count == columns, "An item has one value a column.")
    values += row
  }

  /// [K] the sums over all items.
  public var sums: [Double] {
    var sums = [Double](repeating: 0, count: columns)
    for item in 0..<count { add(item, to: &sums) }
    return sums
  }

  /// These columns alone, in this order.
  public func selecting(_ chosen: [Int]) -> ItemStatistics {
    var result = ItemStatistics(columns: chosen.count)
    result.values.reserveCapacity(count * chosen.count)
    for item in 0..<count { for column in chosen { result.values.append(self[item, column]) } }
    return result
  }

  /// The mean of statistics over the same items, such as those of several seeds.
  public static func mean(_ parts: [ItemStatistics]) -> ItemStatistics {
    precondition(
      !parts.isEmpty && parts.allSatisfy { $0.values.count == parts[0].values.count },
      "Means are taken over the same items.")
    if parts.count == 1 { return parts[0] }
    var result = parts[0]
    for part in parts.dropFirst() {
      for index in result.values.indices { result.values[index] += part.values[index] }
    }
    for index in result.values.indices { result.values[index] /= Double(parts.count) }
    return result
  }

  /// One count of one item.
  public subscript(item: Int, column: Int) -> Double { values[item * columns + column] }

  /// Adds an item's row to sums.
  func add(_ item: Int, to sums: inout [Double]) {
    values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        let start = item * columns
        for column in 0..<columns { sums[column] += values[start + column] }
      }
    }
  }
}
