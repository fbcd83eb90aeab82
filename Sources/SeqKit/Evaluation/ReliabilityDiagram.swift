internal import SeqCore

/// How far probabilities agree with how often predictions are right, drawn: a bar for each bin of
/// probability, as high as the part that is right, beside the diagonal where both agree.
public struct ReliabilityDiagram: Hashable, Sendable {
  /// The bins, and the expected calibration error.
  public var calibration: LayerEvaluation.CalibrationSummary

  /// Makes a diagram.
  public init(_ calibration: LayerEvaluation.CalibrationSummary) { self.calibration = calibration }

  /// The table with bars of characters: `=` as far as the part that is right reaches, and `|` where
  /// the mean probability stands.
  var table: ReportTable {
    var table = ReportTable(
      heading: ["probability", "spans", "mean", "right", "0 … 1 (= right, | mean)"])
    let width = 24
    for bin in calibration.bins {
      guard let mean = bin.confidence, let right = bin.predictions.accuracy else { continue }
      var bar = Array(repeating: Character(" "), count: width)
      for at in 0..<min(width, Int((right * Double(width)).rounded())) { bar[at] = "=" }
      bar[min(width - 1, Int(mean * Double(width)))] = "|"
      table.rows.append([
        .init("\(fixed(bin.low, decimals: 1))–\(fixed(bin.high, decimals: 1))"),
        .init(grouped(bin.predictions.count)), .init(percent(mean)), .init(percent(right)),
        .init("[" + String(bar) + "]"),
      ])
    }
    return table
  }

  /// The drawing, as an SVG document that needs nothing else.
  ///
  /// - Parameter title: stands above it.
  public func svg(title: String) -> String {
    // The square of probabilities and parts, in pixels.
    let (left, top, side) = (56.0, 44.0, 320.0)
    func x(_ value: Double) -> String { fixed(left + value * side, decimals: 1) }
    func y(_ value: Double) -> String { fixed(top + (1 - value) * side, decimals: 1) }
    let total = calibration.bins.reduce(0) { $0 + $1.predictions.count }
    var shapes = ""
    for bin in calibration.bins {
      guard let mean = bin.confidence, let right = bin.predictions.accuracy else { continue }
      let inset = (bin.high - bin.low) * 0.06
      let width = fixed((bin.high - bin.low - 2 * inset) * side, decimals: 1)
      // Bins with few spans are pale: what they show is mostly chance.
      let part = Double(bin.predictions.count) / Double(max(total, 1))
      let opacity = fixed(0.25 + 0.65 * min(1, part * 4), decimals: 2)
      shapes += """
        <rect x="\(x(bin.low + inset))" y="\(y(right))" width="\(width)" \
        height="\(fixed(right * side, decimals: 1))" fill="#3b6ea8" fill-opacity="\(opacity)">\
        <title>\(bin.predictions.correct) of \(bin.predictions.count) right, \
        mean probability \(fixed(mean, decimals: 3))</title></rect>
        <path d="M\(x(bin.low + inset)) \(y(mean))h\(width)" stroke="#c2410c" stroke-width="2"/>
        <text x="\(x((bin.low + bin.high) / 2))" y="\(y(-0.105))" class="small">\
        \(grouped(bin.predictions.count))</text>

        """
    }
    for tick in 0...5 {
      let value = Double(tick) / 5
      shapes += """
        <text x="\(x(value))" y="\(y(-0.055))" class="small">\(fixed(value, decimals: 1))</text>
        <text x="\(x(-0.03))" y="\(y(value - 0.01))" class="side">\(fixed(value, decimals: 1))</text>

        """
    }
    let escaped = title.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="420" height="448" viewBox="0 0 420 448" \
      font-family="sans-serif" font-size="13" role="img">
      <title>\(escaped)</title>
      <style>.small{font-size:11px;text-anchor:middle}.side{font-size:11px;text-anchor:end}</style>
      <rect width="420" height="448" fill="#fff"/>
      <text x="\(fixed(left, decimals: 1))" y="22" font-weight="bold">\(escaped)</text>
      <rect x="\(x(0))" y="\(y(1))" width="\(fixed(side, decimals: 1))" \
      height="\(fixed(side, decimals: 1))" fill="none" stroke="#999"/>
      <path d="M\(x(0)) \(y(0))L\(x(1)) \(y(1))" stroke="#999" stroke-dasharray="4 4"/>
      \(shapes)<text x="\(x(0.5))" y="\(y(-0.16))" class="small">probability, and spans in each \
      bin</text>
      <text transform="translate(16 \(y(0.5))) rotate(-90)" class="small">part that is right \
      (line: mean probability)</text>
      <text x="\(fixed(left, decimals: 1))" y="438" class="small" style="text-anchor:start">expected \
      calibration error \(percent(calibration.expectedError)) %, \(counted(total, "span"))</text>
      </svg>

      """
  }
}
