/// Finds the stretches of a text that overlap another, without a look at all of them: a segment may have
/// very many of them, and as many sentences.
struct StretchSearch {
  /// By their starts.
  private var starts: [Int] = []
  /// The highest end up to each.
  private var ends: [Int] = []

  /// - Parameter stretches: in order of their starts.
  init(_ stretches: some Sequence<Range<Int>>) {
    for stretch in stretches {
      starts.append(stretch.lowerBound)
      ends.append(max(ends.last ?? 0, stretch.upperBound))
    }
  }

  /// The numbers of the stretches among which are all that overlap a range.
  func candidates(_ range: Range<Int>) -> Range<Int> {
    // The first that begins behind it, and the first that ends in it or behind it.
    let end = Self.first(in: starts) { $0 >= range.upperBound }
    let start = Self.first(in: ends) { $0 > range.lowerBound }
    return min(start, end)..<end
  }

  private static func first(in values: [Int], where isBehind: (Int) -> Bool) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(values[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
