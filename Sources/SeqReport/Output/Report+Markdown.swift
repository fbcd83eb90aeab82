extension Report {
  /// The report in Markdown (GitHub's kind): verdicts, scores, tests, costs and how they were
  /// measured.
  package func markdown() -> String {
    let view = ReportView(report: self)
    var text = "# \(Self.escaped(title))\n\n"
    for track in tracks {
      text += "- **\(Self.escaped(track.id))**: \(Self.escaped(track.summary))\n"
    }
    for cell in cells where cell.status == "failed" {
      text +=
        "- **\(Self.escaped(cell.system)) on \(Self.escaped(cell.corpus)) failed**: "
        + "\(Self.escaped(cell.reason ?? ""))\n"
    }
    for gate in gates {
      text +=
        "- gate `\(gate.gate)` \(gate.passed ? "passed" : "**not met**"): \(Self.escaped(gate.sentence))\n"
    }
    text += "\n" + Self.table(view.overview)
    for corpus in corpora {
      text += "\n## \(Self.escaped(corpus.name))\n\n"
      if !corpus.about.isEmpty { text += Self.escaped(corpus.about) + "\n\n" }
      text += view.facts(corpus).map(Self.escaped).joined(separator: " ") + "\n"
      for track in tracks where track.corpus == corpus.name {
        text += "\n### \(Self.escaped(track.layer))\n\n" + Self.table(view.metrics(track))
        if !track.comparisons.isEmpty { text += "\n" + Self.table(view.comparisons(track)) }
        text += "\n" + Self.table(view.classes(track))
      }
      if let costs = view.costs(corpus) { text += "\n### Costs\n\n" + Self.table(costs) }
    }
    text += "\n## Systems\n\n" + Self.table(view.systems)
    text += "\n## How it was measured\n\n"
    for line in view.protocolLines { text += "- \(Self.escaped(line))\n" }
    return text + "\n```sh\ncd \(MeasuredProcess.line([folder]))\n\(command)\n```\n"
  }

  private static func table(_ table: HTMLTable) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    var text = table.caption.isEmpty ? "" : escaped(table.caption) + "\n\n"
    text += line(table.head.map { escaped($0.text) })
    text += line(table.head.indices.map { $0 < table.textColumns ? "---" : "---:" })
    for row in table.rows {
      text += line(
        row.map { cell in
          let words = escaped(cell.text)
          let shown = cell.style == "best" && !words.isEmpty ? "**\(words)**" : words
          return shown + (cell.style == "tie" ? " ≈" : "")
            + (cell.small.isEmpty ? "" : " (\(escaped(cell.small)))")
        })
    }
    return text
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\\`*_[]<>|#".contains(character) { result.append("\\") }
      result.append(character.isNewline ? " " : character)
    }
    return result
  }
}
