public import SeqCore

/// A stream of labelled residues, whatever the file's layout.
public protocol LabeledResidueReader {
  /// The next record, or `nil` at the end.
  ///
  /// - Throws: what the source throws, and `FormatError.labels`.
  mutating func next() throws -> LabeledResidues?
}

/// How the residues of labelled files are read.
public struct LabeledResidueOptions: Sendable {
  /// What the letters are.
  public var kind = ResidueKind.protein
  /// Whether X or N takes the place of an illegal letter, instead of an error.
  public var masksIllegal = false

  /// Proteins; an illegal letter is an error.
  public init() {}
}

/// Three lines a record: `>` and a header, the sequence, the labels. Blank lines between records are
/// passed over.
public struct ThreeLineReader: LabeledResidueReader {
  private let source: String
  private var lines: LineReader
  private let options: LabeledResidueOptions
  private let legal: LegalLetters
  private var ordinal = 0
  /// The record whose lines are expected no more.
  private var previous = ""
  /// Illegal letters that were masked.
  public private(set) var masked = 0

  /// Makes a reader.
  public init(_ source: ByteSource, options: LabeledResidueOptions = LabeledResidueOptions()) {
    self.source = source.name
    self.options = options
    lines = LineReader(source)
    legal = LegalLetters(options.kind)
  }

  /// The next record.
  public mutating func next() throws -> LabeledResidues? {
    var first: [UInt8]
    repeat {
      guard let line = try lines.next() else { return nil }
      first = line
    } while first.allSatisfy { $0 == .space || $0 == .tab }
    guard first.first == UInt8(ascii: ">") else {
      if ordinal > 0 { throw fault(.lineTooMany(record: previous)) }
      if first.first == UInt8(ascii: "@") {
        throw FormatError.fasta(at: place, .isFASTQ)
      }
      let found = String(decoding: first.prefix(40).map { $0 < 0x20 ? 0x3F : $0 }, as: UTF8.self)
      throw FormatError.fasta(at: place, .noHeader(found: found))
    }
    let header = ResidueHeader(first.dropFirst(), ordinal: ordinal, lineNumber: lines.line)
    ordinal += 1
    let name = String(decoding: header.name, as: UTF8.self)
    previous = name
    var letters = try line("sequence", of: name)
    for (position, letter) in letters.enumerated() where !legal.contains(letter) {
      guard options.masksIllegal else {
        throw fault(
          .illegalLetter(letter, record: name, position: position, kind: options.kind),
          column: position + 1)
      }
      letters[position] = UInt8(ascii: options.kind.isNucleic ? "N" : "X")
      masked += 1
    }
    let labels = try line("label line", of: name)
    if labels.count != letters.count {
      throw fault(.length(record: name, labels: labels.count, residues: letters.count))
    }
    if let position = labels.firstIndex(where: { $0 <= 0x20 || $0 >= 0x7F }) {
      throw fault(
        .illegalLabel(labels[position], record: name, position: position), column: position + 1)
    }
    return LabeledResidues(header: header, letters: letters, labels: labels)
  }

  private mutating func line(_ what: String, of record: String) throws -> [UInt8] {
    guard var line = try lines.next() else {
      throw fault(.missingLine(record: record, expected: what))
    }
    if line.first == UInt8(ascii: ">"), what == "sequence" {
      throw fault(.headerInstead(record: record, expected: what))
    }
    while let last = line.last, last == .space || last == .tab { line.removeLast() }
    return line
  }

  private var place: Place { Place(source: source, line: lines.line) }

  private func fault(_ fault: LabelFault, column: Int? = nil) -> FormatError {
    .labels(at: Place(source: source, line: max(lines.line, 1), column: column), fault)
  }
}
