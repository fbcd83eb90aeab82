/// The pictures of a track and of a corpus's costs.
struct ReportPlots {
  let report: Report

  /// The number by which a system has its colour and shape.
  func number(of system: String) -> Int {
    report.systems.firstIndex { $0.name == system } ?? 0
  }

  private static func percent(_ value: Double) -> String {
    let text = Figures.fixed(value * 100, 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private func short(_ name: String) -> String {
    name.count > 18 ? name.prefix(17) + "…" : name
  }

  /// The chief metric with its interval, a line a system.
  func intervals(_ track: Report.Track) -> String? {
    guard let metric = track.metrics.first else { return nil }
    let rows = track.results.compactMap { result -> (String, Report.Score)? in
      guard let score = result.scores[metric.id], score.value != nil else { return nil }
      return (result.system, score)
    }.sorted { ($0.1.value ?? 0) > ($1.1.value ?? 0) }
    guard rows.count > 1 else { return nil }
    let names = Double(rows.map { short($0.0).count }.max() ?? 8) * 6.6 + 14
    let width = 420.0
    let height = Double(rows.count) * 24 + 44
    var plot = Plot(width: width, height: height)
    let values = rows.flatMap { [$0.1.low, $0.1.high, $0.1.value].compactMap { $0 } }
    let x = PlotAxis.around(
      values, limit: metric.isShare ? 0...1 : -1...1, start: names, end: width - 52)
    let bottom = height - 38
    for tick in x.ticks(about: 4) {
      plot.line(x.place(tick), 4, x.place(tick), bottom, "grid")
      plot.text(
        metric.isShare ? Self.percent(tick) : Figures.fixed(tick, 2), x.place(tick), bottom + 14,
        anchor: "middle", "tick")
    }
    plot.text(
      metric.title + (metric.isShare ? ", %" : ""), (x.start + x.end) / 2, height - 6,
      anchor: "middle", "title")
    for (index, row) in rows.enumerated() {
      let y = 16 + Double(index) * 24
      let value = row.1.value ?? 0
      if let low = row.1.low, let high = row.1.high {
        plot.line(x.place(low), y, x.place(high), y, "whisker")
      }
      let figure = Figures.score(value, isShare: metric.isShare)
      plot.mark(number(of: row.0), x.place(value), y, title: "\(row.0): \(figure)")
      plot.text(short(row.0), names - 10, y + 4, anchor: "end", "label")
      plot.text(figure, width, y + 4, anchor: "end", "value")
    }
    return plot.element(label: "\(metric.title) of each system with its 95 % interval")
  }

  /// Quality against a cost, with the systems that none beats in both joined by a line.
  ///
  /// - Parameter isBetterHigh: whether more of the cost's figure is better, as of speed.
  func pareto(
    _ track: Report.Track, title: String, isBetterHigh: Bool, format: (Double) -> String,
    cost: (Report.Cost) -> Double?
  ) -> String? {
    guard let metric = track.metrics.first else { return nil }
    let points = track.results.compactMap { result -> (String, Double, Double)? in
      guard let value = result.scores[metric.id]?.value,
        let figure = report.cells.first(where: {
          $0.system == result.system && $0.corpus == track.corpus
        })?.cost.flatMap(cost), figure > 0
      else { return nil }
      return (result.system, figure, value)
    }
    guard points.count > 1 else { return nil }
    var plot = Plot(width: 420, height: 250)
    let x = PlotAxis.around(points.map(\.1), isLogarithmic: true, start: 48, end: 404)
    let y = PlotAxis.around(
      points.map(\.2), limit: metric.isShare ? 0...1 : -1...1, start: 206, end: 30)
    plot.axes(
      x: x, y: y, xTitle: title, yTitle: metric.title + (metric.isShare ? ", %" : ""),
      xText: format, yText: { metric.isShare ? Self.percent($0) : Figures.fixed($0, 2) })
    // The frontier: going from the best cost, each point that is better than all before it.
    var best = -Double.infinity
    var frontier: [(Double, Double)] = []
    for point in points.sorted(by: { isBetterHigh ? $0.1 > $1.1 : $0.1 < $1.1 })
    where point.2 > best {
      if let last = frontier.last { frontier.append((x.place(point.1), last.1)) }
      best = point.2
      frontier.append((x.place(point.1), y.place(point.2)))
    }
    plot.path(frontier, "frontier")
    var taken: [(Double, Double)] = []
    for point in points {
      let (px, py) = (x.place(point.1), y.place(point.2))
      plot.mark(
        number(of: point.0), px, py,
        title: "\(point.0): \(Figures.score(point.2, isShare: metric.isShare)), \(format(point.1))")
      // Labels that would lie on each other move down.
      var ly = py - 8
      while taken.contains(where: { abs($0.0 - px) < 90 && abs($0.1 - ly) < 12 }) { ly += 12 }
      taken.append((px, ly))
      let anchor = px > 320 ? "end" : px < 110 ? "start" : "middle"
      plot.text(short(point.0), px, ly, anchor: anchor, "label")
    }
    return plot.element(label: "\(metric.title) of each system against \(title)")
  }

  /// The chief metric by the share of training data.
  func curves(_ track: Report.Track) -> String? {
    guard let metric = track.metrics.first else { return nil }
    let curves = track.curves.filter { !$0.points.isEmpty }
    guard !curves.isEmpty else { return nil }
    let all = curves.flatMap(\.points)
    var plot = Plot(width: 420, height: 250)
    let x = PlotAxis.around(all.map { Double($0.items) }, isLogarithmic: true, start: 48, end: 404)
    let y = PlotAxis.around(
      all.flatMap { [$0.low ?? $0.value, $0.high ?? $0.value] },
      limit: metric.isShare ? 0...1 : -1...1,
      start: 206, end: 30)
    plot.axes(
      x: x, y: y, xTitle: "training items", yTitle: metric.title + (metric.isShare ? ", %" : ""),
      xText: { Figures.rate($0).replacing(" ", with: "") },
      yText: { metric.isShare ? Self.percent($0) : Figures.fixed($0, 2) })
    for curve in curves {
      let number = number(of: curve.system)
      let band =
        curve.points.map { (x.place(Double($0.items)), y.place($0.low ?? $0.value)) }
        + curve.points.reversed().map { (x.place(Double($0.items)), y.place($0.high ?? $0.value)) }
      plot.path(band, "band s\(number % 8)", closed: true)
      plot.path(
        curve.points.map { (x.place(Double($0.items)), y.place($0.value)) }, "curve s\(number % 8)")
      for point in curve.points {
        plot.mark(
          number, x.place(Double(point.items)), y.place(point.value),
          title: "\(curve.system), \(Figures.grouped(point.items)) items: "
            + Figures.score(point.value, isShare: metric.isShare))
      }
    }
    // Names beside the last points, moved down where they would lie on each other.
    var lowest = -Double.infinity
    for curve in curves.sorted(by: { ($0.points.last?.value ?? 0) > ($1.points.last?.value ?? 0) })
    {
      guard let last = curve.points.last else { continue }
      lowest = max(y.place(last.value) - 8, lowest + 12)
      plot.text(
        short(curve.system), x.place(Double(last.items)) - 8, lowest, anchor: "end", "label")
    }
    return plot.element(label: "\(metric.title) by the number of training items")
  }

  /// A reliability diagram: accuracy by probability, with how many predictions each bin holds.
  func reliability(_ system: String, _ reliability: Report.Reliability) -> String {
    var plot = Plot(width: 230, height: 240)
    let x = PlotAxis(low: 0, high: 1, start: 36, end: 220)
    let y = PlotAxis(low: 0, high: 1, start: 196, end: 24)
    plot.axes(
      x: x, y: y, xTitle: "probability, %", yTitle: "right, %", xText: Self.percent,
      yText: Self.percent)
    let most = Double(reliability.bins.map(\.count).max() ?? 1)
    for bin in reliability.bins where bin.count > 0 {
      let height = 40 * Double(bin.count) / max(most, 1)
      plot.rectangle(
        x.place(bin.low) + 1, y.start - height, x.place(bin.high) - x.place(bin.low) - 2, height,
        "bar")
    }
    plot.line(x.start, y.start, x.end, y.end, "ideal")
    let points = reliability.bins.compactMap { bin in
      bin.confidence.flatMap { confidence in bin.accuracy.map { (confidence, $0, bin.count) } }
    }
    let number = number(of: system)
    plot.path(points.map { (x.place($0.0), y.place($0.1)) }, "curve s\(number % 8)")
    for point in points {
      plot.mark(
        number, x.place(point.0), y.place(point.1),
        title: "said \(Self.percent(point.0)) %, right \(Self.percent(point.1)) % of "
          + Figures.grouped(point.2))
    }
    return plot.element(
      label: "Reliability of \(system): expected calibration error "
        + "\(Figures.fixed(reliability.expectedError * 100, 2)) %")
  }
}
