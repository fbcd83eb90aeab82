public import SeqCore
internal import SeqMath
internal import SeqMetrics

/// Scores the spans of records: adds them one by one, then sums up.
///
/// ```swift
/// var evaluator = SpanEvaluator(layer: "ner", scheme: .iob2)
/// for (record, predicted) in zip(records, predictions) {
///   evaluator.add(record, predicted: predicted)
/// }
/// print(evaluator.evaluation().micro.f1)
/// ```
public struct SpanEvaluator: Sendable {
  /// The layer whose gold spans are scored against.
  public let layer: String
  /// The words of the spans of the training data, as ``surface(of:in:)`` gives them; `nil` if they
  /// are not known. With them, spans that training held are scored apart from those that it did not.
  public var trainingSurfaces: Set<String>?
  /// How many of the wrong spans with a high confidence are kept.
  public var confidentErrorLimit = 20

  private var reader: SpanLabelReader
  private var counts = Counts()

  /// What the sequences brought.
  private struct Counts {
    var sequences: [(gold: [Segment], predicted: [Segment])] = []
    var seen = SpanAgreement()
    var unseen = SpanAgreement()
    var calibration = Calibration()
    var errors: [SpanEvaluation.ConfidentError] = []
  }

  /// Makes an evaluator without counts.
  ///
  /// - Parameters:
  ///   - layer: the layer of gold labels or spans.
  ///   - scheme: the scheme of the gold labels, if they are labels; strict reading needs it.
  ///   - reading: how spans are read from gold labels.
  public init(
    layer: String, scheme: TaggingScheme? = nil, reading: SpanReading = .conlleval,
    trainingSurfaces: Set<String>? = nil
  ) {
    self.layer = layer
    self.trainingSurfaces = trainingSurfaces
    reader = SpanLabelReader(scheme: scheme, reading: reading)
  }

  /// The words of a span with a space between them: by them a span is known or new.
  public static func surface(of span: LabelledSpan, in record: borrowing Record) -> String {
    guard let words = record.ranges("form") else { return record.text(of: span) }
    return span.positions.map { record.string(words[$0]) }.joined(separator: " ")
  }

  /// Counts the spans of a record.
  ///
  /// - Parameters:
  ///   - record: its span layer ``layer``, or else its labels of that name, are gold.
  ///   - predicted: spans over the record; types are matched by name.
  /// - Returns: false if the record has no gold, and was not counted.
  @discardableResult
  public mutating func add(_ record: borrowing Record, predicted: SpanLayer) -> Bool {
    guard let gold = record.spanLayer(layer) ?? reader.spans(of: record, layer: layer) else {
      return false
    }
    add(record, gold: gold, predicted: predicted)
    return true
  }

  /// Counts the spans of a record whose gold spans are given.
  public mutating func add(
    _ record: borrowing Record, gold: SpanLayer, predicted: SpanLayer
  ) {
    let goldSpans = gold.spans.filter { !$0.positions.isEmpty }
    let predictedSpans = predicted.spans.filter { !$0.positions.isEmpty }
    let goldSegments = segments(goldSpans, gold.types)
    let predictedSegments = segments(predictedSpans, predicted.types)
    counts.sequences.append((goldSegments, predictedSegments))

    let alignment = SpanAlignment(gold: goldSegments, predicted: predictedSegments)
    var pairOf = [SpanAlignment.Pair?](repeating: nil, count: predictedSpans.count)
    for pair in alignment.pairs { pairOf[pair.predicted] = pair }
    if let trainingSurfaces {
      func count(_ span: LabelledSpan, _ change: (inout SpanAgreement) -> Void) {
        if trainingSurfaces.contains(Self.surface(of: span, in: record)) {
          change(&counts.seen)
        } else {
          change(&counts.unseen)
        }
      }
      for span in goldSpans { count(span) { $0.gold += 1 } }
      for (index, span) in predictedSpans.enumerated() {
        count(span) {
          $0.predicted += 1
          if pairOf[index]?.relation == .correct { $0.correct += 1 }
        }
      }
    }
    for (index, span) in predictedSpans.enumerated() {
      guard let confidence = span.confidence else { continue }
      let pair = pairOf[index]
      let isCorrect = pair?.relation == .correct
      counts.calibration.add(confidence: confidence, isCorrect: isCorrect)
      if isCorrect { continue }
      let goldSpan = pair.map { goldSpans[$0.gold] }
      remember(
        SpanEvaluation.ConfidentError(
          confidence: confidence, predicted: predicted.typeName(of: span),
          text: Self.surface(of: span, in: record), gold: goldSpan.map(gold.typeName),
          goldText: goldSpan.map { Self.surface(of: $0, in: record) },
          before: words(
            of: record, max(0, span.positions.lowerBound - 5)..<span.positions.lowerBound),
          after: words(
            of: record,
            span.positions.upperBound..<min(record.count, span.positions.upperBound + 5)),
          source: record.provenance.source, line: record.provenance.line))
    }
  }

  private mutating func segments(_ spans: [LabelledSpan], _ types: [String]) -> [Segment] {
    spans.map {
      Segment(
        start: $0.positions.lowerBound, end: $0.positions.upperBound,
        label: reader.number(ofType: types[Int($0.type)]))
    }
  }

  private func words(of record: borrowing Record, _ positions: Range<Int>) -> String {
    guard let words = record.ranges("form") else { return "" }
    return words[positions].map(record.string).joined(separator: " ")
  }

  /// Keeps the most confident mistakes; of equal ones the earlier.
  private mutating func remember(_ error: SpanEvaluation.ConfidentError) {
    let place = counts.errors.firstIndex { $0.confidence < error.confidence }
    counts.errors.insert(error, at: place ?? counts.errors.count)
    if counts.errors.count > confidentErrorLimit { counts.errors.removeLast() }
  }

  /// Sums up.
  public func evaluation(
    bootstrap settings: EvaluationReport.BootstrapSettings = .init()
  ) -> SpanEvaluation {
    let types = reader.types
    var score = SpanScore(types: types)
    var errors = SpanErrors(typeCount: types.count)
    for sequence in counts.sequences {
      score.add(gold: sequence.gold, predicted: sequence.predicted)
      errors.add(gold: sequence.gold, predicted: sequence.predicted)
    }
    let sampler = Bootstrap(rounds: settings.rounds, level: settings.level, seed: settings.seed)
    let interval = sampler.interval(of: score.sequences).map {
      LayerEvaluation.Interval(low: $0.low, high: $0.high)
    }
    let typeCounts = score.typeScores.filter { $0.support + $0.predicted > 0 }.map {
      LayerEvaluation.LabelCount(
        label: types[Int($0.label)], support: $0.support, predicted: $0.predicted,
        correct: $0.correct)
    }
    let hasSeen = trainingSurfaces != nil
    return SpanEvaluation(
      layer: layer, reading: reader.reading, scheme: reader.scheme,
      micro: .init(score.micro, interval: interval),
      macro: score.macro.map(LayerEvaluation.Average.init),
      weighted: score.weighted.map(LayerEvaluation.Average.init),
      types: typeCounts.sorted { $0.label < $1.label },
      sequences: LayerEvaluation.Count(score.exactSequences),
      semeval: .init(errors), errors: .init(errors), confusions: confusions(errors, types),
      seen: hasSeen ? .init(counts.seen) : nil, unseen: hasSeen ? .init(counts.unseen) : nil,
      calibration: counts.calibration.expectedError.map {
        LayerEvaluation.CalibrationSummary(expectedError: $0, counts.calibration)
      },
      confidentErrors: counts.errors, faults: reader.faults + reader.malformed)
  }

  private func confusions(_ errors: SpanErrors, _ types: [String]) -> [SpanEvaluation.Confusion] {
    let numbers: [Label?] = types.indices.map { Label($0) } + [nil]
    func name(_ type: Label?) -> String? { type.map { types[Int($0)] } }
    var result: [SpanEvaluation.Confusion] = []
    for gold in numbers {
      for predicted in numbers where gold != predicted {
        let count = errors.count(gold: gold, predicted: predicted)
        if count > 0 {
          result.append(.init(gold: name(gold), predicted: name(predicted), count: count))
        }
      }
    }
    return result.sorted {
      $0.count != $1.count
        ? $0.count > $1.count
        : ($0.gold ?? "", $0.predicted ?? "") < ($1.gold ?? "", $1.predicted ?? "")
    }
  }

  // MARK: Records

  /// The words of all spans that records hold: what training has seen.
  public static func surfaces(
    of records: some Sequence<Record>, layer: String, scheme: TaggingScheme? = nil
  ) -> Set<String> {
    var reader = SpanLabelReader(scheme: scheme)
    var result: Set<String> = []
    for record in records {
      guard let spans = record.spanLayer(layer) ?? reader.spans(of: record, layer: layer) else {
        continue
      }
      for span in spans.spans where !span.positions.isEmpty {
        result.insert(surface(of: span, in: record))
      }
    }
    return result
  }

  /// Predicts and counts the spans of records.
  ///
  /// - Parameters:
  ///   - source: what errors call the records.
  ///   - makePredictor: called once a thread's piece of work; what it returns gives a record's spans.
  /// - Returns: how long predicting took, in seconds.
  /// - Throws: `KitError.nothingToScore` if no record has the layer; what predicting throws.
  public mutating func add(
    _ records: [Record], source: String, threads: Int = 1,
    makePredictor: @Sendable () throws -> (borrowing Record) throws -> SpanLayer
  ) throws -> Double {
    guard records.contains(where: { $0.spanLayer(layer) != nil || $0.layerIndex(layer) != nil })
    else { throw KitError.nothingToScore(source: source, layer: layer) }
    let clock = ContinuousClock()
    let start = clock.now
    let pieces = min(32, max(records.count, 1))
    var results = [Result<[SpanLayer], any Error>?](repeating: nil, count: pieces)
    results.withUnsafeMutableBufferPointer { results in
      let base = results.baseAddress!
      inParallel(pieces: pieces, threads: threads) { piece in
        base[piece] = Result {
          let predict = try makePredictor()
          let range = records.count * piece / pieces..<records.count * (piece + 1) / pieces
          return try records[range].map { try predict($0) }
        }
      }
    }
    var predictions: [SpanLayer] = []
    predictions.reserveCapacity(records.count)
    for result in results { predictions += try result?.get() ?? [] }
    let seconds = (clock.now - start) / .seconds(1)
    for (record, predicted) in zip(records, predictions) { add(record, predicted: predicted) }
    return seconds
  }
}
