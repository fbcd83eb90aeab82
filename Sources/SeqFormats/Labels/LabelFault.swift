public import SeqCore

/// What is wrong in a file of labelled residues.
public enum LabelFault: Hashable, Sendable {
  /// A label line that is longer or shorter than the sequence.
  case length(record: String, labels: Int, residues: Int)
  /// The file ends where a sequence or a label line is due.
  case missingLine(record: String, expected: String)
  /// A header stands where a sequence or a label line is due.
  case headerInstead(record: String, expected: String)
  /// A third line behind a header that is neither blank nor a header.
  case lineTooMany(record: String)
  /// A label that is no visible ASCII letter.
  case illegalLabel(UInt8, record: String, position: Int)
  /// A byte of a sequence that is no residue of its kind.
  case illegalLetter(UInt8, record: String, position: Int, kind: ResidueKind)
  /// A table without a column that is needed.
  case missingColumn(String, found: [String])
  /// A row with more or fewer fields than the first.
  case fieldCount(found: Int, expected: Int)
  /// A field that holds something else than it must.
  case field(column: String, found: String, expected: String)
  /// A row whose position does not follow the one before.
  case position(record: String, found: String, expected: Int)
  /// A feature that ends behind its sequence.
  case featureOutside(record: String, end: Int, length: Int)
  /// A feature of a sequence that the FASTA file lacks.
  case unknownRecord(String, fasta: String)
  /// Two features that give a residue different labels.
  case twoLabels(record: String, position: Int, first: String, second: String)
  /// The name of an earlier record.
  case duplicateName(String, firstLine: Int)
}

extension LabelFault: CustomStringConvertible {
  /// The fault as a sentence, without its place.
  public var description: String {
    switch self {
    case .length(let record, let labels, let residues):
      "the label line of \(record) has \(labels) label\(labels == 1 ? "" : "s"), and its sequence "
        + "\(residues) residue\(residues == 1 ? "" : "s"). Is a line wrapped or cut?"
    case .missingLine(let record, let expected):
      "the file ends where the \(expected) of \(record) is expected. Was it copied completely?"
    case .headerInstead(let record, let expected):
      "a header where the \(expected) of \(record) is expected. "
        + "Three lines make a record: header, sequence, labels."
    case .lineTooMany(let record):
      "a third line behind the header of \(record). Sequence and labels take one line each; is the "
        + "file FASTA without labels, or wrapped?"
    case .illegalLabel(let byte, let record, let position):
      "\(byteName(byte)) is the label of residue \(position + 1) of \(record). "
        + "A label is one visible ASCII letter."
    case .illegalLetter(let byte, let record, let position, let kind):
      "\(byteName(byte)) at position \(position + 1) of \(record) is no letter of "
        + "\(kind == .protein ? "a protein" : kind.rawValue.uppercased()). "
        + "--illegal mask goes on with \(kind.isNucleic ? "N" : "X") in its place."
    case .missingColumn(let name, let found):
      "there is no column \(name); the first line names \(Self.excerpt(found.joined(separator: ", ")))."
    case .fieldCount(let found, let expected):
      "\(found) field\(found == 1 ? "" : "s") where the first line has \(expected). "
        + "Is the separator a space instead of a tab?"
    case .field(let column, let found, let expected):
      "\"\(found)\" in column \(column), where \(expected) is expected."
    case .position(let record, let found, let expected):
      "position \(found) of \(record) where \(expected) is due. Positions count from 1 without gaps."
    case .featureOutside(let record, let end, let length):
      "a feature ends at \(end), and \(record) has \(length) residues."
    case .unknownRecord(let name, let fasta):
      "there is no sequence \(name) in \(fasta)."
    case .twoLabels(let record, let position, let first, let second):
      "residue \(position + 1) of \(record) would be both \(first) and \(second). "
        + "Leave one feature out of --features."
    case .duplicateName(let name, let firstLine):
      "the name \(name) was used at line \(firstLine) before, so it does not tell which is meant."
    }
  }

  /// The beginning of what was found, which may be no text at all.
  private static func excerpt(_ found: String) -> String {
    let visible: [Character] = found.prefix(80).map { $0.isASCII && $0 < " " ? "·" : $0 }
    return String(visible) + (found.count > 80 ? "…" : "")
  }
}

/// A byte for people.
func byteName(_ byte: UInt8) -> String {
  if byte == 0 { return "a NUL byte" }
  if byte > 0x20 && byte < 0x7F { return "\"\(Character(Unicode.Scalar(byte)))\"" }
  let digits = String(byte, radix: 16, uppercase: true)
  return "byte 0x" + (digits.count < 2 ? "0" : "") + digits
}
