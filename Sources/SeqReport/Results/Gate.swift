internal import SeqCore

/// A condition on a figure: `ewt.upos.accuracy >= 0.953`, or with a system before it,
/// `HMM: ewt.upos.accuracy > 0.9`. Beside the metrics of a track there are the costs
/// `CORPUS.speed` (units a second), `.wall`, `.cpu`, `.start` (seconds), `.memory` and `.size`
/// (bytes).
package struct Gate: Hashable, Sendable {
  /// How the figure is held against the value.
  package enum Relation: String, CaseIterable, Sendable {
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"
  }

  /// The gate as it was written.
  package let text: String
  /// The system; `nil` for the report's first.
  package let system: String?
  /// The figure: names between full stops.
  package let path: [String]
  package let relation: Relation
  package let value: Double

  /// Parses a gate.
  ///
  /// - Throws: `ReportError.gate`.
  package init(_ text: String) throws {
    self.text = text
    var rest = text[...]
    if let colon = rest.lastIndex(of: ":") {
      system = Self.trimmed(rest[..<colon])
      rest = rest[rest.index(after: colon)...]
    } else {
      system = nil
    }
    guard let relation = Relation.allCases.first(where: { rest.contains($0.rawValue) }),
      let range = rest.firstRange(of: relation.rawValue)
    else { throw ReportError.gate(text, problem: "there is no >=, <=, > or <") }
    self.relation = relation
    path = Self.trimmed(rest[..<range.lowerBound]).split(separator: ".").map(String.init)
    guard let value = Double(Self.trimmed(rest[range.upperBound...])) else {
      throw ReportError.gate(text, problem: "there is no number behind \(relation.rawValue)")
    }
    self.value = value
    guard path.count == 2 || path.count == 3 else {
      throw ReportError.gate(
        text, problem: "\"\(path.joined(separator: "."))\" does not name a figure")
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// Holds a report against the gate. A figure that is not there fails it.
  package func result(for report: Report) -> Report.GateResult {
    let name = system ?? report.systems.first?.name ?? ""
    let figure = path.joined(separator: ".")
    func fail(_ sentence: String) -> Report.GateResult {
      Report.GateResult(gate: text, passed: false, sentence: sentence)
    }
    guard report.systems.contains(where: { $0.name == name }) else {
      let known = report.systems.map(\.name)
      let nearest = nearestName(to: name, among: known).map { " Did you mean \($0)?" } ?? ""
      return fail("there is no system \(name).\(nearest)")
    }
    if let cell = report.cells.first(where: { $0.system == name && $0.corpus == path[0] }),
      cell.status == "failed"
    {
      return fail("\(name) on \(path[0]) failed: \(cell.reason ?? "")")
    }
    let found: Double?
    if path.count == 2 {
      let cost = report.cells.first { $0.system == name && $0.corpus == path[0] }?.cost
      switch path[1] {
      case "speed": found = cost?.unitsPerSecond
      case "wall": found = cost?.wallSeconds
      case "cpu": found = cost?.cpuSeconds
      case "start": found = cost?.startSeconds
      case "memory": found = (cost?.peakBytes).map(Double.init)
      case "size": found = (cost?.modelBytes).flatMap { $0 }.map(Double.init)
      default: found = nil
      }
    } else {
      let track = report.tracks.first { $0.id == path[0] + "." + path[1] }
      found =
        track?.results.first { $0.system == name }?.scores[path[2]].flatMap(\.value)
    }
    guard let found else {
      let known = Self.figures(of: report)
      let nearest = nearestName(to: figure, among: known).map { " Did you mean \($0)?" } ?? ""
      return fail("\(name) has no figure \(figure).\(nearest)")
    }
    let passed =
      switch relation {
      case .atLeast: found >= value
      case .atMost: found <= value
      case .above: found > value
      case .below: found < value
      }
    let digits = abs(found) < 10 ? Figures.fixed(found, 5) : Figures.fixed(found, 0)
    return Report.GateResult(
      gate: text, passed: passed,
      sentence: "\(figure) of \(name) is \(digits), \(passed ? "as wanted" : "and not") "
        + "\(relation.rawValue) \(value).")
  }

  /// The figures that gates can name.
  static func figures(of report: Report) -> [String] {
    report.tracks.flatMap { track in track.metrics.map { "\(track.id).\($0.id)" } }
      + report.corpora.flatMap { corpus in
        ["speed", "wall", "cpu", "start", "memory", "size"].map { "\(corpus.name).\($0)" }
      }
  }
}
