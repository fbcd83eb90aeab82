public import SeqCore

/// A way to write labelled residues.
public protocol LabelFormat: Sendable {
  /// The name on the command line.
  var name: String { get }
  /// Whether it writes probabilities, so that they must be computed.
  var wantsProbabilities: Bool { get }
  /// Appends what stands before the first record.
  func begin(into output: inout [UInt8])
  /// Appends a record.
  func encode(_ record: LabeledResidues, into output: inout [UInt8])
}

/// Three lines a record: header, sequence, labels.
public struct ThreeLineLabels: LabelFormat {
  /// `3line`.
  public let name = "3line"
  /// It has no place for them.
  public let wantsProbabilities = false

  /// Makes the format.
  public init() {}

  /// The format has no header.
  public func begin(into output: inout [UInt8]) {}

  /// Appends three lines.
  public func encode(_ record: LabeledResidues, into output: inout [UInt8]) {
    output.append(UInt8(ascii: ">"))
    output += record.header.line
    output.append(.lineFeed)
    output += record.letters
    output.append(.lineFeed)
    output += record.labels
    output.append(.lineFeed)
  }
}

/// A row a residue: record, position from 1, residue, label and, if asked for, P(label) of each label with
/// four decimals. ``ResidueTableReader`` reads it back.
public struct LabelTable: LabelFormat {
  /// `tsv`.
  public let name = "tsv"
  /// Whether there are columns of probabilities.
  public let wantsProbabilities: Bool
  private let labels: [UInt8]

  /// Makes the format.
  ///
  /// - Parameter labels: in the order of the probabilities' columns.
  public init(labels: [UInt8], probabilities: Bool) {
    self.labels = labels
    wantsProbabilities = probabilities
  }

  /// Appends the names of the columns.
  public func begin(into output: inout [UInt8]) {
    output += "record\tposition\tresidue\tlabel".utf8
    if wantsProbabilities {
      for label in labels { output += "\tP(".utf8 + [label, UInt8(ascii: ")")] }
    }
    output.append(.lineFeed)
  }

  /// Appends a row a residue.
  public func encode(_ record: LabeledResidues, into output: inout [UInt8]) {
    for t in 0..<record.count {
      output += record.header.name
      output.append(.tab)
      output.append(decimal: t + 1)
      output.append(.tab)
      output.append(record.letters[t])
      output.append(.tab)
      output.append(record.labels[t])
      if wantsProbabilities, let probabilities = record.probabilities {
        for label in 0..<probabilities.columns {
          output.append(.tab)
          output.append(probability: probabilities[t, label])
        }
      }
      output.append(.lineFeed)
    }
  }
}

/// JSON Lines: an object a record with its labels and their segments, positions from 0 and half-open.
///
/// ```json
/// {"record":"P1","length":5,"labels":"CHHHC","segments":[{"start":0,"end":1,"label":"C"},…]}
/// ```
public struct LabelLines: LabelFormat {
  /// `jsonl`.
  public let name = "jsonl"
  /// Whether segments have the mean probability of their label.
  public let wantsProbabilities: Bool
  private let labels: [UInt8]

  /// Makes the format.
  public init(labels: [UInt8], probabilities: Bool) {
    self.labels = labels
    wantsProbabilities = probabilities
  }

  /// JSON Lines have no header.
  public func begin(into output: inout [UInt8]) {}

  /// Appends an object.
  public func encode(_ record: LabeledResidues, into output: inout [UInt8]) {
    output += "{\"record\":".utf8
    output += HitLines.quoted(record.header.name)
    output += ",\"length\":".utf8
    output.append(decimal: record.count)
    output += ",\"labels\":".utf8
    output += HitLines.quoted(record.labels)
    output += ",\"segments\":[".utf8
    for (index, run) in LabelRun.all(in: record.labels).enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      output += "{\"start\":".utf8
      output.append(decimal: run.range.lowerBound)
      output += ",\"end\":".utf8
      output.append(decimal: run.range.upperBound)
      output += ",\"label\":".utf8
      output += HitLines.quoted([run.label])
      if wantsProbabilities, let mean = record.meanProbability(of: run, among: labels) {
        output += ",\"probability\":".utf8
        output.append(probability: mean)
      }
      output.append(UInt8(ascii: "}"))
    }
    output += "]}\n".utf8
  }
}

/// Stockholm 1.0: a file a record, with a `#=GR` line of its labels: `SS` as Pfam calls secondary
/// structure and topology, or another feature name.
public struct StockholmLabels: LabelFormat {
  /// `stockholm`.
  public let name = "stockholm"
  /// It has no place for them.
  public let wantsProbabilities = false
  private let feature: [UInt8]

  /// Makes the format.
  ///
  /// - Parameter feature: the name behind the sequence's in the `#=GR` line.
  public init(feature: String = "SS") { self.feature = Array(feature.utf8) }

  /// Each record begins anew.
  public func begin(into output: inout [UInt8]) {}

  /// Appends a file of one sequence.
  public func encode(_ record: LabeledResidues, into output: inout [UInt8]) {
    output += "# STOCKHOLM 1.0\n".utf8
    let name = record.header.name
    output += name
    output += [UInt8](repeating: .space, count: 5 + 1 + feature.count + 2)
    output += record.letters
    output += "\n#=GR ".utf8
    output += name
    output.append(.space)
    output += feature
    output += "  ".utf8
    output += record.labels
    output += "\n//\n".utf8
  }
}

extension LabeledResidues {
  /// The mean probability of a run's label over its residues; `nil` if there are no probabilities of it.
  func meanProbability(of run: LabelRun, among labels: [UInt8]) -> Float? {
    guard let probabilities, let column = labels.firstIndex(of: run.label) else { return nil }
    let sum = run.range.reduce(Float(0)) { $0 + probabilities[$1, column] }
    return sum / Float(run.range.count)
  }
}

extension [UInt8] {
  /// Appends a probability with four decimals.
  mutating func append(probability: Float) {
    let scaled = Int((Swift.min(Swift.max(probability, 0), 1) * 10_000).rounded())
    append(decimal: scaled / 10_000)
    append(UInt8(ascii: "."))
    var digits = scaled % 10_000
    var divisor = 1000
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(digits / divisor))
      digits %= divisor
      divisor /= 10
    }
  }
}
