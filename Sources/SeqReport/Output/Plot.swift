internal import Glibc

/// One axis of a plot: values to places.
struct PlotAxis {
  var low: Double
  var high: Double
  var isLogarithmic = false
  /// The place of `low` and of `high`.
  var start: Double
  var end: Double

  /// The place of a value.
  func place(_ value: Double) -> Double {
    let (a, b, v) =
      isLogarithmic ? (log10(low), log10(high), log10(max(value, low / 10))) : (low, high, value)
    guard b > a else { return (start + end) / 2 }
    return start + (v - a) / (b - a) * (end - start)
  }

  /// An axis over values with a margin on both sides.
  static func around(
    _ values: [Double], isLogarithmic: Bool = false, limit: ClosedRange<Double>? = nil,
    start: Double, end: Double
  ) -> PlotAxis {
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    if isLogarithmic {
      low = max(low, 1e-12) / 1.6
      high = max(high, 1e-12) * 1.6
    } else {
      let margin = max((high - low) * 0.12, abs(high) * 1e-3, 1e-6)
      low -= margin
      high += margin
      if let limit {
        low = max(low, limit.lowerBound)
        high = min(high, limit.upperBound)
      }
    }
    return PlotAxis(low: low, high: high, isLogarithmic: isLogarithmic, start: start, end: end)
  }

  /// Round values within the axis: steps of 1, 2 or 5 times a power of ten, or powers of ten.
  func ticks(about count: Int) -> [Double] {
    if isLogarithmic {
      let all = stride(from: log10(low).rounded(.up), through: log10(high), by: 1).map {
        pow(10, $0)
      }
      if all.count >= 2 { return all }
      let first = pow(10, log10(low).rounded(.down))
      return [1, 2, 5, 10, 20, 50].map { $0 * first }.filter { (low...high).contains($0) }
    }
    guard high > low else { return [low] }
    let raw = (high - low) / Double(max(count, 1))
    let power = pow(10, log10(raw).rounded(.down))
    let step = ([1, 2, 5, 10].first { $0 * power >= raw } ?? 10) * power
    return stride(from: (low / step).rounded(.up) * step, through: high, by: step).map { $0 }
  }
}

/// Inline SVG pictures of reports. Colours and text sizes come from the page's style, so that light,
/// dark and print need no second picture; systems are told by shape as well as by colour.
struct Plot {
  private var svg = HTMLText()
  let width: Double
  let height: Double

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// The picture as an element; `label` says in words what it shows.
  func element(label: String) -> String {
    "<svg class=\"plot\" viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" role=\"img\" "
      + "aria-label=\"\(HTMLText.escaped(label))\" style=\"max-width:\(Self.number(width * 1.15))px\">"
      + svg.text + "</svg>"
  }

  static func number(_ value: Double) -> String {
    let scaled = Int((value * 10).rounded())
    return scaled % 10 == 0 ? "\(scaled / 10)" : "\(Double(scaled) / 10)"
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    svg.raw(
      "<line class=\"\(style)\" x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" "
        + "x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\"/>")
  }

  mutating func path(_ points: [(Double, Double)], _ style: String, closed: Bool = false) {
    guard let first = points.first else { return }
    var text = "M\(Self.number(first.0)) \(Self.number(first.1))"
    for point in points.dropFirst() { text += "L\(Self.number(point.0)) \(Self.number(point.1))" }
    svg.raw("<path class=\"\(style)\" d=\"\(text)\(closed ? "Z" : "")\"/>")
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String
  ) {
    svg.raw(
      "<rect class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
        + "width=\"\(Self.number(width))\" height=\"\(Self.number(max(0, height)))\"/>")
  }

  /// Text; `anchor` is `start`, `middle` or `end`.
  mutating func text(
    _ words: String, _ x: Double, _ y: Double, anchor: String = "start", _ style: String = ""
  ) {
    svg.raw(
      "<text class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
        + "text-anchor=\"\(anchor)\">\(HTMLText.escaped(words))</text>")
  }

  /// A mark of system number `index`, with what it stands for as its title.
  mutating func mark(_ index: Int, _ x: Double, _ y: Double, title: String) {
    let r = 4.5
    let style = "s\(index % 8)"
    svg.raw("<g class=\"\(style)\"><title>\(HTMLText.escaped(title))</title>")
    switch index % 4 {
    case 0:
      svg.raw("<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(r)\"/>")
    case 1:
      rectangle(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8, "")
    case 2:
      path(
        [(x, y - r * 1.2), (x + r * 1.2, y), (x, y + r * 1.2), (x - r * 1.2, y)], "", closed: true)
    default:
      path(
        [(x, y - r * 1.1), (x + r * 1.15, y + r * 0.9), (x - r * 1.15, y + r * 0.9)], "",
        closed: true)
    }
    svg.raw("</g>")
  }

  /// Grid, tick labels and titles of two axes.
  mutating func axes(
    x: PlotAxis, y: PlotAxis, xTitle: String, yTitle: String, xText: (Double) -> String,
    yText: (Double) -> String
  ) {
    for tick in y.ticks(about: 4) {
      line(x.start, y.place(tick), x.end, y.place(tick), "grid")
      text(yText(tick), x.start - 6, y.place(tick) + 3.5, anchor: "end", "tick")
    }
    for tick in x.ticks(about: 4) {
      line(x.place(tick), y.start, x.place(tick), y.start + 4, "axis")
      text(xText(tick), x.place(tick), y.start + 16, anchor: "middle", "tick")
    }
    line(x.start, y.start, x.end, y.start, "axis")
    text(xTitle, (x.start + x.end) / 2, y.start + 32, anchor: "middle", "title")
    text(yTitle, x.start - 36 < 0 ? 0 : x.start - 36, y.end - 10, "title")
  }
}
