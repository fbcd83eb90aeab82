public import SeqCore
public import SeqFeatures
public import SeqFormats
internal import SeqMath
public import SeqModel
public import SeqPack

/// Tags a stream: read ‖ tag ‖ write, with bounded memory, the order kept for any number of threads.
///
/// The stream is cut into chunks of whole records; each chunk is decoded, tagged and encoded by one
/// thread, and the outputs are written in order.
public struct TaggingPipeline: Sendable {
  /// What to add beside the tags.
  public struct Options: Sendable {
    /// Whether to write P(y_t | x) of each tag, as the layer `LAYER.probability`.
    public var confidence = false
    /// How many labelings to write for each record, best first; more than 1 needs one tagger and an
    /// output of CoNLL-U, columns or JSON Lines.
    public var nBest = 1
    /// Which labeling is the best one.
    public var decoding = Tagger.Decoding.viterbi
    /// Whether labels that stand in the input are kept and taken as given.
    public var keepsGiven = false
    /// How spans are chosen and written, where labels tell spans; the options above do not concern
    /// them. `nil` for labels of positions.
    public var spans: SpanTagging?
    /// The layer of spans that patterns find where there is no tagger.
    public var spanLayer = "ner"
    /// Makes a tool for each thread that is given every record after its tags.
    public var annotator: (@Sendable () -> any RecordAnnotator)?

    /// The tags alone.
    public init() {}
  }

  /// How much was tagged.
  public struct Summary: Hashable, Sendable {
    /// The number of records.
    public var records = 0
    /// The number of positions.
    public var positions = 0
    /// Labels of the input that were kept as given.
    public var given = 0
    /// Labels of the input that the model does not know and that were replaced.
    public var unknownGiven = 0
    /// What became of spans between the model's choice and the output.
    public var spans = SpanTagging.Changes()

    /// Nothing yet.
    public init() {}

    /// Adds another part.
    public mutating func add(_ other: Summary) {
      records += other.records
      positions += other.positions
      given += other.given
      unknownGiven += other.unknownGiven
      spans += other.spans
    }
  }

  private let taggers: [Tagger]
  private let tokenizer: Tokenizer
  private let output: any RecordFormat
  private let options: Options
  private let threads: Int
  /// For each tagger, how its labels are written; `nil` if as they are.
  private let conversions: [Conversion?]

  /// One object, so that it is taken out of an array by counting one reference.
  private final class Conversion: Sendable {
    let value: LabelConversion
    init(_ value: LabelConversion) { self.value = value }
  }
  /// Whether the output shows spans, and not labels alone.
  private let showsSpans: Bool
  /// Whether the output is CoNLL-U; found out once, since asking a value for its type is slow.
  private let writesCoNLLU: Bool

  /// Makes a pipeline.
  ///
  /// - Parameters:
  ///   - taggers: each writes its own layer, in this order.
  ///   - tokenizer: for input without tokens.
  ///   - output: the format to write.
  public init(
    _ taggers: [Tagger], tokenizer: Tokenizer = Tokenizer(), output: any RecordFormat,
    options: Options = Options(), threads: Int = 1
  ) {
    self.taggers = taggers
    self.tokenizer = tokenizer
    self.output = output
    self.options = options
    self.threads = max(threads, 1)
    conversions = taggers.map { tagger in
      guard let spans = tagger.model.spans, let scheme = options.spans?.scheme,
        scheme != spans.scheme
      else { return nil }
      return Conversion(LabelConversion(from: spans, to: scheme))
    }
    writesCoNLLU = output is CoNLLU
    showsSpans = output.name != "columns" && output.name != "conllu"
  }

  /// Tags everything that `source` holds.
  ///
  /// - Parameter finishes: whether the sink is finished as well; if not, more may follow.
  /// - Throws: what reading, tagging and writing throw; what was tagged before is written.
  public func run(_ source: ByteSource, as input: any RecordFormat, to sink: ByteSink) throws
    -> Summary
  {
    let input = narrowed(input)
    var reader = ChunkReader(source, as: input)
    var summary = Summary()
    let workers = (0..<threads).map { _ in Worker(self) }
    var chunks: [Chunk] = []
    while true {
      chunks.removeAll(keepingCapacity: true)
      var failure: (any Error)?
      do {
        // What is at hand is tagged before more is waited for.
        while chunks.count < threads, chunks.isEmpty || reader.isReady,
          let chunk = try reader.nextChunk()
        { chunks.append(chunk) }
      } catch {
        failure = error
      }
      if chunks.isEmpty {
        if let failure { throw failure }
        return summary
      }
      inParallel(pieces: chunks.count, threads: threads) { piece in
        workers[piece].run(chunks[piece], as: input)
      }
      for worker in workers.prefix(chunks.count) {
        try sink.write(worker.output)
        summary.add(worker.summary)
        if let error = worker.error {
          try sink.flush()
          throw error
        }
      }
      if let failure { throw failure }
      if !reader.isReady { try sink.flush() }
    }
  }

  /// The input with no more layers than are read and written: CoNLL-U that is written as CoNLL-U keeps
  /// its bytes, whatever becomes a layer.
  private func narrowed(_ input: any RecordFormat) -> any RecordFormat {
    guard writesCoNLLU, options.annotator == nil, let format = input as? CoNLLU else {
      return input
    }
    var layers: Set = ["form", "misc"]
    for tagger in taggers {
      layers.insert(tagger.schema.layer)
      layers.formUnion(tagger.model.program.layers)
    }
    return CoNLLU(layers: format.layers.filter(layers.contains))
  }

  /// Tags one record in place.
  ///
  /// - Parameter workspaces: one per tagger, in their order.
  public func tag(_ record: inout Record, in workspaces: [Workspace]) throws {
    var summary = Summary()
    try tag(&record, workspaces, &summary)
  }

  fileprivate func tag(
    _ record: inout Record, _ workspaces: [Workspace], _ summary: inout Summary
  ) throws {
    if let spans = options.spans {
      try tagSpans(&record, workspaces, spans, &summary)
      if writesCoNLLU { moveToMisc(&record) }
      return
    }
    // By index: a tagger taken out of the array would be copied, all its references counted.
    for index in taggers.indices {
      let labeling: Labeling
      if options.keepsGiven {
        let given = given(record, taggers[index].schema, &summary)
        labeling = try taggers[index].tag(
          record, given: given, marginals: options.confidence, decoding: options.decoding,
          in: workspaces[index])
      } else {
        labeling = try taggers[index].tag(
          record, marginals: options.confidence, decoding: options.decoding,
          in: workspaces[index])
      }
      set(labeling, taggers[index].schema, on: &record)
    }
  }

  /// CoNLL-U has no column for spans: their labels go to MISC, under the layer's name in capitals.
  private func moveToMisc(_ record: inout Record) {
    let names = taggers.isEmpty ? [options.spanLayer] : taggers.map(\.schema.layer)
    for name in names where !CoNLLU.fields.contains(name) {
      guard let ranges = record.ranges(name) else { continue }
      record.setText("misc." + name.uppercased(), to: ranges)
      record.removeLayer(name)
    }
  }

  private func tagSpans(
    _ record: inout Record, _ workspaces: [Workspace], _ spans: SpanTagging,
    _ summary: inout Summary
  ) throws {
    if taggers.isEmpty {
      let layer = try spans.spans(
        of: record, layer: options.spanLayer, tagger: nil, in: nil, changes: &summary.spans)
      spans.set(layer, on: &record, probabilities: false)
    }
    for index in taggers.indices {
      if spans.isPlain, !showsSpans {
        let labels = try taggers[index].tag(record, in: workspaces[index]).labels
        if let conversion = conversions[index] {
          let schema = conversion.value.schema
          record.setLabels(schema.layer, to: conversion.value(labels), of: schema)
        } else {
          record.setLabels(taggers[index].schema.layer, to: labels, of: taggers[index].schema)
        }
        continue
      }
      let layer = try spans.spans(
        of: record, layer: taggers[index].schema.layer, tagger: taggers[index],
        in: workspaces[index], changes: &summary.spans)
      spans.set(layer, on: &record, probabilities: spans.confidence)
    }
  }

  /// The labels that stand in the record, as far as the schema knows them.
  private func given(
    _ record: borrowing Record, _ schema: LabelSchema, _ summary: inout Summary
  ) -> [Label?] {
    guard let ranges = record.ranges(schema.layer) else {
      return [Label?](repeating: nil, count: record.count)
    }
    var labels: [Label?] = []
    for range in ranges {
      let name = record.string(range)
      let label = schema.label(name)
      if label != nil { summary.given += 1 }
      if label == nil, name != "_", !name.isEmpty { summary.unknownGiven += 1 }
      labels.append(label)
    }
    return labels
  }

  private func set(_ labeling: Labeling, _ schema: LabelSchema, on record: inout Record) {
    record.setLabels(schema.layer, to: labeling.labels, of: schema)
    guard let marginals = labeling.marginals else { return }
    record.setText(
      schema.layer + ".probability", to: marginals.map { record.append(Self.probability($0)) })
  }

  /// Four decimals, from 0.0000 to 1.0000.
  static func probability(_ value: Float) -> [UInt8] {
    let scaled = Int((Double(min(max(value, 0), 1)) * 10_000).rounded())
    let digits = Array(String(scaled % 10_000).utf8)
    return Array("\(scaled / 10_000).".utf8)
      + [UInt8](repeating: 0x30, count: 4 - digits.count) + digits
  }

  /// One thread's part: its scratch, and the output of its last chunk.
  private final class Worker {
    private let pipeline: TaggingPipeline
    private let workspaces: [Workspace]
    private let annotator: (any RecordAnnotator)?
    /// The record that is tagged: its memory serves for the next one.
    private var record = Record(
      source: [], count: 0, layers: [], provenance: Provenance(source: ""))
    var output: [UInt8] = []
    var summary = Summary()
    var error: (any Error)?

    init(_ pipeline: TaggingPipeline) {
      self.pipeline = pipeline
      workspaces = pipeline.taggers.map { Workspace($0) }
      annotator = pipeline.options.annotator.map { $0() }
    }

    func run(_ chunk: Chunk, as input: any RecordFormat) {
      output.removeAll(keepingCapacity: true)
      output.reserveCapacity(chunk.bytes.count * 5 / 4)
      summary = Summary()
      error = nil
      do {
        if input.name == "text" {
          try pipeline.tokenizer.decode(chunk, marksTokens: pipeline.output is CoNLLU) { next in
            var next = next
            try tag(&next)
          }
        } else {
          try input.decode(chunk, reusing: &record) { try tag(&$0) }
        }
      } catch {
        self.error = error
      }
    }

    private func tag(_ record: inout Record) throws {
      summary.records += 1
      summary.positions += record.count
      if pipeline.options.nBest > 1 && record.count > 0 {
        try writeBest(record)
        return
      }
      try pipeline.tag(&record, workspaces, &summary)
      try annotator?.annotate(&record)
      try pipeline.output.encode(record, into: &output)
    }

    /// The K best labelings as K records, each with its rank and log-probability: in a comment, or
    /// as members of a JSON line.
    private func writeBest(_ record: borrowing Record) throws {
      let tagger = pipeline.taggers[0]
      let paths = try tagger.nBest(
        record, k: pipeline.options.nBest, marginals: true, in: workspaces[0])
      for (rank, path) in paths.enumerated() {
        var copy = copy record
        pipeline.set(path, tagger.schema, on: &copy)
        let logProbability = decimals(path.logProbability ?? 0)
        if pipeline.output.name == "jsonl" {
          try pipeline.output.encode(copy, into: &output)
          JSONLines.add("\"nbest\":\(rank + 1),\"logprob\":\(logProbability)", to: &output)
        } else {
          output += "# nbest = \(rank + 1) logprob = \(logProbability)\n".utf8
          try pipeline.output.encode(copy, into: &output)
        }
      }
    }

    private func decimals(_ value: Double) -> String {
      let scaled = Int((abs(value) * 10_000).rounded())
      let fraction = String(scaled % 10_000)
      return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / 10_000)."
        + String(repeating: "0", count: 4 - fraction.count) + fraction
    }
  }
}
