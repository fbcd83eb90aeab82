internal import SeqCore

extension EvaluationReport {
  /// The report for people at a terminal, aligned for a fixed-width font.
  ///
  /// - Parameters:
  ///   - color: whether to use a terminal's control sequences.
  ///   - confusions: at most how many kinds of mistakes are shown.
  public func text(color: Bool = false, confusions: Int = 10) -> String {
    var result = ReportTable(
      heading: [],
      rows: identity.map { [.init($0.key, .faint), .init($0.value)] }, leftColumns: 2
    ).text(color: color)
    for layer in layers {
      result += "\n" + ReportTable.Style.strong.wrap(printable(layer.name), color) + "\n"
      var summary = summary(of: layer)
      summary.rows[0][1].style = .strong
      result += summary.text(color: color)
      if !layer.labels.isEmpty { result += "\n" + labels(of: layer).text(color: color) }
      if !layer.confusions.isEmpty, confusions > 0 {
        result += "\n" + self.confusions(of: layer, atMost: confusions).text(color: color)
      }
    }
    for notice in notices { result += "\n" + printable(notice) + "\n" }
    return result
  }

  /// The report as Markdown, for a page or a model card.
  ///
  /// - Parameter confusions: at most how many kinds of mistakes are shown.
  public func markdown(confusions: Int = 10) -> String {
    var result = ""
    for (key, value) in identity {
      result += "- \(key): \(markdownEscaped(printable(value)))\n"
    }
    for layer in layers {
      result += "\n## \(markdownEscaped(printable(layer.name)))\n\n"
      result += summary(of: layer).markdown()
      if !layer.labels.isEmpty {
        result += "\n### Labels\n\n" + labels(of: layer).markdown()
      }
      if !layer.confusions.isEmpty, confusions > 0 {
        result +=
          "\n### Most frequent confusions\n\n"
          + self.confusions(of: layer, atMost: confusions).markdown()
      }
    }
    for notice in notices { result += "\n" + markdownEscaped(printable(notice)) + "\n" }
    return result
  }

  /// What was evaluated, on what, how fast.
  var identity: [(key: String, value: String)] {
    var result: [(key: String, value: String)] = []
    if let model {
      var text = ([model.name] + (model.version.map { [$0] } ?? [])).joined(separator: " ")
      let details = [model.path, model.checksum.map { "checksum \($0)" }].compactMap { $0 }
      if !details.isEmpty { text += " (\(details.joined(separator: ", ")))" }
      result.append(("model", text))
    }
    let paths = data.paths.isEmpty ? "" : data.paths.joined(separator: ", ") + ": "
    result.append(
      (
        "data",
        paths + "\(grouped(data.sequences)) \(units.sequences),"
          + " \(grouped(data.positions)) \(units.positions)"
      ))
    if let speed {
      result.append(
        (
          "speed",
          "\(fixed(speed.positionsPerSecond, decimals: 0)) \(units.positions) a second"
            + " (\(fixed(speed.seconds, decimals: 3)) s, \(speed.threads)"
            + " \(speed.threads == 1 ? "thread" : "threads"))"
        ))
    }
    return result
  }

  private func summary(of layer: LayerEvaluation) -> ReportTable {
    let level = fixed(bootstrap.level * 100, decimals: 0)
    var table = ReportTable(heading: ["", "%", "right", "of", "\(level) % interval"])
    func add(_ name: String, _ count: LayerEvaluation.Count) {
      table.rows.append([
        .init(name), .init(percent(count.accuracy)), .init(grouped(count.correct)),
        .init(grouped(count.count)),
        .init(count.interval.map { "\(percent($0.low))–\(percent($0.high))" } ?? ""),
      ])
    }
    func add(_ name: String, _ part: Double?) {
      guard let part else { return }
      table.rows.append([.init(name), .init(percent(part))])
    }
    add("\(units.positions)", layer.positions)
    if let known = layer.known { add("known \(units.positions)", known) }
    if let unknown = layer.unknown { add("unknown \(units.positions)", unknown) }
    add("whole \(units.sequences)", layer.sequences)
    if let baseline = layer.baseline {
      add("always \(baseline.label) (baseline)", baseline.positions)
    }
    add("macro F1", layer.macro?.f1)
    add("weighted F1", layer.weighted?.f1)
    add("calibration error", layer.calibration?.expectedError)
    if layer.unscored > 0 {
      table.rows.append([
        .init("without gold label"), .init(""), .init(""), .init(grouped(layer.unscored)),
      ])
    }
    return table
  }

  /// The labels, the most frequent first; of equally frequent ones, in the schema's order.
  private func labels(of layer: LayerEvaluation) -> ReportTable {
    var table = ReportTable(
      heading: ["label", "precision", "recall", "F1", "gold", "predicted"])
    let ordered = layer.labels.enumerated().sorted {
      ($1.element.support, $0.offset) < ($0.element.support, $1.offset)
    }
    for (_, label) in ordered {
      let style: ReportTable.Style =
        switch label.f1 ?? 0 {
        case ..<0.5: .bad
        case ..<0.8: .poor
        default: .plain
        }
      table.rows.append([
        .init(label.label), .init(percent(label.precision)), .init(percent(label.recall)),
        .init(percent(label.f1), style), .init(grouped(label.support)),
        .init(grouped(label.predicted)),
      ])
    }
    return table
  }

  private func confusions(of layer: LayerEvaluation, atMost limit: Int) -> ReportTable {
    var support: [String: Int] = [:]
    for label in layer.labels { support[label.label] = label.support }
    var table = ReportTable(
      heading: ["gold", "predicted", "times", "% of gold"], leftColumns: 2)
    for confusion in layer.confusions.prefix(limit) {
      let part = support[confusion.gold].map { Double(confusion.count) / Double(max($0, 1)) }
      table.rows.append([
        .init(confusion.gold), .init(confusion.predicted), .init(grouped(confusion.count)),
        .init(percent(part)),
      ])
    }
    return table
  }
}
