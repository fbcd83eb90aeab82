internal import SeqCore

/// A table of text: a heading and rows of cells, the first columns aligned left, numbers right.
struct ReportTable {
  enum Style { case plain, strong, faint, bad, poor }

  struct Cell {
    var text: String
    var style = Style.plain

    init(_ text: String, _ style: Style = .plain) {
      self.text = printable(text)
      self.style = style
    }
  }

  var heading: [String]
  var rows: [[Cell]] = []
  /// How many columns, from the first, are aligned left.
  var leftColumns = 1

  /// Aligned lines, two spaces before each cell, for a fixed-width font.
  func text(color: Bool) -> String {
    let lines = (heading.isEmpty ? [] : [heading.map { Cell($0, .faint) }]) + rows
    var widths: [Int] = []
    for line in lines {
      for (column, cell) in line.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.text.count)
      }
    }
    var result = ""
    for line in lines {
      var pending = 0
      for (column, cell) in line.enumerated() {
        let gap = widths[column] - cell.text.count
        if column >= leftColumns { pending += gap }
        if !cell.text.isEmpty {
          result += String(repeating: " ", count: pending + 2) + cell.style.wrap(cell.text, color)
          pending = 0
        } else {
          pending += 2
        }
        if column < leftColumns { pending += gap }
      }
      result += "\n"
    }
    return result
  }

  /// A Markdown table (GitHub's kind).
  func markdown() -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    let count = heading.count
    var result = line(heading)
    result += line((0..<count).map { $0 < leftColumns ? "---" : "---:" })
    for row in rows {
      let cells = row.map { markdownEscaped($0.text) }
      result += line(cells + Array(repeating: "", count: max(0, count - cells.count)))
    }
    return result
  }
}

extension ReportTable.Style {
  /// The text between the control sequences of a terminal (ECMA-48, SGR).
  func wrap(_ text: String, _ color: Bool) -> String {
    guard color else { return text }
    let code =
      switch self {
      case .plain: ""
      case .strong: "1"
      case .faint: "2"
      case .bad: "31"
      case .poor: "33"
      }
    return code.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}

/// The text with control characters replaced, so that a label cannot steer the terminal.
func printable(_ text: String) -> String {
  func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
  }
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  return String(
    String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
}

/// The text with the characters that Markdown reads as markup behind a backslash.
func markdownEscaped(_ text: String) -> String {
  var result = ""
  for character in text {
    if "\\`*_[]<>|#$".contains(character) { result.append("\\") }
    result.append(character)
  }
  return result
}

/// A number with a fixed count of decimals, rounded half away from zero.
package func fixed(_ value: Double, decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return "–" }
  var scale = 1
  for _ in 0..<decimals { scale *= 10 }
  let scaled = Int((abs(value) * Double(scale)).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return sign + grouped(scaled) }
  let fraction = String(scaled % scale)
  return sign + grouped(scaled / scale) + "."
    + String(repeating: "0", count: decimals - fraction.count) + fraction
}

/// A part as a percentage with two decimals, without the sign; a dash if undefined.
func percent(_ part: Double?) -> String {
  part.map { fixed($0 * 100, decimals: 2) } ?? "–"
}
