internal import SeqCore

extension SpanEvaluationReport {
  /// The report for people at a terminal, aligned for a fixed-width font.
  ///
  /// - Parameters:
  ///   - color: whether to use a terminal's control sequences.
  ///   - confusions: at most how many kinds of mistakes, and confident mistakes, are shown.
  public func text(color: Bool = false, confusions: Int = 10) -> String {
    var result = ReportTable(
      heading: [], rows: identity.map { [.init($0.key, .faint), .init($0.value)] }, leftColumns: 2
    ).text(color: color)
    for (title, table) in tables(atMost: confusions) {
      result += "\n"
      if !title.isEmpty { result += ReportTable.Style.strong.wrap(title, color) + "\n" }
      result += table.text(color: color)
    }
    for notice in notices { result += "\n" + printable(notice) + "\n" }
    return result
  }

  /// The report as Markdown, for a page or a model card.
  ///
  /// - Parameter confusions: at most how many kinds of mistakes, and confident mistakes, are shown.
  public func markdown(confusions: Int = 10) -> String {
    var result = ""
    for (key, value) in identity { result += "- \(key): \(markdownEscaped(printable(value)))\n" }
    for (title, table) in tables(atMost: confusions) {
      result += "\n" + (title.isEmpty ? "" : "### \(markdownEscaped(title))\n\n") + table.markdown()
    }
    for notice in notices { result += "\n" + markdownEscaped(printable(notice)) + "\n" }
    return result
  }

  private var identity: [(key: String, value: String)] {
    // The lines that name model, data and speed are those of every evaluation.
    let general = EvaluationReport(
      model: model, data: data, layers: [], bootstrap: bootstrap, speed: speed, units: units)
    let reading =
      switch evaluation.reading {
      case .conlleval: "as conlleval reads labels (seqeval's default)"
      case .strict: "as seqeval's strict mode reads labels"
      }
    let scheme = evaluation.scheme.map { ", scheme \($0.rawValue)" } ?? ""
    return general.identity + [("spans", "\(evaluation.layer), \(reading)\(scheme)")]
  }

  private func tables(atMost limit: Int) -> [(title: String, table: ReportTable)] {
    var result = [("", summary), ("types", types), ("SemEval-2013", semeval)]
    if limit > 0, let calibration = evaluation.calibration {
      result.append(("reliability", ReliabilityDiagram(calibration).table))
    }
    if limit > 0, !evaluation.confusions.isEmpty {
      result.append(("confusions", confusions(atMost: limit)))
    }
    if limit > 0, !evaluation.confidentErrors.isEmpty {
      result.append(("most confident mistakes", confidentErrors(atMost: limit)))
    }
    return result.filter { !$0.1.rows.isEmpty }
  }

  private var summary: ReportTable {
    let level = fixed(bootstrap.level * 100, decimals: 0)
    var table = ReportTable(
      heading: [
        "", "precision", "recall", "F1", "gold", "predicted", "right", "\(level) % interval of F1",
      ])
    func add(_ name: String, _ figures: SpanEvaluation.Figures?, _ style: ReportTable.Style) {
      guard let figures else { return }
      table.rows.append([
        .init(name), .init(percent(figures.precision)), .init(percent(figures.recall)),
        .init(percent(figures.f1), style), .init(grouped(figures.counts.gold)),
        .init(grouped(figures.counts.predicted)), .init(grouped(figures.counts.correct)),
        .init(figures.interval.map { "\(percent($0.low))–\(percent($0.high))" } ?? ""),
      ])
    }
    func add(_ name: String, _ average: LayerEvaluation.Average?) {
      guard let average else { return }
      table.rows.append([
        .init(name), .init(percent(average.precision)), .init(percent(average.recall)),
        .init(percent(average.f1)),
      ])
    }
    add("spans (micro)", evaluation.micro, .strong)
    add("macro", evaluation.macro)
    add("weighted", evaluation.weighted)
    add("words seen in training", evaluation.seen, .plain)
    add("words not seen", evaluation.unseen, .plain)
    func add(_ name: String, _ figures: String, _ counts: String = "") {
      table.rows.append([
        .init(name), .init(""), .init(""), .init(figures), .init(counts),
      ])
    }
    add(
      "whole \(units.sequences)", percent(evaluation.sequences.accuracy),
      grouped(evaluation.sequences.count))
    if let calibration = evaluation.calibration {
      add("calibration error", percent(calibration.expectedError))
      if let chance = calibration.errorByChance { add("of it by chance, about", percent(chance)) }
    }
    if evaluation.faults > 0 {
      add("gold labels against the scheme", "", grouped(evaluation.faults))
    }
    return table
  }

  private var types: ReportTable {
    var table = ReportTable(
      heading: ["type", "precision", "recall", "F1", "gold", "predicted", "right"])
    for type in evaluation.types {
      let style: ReportTable.Style =
        switch type.f1 ?? 0 {
        case ..<0.5: .bad
        case ..<0.8: .poor
        default: .plain
        }
      table.rows.append([
        .init(type.label), .init(percent(type.precision)), .init(percent(type.recall)),
        .init(percent(type.f1), style), .init(grouped(type.support)),
        .init(grouped(type.predicted)), .init(grouped(type.correct)),
      ])
    }
    return table
  }

  private var semeval: ReportTable {
    var table = ReportTable(
      heading: [
        "", "precision", "recall", "F1", "right", "half right", "wrong", "missed", "made up",
      ])
    for (name, part) in [
      ("strict", evaluation.semeval.strict), ("exact", evaluation.semeval.exact),
      ("partial", evaluation.semeval.partial), ("type", evaluation.semeval.type),
    ] {
      table.rows.append(
        [.init(name)]
          + [part.precision, part.recall, part.f1].map { .init(percent($0)) }
          + [part.correct, part.partial, part.incorrect, part.missed, part.spurious].map {
            .init(grouped($0))
          })
    }
    return table
  }

  private func confusions(atMost limit: Int) -> ReportTable {
    var table = ReportTable(heading: ["gold", "predicted", "times"], leftColumns: 2)
    for confusion in evaluation.confusions.prefix(limit) {
      table.rows.append([
        .init(confusion.gold ?? "(none)"), .init(confusion.predicted ?? "(none)"),
        .init(grouped(confusion.count)),
      ])
    }
    let errors = evaluation.errors
    for (name, count) in [
      ("right type, wrong boundary", errors.wrongBoundary),
      ("right boundary, wrong type", errors.wrongType), ("both wrong", errors.wrongBoth),
      ("missed", errors.missed), ("made up", errors.spurious),
    ] where count > 0 {
      table.rows.append([.init(name, .faint), .init(""), .init(grouped(count))])
    }
    return table
  }

  private func confidentErrors(atMost limit: Int) -> ReportTable {
    var table = ReportTable(
      heading: ["confidence", "predicted", "gold", "where"], leftColumns: 4)
    for error in evaluation.confidentErrors.prefix(limit) {
      let gold = [error.gold, error.goldText == error.text ? nil : error.goldText]
        .compactMap { $0 }.joined(separator: " ")
      let context = [error.before, "[\(error.text)]", error.after].filter { !$0.isEmpty }
      table.rows.append([
        .init(fixed(Double(error.confidence), decimals: 4)), .init(error.predicted),
        .init(gold.isEmpty ? "(none)" : gold),
        .init("\(error.source):\(error.line): \(context.joined(separator: " "))"),
      ])
    }
    return table
  }
}
