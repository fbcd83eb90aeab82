internal import SeqMath

/// Rows with, beside each row of zeros, the last other row, and zeros beside all other rows: what sensors
/// that tell events only said last. (Van Kasteren et al. 2008, doi:10.1145/1409635.1409637, let the
/// sensor that changed last go on; here this is only while nothing else is on.)
public struct HeldRows: InputRows {
  private let base: any InputRows
  private let longest: Int

  /// Holds rows.
  ///
  /// - Parameter longest: for how many rows of zeros.
  public init(_ base: any InputRows, for longest: Int) {
    self.base = base
    self.longest = longest
  }

  /// The number of rows.
  public var count: Int { base.count }
  /// The length of a row, twice that of the base's.
  public var width: Int { 2 * base.width }

  /// Writes some rows.
  ///
  /// - Complexity: O((rows + longest) · width).
  public func write(_ range: Range<Int>, to rows: UnsafeMutablePointer<Float>, stride: Int) {
    guard !range.isEmpty else { return }
    let D = base.width
    let first = max(range.lowerBound - longest, 0)
    let source = AlignedBuffer(count: (range.upperBound - first) * D)
    base.write(first..<range.upperBound, to: source.base, stride: D)
    var held: Int?
    for t in first..<range.upperBound {
      let row = source.base + (t - first) * D
      let isZero = UnsafeBufferPointer(start: row, count: D).allSatisfy { $0 == 0 }
      if !isZero { held = t }
      guard t >= range.lowerBound else { continue }
      let target = rows + (t - range.lowerBound) * stride
      target.update(from: row, count: D)
      if isZero, let held, t - held <= longest {
        (target + D).update(from: source.base + (held - first) * D, count: D)
      } else {
        (target + D).update(repeating: 0, count: D)
      }
    }
  }
}
