/// The tables of a report, as its page and its Markdown show them.
struct ReportView {
  let report: Report

  /// The result of a system on a track.
  func result(_ system: String, _ track: Report.Track) -> Report.Result? {
    track.results.first { $0.system == system }
  }

  /// Whether a system's lead or lag behind the best of a track may be chance.
  func isTied(_ system: String, _ track: Report.Track) -> Bool {
    guard let best = best(track), best != system, let metric = track.metrics.first else {
      return false
    }
    return track.comparisons.contains {
      $0.metric == metric.id && $0.randomizationHolm >= TrackSummary.level
        && Set([$0.first, $0.second]) == [best, system]
    }
  }

  /// The best system of a track by its chief metric.
  func best(_ track: Report.Track) -> String? {
    guard let metric = track.metrics.first else { return nil }
    return track.results.filter { $0.scores[metric.id]?.value != nil }
      .max { ($0.scores[metric.id]?.value ?? 0) < ($1.scores[metric.id]?.value ?? 0) }?.system
  }

  func style(_ system: String, _ track: Report.Track) -> String {
    best(track) == system ? "best" : isTied(system, track) ? "tie" : ""
  }

  /// Systems by tracks, the chief metric of each.
  var overview: HTMLTable {
    var table = HTMLTable(
      caption: "The chief metric of each corpus. Bold leads; ≈ is not significantly behind it.",
      head: [("System", "")]
        + report.tracks.map { ($0.id, $0.metrics.first.map { "\($0.title): \($0.about)" } ?? "") })
    for system in report.systems {
      var row = [HTMLTable.Cell(system.name)]
      for track in report.tracks {
        if let metric = track.metrics.first,
          let score = result(system.name, track)?.scores[metric.id], score.value != nil
        {
          row.append(cell(score, metric, style: style(system.name, track)))
        } else if report.cells.contains(where: {
          $0.system == system.name && $0.corpus == track.corpus && $0.status == "failed"
        }) {
          row.append(HTMLTable.Cell("failed", key: -1, style: "bad"))
        } else {
          row.append(HTMLTable.Cell("", key: -2))
        }
      }
      table.rows.append(row)
    }
    return table
  }

  private func cell(
    _ score: Report.Score, _ metric: Report.MetricInfo, style: String = ""
  ) -> HTMLTable.Cell {
    var small = ""
    if let low = score.low, let high = score.high {
      small =
        Figures.score(low, isShare: metric.isShare) + "–"
        + Figures.score(high, isShare: metric.isShare)
    }
    if let deviation = score.deviation {
      small += ", ± " + Figures.score(deviation, isShare: metric.isShare)
    }
    return HTMLTable.Cell(
      Figures.score(score.value, isShare: metric.isShare), small: small, key: score.value ?? -1,
      style: style)
  }

  /// All metrics of a track.
  func metrics(_ track: Report.Track) -> HTMLTable {
    var table = HTMLTable(
      caption: "Scores with 95 % intervals"
        + (track.results.contains { $0.seeds.count > 1 } ? "; ± is the deviation over seeds" : "")
        + ". Shares in per cent.",
      head: [("System", "")] + track.metrics.map { ($0.title, $0.about) } + [("Right", "")])
    for result in track.results {
      let chief = track.metrics.first.flatMap { result.scores[$0.id] }
      let right =
        chief?.right.flatMap { right in
          chief?.all.map { "\(Figures.count(right)) of \(Figures.count($0))" }
        } ?? counts(result)
      table.rows.append(
        [HTMLTable.Cell(result.system, small: seeds(result))]
          + track.metrics.enumerated().map { index, metric in
            result.scores[metric.id].map {
              cell($0, metric, style: index == 0 ? style(result.system, track) : "")
            } ?? HTMLTable.Cell("–", key: -1)
          } + [HTMLTable.Cell(right, key: chief?.right ?? -1)])
    }
    return table
  }

  private func counts(_ result: Report.Result) -> String {
    let correct = result.classes.reduce(0) { $0 + $1.correct }
    let gold = result.classes.reduce(0) { $0 + $1.gold }
    return "\(Figures.count(correct)) of \(Figures.count(gold))"
  }

  private func seeds(_ result: Report.Result) -> String {
    result.seeds.count > 1 ? "\(result.seeds.count) seeds" : ""
  }

  /// The tests between systems.
  func comparisons(_ track: Report.Track) -> HTMLTable {
    var table = HTMLTable(
      caption:
        "Tests of \(report.settings.testRounds.formatted) rounds over \(ReportTask(rawValue: track.task)?.items ?? "items"); p after Holm's correction over the \(track.comparisons.count) comparisons here",
      head: [
        ("Systems", ""), ("Metric", ""), ("Difference", "the first's less the second's"),
        ("95 % interval", "percentiles of paired bootstrap"),
        ("p, randomization", "approximate randomization, two-sided, after Holm"),
        ("p, bootstrap", "paired bootstrap, two-sided, after Holm"),
      ], textColumns: 2)
    for comparison in track.comparisons {
      let metric = track.metrics.first { $0.id == comparison.metric }
      let isShare = metric?.isShare ?? true
      func show(_ value: Double) -> String { Figures.difference(value, isShare: isShare) }
      table.rows.append([
        HTMLTable.Cell("\(comparison.first) – \(comparison.second)"),
        HTMLTable.Cell(metric?.title ?? comparison.metric),
        HTMLTable.Cell(show(comparison.difference), key: comparison.difference),
        HTMLTable.Cell("\(show(comparison.low)) to \(show(comparison.high))", key: comparison.low),
        HTMLTable.Cell(
          Figures.pValue(comparison.randomizationHolm), key: comparison.randomizationHolm,
          style: comparison.randomizationHolm < TrackSummary.level ? "best" : ""),
        HTMLTable.Cell(
          Figures.pValue(comparison.bootstrapHolm), key: comparison.bootstrapHolm,
          style: comparison.bootstrapHolm < TrackSummary.level ? "best" : ""),
      ])
    }
    return table
  }

  /// Precision, recall and F1 of each label; with several systems the F1 of each.
  func classes(_ track: Report.Track) -> HTMLTable {
    var labels: [(label: String, gold: Double)] = []
    for result in track.results {
      for score in result.classes where !labels.contains(where: { $0.label == score.label }) {
        labels.append((score.label, score.gold))
      }
    }
    labels.sort { ($1.gold, $0.label) < ($0.gold, $1.label) }
    let hasMCC = track.task == "residues"
    var table = HTMLTable(
      caption: "F1 of each label, with precision / recall"
        + (hasMCC ? " and Matthews' correlation of the label against all others" : ""),
      head: [("Label", ""), ("Gold", "how often it is in the gold standard")]
        + track.results.map { ($0.system, "") })
    for (label, gold) in labels.prefix(60) {
      var row = [HTMLTable.Cell(label), HTMLTable.Cell(Figures.count(gold), key: gold)]
      for result in track.results {
        guard let score = result.classes.first(where: { $0.label == label }) else {
          row.append(HTMLTable.Cell("–", key: -1))
          continue
        }
        func show(_ value: Double?) -> String { value.map { Figures.fixed($0 * 100, 1) } ?? "–" }
        row.append(
          HTMLTable.Cell(
            show(score.f1),
            small: "\(show(score.precision)) / \(show(score.recall))"
              + (hasMCC ? ", \(score.mcc.map { Figures.fixed($0, 3) } ?? "–")" : ""),
            key: score.f1 ?? -1))
      }
      table.rows.append(row)
    }
    return table
  }

  /// The most frequent mistakes of a system.
  func confusions(_ result: Report.Result) -> HTMLTable {
    var table = HTMLTable(
      caption: "\(result.system): the most frequent mistakes",
      head: [("Gold", ""), ("Predicted", ""), ("Count", "")], textColumns: 2)
    for confusion in result.confusions.prefix(10) {
      table.rows.append([
        HTMLTable.Cell(confusion.gold), HTMLTable.Cell(confusion.predicted),
        HTMLTable.Cell(Figures.count(confusion.count), key: confusion.count),
      ])
    }
    return table
  }

  /// What each system took on a corpus; `nil` if nothing was measured.
  func costs(_ corpus: Report.Corpus) -> HTMLTable? {
    let cells = report.cells.filter { $0.corpus == corpus.name && $0.cost != nil }
    guard let unit = cells.first?.cost?.unit else { return nil }
    let isTrained = cells.contains { $0.cost?.trainingCPUSeconds != nil }
    var table = HTMLTable(
      caption: "Whole processes, medians of \(report.settings.repeats) runs; "
        + "\(report.settings.threads) thread\(report.settings.threads == 1 ? "" : "s") of ours",
      head: [
        ("System", ""), ("\(unit) / CPU s", "\(unit) of the test set by seconds of processors"),
        ("CPU", "seconds of processors"), ("Clock", "seconds by the clock"),
        ("Start", "seconds by the clock for an input of one item"),
        ("Memory", "the most resident at once"), ("Model", "bytes of the model files"),
      ] + (isTrained ? [("Training, CPU", "mean over seeds")] : []))
    for cell in cells {
      guard let cost = cell.cost else { continue }
      var row = [
        HTMLTable.Cell(cell.system, small: cell.status == "kept" ? "kept from an earlier run" : ""),
        HTMLTable.Cell(Figures.rate(cost.unitsPerSecond), key: cost.unitsPerSecond),
        HTMLTable.Cell(Figures.seconds(cost.cpuSeconds), key: cost.cpuSeconds),
        HTMLTable.Cell(Figures.seconds(cost.wallSeconds), key: cost.wallSeconds),
        HTMLTable.Cell(
          cost.startSeconds.map(Figures.seconds) ?? "–", key: cost.startSeconds ?? -1),
        HTMLTable.Cell(Figures.bytes(cost.peakBytes), key: Double(cost.peakBytes)),
        HTMLTable.Cell(
          cost.modelBytes.map(Figures.bytes) ?? "–", key: Double(cost.modelBytes ?? -1)),
      ]
      if isTrained {
        row.append(
          HTMLTable.Cell(
            cost.trainingCPUSeconds.map(Figures.seconds) ?? "–",
            small: cost.trainingPeakBytes.map(Figures.bytes) ?? "",
            key: cost.trainingCPUSeconds ?? -1))
      }
      table.rows.append(row)
    }
    return table
  }

  /// The systems and what they are.
  var systems: HTMLTable {
    var table = HTMLTable(
      caption: "", head: [("System", ""), ("Kind", ""), ("What it is", "")], textColumns: 3,
      isSortable: false)
    for system in report.systems {
      var about = [system.about].filter { !$0.isEmpty }
      if let identity = system.identity {
        about += [identity.path, identity.file, identity.package, identity.version].compactMap {
          $0
        }
      }
      if !system.seeds.isEmpty {
        about.append(
          (system.seeds.count == 1 ? "seed " : "seeds ")
            + system.seeds.map { "\($0)" }.joined(separator: ", "))
      }
      table.rows.append([
        HTMLTable.Cell(system.name), HTMLTable.Cell(Self.kinds[system.kind] ?? system.kind),
        HTMLTable.Cell(about.joined(separator: "; "), style: "wrap"),
      ])
    }
    return table
  }

  private static let kinds = [
    "model": "model of ours", "trained": "trained in this run", "command": "external command",
    "predictions": "file of predictions",
  ]

  /// The files that were read.
  var files: HTMLTable {
    var table = HTMLTable(
      caption: "XXH3 (64 bit), as xxhsum -H3 prints it",
      head: [("Of", ""), ("File", ""), ("XXH3", ""), ("Size", "")], textColumns: 3,
      isSortable: false)
    func add(_ owner: String, _ files: [Report.File]) {
      for file in files {
        let row = [
          HTMLTable.Cell("\(owner), \(file.role)"), HTMLTable.Cell(file.path, style: "wrap"),
          HTMLTable.Cell(file.xxh3), HTMLTable.Cell(Figures.bytes(file.bytes)),
        ]
        table.rows.append(row)
      }
    }
    for corpus in report.corpora { add(corpus.name, corpus.files) }
    for cell in report.cells { add("\(cell.system) on \(cell.corpus)", cell.files) }
    return table
  }

  /// Facts about a corpus, in a sentence each.
  func facts(_ corpus: Report.Corpus) -> [String] {
    let task = ReportTask(rawValue: corpus.task) ?? .words
    var facts = [
      "\(Figures.grouped(corpus.items)) \(task.items) of \(Figures.grouped(corpus.positions)) "
        + "\(task.position); the median has \(Figures.grouped(corpus.medianLength)), the longest "
        + "\(Figures.grouped(corpus.longest))."
    ]
    if let items = corpus.trainingItems, let positions = corpus.trainingPositions {
      var text =
        "Training data: \(Figures.grouped(items)) \(task.items) of \(Figures.grouped(positions)) "
        + task.position
      if let unknown = corpus.unknownShare {
        text += "; \(Figures.fixed(unknown * 100, 1)) % of the test words are not among them"
      }
      if let repeated = corpus.repeatedItems, repeated > 0 {
        text += "; \(Figures.grouped(repeated)) test \(task.items) stand there as they are"
      }
      facts.append(text + ".")
    }
    return facts
  }

  /// How the figures came about.
  var protocolLines: [String] {
    let settings = report.settings
    let environment = report.environment
    return [
      "Intervals: percentile bootstrap over whole items, \(Figures.grouped(settings.rounds)) samples, seed \(settings.seed).",
      "Tests: approximate randomization and paired bootstrap over the same items, \(Figures.grouped(settings.testRounds)) rounds, two-sided, Holm's correction within a track; below 0.05 counts as significant. Systems with several seeds enter with the mean of their counts.",
      "Costs: whole processes measured by wait4 (processor time, peak resident memory) and a monotonic clock; medians of \(settings.repeats) runs of the test set without its labels; start is a run on one item.",
      "Machine: \(environment.processor), \(environment.processors) processors, \(Figures.bytes(environment.memoryBytes)) memory, \(environment.system); load \(Figures.fixed(environment.loadBefore, 1)) before, \(Figures.fixed(environment.loadAfter, 1)) after.",
      "Program: \(report.program.name) \(report.program.version), \(report.program.path), XXH3 \(report.program.xxh3).",
    ]
  }
}

extension Int {
  fileprivate var formatted: String { Figures.grouped(self) }
}
