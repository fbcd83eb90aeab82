public import SeqCore

/// Sequences of a FASTA file, labelled by the features of a GFF3 file.
///
/// Each feature type that is asked for gives its residues a letter; what no feature covers gets the
/// letter of the rest. Features of the minus strand are refused: labels are read along the record.
public struct AnnotatedSequenceReader: LabeledResidueReader {
  /// Which features give which labels.
  public struct Labels: Hashable, Sendable {
    /// The letters of feature types (third field of GFF3).
    public var types: [String: UInt8]
    /// The letter of residues without a feature.
    public var rest: UInt8

    /// Makes a mapping.
    public init(types: [String: UInt8], rest: UInt8) {
      self.types = types
      self.rest = rest
    }
  }

  private struct Feature {
    var range: Range<Int>
    var type: String
    var line: Int
  }

  private let reader: FASTAReader
  private let labels: Labels
  private let annotations: String
  private let fasta: String
  private var features: [String: [Feature]]
  private var waiting: [LabeledResidues] = []
  /// Features whose type is not asked for, by type.
  public private(set) var passedOver: [String: Int] = [:]

  /// Reads the features; sequences are read one by one.
  ///
  /// - Throws: what the sources throw, and `FormatError.labels`.
  public init(
    fasta: ByteSource, annotations: ByteSource, labels: Labels, options: FASTAOptions
  ) throws {
    var options = options
    options.window = nil
    reader = FASTAReader(fasta, options: options)
    self.labels = labels
    self.annotations = annotations.name
    self.fasta = fasta.name
    features = [:]
    try readFeatures(annotations)
  }

  private mutating func readFeatures(_ source: ByteSource) throws {
    var lines = LineReader(source)
    while let line = try lines.next() {
      if line.starts(with: "##FASTA".utf8) { break }
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      let fields = line.split(separator: .tab, omittingEmptySubsequences: false)
      func fault(_ fault: LabelFault) -> FormatError {
        .labels(at: Place(source: annotations, line: lines.line), fault)
      }
      guard fields.count == 9 else {
        throw fault(.fieldCount(found: fields.count, expected: 9))
      }
      func text(_ index: Int) -> String { String(decoding: fields[index], as: UTF8.self) }
      let type = text(2)
      guard labels.types[type] != nil else {
        passedOver[type, default: 0] += 1
        continue
      }
      guard let start = Int(text(3)), let end = Int(text(4)), start >= 1, end >= start else {
        throw fault(
          .field(
            column: "4 and 5", found: text(3) + " " + text(4),
            expected: "a start from 1 and an end not before it"))
      }
      if text(6) == "-" {
        throw fault(
          .field(
            column: "7 (strand)", found: "-", expected: "+ or ., as labels run with the record"))
      }
      features[unescaped(fields[0]), default: []].append(
        Feature(range: (start - 1)..<end, type: type, line: lines.line))
    }
  }

  /// The next record.
  public mutating func next() throws -> LabeledResidues? {
    while waiting.isEmpty {
      guard let batch = try reader.nextBatch() else {
        if let (name, rest) = features.min(by: { $0.value[0].line < $1.value[0].line }) {
          throw FormatError.labels(
            at: Place(source: annotations, line: rest[0].line),
            .unknownRecord(name, fasta: fasta))
        }
        return nil
      }
      for window in batch.windows {
        waiting.append(
          try label(Array(batch.text(of: window)), batch.headers[window.header]))
      }
    }
    return waiting.removeFirst()
  }

  private mutating func label(
    _ letters: [UInt8], _ header: ResidueHeader
  ) throws -> LabeledResidues {
    let name = String(decoding: header.name, as: UTF8.self)
    var result = [UInt8](repeating: labels.rest, count: letters.count)
    var given = [String?](repeating: nil, count: letters.count)
    for feature in features.removeValue(forKey: name) ?? [] {
      func fault(_ fault: LabelFault) -> FormatError {
        .labels(at: Place(source: annotations, line: feature.line), fault)
      }
      if feature.range.upperBound > letters.count {
        throw fault(
          .featureOutside(record: name, end: feature.range.upperBound, length: letters.count))
      }
      let label = labels.types[feature.type]!
      for position in feature.range {
        if let other = given[position], labels.types[other] != label {
          throw fault(
            .twoLabels(record: name, position: position, first: other, second: feature.type))
        }
        given[position] = feature.type
        result[position] = label
      }
    }
    return LabeledResidues(header: header, letters: letters, labels: result)
  }

  /// A name without the escapes of GFF3.
  private func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
        let value = UInt8(
          String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        result.append(value)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
