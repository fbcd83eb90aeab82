internal import FoundationEssentials

extension Report {
  /// The report as JSON, keys sorted; `Docs/Formats/report.md` describes it.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Reads a report that ``json()`` wrote.
  ///
  /// - Throws: `ReportError.data` for another layout.
  package init(json: [UInt8], path: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      self = try decoder.decode(Report.self, from: Data(json))
    } catch {
      throw ReportError.data(path: path, line: 0, problem: "no report of ours: \(error)")
    }
  }

  /// All figures, one a line (RFC 4180): track, system, metric, value, low, high, right, all,
  /// deviation, seeds; costs have the corpus as their track.
  package func csv() -> String {
    var text = "track,system,metric,value,low,high,right,all,deviation,seeds\r\n"
    func line(_ cells: [String]) {
      text += cells.map(Self.quoted).joined(separator: ",") + "\r\n"
    }
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    for track in tracks {
      for result in track.results {
        for metric in track.metrics {
          guard let score = result.scores[metric.id] else { continue }
          line([
            track.id, result.system, metric.id, number(score.value), number(score.low),
            number(score.high), number(score.right), number(score.all), number(score.deviation),
            "\(result.seeds.count)",
          ])
        }
      }
    }
    for cell in cells {
      guard let cost = cell.cost else { continue }
      let figures: [(String, Double?)] = [
        ("speed", cost.unitsPerSecond), ("cpu", cost.cpuSeconds), ("wall", cost.wallSeconds),
        ("start", cost.startSeconds), ("memory", Double(cost.peakBytes)),
        ("size", cost.modelBytes.map(Double.init)), ("training_cpu", cost.trainingCPUSeconds),
        ("training_wall", cost.trainingWallSeconds),
        ("training_memory", cost.trainingPeakBytes.map(Double.init)),
      ]
      for (name, value) in figures where value != nil {
        line([cell.corpus, cell.system, name, number(value), "", "", "", "", "", ""])
      }
    }
    return text
  }

  private static func quoted(_ cell: String) -> String {
    guard cell.contains(where: { "\",\r\n".contains($0) }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }

  /// Gates and cells as JUnit XML, for continuous integration: a gate that is not met is a failure, a
  /// system that failed an error.
  package func junit() -> String {
    let failures = gates.count { !$0.passed }
    let errors = cells.count { $0.status == "failed" }
    var page = HTMLText()
    page.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    page.element(
      "testsuites",
      [
        "name": title, "tests": "\(gates.count + cells.count)", "failures": "\(failures)",
        "errors": "\(errors)",
      ]
    ) { page in
      page.raw("\n")
      suite("gates", tests: gates.count, failures: failures, errors: 0, &page) { page in
        for gate in gates {
          page.element("testcase", ["classname": "gates", "name": gate.gate]) { page in
            if !gate.passed { page.element("failure", ["message": gate.sentence], gate.sentence) }
          }
          page.raw("\n")
        }
      }
      suite("systems", tests: cells.count, failures: 0, errors: errors, &page) { page in
        for cell in cells {
          page.element(
            "testcase",
            [
              "classname": cell.corpus, "name": cell.system,
              "time": cell.cost.map { "\($0.wallSeconds)" } ?? "0",
            ]
          ) { page in
            if cell.status == "failed" {
              page.element("error", ["message": cell.reason ?? ""], cell.reason ?? "")
            }
          }
          page.raw("\n")
        }
      }
    }
    return page.text + "\n"
  }

  private func suite(
    _ name: String, tests: Int, failures: Int, errors: Int, _ page: inout HTMLText,
    _ content: (inout HTMLText) -> Void
  ) {
    page.element(
      "testsuite",
      ["name": name, "tests": "\(tests)", "failures": "\(failures)", "errors": "\(errors)"]
    ) { page in
      page.raw("\n")
      content(&page)
    }
    page.raw("\n")
  }
}
