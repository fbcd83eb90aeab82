/// Text of a page under construction: elements are appended, text is escaped.
struct HTMLText {
  private(set) var text = ""

  /// Appends markup as it is.
  mutating func raw(_ markup: String) { text += markup }

  /// Appends text.
  mutating func say(_ words: String) { text += Self.escaped(words) }

  /// Appends an element with what `content` appends inside.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
    _ content: (inout HTMLText) -> Void
  ) {
    text += "<" + name
    for (key, value) in attributes where !value.isEmpty {
      text += " \(key)=\"\(Self.escaped(value))\""
    }
    text += ">"
    content(&self)
    text += "</\(name)>"
  }

  /// Appends an element that holds text.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String>, _ words: String
  ) {
    element(name, attributes) { $0.say(words) }
  }

  /// Appends an element that holds text and has no attributes.
  mutating func element(_ name: String, _ words: String) { element(name, [:], words) }

  static func escaped(_ words: String) -> String {
    var result = ""
    result.reserveCapacity(words.utf8.count)
    for scalar in words.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      default:
        // Control characters are none of HTML's.
        result.unicodeScalars.append(
          scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
      }
    }
    return result
  }
}

/// A table of the page. A cell's second line is small; its key is what it is sorted by.
struct HTMLTable {
  struct Cell {
    var text: String
    var small = ""
    var key: Double?
    /// `best`, `tie`, `bad`, or nothing.
    var style = ""

    init(_ text: String, small: String = "", key: Double? = nil, style: String = "") {
      self.text = text
      self.small = small
      self.key = key
      self.style = style
    }
  }

  var caption = ""
  /// The headings; a title tells what the column is.
  var head: [(text: String, title: String)]
  var rows: [[Cell]] = []
  /// How many columns, from the first, hold text; the others hold numbers.
  var textColumns = 1
  var isSortable = true

  func write(to page: inout HTMLText) {
    // Beside the table, not in it, so that it is not as wide as a wide table.
    if !caption.isEmpty { page.element("p", ["class": "caption"], caption) }
    page.element(
      "div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": caption]
    ) {
      page in
      page.element("table", ["class": isSortable && rows.count > 1 ? "sortable" : ""]) { page in
        page.element("thead") { page in
          page.element("tr") { page in
            for (index, heading) in head.enumerated() {
              page.element(
                "th",
                [
                  "scope": "col", "class": index < textColumns ? "" : "n", "title": heading.title,
                ], heading.text)
            }
          }
        }
        page.element("tbody") { page in
          for row in rows {
            page.element("tr") { page in
              for (index, cell) in row.enumerated() {
                let classes = [index < textColumns ? "" : "n", cell.style].filter { !$0.isEmpty }
                page.element(
                  index == 0 ? "th" : "td",
                  [
                    "scope": index == 0 ? "row" : "", "class": classes.joined(separator: " "),
                    "data-key": cell.key.map { "\($0)" } ?? "",
                  ]
                ) { page in
                  page.say(cell.text + (cell.style == "tie" ? " ≈" : ""))
                  if !cell.small.isEmpty { page.element("small", cell.small) }
                }
              }
            }
          }
        }
      }
    }
  }
}
