extension Report {
  /// The report as one page that needs nothing else: style, pictures and script are inside.
  package func html() -> String {
    ReportPage(report: self).text()
  }
}

/// Writes the page: the verdict first, then each corpus, then what was compared and how.
private struct ReportPage {
  let report: Report
  private var view: ReportView { ReportView(report: report) }
  private var plots: ReportPlots { ReportPlots(report: report) }

  func text() -> String {
    var page = HTMLText()
    page.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
    page.raw("<link rel=\"icon\" href=\"data:,\">")
    page.element("title", report.title)
    page.raw("<style>\(PageStyle.style)</style></head>\n<body><main>")
    header(&page)
    summary(&page)
    for corpus in report.corpora { section(corpus, &page) }
    systems(&page)
    repetition(&page)
    page.raw("</main><script>\(PageStyle.script)</script></body></html>\n")
    return page.text
  }

  private func header(_ page: inout HTMLText) {
    page.element("header") { page in
      page.element("h1", report.title)
      page.element("p", ["class": "soft"]) { page in
        page.say(
          "\(counted(report.systems.count, "system")) on \(counted(report.corpora.count, "corpus", "corpora")), "
            + "\(report.created.prefix(10)) · seqkit \(report.program.version)")
      }
      page.element("nav", ["aria-label": "Sections"]) { page in
        for corpus in report.corpora {
          page.element("a", ["href": "#" + anchor(corpus.name)], corpus.name)
          page.raw(" ")
        }
        page.element("a", ["href": "#systems"], "Systems")
        page.raw(" ")
        page.element("a", ["href": "#repeat"], "How it was measured")
      }
    }
  }

  private func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count) " + (count == 1 ? one : many ?? one + "s")
  }

  private func anchor(_ name: String) -> String { "corpus-" + name }

  private func summary(_ page: inout HTMLText) {
    page.element("section", ["aria-label": "Summary"]) { page in
      page.element("ul", ["class": "lead"]) { page in
        for track in report.tracks {
          page.element("li") { page in
            page.element("strong", track.id)
            page.say(": " + track.summary)
          }
        }
        for cell in report.cells where cell.status == "failed" {
          page.element("li", ["class": "bad"]) { page in
            page.say("\(cell.system) on \(cell.corpus) failed: \(cell.reason ?? "")")
          }
        }
      }
      view.overview.write(to: &page)
      if !report.gates.isEmpty {
        page.element("h3", "Gates")
        page.element("ul") { page in
          for gate in report.gates {
            page.element("li", ["class": gate.passed ? "good" : "bad"]) { page in
              page.element("strong", gate.passed ? "✓ passed " : "✗ not met ")
              page.element("code", gate.gate)
              page.say(": " + gate.sentence)
            }
          }
        }
      }
    }
  }

  private func section(_ corpus: Report.Corpus, _ page: inout HTMLText) {
    page.element("section", ["id": anchor(corpus.name)]) { page in
      page.element("h2", corpus.name)
      if !corpus.about.isEmpty { page.element("p", corpus.about) }
      page.element("p", ["class": "soft"], view.facts(corpus).joined(separator: " "))
      let tracks = report.tracks.filter { $0.corpus == corpus.name }
      for track in tracks { section(track, isOnly: tracks.count == 1, &page) }
      if let costs = view.costs(corpus) {
        page.element("h3", "Speed, memory, size")
        costs.write(to: &page)
        for track in tracks.prefix(2) {
          let speed = plots.pareto(
            track, title: "\(ReportTask(rawValue: track.task)?.position ?? "units") a CPU second",
            isBetterHigh: true, format: { Figures.rate($0) }, cost: { $0.unitsPerSecond })
          let size = plots.pareto(
            track, title: "bytes of the model", isBetterHigh: false,
            format: { Figures.bytes(Int($0)) }, cost: { $0.modelBytes.map(Double.init) })
          page.element("div", ["class": "figures"]) { page in
            figure(
              speed,
              "\(track.layer): quality against speed. No system beats those on the line in both.",
              &page)
            figure(size, "\(track.layer): quality against model size.", &page)
          }
        }
      }
      labels(corpus, &page)
      let notes = report.cells.filter { $0.corpus == corpus.name && !$0.notes.isEmpty }
      for cell in notes {
        page.element(
          "p", ["class": "soft"], "\(cell.system): \(cell.notes.joined(separator: "; "))")
      }
    }
  }

  private func figure(
    _ picture: String?, _ caption: String, _ page: inout HTMLText, style: String = ""
  ) {
    guard let picture else { return }
    page.element("figure", ["class": style]) { page in
      page.raw(picture)
      page.element("figcaption", caption)
    }
  }

  private func section(_ track: Report.Track, isOnly: Bool, _ page: inout HTMLText) {
    page.element("h3", isOnly ? "Scores" : track.layer)
    page.element("p", track.summary)
    view.metrics(track).write(to: &page)
    page.element("div", ["class": "figures"]) { page in
      figure(plots.intervals(track), "Values with their 95 % intervals.", &page)
      figure(
        plots.curves(track), "Learning curve: trained on parts of the training data, one seed.",
        &page)
    }
    if !track.comparisons.isEmpty { view.comparisons(track).write(to: &page) }
    fold("By label", &page) { view.classes(track).write(to: &$0) }
    fold("Mistakes", &page) { mistakes(track, &$0) }
    if track.results.contains(where: { $0.calibration != nil }) {
      fold("Calibration", &page) { page in
        page.element(
          "p", ["class": "soft"],
          "A calibrated system is right as often as it says: its points lie on the dashed line. Bars show "
            + "how many predictions each bin holds.")
        page.element("div", ["class": "figures"]) { page in
          for result in track.results {
            guard let calibration = result.calibration else { continue }
            figure(
              plots.reliability(result.system, calibration),
              "\(result.system): expected calibration error "
                + "\(Figures.fixed(calibration.expectedError * 100, 2)) %", &page, style: "small")
          }
        }
      }
    }
    if !track.disagreements.isEmpty {
      fold("Where one is right and the other wrong", &page) { page in
        for disagreement in track.disagreements { write(disagreement, track, &page) }
      }
    }
  }

  private func fold(
    _ title: String, _ page: inout HTMLText, _ content: (inout HTMLText) -> Void
  ) {
    page.element("details") { page in
      page.element("summary", title)
      content(&page)
    }
  }

  private func mistakes(_ track: Report.Track, _ page: inout HTMLText) {
    if let best = view.best(track), let result = view.result(best, track) { heat(result, &page) }
    page.element("div", ["class": "figures"]) { page in
      for result in track.results where !result.confusions.isEmpty {
        view.confusions(result).write(to: &page)
      }
    }
  }

  /// The confusion matrix of the most frequent labels, each row in shares of its sum.
  private func heat(_ result: Report.Result, _ page: inout HTMLText) {
    let limit = 16
    var labels = result.classes.prefix(limit).map(\.label)
    if result.confusions.contains(where: { $0.gold == "–" || $0.predicted == "–" }) {
      labels.append("–")
    }
    guard labels.count > 1 else { return }
    var counts: [[String]: Double] = [:]
    for confusion in result.confusions {
      counts[[confusion.gold, confusion.predicted]] = confusion.count
    }
    for score in result.classes { counts[[score.label, score.label]] = score.correct }
    let caption =
      "\(result.system): gold labels in rows, predicted ones in columns"
      + (result.classes.count > limit ? ", the \(limit) most frequent" : "")
    page.element("p", ["class": "caption"], caption)
    page.element(
      "div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": caption]
    ) {
      page in
      page.element("table", ["class": "heat"]) { page in
        page.element("thead") { page in
          page.element("tr") { page in
            page.element("th", ["scope": "col"], "")
            for label in labels { page.element("th", ["scope": "col", "class": "n"], label) }
          }
        }
        page.element("tbody") { page in
          for gold in labels {
            let sum = labels.reduce(0) { $0 + (counts[[gold, $1]] ?? 0) }
            page.element("tr") { page in
              page.element("th", ["scope": "row"], gold)
              for predicted in labels {
                let count = counts[[gold, predicted]] ?? 0
                let share = sum > 0 ? (count / sum).squareRoot() : 0
                page.element(
                  "td", ["style": "--v:\(Figures.fixed(share, 2))"],
                  count > 0 ? Figures.count(count) : "")
              }
            }
          }
        }
      }
    }
  }

  private func write(
    _ disagreement: Report.Disagreement, _ track: Report.Track, _ page: inout HTMLText
  ) {
    page.element("h4", "\(disagreement.first) and \(disagreement.second)")
    page.element(
      "p", ["class": "soft"],
      "Of \(Figures.grouped(track.units)) \(track.unit), both are right on "
        + "\(Figures.grouped(disagreement.bothRight)) and wrong on "
        + "\(Figures.grouped(disagreement.bothWrong)); only \(disagreement.first) is right on "
        + "\(Figures.grouped(disagreement.firstOnly)), only \(disagreement.second) on "
        + "\(Figures.grouped(disagreement.secondOnly)).")
    for isFirst in [true, false] {
      let examples = disagreement.examples.filter { $0.firstIsRight == isFirst }
      guard !examples.isEmpty else { continue }
      let (right, wrong) =
        isFirst
        ? (disagreement.first, disagreement.second) : (disagreement.second, disagreement.first)
      page.element("p", "\(right) is right, \(wrong) is wrong:")
      page.element(
        "div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": "Examples"]
      ) {
        page in
        page.element("table") { page in
          page.raw(
            "<thead><tr><th scope=\"col\">Place</th><th scope=\"col\">Right</th><th scope=\"col\">Wrong</th>"
              + "<th scope=\"col\" class=\"n\" title=\"places with the same two answers\">Like it</th></tr></thead>"
          )
          page.element("tbody") { page in
            for example in examples {
              page.element("tr") { page in
                page.element("td") { page in
                  page.say(
                    example.before
                      + (example.before.isEmpty ? "" : separator(example.before, track)))
                  page.element("mark", example.text)
                  page.say(
                    (example.after.isEmpty ? "" : separator(example.after, track)) + example.after)
                  page.element(
                    "small", example.item + (example.line > 0 ? ", line \(example.line)" : ""))
                }
                page.element("td", example.gold)
                page.element("td", ["class": "bad"], isFirst ? example.second : example.first)
                page.element("td", ["class": "n"], Figures.grouped(example.count))
              }
            }
          }
        }
      }
    }
  }

  private func separator(_ text: String, _ track: Report.Track) -> String {
    track.task == "residues" ? "" : " "
  }

  private func labels(_ corpus: Report.Corpus, _ page: inout HTMLText) {
    fold("The corpus's labels", &page) { page in
      for (layer, counts) in corpus.labels.sorted(by: { $0.key < $1.key }) {
        let all = counts.reduce(0) { $0 + $1.count }
        page.element("p") { page in
          page.element("strong", layer)
          page.say(
            ": "
              + counts.prefix(40).map { count in
                let share = all > 0 ? Double(count.count) / Double(all) * 100 : 0
                return
                  "\(count.label) \(Figures.grouped(count.count)) (\(Figures.fixed(share, 1)) %)"
              }.joined(separator: ", ") + (counts.count > 40 ? ", …" : ""))
        }
      }
    }
  }

  private func systems(_ page: inout HTMLText) {
    page.element("section", ["id": "systems"]) { page in
      page.element("h2", "Systems")
      view.systems.write(to: &page)
    }
  }

  private func repetition(_ page: inout HTMLText) {
    page.element("section", ["id": "repeat"]) { page in
      page.element("h2", "How it was measured")
      page.element("ul") { page in
        for line in view.protocolLines { page.element("li", line) }
      }
      page.element("p", "The same again:")
      page.element("pre", "cd \(MeasuredProcess.line([report.folder]))\n\(report.command)")
      fold("Data and models", &page) { view.files.write(to: &$0) }
      fold("Commands that were run", &page) { page in
        for cell in report.cells where !cell.commands.isEmpty {
          page.element("p", "\(cell.system) on \(cell.corpus)")
          page.element("pre", cell.commands.joined(separator: "\n"))
        }
      }
    }
  }
}
