public import SeqCore

/// Segments of equal labels as features of GFF3 (version 1.26): positions from 1, both ends included, the
/// mean probability as the score if there is one.
///
/// Labels that have a feature type are written, or, where none has, all labels. Segments of type `CDS`
/// have a phase, counted from the first of a record.
public struct LabelSegmentsGFF3: LabelFormat {
  /// `gff3`.
  public let name = "gff3"
  /// The score.
  public let wantsProbabilities: Bool
  private let labels: [UInt8]
  private let types: [UInt8: [UInt8]]
  private let kind: ResidueKind

  /// Makes the format.
  ///
  /// - Parameter types: terms of the Sequence Ontology, by label.
  public init(
    labels: [UInt8], types: [UInt8: String], kind: ResidueKind, probabilities: Bool
  ) {
    self.labels = labels
    self.types = types.mapValues { Array($0.utf8) }
    self.kind = kind
    wantsProbabilities = probabilities
  }

  /// Appends the version line.
  public func begin(into output: inout [UInt8]) { output += "##gff-version 3\n".utf8 }

  /// Appends the record's region and a line a segment.
  public func encode(_ record: LabeledResidues, into output: inout [UInt8]) {
    guard record.count > 0 else { return }
    let sequence = GFF3.escaped(record.header.name, GFF3.sequenceBytes)
    output += "##sequence-region ".utf8
    output += sequence
    output += " 1 ".utf8
    output.append(decimal: record.count)
    output.append(.lineFeed)
    var coding = 0
    for run in LabelRun.all(in: record.labels) {
      let own = types[run.label]
      if own == nil, !types.isEmpty { continue }
      let type = own ?? Array((kind.isNucleic ? "region" : "polypeptide_region").utf8)
      output += sequence
      output += "\tseqkit\t".utf8
      output += GFF3.escaped(type, GFF3.attributeBytes)
      output.append(.tab)
      output.append(decimal: run.range.lowerBound + 1)
      output.append(.tab)
      output.append(decimal: run.range.upperBound)
      output.append(.tab)
      if wantsProbabilities, let mean = record.meanProbability(of: run, among: labels) {
        output.append(probability: mean)
      } else {
        output.append(UInt8(ascii: "."))
      }
      output.append(.tab)
      output.append(UInt8(ascii: kind.isNucleic ? "+" : "."))
      output.append(.tab)
      if type == Array("CDS".utf8) {
        output.append(decimal: (3 - coding % 3) % 3)
        coding += run.range.count
      } else {
        output.append(UInt8(ascii: "."))
      }
      output += "\tlabel=".utf8
      output += GFF3.escaped([run.label], GFF3.attributeBytes)
      output.append(.lineFeed)
    }
  }
}

/// Segments of equal labels as BED6: positions from 0, half-open, the mean probability times 1,000 as the
/// score (0 without probabilities).
public struct LabelSegmentsBED: LabelFormat {
  /// `bed`.
  public let name = "bed"
  /// The score.
  public let wantsProbabilities: Bool
  private let labels: [UInt8]
  private let names: [UInt8: [UInt8]]
  private let kind: ResidueKind

  /// Makes the format.
  ///
  /// - Parameter names: of labels; those without are left out, unless there are none at all.
  public init(
    labels: [UInt8], names: [UInt8: String], kind: ResidueKind, probabilities: Bool
  ) {
    self.labels = labels
    self.names = names.mapValues { Array($0.utf8) }
    self.kind = kind
    wantsProbabilities = probabilities
  }

  /// BED has no header.
  public func begin(into output: inout [UInt8]) {}

  /// Appends a line a segment.
  public func encode(_ record: LabeledResidues, into output: inout [UInt8]) {
    for run in LabelRun.all(in: record.labels) {
      let own = names[run.label]
      if own == nil, !names.isEmpty { continue }
      output += record.header.name
      output.append(.tab)
      output.append(decimal: run.range.lowerBound)
      output.append(.tab)
      output.append(decimal: run.range.upperBound)
      output.append(.tab)
      output += own ?? [run.label]
      output.append(.tab)
      let mean = wantsProbabilities ? record.meanProbability(of: run, among: labels) : nil
      output.append(decimal: Int(((mean ?? 0) * 1000).rounded()))
      output.append(.tab)
      output.append(UInt8(ascii: kind.isNucleic ? "+" : "."))
      output.append(.lineFeed)
    }
  }
}
