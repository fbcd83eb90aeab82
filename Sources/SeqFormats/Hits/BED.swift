public import SeqCore

/// BED6: sequence, start and end (0-based, half-open), motif, score, strand.
///
/// The score of a pattern is 0; that of a matrix its log-odds in bits, with four decimals, which BED
/// allows programs to read as a number but is not the browser's 0 to 1000.
public struct BED: HitFormat {
  /// `bed`.
  public let name = "bed"
  /// Windows suffice.
  public let needsWholeRecords = false
  /// Hits alone are written.
  public let skipsEmptyParts = true
  private let labels: [[UInt8]]

  /// Makes the format.
  ///
  /// - Parameter labels: of the motifs, in the order of their numbers.
  public init(_ labels: [MotifLabel]) { self.labels = labels.map { Array($0.name.utf8) } }

  /// BED has no header.
  public func begin(into output: inout [UInt8]) {}

  /// Appends a line a hit.
  public func encode(_ part: HitPart, into output: inout [UInt8]) {
    for hit in part.hits {
      output += part.header.name
      output.append(.tab)
      output.append(decimal: hit.start)
      output.append(.tab)
      output.append(decimal: hit.end)
      output.append(.tab)
      output += labels[hit.motif]
      output.append(.tab)
      if let score = hit.score {
        output.append(score: score)
      } else {
        output.append(UInt8(ascii: "0"))
      }
      output.append(.tab)
      output.append(hit.strand.symbol)
      output.append(.lineFeed)
    }
  }
}
