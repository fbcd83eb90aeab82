internal import SeqCore
internal import SeqKit

/// Hits for people: the sequence in lines, hits in colour, and below each line where which motif is.
struct HitView: HitFormat {
  let name = "view"
  let needsWholeRecords = true
  private let labels: [String]
  private let width: Int
  private let palette: Palette

  /// Columns beside the residues: the position of the first.
  static let margin = 10

  init(_ labels: [MotifLabel], width: Int, palette: Palette) {
    self.labels = labels.map(\.name)
    self.width = width
    self.palette = palette
  }

  func begin(into output: inout [UInt8]) {}

  func encode(_ part: HitPart, into output: inout [UInt8]) {
    let header = String(decoding: part.header.line, as: UTF8.self)
    var text =
      palette.paint(">" + header, .bold) + "  "
      + palette.paint(
        "\(counted(part.text.count, "residue")), \(counted(part.hits.count, "hit"))", .dim) + "\n"
    var colors = [Palette.Color?](repeating: nil, count: part.text.count)
    for hit in part.hits {
      for position in hit.start..<hit.end { colors[position] = color(of: hit) }
    }
    for start in stride(from: 0, to: part.text.count, by: width) {
      let line = start..<min(start + width, part.text.count)
      text += number(start + 1) + colored(part.text, line, colors) + "\n"
      for row in rows(
        part.hits.filter { $0.start < line.upperBound && $0.end > line.lowerBound }, line)
      {
        text += String(repeating: " ", count: Self.margin) + row + "\n"
      }
    }
    output += (text + "\n").utf8
  }

  /// The position of a line's first residue, right before the line.
  private func number(_ position: Int) -> String {
    let digits = String(position)
    let padding = String(repeating: " ", count: max(0, Self.margin - 2 - digits.count))
    return palette.paint(padding + digits, .dim) + "  "
  }

  private func colored(
    _ letters: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, _ colors: [Palette.Color?]
  ) -> String {
    var text = ""
    var start = line.lowerBound
    while start < line.upperBound {
      var end = start + 1
      while end < line.upperBound, colors[end] == colors[start] { end += 1 }
      let run = String(decoding: letters[start..<end], as: UTF8.self)
      text += colors[start].map { palette.paint(run, $0) } ?? run
      start = end
    }
    return text
  }

  /// Hits below a line, as many in a row as fit: a bar as long as the hit, then its motif.
  private func rows(_ hits: [MotifHit], _ line: Range<Int>) -> [String] {
    var rows: [(text: String, used: Int)] = []
    for hit in hits {
      let from = max(hit.start, line.lowerBound) - line.lowerBound
      let to = min(hit.end, line.upperBound) - line.lowerBound
      let mark = hit.strand == .minus ? "<" : hit.strand == .plus ? ">" : "="
      var tag = String(repeating: mark, count: to - from)
      // A hit that goes on in the next line is named there.
      if hit.end <= line.upperBound { tag += " " + labels[hit.motif] }
      if let score = hit.score { tag += " \(decimal(score, 1))" }
      let row = rows.firstIndex { $0.used < from } ?? rows.count
      if row == rows.count { rows.append(("", 0)) }
      rows[row].text += String(repeating: " ", count: from - rows[row].used)
      rows[row].text += palette.paint(tag, color(of: hit))
      rows[row].used = from + tag.count
    }
    return rows.map(\.text)
  }

  private func color(of hit: MotifHit) -> Palette.Color {
    let colors: [Palette.Color] = [.red, .green, .yellow, .blue, .magenta, .cyan]
    return colors[hit.motif % colors.count]
  }
}
