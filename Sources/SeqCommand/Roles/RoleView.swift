internal import SeqKit

/// Sentences with their frames for people: the sentence, then a block for each predicate with its
/// arguments in the order of the words.
struct RoleView: RecordFormat {
  let name = "view"
  private let width: Int
  private let palette: Palette

  init(width: Int, palette: Palette) {
    self.width = width
    self.palette = palette
  }

  func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? { nil }

  /// The view is for reading by people only.
  func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    throw FormatError.writeOnly(format: name)
  }

  func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    guard record.count > 0 else { return }
    let forms = record.strings("form") ?? []
    output += (wrapped(forms[...], indent: 0) + "\n").utf8
    for frame in record.frames ?? [] {
      output += ("  " + palette.paint(frame.sense, .bold) + "\n").utf8
      let parts =
        frame.arguments + [
          FrameArgument(positions: frame.predicate..<frame.predicate + 1, role: "V")
        ]
      for part in parts.sorted(by: { $0.positions.lowerBound < $1.positions.lowerBound }) {
        let padding = String(repeating: " ", count: max(1, 11 - part.role.count))
        output += "    \(palette.paint(part.role, color(of: part.role)))\(padding)".utf8
        output += (wrapped(forms[part.positions], indent: 15) + "\n").utf8
      }
    }
    output.append(0x0A)
  }

  /// Words on lines that end before the width; further lines are indented.
  private func wrapped(_ words: ArraySlice<String>, indent: Int) -> String {
    var text = ""
    var column = indent
    for word in words {
      let length = word.unicodeScalars.count
      if column > indent, column + 1 + length > max(width, indent + 20) {
        text += "\n" + String(repeating: " ", count: indent)
        column = indent
      } else if column > indent {
        text += " "
        column += 1
      }
      text += word
      column += length
    }
    return text
  }

  private func color(of role: String) -> Palette.Color {
    var role = role[...]
    if role.hasPrefix("R-") || role.hasPrefix("C-") { role = role.dropFirst(2) }
    switch role {
    case "V": return .bold
    case "ARG0": return .blue
    case "ARG1": return .green
    case "ARG2", "ARG3", "ARG4": return .cyan
    default: return .magenta
    }
  }
}
