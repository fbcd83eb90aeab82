public import SeqCore

/// Reads features from GFF3, BED, or tables with column names (as `bio -f tsv` writes them).
public enum FeatureFile {
  /// The features of a file, in its order.
  ///
  /// The layout is told by the lines: a first line with `sequence`, `start` and `end` among its fields
  /// is a table's; lines of nine fields are GFF3, of three to twelve with numbers in the second and
  /// third BED. A GFF3 feature is called by its Name, or else its type. A FASTA part is passed over.
  ///
  /// - Throws: what the source throws; `FormatError.annotation` with the line.
  public static func read(_ source: ByteSource) throws -> [ResidueFeature] {
    var lines = LineReader(source)
    var features: [ResidueFeature] = []
    var columns: [String: Int]?
    while let bytes = try lines.next() {
      let line = String(decoding: bytes, as: UTF8.self)
      if line.hasPrefix("##FASTA") { break }
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix("track ")
        || line.hasPrefix("browser ")
      {
        continue
      }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      if columns == nil, features.isEmpty, Set(["sequence", "start", "end"]).isSubset(of: fields) {
        columns = Dictionary(fields.enumerated().map { ($1, $0) }) { first, _ in first }
        continue
      }
      do {
        if let columns {
          features.append(try tableFeature(fields, columns))
        } else if fields.count == 9 {
          features.append(try gffFeature(fields))
        } else {
          features.append(try bedFeature(fields))
        }
      } catch let problem as Problem {
        throw FormatError.annotation(at: lines.place(), expected: problem.expected)
      }
    }
    return features
  }

  private struct Problem: Error { var expected: String }

  private static func place(_ start: String, _ end: String, from first: Int) throws -> (Int, Int) {
    guard let from = Int(start), let to = Int(end) else {
      throw Problem(expected: "whole numbers for start and end, not \"\(start)\" and \"\(end)\"")
    }
    guard from >= first, to > from - first else {
      throw Problem(
        expected: "an end behind the start, and a start of \(first) or more, not \(from)–\(to)")
    }
    return (from - first, to)
  }

  private static func strand(_ text: String) throws -> Strand {
    switch text {
    case "+": return .plus
    case "-": return .minus
    case ".", "?", "": return .none
    default: throw Problem(expected: "strand +, - or ., not \"\(text)\"")
    }
  }

  private static func tableFeature(
    _ fields: [String], _ columns: [String: Int]
  ) throws -> ResidueFeature {
    func field(_ name: String) -> String? {
      columns[name].flatMap { $0 < fields.count ? fields[$0] : nil }
    }
    guard let sequence = field("sequence"), let start = field("start"), let end = field("end")
    else {
      throw Problem(expected: "\(columns.count) fields, not \(fields.count)")
    }
    let (from, to) = try place(start, end, from: 0)
    return ResidueFeature(
      sequence: sequence, type: field("motif") ?? field("label") ?? field("type") ?? "feature",
      start: from, end: to, strand: try strand(field("strand") ?? "."),
      score: field("score").flatMap(Double.init))
  }

  private static func gffFeature(_ fields: [String]) throws -> ResidueFeature {
    let (from, to) = try place(fields[3], fields[4], from: 1)
    var attributes: [String: String] = [:]
    for pair in fields[8].split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 { attributes[parts[0]] = unescaped(parts[1]) }
    }
    return ResidueFeature(
      sequence: unescaped(fields[0]), type: attributes["Name"] ?? unescaped(fields[2]), start: from,
      end: to, strand: try strand(fields[6]), score: Double(fields[5]),
      note: attributes["Note"] ?? "")
  }

  private static func bedFeature(_ fields: [String]) throws -> ResidueFeature {
    guard fields.count >= 3, fields.count <= 12, fields.count != 9 else {
      throw Problem(
        expected: "nine fields (GFF3), three to twelve (BED), or a table whose first line names "
          + "sequence, start and end; \(fields.count) found")
    }
    let (from, to) = try place(fields[1], fields[2], from: 0)
    return ResidueFeature(
      sequence: fields[0], type: fields.count > 3 ? fields[3] : "feature", start: from, end: to,
      strand: try strand(fields.count > 5 ? fields[5] : "."),
      score: fields.count > 4 ? Double(fields[4]) : nil)
  }

  /// Percent escapes of GFF3 undone.
  private static func unescaped(_ text: String) -> String {
    guard text.contains("%") else { return text }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
