internal import SeqCore
internal import VideoPack

/// The scores of actions as tables for people.
enum ActionScoreText {
  static func text(_ score: ActionScore, palette: Palette) -> String {
    var text =
      "\(counted(score.recordings, "recording")), \(counted(score.frames, "frame")); background: "
      + (score.background.isEmpty ? "none" : score.background.joined(separator: ", ")) + "\n\n"
    text += table(
      [["convention", "background", "accuracy", "edit", "F1@10", "F1@25", "F1@50", "surplus"]]
        + score.tables.map { table in
          [
            table.convention,
            score.background.isEmpty ? "–" : table.dropsBackground ? "dropped" : "kept",
            percent(table.accuracy), percent(table.edit),
          ] + ["10", "25", "50"].map { percent(table.f1[$0] ?? 0) }
            + [(table.surplus > 0 ? "+" : "") + "\(table.surplus)"]
        }, left: 2, palette)
    if let accuracy = score.accuracyWithoutBackground {
      text += "\naccuracy of gold frames that are not background: \(percent(accuracy))\n"
    }
    let b = score.boundaries
    text +=
      "\nboundaries of \(counted(b.pairs, "segment")) that agree: \(decimal(b.meanError, 2)) frames off on "
      + "average, \(decimal(abs(b.meanShift), 2)) too \(b.meanShift < 0 ? "early" : "late")\n"
    let s = score.segmentation
    text +=
      "segments split \(s.split), merged \(s.merged), missed \(s.missed), invented \(s.invented)\n\n"
    text += table(
      [["label", "precision", "recall", "F1", "frames", "segments", "predicted"]]
        + score.labels.map {
          [
            $0.label, percent($0.precision), percent($0.recall), percent($0.f1), grouped($0.gold),
            grouped($0.goldSegments), grouped($0.predictedSegments),
          ]
        }, left: 1, palette)
    return text
  }

  static func percent(_ value: Double?) -> String {
    value.map { decimal($0 * 100, 1) } ?? "–"
  }

  /// Aligned columns, of which the first so many are aligned left, under a heading if there is one.
  static func table(
    _ rows: [[String]], left: Int, heads: Bool = true, _ palette: Palette
  ) -> String {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.count)
      }
    }
    return rows.enumerated().map { number, row in
      let cells = row.enumerated().map { column, cell in
        let gap = String(repeating: " ", count: widths[column] - cell.count)
        if column >= left { return gap + cell }
        return column == row.count - 1 ? cell : cell + gap
      }
      let line = cells.joined(separator: "  ")
      return (number == 0 && heads ? palette.paint(line, .dim) : line) + "\n"
    }.joined()
  }
}
