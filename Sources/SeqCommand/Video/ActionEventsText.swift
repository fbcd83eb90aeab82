internal import SeqCore
internal import VideoPack

/// The events that were found as tables for people.
enum ActionEventsText {
  static func text(_ events: ActionEvents, background: [String], palette: Palette) -> String {
    var text =
      "\nevents, "
      + (background.isEmpty ? "of every label" : "background left out")
      + "; each is matched with one of its label at most\n"
    for table in events.tables {
      text += "\n" + palette.paint(rule(table, events), .bold) + "\n"
      var rows = [["label", "gold", "predicted", "matched", "precision", "recall", "F1"]]
      rows += (table.labels + [table.all]).map(cells)
      rows.append(
        ["mean of labels"] + Array(repeating: "", count: 5)
          + [ActionScoreText.percent(table.meanF1)])
      text += ActionScoreText.table(rows, left: 1, palette)
    }
    return text
  }

  private static func cells(_ row: ActionEvents.Row) -> [String] {
    let counts = [row.gold, row.predicted, row.matched].map { grouped($0) }
    let shares = [row.precision, row.recall, row.f1].map { ActionScoreText.percent($0) }
    return [row.label ?? "all"] + counts + shares
  }

  private static func rule(_ table: ActionEvents.Table, _ events: ActionEvents) -> String {
    if let overlap = table.overlap {
      return "overlap: both share at least \(decimal(overlap * 100, 0)) % of their union"
    }
    let time = events.collarSeconds.map { " (\(decimal($0, 3)) s)" } ?? ""
    return
      "collar: onsets at most \(counted(events.collarFrames, "frame"))\(time) apart, ends at most "
      + "that or \(decimal(events.lengthShare * 100, 0)) % of the gold event's length, if that is more"
  }
}
