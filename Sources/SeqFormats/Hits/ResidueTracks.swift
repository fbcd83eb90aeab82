public import SeqCore

/// Three lines a record: header, sequence, and one letter a residue that names the motif it is in.
///
/// Motifs are A to Z, a to z and 0 to 9 by their numbers, `#` from the 63rd on; `.` is no motif.
/// Where motifs overlap, the one with the lower number is shown.
public struct ThreeLineHits: HitFormat {
  /// `3line`.
  public let name = "3line"
  /// It writes the letters.
  public let needsWholeRecords = true

  /// Makes the format.
  public init() {}

  /// The letters of motifs, by number.
  public static func symbol(ofMotif number: Int) -> UInt8 {
    number < symbols.count ? symbols[number] : UInt8(ascii: "#")
  }
  private static let symbols = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

  /// The format has no header.
  public func begin(into output: inout [UInt8]) {}

  /// Appends three lines.
  public func encode(_ part: HitPart, into output: inout [UInt8]) {
    output.append(UInt8(ascii: ">"))
    output += part.header.line
    output.append(.lineFeed)
    output.append(contentsOf: part.text)
    output.append(.lineFeed)
    var labels = [UInt8](repeating: UInt8(ascii: "."), count: part.text.count)
    // From the highest number down, so that lower ones are written over them.
    for hit in part.hits.sorted(by: { $0.motif > $1.motif }) {
      for position in hit.start..<hit.end { labels[position] = Self.symbol(ofMotif: hit.motif) }
    }
    output += labels
    output.append(.lineFeed)
  }
}

/// Stockholm 1.0: each record with a `#=GR` line for each motif that it has, `+` or `-` on the
/// residues of its hits (`=` where both strands have one, `X` in proteins).
public struct StockholmHits: HitFormat {
  /// `stockholm`.
  public let name = "stockholm"
  /// It writes the letters.
  public let needsWholeRecords = true
  private let labels: [[UInt8]]

  /// Makes the format.
  ///
  /// - Parameter labels: of the motifs, in the order of their numbers; spaces become `_`.
  public init(_ labels: [MotifLabel]) {
    self.labels = labels.map { $0.name.utf8.map { $0 <= .space ? UInt8(ascii: "_") : $0 } }
  }

  /// Each record begins anew.
  public func begin(into output: inout [UInt8]) {}

  /// Appends a file of one sequence.
  public func encode(_ part: HitPart, into output: inout [UInt8]) {
    output += "# STOCKHOLM 1.0\n".utf8
    let motifs = Set(part.hits.map(\.motif)).sorted()
    let width =
      5 + part.header.name.count + (motifs.map { labels[$0].count + 1 }.max() ?? 0)
    func pad(from start: Int) {
      let missing = width - (output.count - start)
      output += [UInt8](repeating: .space, count: max(missing, 0) + 2)
    }
    var start = output.count
    output += part.header.name
    pad(from: start)
    output.append(contentsOf: part.text)
    output.append(.lineFeed)
    for motif in motifs {
      start = output.count
      output += "#=GR ".utf8
      output += part.header.name
      output.append(.space)
      output += labels[motif]
      pad(from: start)
      var track = [UInt8](repeating: UInt8(ascii: "."), count: part.text.count)
      for hit in part.hits where hit.motif == motif {
        let symbol = hit.strand == .none ? UInt8(ascii: "X") : hit.strand.symbol
        for position in hit.start..<hit.end {
          let other = track[position]
          track[position] =
            other == UInt8(ascii: ".") || other == symbol ? symbol : UInt8(ascii: "=")
        }
      }
      output += track
      output.append(.lineFeed)
    }
    output += "//\n".utf8
  }
}
