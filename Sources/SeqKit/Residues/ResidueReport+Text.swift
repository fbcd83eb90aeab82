internal import SeqCore

extension ResidueReport {
  /// The report for people at a terminal.
  ///
  /// - Parameter color: whether to use a terminal's control sequences.
  public func text(color: Bool = false) -> String {
    var result = ReportTable(
      heading: [], rows: identity.map { [.init($0.0, .faint), .init($0.1)] }, leftColumns: 2
    ).text(color: color)
    for (title, table) in tables {
      result += "\n" + ReportTable.Style.strong.wrap(title, color) + "\n" + table.text(color: color)
    }
    return result
  }

  /// The report as Markdown.
  public func markdown() -> String {
    var result = ""
    for (key, value) in identity { result += "- \(key): \(markdownEscaped(printable(value)))\n" }
    for (title, table) in tables { result += "\n### \(title)\n\n" + table.markdown() }
    return result
  }

  private var identity: [(String, String)] {
    var lines = [("reference", reference), ("prediction", prediction)]
    if let decoder { lines.append(("decoder", decoder)) }
    lines.append(
      (
        "data",
        "\(counted(records, "record")), \(counted(residues, "residue")), "
          + "\(grouped(unassessed)) of them unassessed and left out"
      ))
    return lines
  }

  private var tables: [(String, ReportTable)] {
    var result = [("all residues", summary), ("classes", classTable)]
    if let segments {
      result.append(
        (
          "segments of \(segments.labels): ends within \(segments.tolerance), overlap at least "
            + "\(percent(segments.leastOverlap)) % of the union",
          rows([
            ("recall", percent(segments.recall), segments.reference),
            ("precision", percent(segments.precision), segments.predicted),
            ("records with all right", "\(segments.allRight)", segments.records),
            ("records with one found", "\(segments.detected)", segments.records),
          ])
        ))
    }
    if let genes {
      result.append(
        (
          "exons (runs of \(genes.label)) and genes (records)",
          rows([
            ("exon sensitivity", percent(genes.exonSensitivity), genes.referenceExons),
            ("exon specificity", percent(genes.exonSpecificity), genes.predictedExons),
            ("missed exons", "\(genes.missedExons)", genes.referenceExons),
            ("wrong exons", "\(genes.wrongExons)", genes.predictedExons),
            ("gene sensitivity", percent(genes.geneSensitivity), genes.referenceGenes),
            ("gene specificity", percent(genes.geneSpecificity), genes.predictedGenes),
          ])
        ))
    }
    result.append(("reference against predicted", confusionTable))
    return result
  }

  private func rows(_ lines: [(String, String, Int)]) -> ReportTable {
    ReportTable(
      heading: ["", "score", "of"],
      rows: lines.map { [.init($0.0), .init($0.1, .strong), .init(grouped($0.2))] })
  }

  private var summary: ReportTable {
    let level = fixed(intervalLevel * 100, decimals: 0)
    func row(_ name: String, _ value: String, _ interval: String = "") -> [ReportTable.Cell] {
      [.init(name), .init(value, .strong), .init(interval)]
    }
    var table = ReportTable(heading: ["", "%", "\(level) % interval"])
    let interval =
      accuracy.low.map { "\(percent($0)) to \(percent(accuracy.high))" } ?? ""
    table.rows.append(row(accuracyName, percent(accuracy.value), interval))
    table.rows.append(row("macro F1", percent(macroF1)))
    table.rows.append(row("SOV'99, mean of records", percent(sov99)))
    table.rows.append(row("SOV_refine, mean of records", percent(sovRefine)))
    return table
  }

  private var classTable: ReportTable {
    let isRanked = classes.contains { $0.auc != nil }
    var table = ReportTable(
      heading: ["", "residues", "predicted", "precision", "recall", "F1", "specificity", "MCC"]
        + ["SOV'99", "SOV_refine"] + (isRanked ? ["AUC", "APS"] : []))
    for score in classes {
      var row: [ReportTable.Cell] = [
        .init(score.label), .init(grouped(score.support)), .init(grouped(score.predicted)),
        .init(percent(score.precision)), .init(percent(score.recall)), .init(percent(score.f1)),
        .init(percent(score.specificity)), .init(fixed(score.mcc, decimals: 3)),
        .init(percent(score.sov99)), .init(percent(score.sovRefine)),
      ]
      if isRanked {
        row += [score.auc, score.averagePrecision].map { value in
          .init(value.map { fixed($0, decimals: 3) } ?? "–")
        }
      }
      table.rows.append(row)
    }
    return table
  }

  private var confusionTable: ReportTable {
    let labels = classes.map(\.label)
    return ReportTable(
      heading: [""] + labels,
      rows: labels.filter { confusions[$0] != nil }.map { label in
        [.init(label)] + labels.map { .init(grouped(confusions[label]?[$0] ?? 0)) }
      })
  }
}
