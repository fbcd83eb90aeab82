public import SeqCore
internal import SeqInference

/// Draws recordings as bars of colours along time: gold, predicted, and how sure the model is.
public struct ActionPlot: Sendable {
  /// One recording.
  public struct Row: Sendable {
    /// What was predicted.
    public var tagged: TaggedRecording
    /// The gold labels, if they are known.
    public var gold: [Label]?

    /// Makes a row.
    public init(_ tagged: TaggedRecording, gold: [Label]? = nil) {
      self.tagged = tagged
      self.gold = gold
    }
  }

  private let rows: [Row]
  private let names: [String]
  private let background: Set<String>
  private let title: String
  private let width = 1000.0
  private let left = 150.0

  /// Prepares a drawing of recordings with the same labels.
  public init(_ rows: [Row], background: Set<String>, title: String) {
    self.rows = rows
    names = rows.first?.tagged.names ?? []
    self.background = background
    self.title = title
  }

  /// An SVG picture.
  public var svg: String {
    var body = ""
    var y = 30.0
    let longest = max(rows.map { $0.tagged.labels.count }.max() ?? 1, 1)
    let scale = (width - left - 10) / Double(longest)
    func text(_ x: Double, _ y: Double, _ content: String, _ style: String = "") {
      body += "<text x=\"\(number(x))\" y=\"\(number(y))\"\(style)>\(escaped(content))</text>\n"
    }
    for row in rows {
      text(8, y + 12, row.tagged.name, " class=\"name\"")
      let bars = [(row.gold.map { ("gold", $0) }), ("predicted", row.tagged.labels)].compactMap {
        $0
      }
      for (label, labels) in bars {
        text(left - 8, y + 12, row.gold == nil ? "" : label, " class=\"faint end\"")
        for segment in runs(of: labels) {
          body += bar(segment, labels, row, y, scale)
        }
        y += 19
      }
      if let matrix = row.tagged.probabilities {
        text(left - 8, y + 12, "confidence", " class=\"faint end\"")
        body += curve(matrix, row.tagged.labels, y, scale)
        y += 22
      }
      y += 10
    }
    body += axis(longest, &y, scale)
    // The legend, in columns.
    var (x, shown) = (left, y + 8)
    for (index, name) in names.enumerated() {
      let length = 34 + 7 * Double(name.count)
      if x + length > width - 10 { (x, shown) = (left, shown + 20) }
      body +=
        "<rect x=\"\(number(x))\" y=\"\(number(shown))\" width=\"14\" height=\"14\" fill=\"\(fill(index))\"/>\n"
      text(x + 19, shown + 12, name)
      x += length
    }
    let height = shown + 34
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
      width="\(number(width))" height="\(number(height))" role="img" aria-label="\(escaped(title))">
      <style>text{font:12px sans-serif;fill:#222}.name{font-weight:bold}.faint{fill:#666}.end{text-anchor:end}\
      .middle{text-anchor:middle}</style>
      <rect width="100%" height="100%" fill="#fff"/>
      <text x="8" y="18" class="name">\(escaped(title))</text>
      \(body)</svg>

      """
  }

  /// A page that shows the picture and needs nothing else.
  public var html: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>\(escaped(title))</title>
    <style>body{font-family:sans-serif;margin:1rem;color:#222}svg{max-width:100%;height:auto}</style></head>
    <body>
    \(svg)
    <p>Frames count from 0. Point at a bar to see its label and frames.</p>
    </body></html>

    """
  }

  private func bar(
    _ segment: Segment, _ labels: [Label], _ row: Row, _ y: Double, _ scale: Double
  ) -> String {
    let name = names[Int(segment.label)]
    let x = left + Double(segment.start) * scale
    let length = Double(segment.end - segment.start) * scale
    let times = row.tagged.rate.map {
      ", \($0.seconds(ofFrame: segment.start))–\($0.seconds(ofFrame: segment.end)) s"
    }
    return "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(length))\" height=\"16\" "
      + "fill=\"\(fill(Int(segment.label)))\"><title>\(escaped(name)): frames \(segment.start) to "
      + "\(segment.end - 1)\(times ?? "")</title></rect>\n"
  }

  /// The probability of the predicted label along time, a point a pixel.
  private func curve(_ matrix: Matrix, _ labels: [Label], _ y: Double, _ scale: Double) -> String {
    let points = max(1, min(labels.count, Int(Double(labels.count) * scale)))
    var path = ""
    for point in 0..<points {
      let range = labels.count * point / points..<labels.count * (point + 1) / points
      let mean =
        range.reduce(0.0) { $0 + Double(matrix[$1, Int(labels[$1])]) } / Double(max(range.count, 1))
      let x = left + Double(range.lowerBound) * scale
      path += "\(point == 0 ? "M" : "L")\(number(x)) \(number(y + 17 - 16 * mean))"
    }
    return "<path d=\"\(path)\" fill=\"none\" stroke=\"#444\" stroke-width=\"1\"/>\n"
  }

  private func axis(_ longest: Int, _ y: inout Double, _ scale: Double) -> String {
    var body =
      "<path d=\"M\(number(left)) \(number(y))H\(number(left + Double(longest) * scale))\" stroke=\"#888\"/>\n"
    let rate = rows.first?.tagged.rate
    let step = niceStep(longest / 8)
    for frame in stride(from: 0, to: longest + 1, by: step) {
      let x = left + Double(frame) * scale
      body += "<path d=\"M\(number(x)) \(number(y))v4\" stroke=\"#888\"/>\n"
      let content = rate.map { "\($0.seconds(ofFrame: frame)) s" } ?? "\(frame)"
      // A number too near to the right side to be under its mark ends there.
      let isNear = x + 3.5 * Double(content.count) > width
      body +=
        "<text x=\"\(number(isNear ? width - 2 : x))\" y=\"\(number(y + 17))\" "
        + "class=\"faint \(isNear ? "end" : "middle")\">\(content)</text>\n"
    }
    y += 26
    return body
  }

  private func niceStep(_ least: Int) -> Int {
    var step = 1
    while true {
      for factor in [1, 2, 5] where step * factor >= least { return step * factor }
      step *= 10
    }
  }

  private func fill(_ label: Int) -> String {
    background.contains(names[label]) ? "#e4e4e4" : ActionColours.html(label)
  }

  private func number(_ value: Double) -> String {
    let text = decimals(value, 2)
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
