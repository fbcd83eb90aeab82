import Foundation
import Testing

@testable import SeqReport

/// What reports are written as.
@Suite struct OutputTests {
  static func report() -> Report {
    var names = NameTable()
    let tokens = ["a<b", "c"]
    let (x, y) = (names.number(of: "X&\"Y\""), names.number(of: "|Z|"))
    let gold = [TestItem(name: "1", line: 3, tokens: tokens, labels: [x, y])]
    let wrong = [TestItem(name: "1", line: 3, tokens: tokens, labels: [x, x])]
    let settings = Report.Settings(
      seed: 1, rounds: 20, testRounds: 20, level: 0.95, repeats: 1, threads: 1)
    let builder = TrackBuilder(
      corpus: "c", layer: "l", task: .words, gold: gold, names: names,
      scoring: PositionScoring(kind: .words, unscored: [], background: [], trainingWords: nil),
      settings: settings)
    var report = Report(
      title: "A & B", created: "2026-01-01T00:00:00Z", command: "seqkit report", folder: "/",
      program: .init(name: "seqkit", version: "1", path: "/p", xxh3: "0"),
      environment: .init(
        processor: "p", processors: 1, memoryBytes: 1, system: "s", loadBefore: 0, loadAfter: 0),
      settings: settings, corpora: [], systems: [], cells: [], tracks: [], gates: [])
    report.systems = ["one", "two", "three"].map {
      .init(name: $0, kind: "predictions", about: "", seeds: [], identity: nil)
    }
    report.corpora = [
      .init(
        name: "c", about: "", task: "words", files: [], items: 1, positions: 2, medianLength: 2,
        longest: 2, labels: [:])
    ]
    report.tracks = [
      builder.track([
        SystemRuns(name: "one", runs: [(1, gold)]), SystemRuns(name: "two", runs: [(1, wrong)]),
      ])
    ]
    report.cells = [
      .init(
        system: "one", corpus: "c", status: "done", commands: [], files: [],
        cost: .init(
          unit: "words", units: 2, wallSeconds: 1, cpuSeconds: 0.5, unitsPerSecond: 4,
          peakBytes: 1000, runs: 1), notes: []),
      .init(
        system: "three", corpus: "c", status: "failed", reason: "it <fell>", commands: [],
        files: [], notes: []),
    ]
    report.gates = [
      "c.l.accuracy >= 1", "two: c.l.accuracy >= 1", "c.l.acuracy > 0", "three: c.l.exact > 0",
    ]
    .compactMap { try? Gate($0).result(for: report) }
    return report
  }

  @Test func gatesAreHeldAgainstFigures() {
    let gates = Self.report().gates
    #expect(gates.map(\.passed) == [true, false, false, false])
    #expect(gates[1].sentence.contains("c.l.accuracy of two is 0.50000, and not >= 1.0"))
    #expect(gates[2].sentence.contains("Did you mean c.l.accuracy?"))
    #expect(gates[3].sentence.contains("three on c failed: it <fell>"))
  }

  @Test func thePageNeedsNothingElse() {
    let page = Self.report().html()
    #expect(page.hasPrefix("<!DOCTYPE html>"))
    for word in ["http:", "https:", "src=", "@import", "url("] { #expect(!page.contains(word)) }
    #expect(
      page.contains("A &amp; B") && page.contains("a&lt;b") && page.contains("it &lt;fell&gt;"))
    #expect(!page.contains("<fell>"))
    // What is opened is closed, in order.
    var open: [Substring] = []
    let void: Set<Substring> = ["meta", "link", "!DOCTYPE", "line", "path", "rect", "circle"]
    for tag in page.split(separator: "<").dropFirst() {
      let name = tag.prefix { !" >/".contains($0) }
      if tag.hasPrefix("/") {
        #expect(open.popLast() == tag.dropFirst().prefix { $0 != ">" })
      } else if !void.contains(name), name.first?.isLetter == true, tag.contains(">") {
        if name == "script" || name == "style" { open.append(name) } else { open.append(name) }
      }
    }
    #expect(open.isEmpty, "\(open)")
  }

  @Test func jsonIsReadBack() throws {
    let report = Self.report()
    let text = try report.json()
    let again = try Report(json: Array(text.utf8), path: "r.json")
    #expect(try again.json() == text)
    #expect(text.contains("\"schema\" : \"seqkit.report.v1\""))
    #expect(text.contains("\"test_rounds\" : 20"))
  }

  @Test func csvHasALineAFigure() {
    let lines = Self.report().csv().split(separator: "\r\n")
    #expect(lines[0] == "track,system,metric,value,low,high,right,all,deviation,seeds")
    #expect(lines.contains("c.l,two,accuracy,0.5,0.5,0.5,1.0,2.0,,1"))
    #expect(lines.contains("c,one,speed,4.0,,,,,,"))
    #expect(
      lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 10 })
  }

  @Test func junitTellsGatesAndFailures() throws {
    let xml = Self.report().junit()
    #expect(xml.contains("tests=\"6\" failures=\"3\" errors=\"1\""))
    #expect(xml.contains("<error message=\"it &lt;fell&gt;\">"))
  }

  @Test func markdownEscapesWhatIsMarkup() {
    let text = Self.report().markdown()
    #expect(text.contains("| \\|Z\\| |"))
    #expect(text.contains("three on c failed"))
  }
}
