/// Leads from offsets in the UTF-8 that is parsed to offsets in the original bytes.
///
/// For UTF-8 the two differ by the length of a byte-order mark at most. For other encodings the map
/// keeps runs of characters that are equally long in both; what is no longer asked for can be
/// forgotten, so that memory does not grow with the file.
public struct OffsetMap: Sendable {
  /// Characters of equal length in both encodings; up to the start of the next run.
  private struct Run {
    var decoded: Int
    var original: Int
    var decodedLength: Int
    var originalLength: Int
  }

  private var runs: [Run] = []
  private var first = 0
  /// What is added where there are no runs.
  private var shift = 0

  /// A map for UTF-8 behind a byte-order mark of `shift` bytes.
  init(shift: Int) { self.shift = shift }

  /// Whether the original is UTF-8.
  public var isIdentity: Bool { runs.isEmpty }

  /// Notes the next character.
  mutating func append(
    decoded: Int, original: Int, decodedLength: Int, originalLength: Int
  ) {
    if let last = runs.last, last.decodedLength == decodedLength,
      last.originalLength == originalLength
    {
      return
    }
    runs.append(
      Run(
        decoded: decoded, original: original, decodedLength: decodedLength,
        originalLength: originalLength))
  }

  /// The offset in the original bytes of the character boundary `decoded`.
  ///
  /// - Complexity: O(log runs).
  public func original(_ decoded: Int) -> Int {
    if runs.isEmpty { return decoded + shift }
    var low = first
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].decoded <= decoded { low = middle } else { high = middle }
    }
    let run = runs[low]
    return run.original + (decoded - run.decoded) / run.decodedLength * run.originalLength
  }

  /// Forgets what lies before `decoded`; it must not be asked for again.
  mutating func forget(before decoded: Int) {
    while first + 1 < runs.count, runs[first + 1].decoded <= decoded { first += 1 }
    if first > 4096, first > runs.count / 2 {
      runs.removeFirst(first)
      first = 0
    }
  }
}
