internal import SeqCore

/// A picture of one sequence and what stands where on it, as SVG 1.1: a ruler, the letters if there is
/// room, tracks of features with their strand, tracks of labels, curves, and a legend.
///
/// Colours are Okabe and Ito's eight, which people with any kind of colour vision can tell apart
/// (Wong 2011, doi 10.1038/nmeth.1618); every colour is also named by text. Each shape has a `title`.
public struct TrackPicture: Sendable {
  /// Labels, one a residue.
  public struct Labels: Sendable {
    /// What the labels are.
    public var name: String
    /// A letter a residue; `.`, `-` and `_` are drawn as nothing.
    public var labels: [UInt8]

    /// Makes a track.
    public init(name: String, labels: [UInt8]) {
      self.name = name
      self.labels = labels
    }
  }

  /// The sequence's name.
  public var name: String
  /// The residues.
  public var letters: [UInt8]
  /// Features, drawn at the top, a track a type.
  public var features: [ResidueFeature] = []
  /// Tracks of labels, drawn below.
  public var labels: [Labels] = []
  /// Curves, drawn in one field at the bottom.
  public var curves: [ResidueCurve] = []
  /// The residues that are shown.
  public var range: Range<Int>
  /// Pixels of the whole picture.
  public var width = 1000

  /// Makes a picture of a whole sequence.
  public init(name: String, letters: [UInt8]) {
    self.name = name
    self.letters = letters
    range = 0..<letters.count
  }

  private static let palette = [
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000",
  ]
  /// Letters on these are black, on the others white.
  private static let light: Set<String> = ["#E69F00", "#56B4E9", "#F0E442", "#CC79A7"]
  private static let margin = 150.0
  private static let right = 20.0

  /// Pixels a residue.
  private var scale: Double {
    (Double(width) - Self.margin - Self.right) / Double(max(range.count, 1))
  }

  private func x(_ position: Int) -> Double {
    Self.margin + Double(position - range.lowerBound) * scale
  }

  /// The picture's text.
  public func svg() -> String {
    var drawing = Drawing()
    drawing.text(12, 24, name, size: 16, style: "font-weight=\"bold\"")
    let shown =
      range == 0..<letters.count
      ? "\(counted(letters.count, "residue"))"
      : "residues \(grouped(range.lowerBound + 1))–\(grouped(range.upperBound)) of \(grouped(letters.count))"
    drawing.text(12, 42, shown, size: 12, style: "fill=\"#444444\"")
    drawing.y = 58
    drawRuler(&drawing)
    drawLetters(&drawing)
    drawFeatures(&drawing)
    for track in labels { draw(track, &drawing) }
    drawCurves(&drawing)
    drawing.y += 12
    let height = Int(drawing.y.rounded(.up))
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="title desc" \
      font-family="Helvetica, Arial, sans-serif">
      <title id="title">\(escaped(name))</title>
      <desc id="desc">\(escaped(description))</desc>
      <rect width="\(width)" height="\(height)" fill="#FFFFFF"/>
      \(drawing.body)</svg>

      """
  }

  /// What the picture shows, in words.
  private var description: String {
    var parts = ["\(name), residues \(range.lowerBound + 1) to \(range.upperBound)"]
    for type in types {
      let count = visibleFeatures.count { $0.type == type }
      parts.append("\(type): \(counted(count, "feature"))")
    }
    for track in labels {
      let letters = Set(track.labels).filter { !Self.isNothing($0) }.sorted()
      parts.append("labels \(track.name): \(String(decoding: letters, as: UTF8.self))")
    }
    if !curves.isEmpty { parts.append("curves: " + curves.map(\.name).joined(separator: ", ")) }
    return parts.joined(separator: "; ") + "."
  }

  // MARK: Ruler and letters

  private func drawRuler(_ drawing: inout Drawing) {
    let top = drawing.y
    drawing.line(x(range.lowerBound), top + 20, x(range.upperBound), top + 20, "#444444")
    var step = 1
    // 1, 2, 5, 10, …: labels at least 60 pixels apart.
    let factors = [2, 5, 10]
    var power = 1
    var turn = 0
    while Double(step) * scale < 60, step < max(range.count, 1) {
      step = factors[turn % 3] * power
      if turn % 3 == 2 { power *= 10 }
      turn += 1
    }
    // Positions count from 1: the tick of n is in the middle of residue n.
    var position = (range.lowerBound / step) * step
    while position <= range.upperBound {
      let number = max(position, 1)
      if number > range.lowerBound, number <= range.upperBound {
        let middle = x(number - 1) + scale / 2
        drawing.line(middle, top + 15, middle, top + 20, "#444444")
        drawing.text(
          middle, top + 11, grouped(number), size: 10,
          style: "text-anchor=\"middle\" fill=\"#444444\"")
      }
      position += step
    }
    drawing.y = top + 28
  }

  private func drawLetters(_ drawing: inout Drawing) {
    guard scale >= 7, !letters.isEmpty else { return }
    let top = drawing.y
    for position in range {
      drawing.text(
        x(position) + scale / 2, top + 11, String(UnicodeScalar(letters[position])),
        size: min(12, scale), style: "text-anchor=\"middle\" font-family=\"monospace\"")
    }
    drawing.y = top + 20
  }

  // MARK: Features

  private var visibleFeatures: [ResidueFeature] {
    features.filter { $0.end > range.lowerBound && $0.start < range.upperBound }
  }

  /// Types in the order of their first feature.
  private var types: [String] {
    var seen: Set<String> = []
    return visibleFeatures.map(\.type).filter { seen.insert($0).inserted }
  }

  private func drawFeatures(_ drawing: inout Drawing) {
    for (number, type) in types.enumerated() {
      let color = Self.palette[number % Self.palette.count]
      var lanes: [Int] = []
      var placed: [(feature: ResidueFeature, lane: Int)] = []
      for feature in visibleFeatures.filter({ $0.type == type }).sorted(by: {
        ($0.start, $0.end) < ($1.start, $1.end)
      }) {
        let lane = lanes.firstIndex { $0 <= feature.start } ?? lanes.count
        if lane == lanes.count { lanes.append(0) }
        lanes[lane] = feature.end
        placed.append((feature, lane))
      }
      let top = drawing.y
      drawing.label(type, top + 12)
      for (feature, lane) in placed { draw(feature, top + Double(lane) * 17, color, &drawing) }
      drawing.y = top + Double(max(lanes.count, 1)) * 17 + 5
    }
  }

  /// A box; on a strand, an arrow.
  private func draw(
    _ feature: ResidueFeature, _ top: Double, _ color: String, _ drawing: inout Drawing
  ) {
    let from = x(max(feature.start, range.lowerBound))
    let to = max(x(min(feature.end, range.upperBound)), from + 1.5)
    let tip = min(6, (to - from) / 2)
    let points: [(Double, Double)]
    switch feature.strand {
    case .plus:
      points = [
        (from, top), (to - tip, top), (to, top + 6.5), (to - tip, top + 13), (from, top + 13),
      ]
    case .minus:
      points = [
        (from + tip, top), (to, top), (to, top + 13), (from + tip, top + 13), (from, top + 6.5),
      ]
    case .none: points = [(from, top), (to, top), (to, top + 13), (from, top + 13)]
    }
    var title = "\(feature.type) \(grouped(feature.start + 1))–\(grouped(feature.end))"
    if feature.strand != .none { title += " (\(Character(UnicodeScalar(feature.strand.symbol))))" }
    if let score = feature.score, score != 0 { title += ", score \(fixed(score, decimals: 2))" }
    if !feature.note.isEmpty { title += ": \(feature.note)" }
    drawing.polygon(points, color, title: title)
  }

  // MARK: Labels

  private static func isNothing(_ label: UInt8) -> Bool {
    label == UInt8(ascii: ".") || label == UInt8(ascii: "-") || label == UInt8(ascii: "_")
      || label == UInt8(ascii: " ")
  }

  private func draw(_ track: Labels, _ drawing: inout Drawing) {
    let kinds = Set(track.labels).filter { !Self.isNothing($0) }.sorted()
    let top = drawing.y
    drawing.label(track.name, top + 12)
    var start = range.lowerBound
    let end = min(range.upperBound, track.labels.count)
    while start < end {
      let label = track.labels[start]
      var stop = start + 1
      while stop < end, track.labels[stop] == label { stop += 1 }
      if let number = kinds.firstIndex(of: label) {
        let color = Self.palette[number % Self.palette.count]
        let letter = String(UnicodeScalar(label))
        drawing.rectangle(
          x(start), top, max(x(stop) - x(start), 0.75), 15, color,
          title: "\(letter) \(grouped(start + 1))–\(grouped(stop))")
        if x(stop) - x(start) >= 10 {
          drawing.text(
            (x(start) + x(stop)) / 2, top + 11.5, letter, size: 10,
            style:
              "text-anchor=\"middle\" fill=\"\(Self.light.contains(color) ? "#000000" : "#FFFFFF")\""
          )
        }
      }
      start = stop
    }
    drawing.y = top + 20
    legend(
      kinds.enumerated().map {
        (String(UnicodeScalar($0.element)), Self.palette[$0.offset % Self.palette.count])
      }, &drawing)
  }

  private func legend(_ entries: [(name: String, color: String)], _ drawing: inout Drawing) {
    guard !entries.isEmpty else { return }
    var left = Self.margin
    var top = drawing.y
    for entry in entries {
      let needed = 24 + Double(entry.name.count) * 6.5
      if left + needed > Double(width) - Self.right, left > Self.margin {
        left = Self.margin
        top += 15
      }
      drawing.rectangle(left, top, 10, 10, entry.color, title: entry.name)
      drawing.text(left + 14, top + 9, entry.name, size: 10, style: "fill=\"#444444\"")
      left += needed
    }
    drawing.y = top + 20
  }

  // MARK: Curves

  private func drawCurves(_ drawing: inout Drawing) {
    guard !curves.isEmpty else { return }
    let values = curves.flatMap { curve in
      range.compactMap { $0 < curve.values.count ? curve.values[$0] : nil }
    }
    // Probabilities have one scale; other values the range that they have.
    let isUnit = values.allSatisfy { (0...1).contains($0) }
    let low = isUnit ? 0 : values.min() ?? 0
    let high = isUnit ? 1 : max(values.max() ?? 1, low + 1e-9)
    let top = drawing.y + 4
    let height = 80.0
    func y(_ value: Double) -> Double { top + height * (1 - (value - low) / (high - low)) }
    drawing.label(curves.count == 1 ? curves[0].name : "curves", top + height / 2)
    for mark in [low, (low + high) / 2, high] {
      drawing.line(x(range.lowerBound), y(mark), x(range.upperBound), y(mark), "#DDDDDD")
      drawing.text(
        Self.margin - 6, y(mark) + 3.5, fixed(mark, decimals: isUnit ? 1 : 2), size: 9,
        style: "text-anchor=\"end\" fill=\"#444444\"")
    }
    for (number, curve) in curves.enumerated() {
      let color = Self.palette[number % Self.palette.count]
      var piece: [(Double, Double)] = []
      for position in range {
        if position < curve.values.count, let value = curve.values[position] {
          piece.append((x(position) + scale / 2, y(value)))
        } else {
          drawing.polyline(piece, color, title: curve.name)
          piece = []
        }
      }
      drawing.polyline(piece, color, title: curve.name)
    }
    drawing.y = top + height + 10
    legend(
      curves.enumerated().map { ($0.element.name, Self.palette[$0.offset % Self.palette.count]) },
      &drawing)
  }
}

/// The shapes of an SVG.
private struct Drawing {
  private(set) var body = ""
  /// The next free line.
  var y = 0.0

  private func number(_ value: Double) -> String {
    let scaled = Int((value * 100).rounded())
    if scaled % 100 == 0 { return String(scaled / 100) }
    let fraction = scaled.magnitude % 100
    return (scaled < 0 ? "-" : "") + "\(scaled.magnitude / 100)."
      + (fraction % 10 == 0 ? "\(fraction / 10)" : fraction < 10 ? "0\(fraction)" : "\(fraction)")
  }

  mutating func text(_ x: Double, _ y: Double, _ text: String, size: Double, style: String) {
    body +=
      "<text x=\"\(number(x))\" y=\"\(number(y))\" font-size=\"\(number(size))\" \(style)>"
      + "\(escaped(text))</text>\n"
  }

  /// The name of a track, in the margin.
  mutating func label(_ name: String, _ y: Double) {
    let shown = name.count > 22 ? String(name.prefix(21)) + "…" : name
    text(12, y, shown, size: 11, style: "fill=\"#000000\"")
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String) {
    body +=
      "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" "
      + "stroke=\"\(color)\"/>\n"
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ color: String, title: String
  ) {
    body +=
      "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
      + "height=\"\(number(height))\" fill=\"\(color)\"><title>\(escaped(title))</title></rect>\n"
  }

  mutating func polygon(_ points: [(Double, Double)], _ color: String, title: String) {
    body +=
      "<polygon points=\"\(list(points))\" fill=\"\(color)\" stroke=\"#FFFFFF\" stroke-width=\"0.5\">"
      + "<title>\(escaped(title))</title></polygon>\n"
  }

  mutating func polyline(_ points: [(Double, Double)], _ color: String, title: String) {
    guard !points.isEmpty else { return }
    body +=
      "<polyline points=\"\(list(points))\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.5\">"
      + "<title>\(escaped(title))</title></polyline>\n"
  }

  private func list(_ points: [(Double, Double)]) -> String {
    points.map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
  }
}

/// Text for XML; what XML cannot hold becomes U+FFFD.
private func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case _ where scalar.value < 0x20: result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
