public import SeqCore

/// What is wrong in a FASTA file.
public enum FASTAFault: Hashable, Sendable {
  /// Letters stand before the first header.
  case noHeader(found: String)
  /// The file is FASTQ.
  case isFASTQ
  /// There are line ends and nothing else.
  case onlyBlankLines
  /// A byte that is no letter of the sequence's kind.
  case illegalLetter(UInt8, record: String, position: Int, kind: ResidueKind)
  /// A header line of more than a megabyte.
  case headerTooLong
  /// A record of three lines lacks one, told in a few words.
  case lineMissing(record: String, String)
  /// A record of three lines has more.
  case linesLeft(record: String, Int)
  /// A record has more or fewer labels than residues.
  case labelCount(record: String, labels: Int, residues: Int)
}

extension FASTAFault: CustomStringConvertible {
  /// The fault as a sentence, without its place.
  public var description: String {
    switch self {
    case .noHeader(let found):
      "\"\(found)\" where a header line was expected, which begins with >. Is it FASTA?"
    case .isFASTQ:
      "this looks like FASTQ (@, sequence, +, qualities), and FASTA is expected. "
        + "`seqtk seq -A` converts it."
    case .onlyBlankLines: "there are line ends and nothing else. Was the file written completely?"
    case .illegalLetter(let byte, let record, let position, let kind):
      "\(Self.name(of: byte)) at position \(position + 1) of \(record) is no letter of "
        + "\(kind == .protein ? "a protein" : kind.rawValue.uppercased()). "
        + (kind.isNucleic && (byte & 0xDF).isCapital
          ? "Is it a protein (-t protein)? " : "")
        + "--illegal mask or --illegal skip goes on."
    case .headerTooLong: "a header line of more than a megabyte. Is it FASTA?"
    case .lineMissing(let record, let what):
      "\(record) ends before \(what): a record is three lines, header, sequence and labels."
    case .linesLeft(let record, let count):
      "\(record) has \(count) lines, where header, sequence and labels are expected."
    case .labelCount(let record, let labels, let residues):
      "\(record) has \(labels) label\(labels == 1 ? "" : "s") and \(residues) "
        + "residue\(residues == 1 ? "" : "s"), where one label a residue is expected."
    }
  }

  private static func name(of byte: UInt8) -> String {
    if byte == 0 { return "a NUL byte" }
    if byte > 0x20 && byte < 0x7F { return "\"\(Character(Unicode.Scalar(byte)))\"" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "byte 0x" + (digits.count < 2 ? "0" : "") + digits
  }
}

extension UInt8 {
  /// Whether it is one of A to Z.
  fileprivate var isCapital: Bool { (0x41...0x5A).contains(self) }
}
