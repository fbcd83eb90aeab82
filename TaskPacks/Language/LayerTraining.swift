package import SeqCore
internal import SeqFeatures
package import SeqModel
package import SeqTraining

/// Trains the tagger of one layer on records in memory: the steps of a pipeline whose later models
/// learn from what the earlier ones say.
package struct LayerTraining: Sendable {
  /// The layer to learn.
  package var layer: String
  /// The feature templates.
  package var templates: [String]
  /// The algorithm and its options.
  package var options: TrainingOptions
  /// The number of threads; the result does not depend on it.
  package var threads: Int

  /// Prepares a training.
  package init(
    layer: String, templates: [String], options: TrainingOptions, threads: Int = 1
  ) {
    self.layer = layer
    self.templates = templates
    self.options = options
    self.threads = threads
  }

  /// Trains on `records` and gives a tagger of the model.
  package func tagger(on records: some Sequence<Record>) throws -> Tagger {
    Tagger(try Model(bytes: run(on: records), name: layer))
  }

  /// Trains on `records` and gives the bytes of the model file.
  ///
  /// - Parameter manifest: completes what the model says of itself.
  package func run(
    on records: some Sequence<Record>, manifest: (inout ModelManifest) -> Void = { _ in }
  ) throws -> [UInt8] {
    let program = try TemplateProgram(parsing: templates)
    var encoder = CorpusEncoder(program: program, layer: layer)
    for record in records { try encoder.add(record) }
    let corpus = encoder.finish()
    var loop = try TrainingLoop(corpus, options: options, threads: threads)
    let result = try loop.run()
    var card = ModelManifest(
      name: layer, pack: "srl", layer: layer, labels: corpus.schema.names,
      templates: program.templates.map(\.description),
      probabilities: options.algorithm.givesProbabilities ? .likelihood : .none,
      provenance: ModelManifest.Provenance(
        algorithm: options.algorithm.rawValue, options: options.summary,
        sequences: corpus.sequenceCount, positions: corpus.positionCount,
        labelCounts: corpus.labelCounts))
    manifest(&card)
    return try Model.encode(
      result.parameters.pruned(below: options.prune), manifest: card, precision: options.precision,
      lexicon: corpus.lexiconHashes)
  }
}
