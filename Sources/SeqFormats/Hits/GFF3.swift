public import SeqCore

/// GFF3 (version 1.26): nine fields, positions from 1, both ends included.
///
/// Names are escaped as the format asks. `##sequence-region` stands before a record's hits, or behind
/// them if the record is longer than a window, whose length is known only then.
public struct GFF3: HitFormat {
  /// `gff3`.
  public let name = "gff3"
  /// Windows suffice.
  public let needsWholeRecords = false
  private let labels: [(name: [UInt8], note: [UInt8])]
  private let type: [UInt8]

  /// Makes the format.
  ///
  /// - Parameters:
  ///   - labels: of the motifs, in the order of their numbers.
  ///   - kind: proteins have `polypeptide_motif`s (SO:0001067), nucleic acids `nucleotide_motif`s
  ///     (SO:0000714).
  public init(_ labels: [MotifLabel], kind: ResidueKind) {
    self.labels = labels.map {
      (
        Self.escaped($0.name.utf8, Self.attributeBytes),
        Self.escaped($0.summary.utf8, Self.attributeBytes)
      )
    }
    type = Array((kind.isNucleic ? "nucleotide_motif" : "polypeptide_motif").utf8)
  }

  /// Appends the version line.
  public func begin(into output: inout [UInt8]) { output += "##gff-version 3\n".utf8 }

  /// Appends a line a hit, and the record's region.
  public func encode(_ part: HitPart, into output: inout [UInt8]) {
    let sequence = Self.escaped(part.header.name, Self.sequenceBytes)
    let isWhole = part.window.isFirst && part.window.isLast
    if isWhole { appendRegion(sequence, part.window.core.upperBound, to: &output) }
    for hit in part.hits {
      output += sequence
      output += "\tseqkit\t".utf8
      output += hit.frame == 0 ? type : Self.translatedType
      output.append(.tab)
      output.append(decimal: hit.start + 1)
      output.append(.tab)
      output.append(decimal: hit.end)
      output.append(.tab)
      if let score = hit.score {
        output.append(score: score)
      } else {
        output.append(UInt8(ascii: "."))
      }
      output.append(.tab)
      output.append(hit.strand.symbol)
      output += "\t.\tName=".utf8
      output += labels[hit.motif].name
      if !labels[hit.motif].note.isEmpty {
        output += ";Note=".utf8
        output += labels[hit.motif].note
      }
      if let eValue = hit.eValue {
        output += ";evalue=".utf8
        output += "\(SmallNumber(eValue))".utf8
      }
      if hit.mismatches > 0 {
        output += ";mismatches=".utf8
        output.append(decimal: hit.mismatches)
      }
      if hit.frame != 0 {
        output += ";frame=".utf8
        output.append(decimal: hit.frame)
      }
      output.append(.lineFeed)
    }
    if part.window.isLast && !isWhole {
      appendRegion(sequence, part.window.core.upperBound, to: &output)
    }
  }

  private static let translatedType = Array("polypeptide_motif".utf8)

  private func appendRegion(_ sequence: [UInt8], _ length: Int, to output: inout [UInt8]) {
    // A region has a first and a last residue, which an empty record lacks.
    guard length > 0 else { return }
    output += "##sequence-region ".utf8
    output += sequence
    output += " 1 ".utf8
    output.append(decimal: length)
    output.append(.lineFeed)
  }

  /// What may stand unescaped in the first field.
  static let sequenceBytes = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:^*$@!+_?-|".utf8)
  /// What may stand unescaped in the value of an attribute: all but controls and `% ; = & ,`.
  static let attributeBytes = Set(
    (0x20...0xFF).map { UInt8($0) }.filter { byte in
      byte != 0x7F && !"%;=&,".utf8.contains(byte)
    })

  static func escaped(_ bytes: some Sequence<UInt8>, _ allowed: Set<UInt8>) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return bytes.flatMap { byte in
      allowed.contains(byte)
        ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
}
