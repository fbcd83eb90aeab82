internal import SeqCore
internal import SeqFormats

/// A corpus that was read: gold standard, what training holds, and the predictions on it.
final class CorpusData {
  let task: ReportTask
  /// What the report says of the corpus.
  private(set) var description: Report.Corpus
  private let plan: ReportPlan
  private let corpus: ReportPlan.Corpus
  private var layers: [String: LayerData] = [:]
  private let trainingWords: Set<String>?
  private var trainingSurfaces: [String: Set<String>] = [:]
  private(set) var trainingItems = 0

  private struct LayerData {
    var gold: [TestItem]
    var names: NameTable
    var runs: [SystemRuns] = []
  }

  /// The number of positions of the test set.
  var positions: Int { description.positions }

  /// Reads the gold file and, if there is one, the training file.
  ///
  /// - Throws: what reading throws.
  init(plan: ReportPlan, corpus: ReportPlan.Corpus) throws {
    self.plan = plan
    self.corpus = corpus
    task = ReportTask(rawValue: corpus.task ?? "") ?? .words
    let test = plan.resolve(corpus.test)
    let train = corpus.train.map(plan.resolve)
    for layer in corpus.layers {
      var names = NameTable()
      let gold = try Self.files(plan, corpus, task, layer)
        .items(of: test, names: &names, wanted: nil)
      layers[layer] = LayerData(gold: gold, names: names)
    }
    let first = layers[corpus.layers[0]]?.gold ?? []
    let lengths = first.map(\.count).filter { $0 > 0 }.sorted()
    var files = [try FileChecksum.file("test", test)]
    if let train { files.append(try FileChecksum.file("train", train)) }
    if let dev = corpus.dev { files.append(try FileChecksum.file("dev", plan.resolve(dev))) }
    description = Report.Corpus(
      name: corpus.name, about: corpus.about, task: task.rawValue, pack: corpus.pack, files: files,
      items: lengths.count, positions: lengths.reduce(0, +),
      medianLength: lengths.isEmpty ? 0 : lengths[lengths.count / 2], longest: lengths.last ?? 0,
      labels: [:])
    var words: Set<String>?
    if let train {
      var sequences: Set<[String]> = []
      for (index, layer) in corpus.layers.enumerated() {
        var names = NameTable()
        let items = try Self.files(plan, corpus, task, layer)
          .items(of: train, names: &names, wanted: nil)
        if index == 0 {
          trainingItems = items.count
          description.trainingItems = items.count
          description.trainingPositions = items.reduce(0) { $0 + $1.count }
          words = Set(items.lazy.flatMap(\.tokens))
          sequences = Set(items.lazy.map(\.tokens))
        }
        if task == .spans {
          trainingSurfaces[layer] = Set(
            items.lazy.flatMap { item in item.marks.map { MarkScoring.surface($0, in: item) } })
        }
      }
      if task != .frames {
        description.repeatedItems = first.count {
          !$0.tokens.isEmpty && sequences.contains($0.tokens)
        }
      }
      if task == .words || task == .spans || task == .roles, let words {
        let unknown = first.reduce(0) { $0 + $1.tokens.count { !words.contains($0) } }
        description.unknownShare =
          description.positions > 0 ? Double(unknown) / Double(description.positions) : nil
      }
    }
    trainingWords = task == .words ? words : nil
    for layer in corpus.layers { description.labels[layer] = labelCounts(layer) }
  }

  private func labelCounts(_ layer: String) -> [Report.LabelCount] {
    guard let data = layers[layer] else { return [] }
    var counts = [Int](repeating: 0, count: data.names.names.count)
    for item in data.gold {
      for label in item.labels { counts[label] += 1 }
      for mark in item.marks { counts[mark.type] += 1 }
    }
    return zip(data.names.names, counts).map { Report.LabelCount(label: $0, count: $1) }
      .sorted { ($1.count, $0.label) < ($0.count, $1.label) }
  }

  /// How the files of a layer are read.
  func files(_ layer: String) -> any ItemFiles { Self.files(plan, corpus, task, layer) }

  private static func files(
    _ plan: ReportPlan, _ corpus: ReportPlan.Corpus, _ task: ReportTask, _ layer: String
  ) -> any ItemFiles {
    let content: TextItems.Content
    switch task {
    case .residues: return ResidueItems()
    case .frames: return FrameItems()
    case .words: content = .labels(layer: layer)
    case .spans:
      content = .spans(layer: layer, scheme: corpus.scheme.flatMap(TaggingScheme.init(name:)))
    case .roles: content = .arguments
    }
    return TextItems(
      content: content, format: corpus.format,
      options: FormatOptions(
        columns: corpus.columns,
        separator: corpus.separator.flatMap(Columns.Separator.init(rawValue:)) ?? .tab))
  }

  // MARK: Predictions

  /// Reads a system's predictions of a layer.
  ///
  /// - Throws: what reading throws; `ReportError.misaligned`.
  func read(_ outcome: CellRunner.Outcome, of system: String, layer: String) throws {
    guard var data = layers[layer] else { return }
    let files = files(layer)
    var runs = SystemRuns(name: system, runs: [])
    for prediction in outcome.predictions {
      var items = try files.predictions(of: prediction.path, for: data.gold, names: &data.names)
      if let path = prediction.confidences {
        let others = try files.predictions(of: path, for: data.gold, names: &data.names)
        addConfidences(of: others, to: &items)
      }
      runs.runs.append((prediction.seed, items))
    }
    data.runs.append(runs)
    layers[layer] = data
  }

  /// Probabilities belong to what they were given for: where the second run says otherwise, there is
  /// none.
  private func addConfidences(of others: [TestItem], to items: inout [TestItem]) {
    for index in items.indices {
      let other = others[index]
      if let confidences = other.confidences, items[index].labels == other.labels {
        items[index].confidences = confidences
      }
      for mark in items[index].marks.indices {
        if let same = other.marks.first(where: { $0 == items[index].marks[mark] }) {
          items[index].marks[mark].confidence = same.confidence
        }
      }
    }
  }

  /// Takes back what was read of a system.
  func forget(_ system: String) {
    for layer in layers.keys { layers[layer]?.runs.removeAll { $0.name == system } }
  }

  /// What makes the track of a layer, and the runs that it holds.
  func builder(layer: String, settings: Report.Settings) -> (TrackBuilder, [SystemRuns]) {
    let data = layers[layer] ?? LayerData(gold: [], names: NameTable())
    return (builder(layer, data, settings), data.runs)
  }

  private func builder(
    _ layer: String, _ data: LayerData, _ settings: Report.Settings
  ) -> TrackBuilder {
    TrackBuilder(
      corpus: corpus.name, layer: layer, task: task, gold: data.gold, names: data.names,
      scoring: scoring(layer, data.names), settings: settings)
  }

  /// The chief score of a file of predictions beside those that were read.
  func score(_ path: String, layer: String, settings: Report.Settings) throws -> Report.Score {
    guard var data = layers[layer] else { return Report.Score() }
    let items = try files(layer).predictions(of: path, for: data.gold, names: &data.names)
    return builder(layer, data, settings).chiefScore(of: items)
  }

  private func scoring(_ layer: String, _ names: NameTable) -> any TrackScoring {
    func numbers(_ labels: [String]) -> Set<Int> { Set(labels.compactMap(names.known)) }
    let kind: PositionScoring.Kind
    switch task {
    case .spans, .roles:
      return MarkScoring(isArguments: task == .roles, trainingSurfaces: trainingSurfaces[layer])
    case .words: kind = .words
    case .residues: kind = .residues
    case .frames: kind = .frames
    }
    let usual = task == .words ? ["_", ""] : task == .residues ? ["-"] : []
    return PositionScoring(
      kind: kind, unscored: numbers(corpus.unscored ?? usual),
      background: numbers(corpus.background), trainingWords: trainingWords)
  }
}
