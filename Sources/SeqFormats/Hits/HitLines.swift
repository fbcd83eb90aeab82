public import SeqCore

/// JSON Lines: an object a hit, with the members of the table; those that say nothing are left out.
///
/// ```json
/// {"sequence":"P1","motif":"NGLYC","start":1,"end":5,"letters":"NISE"}
/// ```
public struct HitLines: HitFormat {
  /// `jsonl`.
  public let name = "jsonl"
  /// Windows suffice.
  public let needsWholeRecords = false
  /// Hits alone are written.
  public let skipsEmptyParts = true
  private let labels: [[UInt8]]

  /// Makes the format.
  ///
  /// - Parameter labels: of the motifs, in the order of their numbers.
  public init(_ labels: [MotifLabel]) {
    self.labels = labels.map { Self.quoted(Array($0.name.utf8)) }
  }

  /// JSON Lines have no header.
  public func begin(into output: inout [UInt8]) {}

  /// Appends an object a hit.
  public func encode(_ part: HitPart, into output: inout [UInt8]) {
    if part.hits.isEmpty { return }
    let sequence = Self.quoted(part.header.name)
    for hit in part.hits {
      output += "{\"sequence\":".utf8
      output += sequence
      output += ",\"motif\":".utf8
      output += labels[hit.motif]
      output += ",\"start\":".utf8
      output.append(decimal: hit.start)
      output += ",\"end\":".utf8
      output.append(decimal: hit.end)
      if hit.strand != .none {
        output += ",\"strand\":\"".utf8
        output.append(hit.strand.symbol)
        output.append(UInt8(ascii: "\""))
      }
      if let score = hit.score {
        output += ",\"score\":".utf8
        output.append(score: score)
      }
      if let eValue = hit.eValue {
        output += ",\"evalue\":\(SmallNumber(eValue))".utf8
      }
      if hit.mismatches > 0 {
        output += ",\"mismatches\":".utf8
        output.append(decimal: hit.mismatches)
      }
      if hit.frame != 0 {
        output += ",\"frame\":".utf8
        output.append(decimal: hit.frame)
      }
      output += ",\"letters\":\"".utf8
      output.append(contentsOf: part.letters(of: hit))
      output += "\"}\n".utf8
    }
  }

  /// A JSON string; bytes that are not UTF-8 become U+FFFD, which JSON cannot do without.
  static func quoted(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var result: [UInt8] = [UInt8(ascii: "\"")]
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"", "\\": result += [UInt8(ascii: "\\"), UInt8(scalar.value)]
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
      default: result += Array(String(Character(scalar)).utf8)
      }
    }
    return result + [UInt8(ascii: "\"")]
  }
}
