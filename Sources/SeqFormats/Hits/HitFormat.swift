public import SeqCore

/// A format that hits of motifs are written in.
///
/// Windows are encoded side by side by several threads; their bytes are joined in order.
public protocol HitFormat: Sendable {
  /// The name that `--format` takes.
  var name: String { get }

  /// Whether it needs each record as one window, because it writes the letters as well.
  var needsWholeRecords: Bool { get }

  /// Whether windows without hits leave nothing in the output.
  var skipsEmptyParts: Bool { get }

  /// Appends what stands before all hits.
  func begin(into output: inout [UInt8])

  /// Appends the hits of a window.
  func encode(_ part: HitPart, into output: inout [UInt8])
}

extension HitFormat {
  /// Something may be written of every window.
  public var skipsEmptyParts: Bool { false }
}

/// The hits of one window, and where they are.
public struct HitPart {
  /// The window's record.
  public let header: ResidueHeader
  /// The window.
  public let window: ResidueWindow
  /// The letters of the window, core and surroundings.
  public let text: UnsafeBufferPointer<UInt8>
  /// The hits that begin in its core, by rising start.
  public let hits: ArraySlice<MotifHit>

  /// Makes a part.
  public init(
    header: ResidueHeader, window: ResidueWindow, text: UnsafeBufferPointer<UInt8>,
    hits: ArraySlice<MotifHit>
  ) {
    self.header = header
    self.window = window
    self.text = text
    self.hits = hits
  }

  /// The letters of a hit, as they stand on the strand as written.
  public func letters(of hit: MotifHit) -> UnsafeBufferPointer<UInt8> {
    let start = hit.start - window.position
    return UnsafeBufferPointer(rebasing: text[start..<(start + hit.end - hit.start)])
  }
}

extension [UInt8] {
  /// Appends a whole number in decimal.
  mutating func append(decimal value: Int) {
    if value < 0 {
      append(UInt8(ascii: "-"))
      append(decimalMagnitude: value.magnitude)
    } else {
      append(decimalMagnitude: UInt(value))
    }
  }

  private mutating func append(decimalMagnitude value: UInt) {
    if value < 10 {
      append(UInt8(ascii: "0") + UInt8(value))
      return
    }
    // At most 20 digits, written from the last.
    var rest = value
    let start = count
    while rest > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    }
    var (low, high) = (start, count - 1)
    while low < high {
      swapAt(low, high)
      low += 1
      high -= 1
    }
  }

  /// Appends a number with four decimals.
  mutating func append(score value: Double) {
    let scaled = Int((value * 10_000).rounded())
    if scaled < 0 { append(UInt8(ascii: "-")) }
    append(decimal: Int(scaled.magnitude / 10_000))
    append(UInt8(ascii: "."))
    var fraction = scaled.magnitude % 10_000
    for divisor in [1000, 100, 10, 1] as [UInt] {
      append(UInt8(ascii: "0") + UInt8(fraction / divisor))
      fraction %= divisor
    }
  }
}
