internal import SeqMath
internal import SeqMetrics

/// One system's predictions on a track, a run a seed.
struct SystemRuns: Sendable {
  var name: String
  var runs: [(seed: UInt64, items: [TestItem])]
}

/// Makes a track of its report from a gold standard and predictions.
struct TrackBuilder: Sendable {
  let corpus: String
  let layer: String
  let task: ReportTask
  let gold: [TestItem]
  /// The names of the labels of the gold standard and of all systems.
  let names: NameTable
  let scoring: any TrackScoring
  let settings: Report.Settings

  /// The track, systems in the order given.
  ///
  /// - Complexity: the tests take O(systems² · rounds · items).
  func track(_ systems: [SystemRuns]) -> Report.Track {
    let metrics = scoring.metrics(labels: names.names.count)
    let units = scoring.units(of: gold)
    var results: [Report.Result] = []
    var means: [ItemStatistics] = []
    var answers: [[Answer]] = []
    for system in systems {
      let scores = system.runs.map { scoring.score(gold: gold, predicted: $0.items, names: names) }
      let mean = ItemStatistics.mean(scores.map(\.statistics))
      means.append(mean)
      answers.append(scores[0].answers)
      results.append(result(of: system, scores, mean, metrics))
    }
    let used = metrics.filter { metric in
      results.isEmpty || results.contains { $0.scores[metric.id]?.value != nil }
    }
    let comparisons = comparisons(systems.map(\.name), means, used)
    return Report.Track(
      id: "\(corpus).\(layer)", corpus: corpus, layer: layer, task: task.rawValue, unit: task.unit,
      units: units.count, items: gold.count,
      summary: TrackSummary(results: results, comparisons: comparisons, chief: used.first).sentence,
      metrics: used.map {
        .init(id: $0.id, title: $0.title, about: $0.about, isShare: $0.isShare)
      },
      results: results, comparisons: comparisons,
      disagreements: disagreements(systems.map(\.name), answers, units, results, used.first),
      curves: [])
  }

  /// The chief metric's value and interval for one run: a point of a learning curve.
  func chiefScore(of items: [TestItem]) -> Report.Score {
    let metric = scoring.metrics(labels: names.names.count)[0]
    let scores = scoring.score(gold: gold, predicted: items, names: names)
    return score(metric, scores.statistics, interval: interval([metric], scores.statistics)[0])
  }

  // MARK: One system

  private func result(
    of system: SystemRuns, _ scores: [ItemScores], _ mean: ItemStatistics, _ metrics: [Metric]
  ) -> Report.Result {
    let intervals = interval(metrics, mean)
    let seeds = zip(system.runs, scores).map { run, scores in
      let values = metrics.compactMap { metric in
        value(metric, scores.statistics).map { (metric.id, $0) }
      }
      return Report.SeedScores(seed: run.seed, values: Dictionary(values) { first, _ in first })
    }
    var byID: [String: Report.Score] = [:]
    for (metric, interval) in zip(metrics, intervals) {
      var score = score(metric, mean, interval: interval)
      let values = seeds.compactMap { $0.values[metric.id] }
      if seeds.count > 1, values.count == seeds.count {
        let average = values.reduce(0, +) / Double(values.count)
        score.value = average
        score.deviation =
          (values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(values.count - 1))
          .squareRoot()
      }
      byID[metric.id] = score
    }
    return Report.Result(
      system: system.name, scores: byID, classes: classes(scores),
      confusions: confusions(scores), calibration: reliability(scores), seeds: seeds)
  }

  private func interval(_ metrics: [Metric], _ items: ItemStatistics) -> [ConfidenceInterval?] {
    let sampler = Bootstrap(rounds: settings.rounds, level: settings.level, seed: settings.seed)
    return sampler.intervals(
      of: items,
      metrics: metrics.map { metric in
        { sums in metric.value(metric.columns.map { sums[$0] }) }
      })
  }

  private func value(_ metric: Metric, _ items: ItemStatistics) -> Double? {
    let sums = items.sums
    return metric.value(metric.columns.map { sums[$0] })
  }

  private func score(
    _ metric: Metric, _ items: ItemStatistics, interval: ConfidenceInterval?
  ) -> Report.Score {
    let sums = items.sums
    return Report.Score(
      value: value(metric, items), low: interval?.low, high: interval?.high,
      right: metric.counts.map { sums[$0.right] }, all: metric.counts.map { sums[$0.all] })
  }

  private func classes(_ scores: [ItemScores]) -> [Report.ClassScore] {
    let runs = Double(scores.count)
    return names.names.indices.compactMap { label in
      func mean(_ count: (ClassCount) -> Int) -> Double {
        scores.reduce(0) { $0 + Double(count($1.classes[label])) } / runs
      }
      let (gold, predicted, correct) = (mean(\.gold), mean(\.predicted), mean(\.correct))
      guard gold + predicted > 0 else { return nil }
      var mcc: Double?
      if task.labelsPositions {
        let all = scores[0].classes.reduce(0.0) { $0 + Double($1.gold) }
        let product = gold * (all - gold) * predicted * (all - predicted)
        mcc = product > 0 ? (correct * all - gold * predicted) / product.squareRoot() : nil
      }
      return Report.ClassScore(
        label: names.names[label], gold: gold, predicted: predicted, correct: correct,
        precision: predicted > 0 ? correct / predicted : nil,
        recall: gold > 0 ? correct / gold : nil, f1: 2 * correct / (gold + predicted), mcc: mcc)
    }.sorted { ($1.gold, $0.label) < ($0.gold, $1.label) }
  }

  private func confusions(_ scores: [ItemScores]) -> [Report.Confusion] {
    if scores.count == 1 { return scores[0].confusions }
    var sums: [[String]: Double] = [:]
    for score in scores {
      for confusion in score.confusions {
        sums[[confusion.gold, confusion.predicted], default: 0] += confusion.count
      }
    }
    return sums.map {
      Report.Confusion(
        gold: $0.key[0], predicted: $0.key[1], count: $0.value / Double(scores.count))
    }.sorted { ($1.count, $0.gold, $0.predicted) < ($0.count, $1.gold, $1.predicted) }
  }

  private func reliability(_ scores: [ItemScores]) -> Report.Reliability? {
    var total: Calibration?
    for calibration in scores.compactMap(\.calibration) {
      if total == nil { total = calibration } else { total?.merge(calibration) }
    }
    guard let total, let error = total.expectedError else { return nil }
    let width = Double(total.bins.count)
    return Report.Reliability(
      expectedError: error,
      bins: total.bins.enumerated().map { index, bin in
        .init(
          low: Double(index) / width, high: Double(index + 1) / width, count: bin.tally.count,
          confidence: bin.meanConfidence, accuracy: bin.tally.accuracy)
      })
  }

  // MARK: Two systems

  private func comparisons(
    _ systems: [String], _ statistics: [ItemStatistics], _ metrics: [Metric]
  ) -> [Report.Comparison] {
    var result: [Report.Comparison] = []
    for metric in metrics where metric.isTested {
      for first in systems.indices {
        for second in systems.indices where second > first {
          let a = statistics[first].selecting(metric.columns)
          let b = statistics[second].selecting(metric.columns)
          // Each test has a generator of its own, so that no comparison depends on another.
          var coins = RandomGenerator(seed: settings.seed)
          var draws = RandomGenerator(seed: settings.seed)
          guard
            let p = approximateRandomization(
              a, b, rounds: settings.testRounds, metric: metric.value, generator: &coins),
            let bootstrap = PairedBootstrap(
              a, b, rounds: settings.testRounds, level: settings.level, metric: metric.value,
              generator: &draws)
          else { continue }
          result.append(
            Report.Comparison(
              metric: metric.id, first: systems[first], second: systems[second],
              difference: bootstrap.difference, low: bootstrap.interval.low,
              high: bootstrap.interval.high, randomization: p, randomizationHolm: p,
              bootstrap: bootstrap.pValue, bootstrapHolm: bootstrap.pValue))
        }
      }
    }
    let randomization = holmAdjusted(result.map(\.randomization))
    let bootstrap = holmAdjusted(result.map(\.bootstrap))
    for index in result.indices {
      result[index].randomizationHolm = randomization[index]
      result[index].bootstrapHolm = bootstrap[index]
    }
    return result
  }

  /// Every pair of up to three systems; of more, the best with each other.
  private func disagreements(
    _ systems: [String], _ answers: [[Answer]], _ units: [GoldUnit], _ results: [Report.Result],
    _ chief: Metric?
  ) -> [Report.Disagreement] {
    guard systems.count > 1, let chief else { return [] }
    func value(_ index: Int) -> Double { results[index].scores[chief.id]?.value ?? -1 }
    var pairs: [(Int, Int)] = []
    if systems.count <= 3 {
      for first in systems.indices {
        for second in systems.indices where second > first { pairs.append((first, second)) }
      }
    } else {
      let best = systems.indices.max { value($0) < value($1) } ?? 0
      pairs = systems.indices.filter { $0 != best }.map { (best, $0) }
    }
    let finder = DisagreementFinder(gold: gold, units: units, names: names)
    return pairs.map { first, second in
      finder.disagreement(
        (systems[first], answers[first]), (systems[second], answers[second]))
    }
  }
}
