internal import SeqKit

/// Tagged records for people: words with their tags aligned below them, as wide as the terminal.
struct TerminalView: RecordFormat {
  let name = "view"
  private let layers: [String]
  private let width: Int
  private let palette: Palette

  init(layers: [String], width: Int, palette: Palette) {
    self.layers = layers
    self.width = width
    self.palette = palette
  }

  func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? { nil }

  /// The view is for reading by people only.
  func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    throw FormatError.unknownFormat(name, known: Formats.names)
  }

  func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    guard record.count > 0 else { return }
    let forms = record.strings("form") ?? (1...record.count).map(String.init)
    let shown = layers.flatMap { [$0, $0 + ".probability"] }
    let rows = [forms] + shown.compactMap { record.strings($0) }
    let widths = (0..<record.count).map { t in
      rows.map { displayWidth($0[t]) }.max() ?? 0
    }
    var start = 0
    while start < record.count {
      // As many words as fit, and one at least.
      var end = start + 1
      var used = widths[start]
      while end < record.count, used + 2 + widths[end] <= width {
        used += 2 + widths[end]
        end += 1
      }
      for (number, row) in rows.enumerated() {
        var line = ""
        for t in start..<end {
          let text = number == 0 ? row[t] : palette.paint(row[t], color(of: row[t]))
          line += text
          if t + 1 < end {
            line += String(repeating: " ", count: widths[t] - displayWidth(row[t]) + 2)
          }
        }
        output += (line + "\n").utf8
      }
      output.append(0x0A)
      start = end
    }
  }

  /// Open classes stand out, each label in a colour of its own; punctuation steps back.
  private func color(of label: String) -> Palette.Color {
    switch label.first {
    case "N": .blue
    case "V": .red
    case "J": .green
    case "A": label.hasPrefix("ADJ") ? .green : label.hasPrefix("ADV") ? .magenta : .cyan
    case "R": .magenta
    case "P": label.hasPrefix("PUNCT") ? .dim : label.hasPrefix("PROPN") ? .blue : .cyan
    case "D", "C", "S", "I", "T": .cyan
    default: .dim
    }
  }

  /// Columns on a terminal: wide East Asian characters take two, combining marks none.
  private func displayWidth(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { width, scalar in
      switch scalar.value {
      case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
        return width + 2
      default:
        let category = scalar.properties.generalCategory
        return width + (category == .nonspacingMark || category == .enclosingMark ? 0 : 1)
      }
    }
  }
}
