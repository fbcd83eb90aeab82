public import SeqCore

/// A table with a line of column names: sequence, motif, start and end (0-based, half-open), strand,
/// score, mismatches, frame, the letters of the hit on the strand as written, and E-value.
public struct HitTable: HitFormat {
  /// `tsv`.
  public let name = "tsv"
  /// Windows suffice.
  public let needsWholeRecords = false
  /// Hits alone are written.
  public let skipsEmptyParts = true
  private let labels: [[UInt8]]

  /// Makes the format.
  ///
  /// - Parameter labels: of the motifs, in the order of their numbers.
  public init(_ labels: [MotifLabel]) { self.labels = labels.map { Array($0.name.utf8) } }

  /// Appends the names of the columns.
  public func begin(into output: inout [UInt8]) {
    output +=
      "sequence\tmotif\tstart\tend\tstrand\tscore\tmismatches\tframe\tletters\tevalue\n".utf8
  }

  /// Appends a line a hit.
  public func encode(_ part: HitPart, into output: inout [UInt8]) {
    for hit in part.hits {
      output += part.header.name
      output.append(.tab)
      output += labels[hit.motif]
      output.append(.tab)
      output.append(decimal: hit.start)
      output.append(.tab)
      output.append(decimal: hit.end)
      output.append(.tab)
      output.append(hit.strand.symbol)
      output.append(.tab)
      if let score = hit.score {
        output.append(score: score)
      } else {
        output.append(UInt8(ascii: "."))
      }
      output.append(.tab)
      output.append(decimal: hit.mismatches)
      output.append(.tab)
      if hit.frame == 0 {
        output.append(UInt8(ascii: "."))
      } else {
        output.append(decimal: hit.frame)
      }
      output.append(.tab)
      output.append(contentsOf: part.letters(of: hit))
      output.append(.tab)
      output += (hit.eValue.map { "\(SmallNumber($0))" } ?? ".").utf8
      output.append(.lineFeed)
    }
  }
}
