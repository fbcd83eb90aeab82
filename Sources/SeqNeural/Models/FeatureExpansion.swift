internal import SeqCore
internal import SeqMath

/// What is put beside each row before anything is learnt: neighbours, differences, means and
/// deviations of windows. Rows outside of the sequence are its first and last.
///
/// The order of the columns: for each of ``offsets`` the row that far away, for each of ``differences``
/// x[t] − x[t − d], for each of ``windows`` the mean and then the deviation of the rows up to w away. With
/// ``holds``, a row is first made twice as long by what ``HeldRows`` puts behind it.
public struct FeatureExpansion: Codable, Hashable, Sendable {
  /// Distances of the rows that stand beside each other; 0 is the row itself.
  public var offsets: [Int]
  /// Distances d of differences.
  public var differences: [Int]
  /// How far windows reach to either side; to the past only if ``isCausal``.
  public var windows: [Int]
  /// Whether windows end at the row.
  public var isCausal: Bool
  /// For how many rows of zeros the last other row is held beside them; `nil` for none.
  public var holds: Int?

  /// Makes an expansion; without arguments it leaves rows as they are.
  public init(
    offsets: [Int] = [0], differences: [Int] = [], windows: [Int] = [], isCausal: Bool = false,
    holds: Int? = nil
  ) {
    self.offsets = offsets
    self.differences = differences
    self.windows = windows
    self.isCausal = isCausal
    self.holds = holds
  }

  /// Whether rows stay as they are.
  public var isIdentity: Bool {
    offsets == [0] && differences.isEmpty && windows.isEmpty && holds == nil
  }

  /// The number of columns that a column becomes.
  public var factor: Int {
    (offsets.count + differences.count + 2 * windows.count) * (holds == nil ? 1 : 2)
  }

  /// How far rows look before and behind themselves.
  public var reach: (before: Int, after: Int) {
    (
      max(-(offsets.min() ?? 0), differences.max() ?? 0, windows.max() ?? 0, 0) + (holds ?? 0),
      max(offsets.max() ?? 0, -(differences.min() ?? 0), isCausal ? 0 : windows.max() ?? 0, 0)
    )
  }

  /// What is wrong with it, as the end of a sentence; `nil` if nothing is.
  public var fault: String? {
    let all = offsets + differences + windows
    if factor == 0 { return "it leaves no column" }
    if all.count > 256 || all.contains(where: { abs($0) > 1 << 16 }) {
      return "it has more than 256 parts or reaches further than 65,536 rows"
    }
    if let holds, !(1...1 << 16).contains(holds) {
      return "it holds rows for \(holds), and not for 1 to 65,536"
    }
    return windows.contains { $0 < 1 } ? "a window has no length" : nil
  }
}

/// Rows with what an expansion puts beside them.
public struct ExpandedRows: InputRows {
  private let base: any InputRows
  private let expansion: FeatureExpansion

  /// Expands rows.
  public init(_ base: any InputRows, _ expansion: FeatureExpansion) {
    self.base = expansion.holds.map { HeldRows(base, for: $0) as any InputRows } ?? base
    var rest = expansion
    rest.holds = nil
    self.expansion = rest
  }

  /// The number of rows.
  public var count: Int { base.count }
  /// The length of a row.
  public var width: Int { base.width * expansion.factor }

  /// Writes some expanded rows.
  ///
  /// - Complexity: O((rows + reach) · width).
  public func write(_ range: Range<Int>, to rows: UnsafeMutablePointer<Float>, stride: Int) {
    if expansion.isIdentity { return base.write(range, to: rows, stride: stride) }
    guard !range.isEmpty else { return }
    let D = base.width
    let (before, after) = expansion.reach
    let first = max(range.lowerBound - before, 0)
    let end = min(range.upperBound + after, base.count)
    let source = AlignedBuffer(count: (end - first) * D)
    base.write(first..<end, to: source.base, stride: D)
    func row(_ t: Int) -> UnsafePointer<Float> {
      UnsafePointer(source.base) + (min(max(t, first), end - 1) - first) * D
    }
    for (index, t) in range.enumerated() {
      var target = rows + index * stride
      for offset in expansion.offsets {
        target.update(from: row(t + offset), count: D)
        target += D
      }
      for distance in expansion.differences {
        let (a, b) = (row(t), row(t - distance))
        for d in 0..<D { target[d] = a[d] - b[d] }
        target += D
      }
    }
    let column = (expansion.offsets.count + expansion.differences.count) * D
    for (number, reach) in expansion.windows.enumerated() {
      let place = column + 2 * number * D
      for d in 0..<D {
        writeWindow(
          reach, range, rows + place + d, stride, D, source.base + d, first: first, end: end)
      }
    }
  }

  /// Mean and deviation of one column's windows, by sums that each step adds to and takes from.
  private func writeWindow(
    _ reach: Int, _ range: Range<Int>, _ rows: UnsafeMutablePointer<Float>, _ stride: Int, _ D: Int,
    _ source: UnsafePointer<Float>, first: Int, end: Int
  ) {
    // Around a value of the column, sums of squares lose no precision.
    let shift = Double(source[0])
    var (sum, squares) = (0.0, 0.0)
    var (low, high) = (0, 0)
    func value(_ t: Int) -> Double { Double(source[(t - first) * D]) - shift }
    for (index, t) in range.enumerated() {
      let from = max(t - reach, 0)
      let to = min(t + (expansion.isCausal ? 0 : reach) + 1, base.count)
      if index == 0 { (low, high) = (from, from) }
      while high < to {
        sum += value(high)
        squares += value(high) * value(high)
        high += 1
      }
      while low < from {
        sum -= value(low)
        squares -= value(low) * value(low)
        low += 1
      }
      let n = Double(to - from)
      let mean = sum / n
      rows[index * stride] = Float(mean + shift)
      rows[index * stride + D] = Float(max(squares / n - mean * mean, 0).squareRoot())
    }
  }
}
