internal import ArgumentParser
internal import SeqCore
internal import SeqKit

/// Scores of labels of positions.
struct PositionEvalChoices: EvalChoosing {
  static let abstract = "Score a model on annotated files."
  static let discussion = """
    Files whose first bytes are a model's are models; without one, the bundled models are \
    scored, each on the layer that it writes.
    """
  static let filesHelp = "Model files, then annotated files."
  static let modelUsage = "[MODEL …]"

  @Flag(
    help: ArgumentHelp(
      "Tag the raw text of CoNLL-U files and score as the CoNLL 2018 shared task does."))
  var raw = false

  @Flag(help: "Tag raw text although the model was trained on another tokenizer's.")
  var anyTokenizer = false

  func report(of taggers: [Tagger], on data: EvalData) throws -> any EvaluationAnswer {
    if raw { return try rawReport(of: taggers, on: data) }
    let records = try data.records()
    var layers: [LayerEvaluation] = []
    var notices: [String] = []
    var seconds = 0.0
    for tagger in taggers {
      let result = try Evaluator.evaluate(
        tagger, on: records, source: data.source, bootstrap: data.bootstrap, threads: data.threads)
      layers.append(result.evaluation)
      let unknown = result.evaluation.labels.filter { tagger.schema.label($0.label) == nil }
      if !unknown.isEmpty {
        let list = unknown.prefix(10).map { label in
          let nearest = nearestName(to: label.label, among: tagger.schema.names)
          return "\(label.label) (\(grouped(label.support)) times"
            + (nearest.map { ", is \($0) meant?" } ?? "") + ")"
        }
        let more = unknown.count > 10 ? ", …" : ""
        notices.append(
          "The model has no such \(tagger.schema.layer), so these count as mistakes: "
            + list.joined(separator: ", ") + more)
      }
      if let layer = data.pack.manifest.layer(tagger.schema.layer) {
        notices += layer.metrics.map {
          $0.sentence(result.evaluation, outside: layer.outside ?? "O")
        }
      }
      seconds += result.seconds
    }
    let positions = records.reduce(0) { $0 + $1.count }
    let identity = taggers.map(\.model.manifest.name).joined(separator: " + ")
    let only = taggers.count == 1 ? taggers[0].model : nil
    return EvaluationReport(
      model: .init(
        name: identity, version: only?.manifest.version, path: only?.file.path,
        checksum: only.map { hexadecimal($0.file.checksum) }),
      data: .init(paths: data.paths, sequences: records.count, positions: positions),
      layers: layers, bootstrap: data.bootstrap,
      speed: .init(seconds: seconds, positions: positions, threads: data.threads),
      units: data.pack.units, notices: notices)
  }

  private func rawReport(of taggers: [Tagger], on data: EvalData) throws -> RawEvaluation {
    var evaluation = RawEvaluation(
      taggers, tokenizer: try tokenizer(of: taggers, anyTokenizer: anyTokenizer))
    for path in data.paths {
      let (source, format) = try data.input.open(path, for: data.pack)
      guard format.name == "conllu" else {
        throw ValidationError(
          "--raw needs CoNLL-U, whose SpaceAfter=No tells the raw text; \(path) is \(format.name).")
      }
      try evaluation.add(conllu: try source.readAll(), path: source.name)
    }
    return evaluation
  }
}

extension PackManifest.MetricName {
  /// The score in a sentence.
  fileprivate func sentence(_ evaluation: LayerEvaluation, outside: String) -> String {
    let score =
      switch self {
      case .micro: evaluation.pooled(without: outside)
      case .detection: evaluation.detection(outside: outside)
      }
    let what =
      switch self {
      case .micro: "\(evaluation.name), all labels but \(outside)"
      case .detection: "\(evaluation.name), any label but \(outside)"
      }
    func percent(_ value: Double?) -> String { value.map { decimal($0 * 100, 2) } ?? "–" }
    return "\(what): F1 \(percent(score.f1)) %, precision \(percent(score.precision)) %, "
      + "recall \(percent(score.recall)) %; \(grouped(score.support)) gold, "
      + "\(grouped(score.predicted)) predicted, \(grouped(score.correct)) right."
  }
}

/// Scores of spans.
struct SpanEvalChoices: EvalChoosing {
  static let abstract = "Score a model's spans on annotated files."
  static let discussion = """
    A span is right if a gold span has exactly its words and its type. Files whose first bytes \
    are a model's are models; without one, the bundled model is scored.
    """
  static let filesHelp = "A model file, then annotated files."
  static let modelUsage = "[MODEL]"

  @OptionGroup var spans: SpanOptions

  @Option(help: "The scheme of the gold labels; needed by --strict only.")
  var dataScheme = "iob2"

  @Flag(help: "Read gold labels as seqeval's strict mode does, not as conlleval.")
  var strict = false

  @Option(
    parsing: .upToNextOption,
    help: "Training files: score their spans apart from those that they do not have.")
  var seenIn: [String] = []

  @Flag(help: "Measure the probabilities as they were before the development set taught better.")
  var uncalibrated = false

  @Option(help: "Draw how far probabilities agree with how often spans are right, as SVG.")
  var diagram: String?

  func report(of taggers: [Tagger], on data: EvalData) throws -> any EvaluationAnswer {
    guard taggers.count == 1, let tagger = taggers.first else {
      let layers = taggers.map(\.schema.layer).joined(separator: " or ")
      throw ValidationError("one layer is scored at a time: add --layer \(layers).")
    }
    var tagging = try spans.tagging(for: taggers)
    if !tagging.thresholds.passAll { try requireProbabilities(of: taggers) }
    tagging.confidence = tagger.model.manifest.probabilities != .none
    tagging.calibrated = !uncalibrated
    let layer = tagger.schema.layer
    let records = try data.records()
    let scheme = try taggingScheme(dataScheme, option: "data-scheme")
    let surfaces =
      seenIn.isEmpty
      ? nil
      : SpanEvaluator.surfaces(of: try data.records(of: seenIn), layer: layer, scheme: scheme)
    var evaluator = SpanEvaluator(
      layer: layer, scheme: scheme, reading: strict ? .strict : .conlleval,
      trainingSurfaces: surfaces)
    let seconds = try evaluator.add(records, source: data.source, threads: data.threads) {
      [tagging] in
      let workspace = Workspace(tagger)
      return { record in
        var changes = SpanTagging.Changes()
        return try tagging.spans(
          of: record, layer: layer, tagger: tagger, in: workspace, changes: &changes)
      }
    }
    let positions = records.reduce(0) { $0 + $1.count }
    let manifest = tagger.model.manifest
    let report = SpanEvaluationReport(
      model: .init(
        name: manifest.name, version: manifest.version, path: tagger.model.file.path,
        checksum: hexadecimal(tagger.model.file.checksum)),
      data: .init(paths: data.paths, sequences: records.count, positions: positions),
      evaluation: evaluator.evaluation(bootstrap: data.bootstrap), bootstrap: data.bootstrap,
      speed: .init(seconds: seconds, positions: positions, threads: data.threads),
      units: data.pack.units)
    if let diagram {
      guard let calibration = report.evaluation.calibration else {
        throw ValidationError("--diagram needs a model with probabilities, and spans.")
      }
      let names = data.paths.map(\.fileName)
      let title = "\(manifest.name) on \(names.joined(separator: ", "))"
      let sink = try ByteSink(path: diagram)
      try sink.write(Array(ReliabilityDiagram(calibration).svg(title: title).utf8))
      try sink.finish()
    }
    return report
  }
}
