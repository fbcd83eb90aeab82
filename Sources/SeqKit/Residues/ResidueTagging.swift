internal import SeqCore
public import SeqFormats
internal import SeqInference
internal import SeqMath

/// Labels a stream of sequences by a model: read ‖ label ‖ write, the order kept for any number of threads.
public struct ResidueTagging: Sendable {
  /// How much was labelled.
  public struct Summary: Hashable, Sendable {
    /// Records and residues.
    public var records = 0
    /// Residues.
    public var residues = 0
    /// How often each label was given, by its byte.
    public var counts = [Int](repeating: 0, count: 256)
  }

  private let model: ResidueModel
  private let decoder: ResidueDecoder?
  private let format: any LabelFormat

  /// Makes a tagging.
  public init(_ model: ResidueModel, decoder: ResidueDecoder? = nil, format: any LabelFormat) {
    self.model = model
    self.decoder = decoder
    self.format = format
  }

  /// The options that a reader must have: whole records, as labels depend on the whole.
  public func readerOptions(_ options: FASTAOptions) -> FASTAOptions {
    var options = options
    options.window = nil
    return options
  }

  /// Labels everything that a reader gives, which was made with ``readerOptions(_:)``.
  ///
  /// - Throws: what reading, labelling and writing throw; what comes before the fault is written.
  public func run(_ reader: FASTAReader, to sink: ByteSink, threads: Int) throws -> Summary {
    // A model that cannot be decoded so is told before anything is read.
    _ = try ResidueLabeler(model, decoder: decoder)
    let source = reader.source
    var summary = Summary()
    do {
      try inOrder(
        threads: threads, next: { try reader.nextBatch() }, work: { label($0, source) },
        finish: { (part: Part) in
          try sink.write(part.output)
          summary.records += part.summary.records
          summary.residues += part.summary.residues
          for label in 0..<256 { summary.counts[label] += part.summary.counts[label] }
          if let failure = part.failure { throw failure }
        })
    } catch {
      try? sink.flush()
      throw error
    }
    return summary
  }

  private struct Part {
    var output: [UInt8] = []
    var summary = Summary()
    var failure: (any Error)?
  }

  private func label(_ batch: ResidueBatch, _ source: String) -> Part {
    var part = Part()
    do {
      let labeler = try ResidueLabeler(
        model, decoder: decoder, probabilities: format.wantsProbabilities)
      for window in batch.windows {
        let header = batch.headers[window.header]
        let letters = Array(batch.text(of: window))
        let labeling = try labeler.label(letters, of: header, in: source)
        part.summary.records += 1
        part.summary.residues += letters.count
        for label in labeling.labels { part.summary.counts[Int(label)] += 1 }
        format.encode(
          LabeledResidues(
            header: header, letters: letters, labels: labeling.labels,
            probabilities: labeling.probabilities),
          into: &part.output)
      }
    } catch {
      part.failure = error
    }
    return part
  }
}

extension ResidueLabeler {
  /// Labels a record's sequence.
  ///
  /// - Parameter source: what an error calls the file that the record stands in.
  /// - Throws: `ResidueModelError.noPath`, which names the record.
  public func label(_ letters: [UInt8], of header: ResidueHeader, in source: String) throws
    -> Labeling
  {
    do {
      return try label(letters)
    } catch is InferenceError {
      throw ResidueModelError.noPath(
        source: source, line: header.lineNumber,
        record: String(decoding: header.name, as: UTF8.self), grammar: grammarName)
    }
  }
}
