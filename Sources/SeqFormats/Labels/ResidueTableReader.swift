public import SeqCore

/// A row a residue, fields separated by tabs. The first line names the columns: `record`, `position`
/// (from 1), `residue` and `label`, in any order; columns `P(X)` hold the probability of label X. Other
/// columns are passed over. Rows of a record stand together.
public struct ResidueTableReader: LabeledResidueReader {
  private let source: String
  private var lines: LineReader
  private let options: LabeledResidueOptions
  private let legal: LegalLetters
  private var columns: Columns?
  private var ordinal = 0
  /// The first row of the next record.
  private var waiting: Row?
  /// Illegal letters that were masked.
  public private(set) var masked = 0
  /// The labels that the columns of probabilities are of, in their order; known after the first record.
  public var probabilityLabels: [UInt8] { columns?.probabilities.map(\.label) ?? [] }

  private struct Columns {
    var names: [String]
    var record: Int
    var position: Int
    var residue: Int
    var label: Int
    var probabilities: [(label: UInt8, column: Int)]
  }

  private struct Row {
    var record: [UInt8]
    var letter: UInt8
    var label: UInt8
    var probabilities: [Float]
    var line: Int
  }

  /// Makes a reader.
  public init(_ source: ByteSource, options: LabeledResidueOptions = LabeledResidueOptions()) {
    self.source = source.name
    self.options = options
    lines = LineReader(source)
    legal = LegalLetters(options.kind)
  }

  /// The next record.
  public mutating func next() throws -> LabeledResidues? {
    if columns == nil { try readHead() }
    if waiting == nil { waiting = try row(after: nil) }
    guard let first = waiting else { return nil }
    waiting = nil
    var letters = [first.letter]
    var labels = [first.label]
    var probabilities = first.probabilities
    while let row = try row(after: (first.record, letters.count)) {
      guard row.record == first.record else {
        waiting = row
        break
      }
      letters.append(row.letter)
      labels.append(row.label)
      probabilities += row.probabilities
    }
    let header = ResidueHeader(first.record, ordinal: ordinal, lineNumber: first.line)
    ordinal += 1
    var matrix: Matrix?
    if let width = columns?.probabilities.count, width > 0 {
      matrix = Matrix(rows: letters.count, columns: width)
      matrix!.values = probabilities
    }
    return LabeledResidues(
      header: header, letters: letters, labels: labels, probabilities: matrix)
  }

  private mutating func readHead() throws {
    guard let line = try lines.next() else { throw FormatError.empty(source: source) }
    let names = line.split(separator: .tab, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    func column(_ name: String) throws -> Int {
      guard let index = names.firstIndex(of: name) else {
        throw fault(.missingColumn(name, found: names))
      }
      return index
    }
    columns = Columns(
      names: names, record: try column("record"), position: try column("position"),
      residue: try column("residue"), label: try column("label"),
      probabilities: names.enumerated().compactMap { index, name in
        let bytes = Array(name.utf8)
        guard bytes.count == 4, name.hasPrefix("P("), name.hasSuffix(")") else { return nil }
        return (bytes[2], index)
      })
  }

  /// The next row.
  ///
  /// - Parameter previous: the record that is open and the position of its last row.
  private mutating func row(after previous: (record: [UInt8], position: Int)?) throws -> Row? {
    guard let columns else { return nil }
    var line: [UInt8]
    repeat {
      guard let next = try lines.next() else { return nil }
      line = next
    } while line.isEmpty
    let fields = line.split(separator: .tab, omittingEmptySubsequences: false)
    guard fields.count == columns.names.count else {
      throw fault(.fieldCount(found: fields.count, expected: columns.names.count))
    }
    let record = Array(fields[columns.record])
    let name = String(decoding: record, as: UTF8.self)
    let expected = previous.map { $0.record == record ? $0.position + 1 : 1 } ?? 1
    let position = String(decoding: fields[columns.position], as: UTF8.self)
    guard Int(position) == expected else {
      throw fault(.position(record: name, found: position, expected: expected))
    }
    func letter(_ column: Int) throws -> UInt8 {
      guard fields[column].count == 1, let byte = fields[column].first, byte > 0x20, byte < 0x7F
      else {
        throw fault(
          .field(
            column: columns.names[column], found: String(decoding: fields[column], as: UTF8.self),
            expected: "one visible ASCII letter"))
      }
      return byte
    }
    var residue = try letter(columns.residue)
    if !legal.contains(residue) {
      guard options.masksIllegal else {
        throw fault(
          .illegalLetter(residue, record: name, position: expected - 1, kind: options.kind))
      }
      residue = UInt8(ascii: options.kind.isNucleic ? "N" : "X")
      masked += 1
    }
    let probabilities = try columns.probabilities.map { _, column in
      let text = String(decoding: fields[column], as: UTF8.self)
      guard let value = Float(text), value >= 0, value <= 1 else {
        throw fault(
          .field(
            column: columns.names[column], found: text, expected: "a probability from 0 to 1"))
      }
      return value
    }
    return Row(
      record: record, letter: residue, label: try letter(columns.label),
      probabilities: probabilities,
      line: lines.line)
  }

  private func fault(_ fault: LabelFault) -> FormatError {
    .labels(at: Place(source: source, line: max(lines.line, 1)), fault)
  }
}
