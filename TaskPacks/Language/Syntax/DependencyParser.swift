internal import SeqCore
package import SeqFeatures
package import SeqModel

/// A transition-based dependency parser with a beam.
///
/// The tree is no result by itself: its relations are what features of semantic roles are made of.
package struct DependencyParser: Sendable {
  /// The model of steps: its labels are `shift`, `left:RELATION`, `right:RELATION`.
  package let model: Model
  private let search: ParserSearch
  private let relations: [String]
  private let relationHashes: [UInt64]
  private let clusters: WordTable?

  /// Makes a parser of a model.
  ///
  /// - Parameter beam: how many paths are kept.
  /// - Throws: `FeatureError` for templates that are not a parser's, `RoleError.model` for labels
  ///   that are no steps.
  package init(_ model: Model, beam: Int = 8) throws {
    guard let actions = ParserActions(labels: model.schema.names) else {
      throw RoleError.model(path: model.file.path, problem: "its labels are no steps of a parser")
    }
    self.model = model
    relations = actions.relations
    relationHashes = relations.map { FeatureHash.hash($0.utf8) }
    clusters = model.program.knowledge.table(.cluster)
    search = ParserSearch(
      features: try ParserFeatures(model.manifest.templates), actions: actions, width: beam)
  }

  /// Parses a sentence.
  ///
  /// - Complexity: 2·T·beam configurations.
  package func parse(_ sentence: TaggedSentence) -> DependencyTree {
    let words = ParserSentence(sentence, relations: relationHashes, clusters: clusters)
    let state = search.best(words, model.weights).state
    return DependencyTree(
      heads: (0..<sentence.count).map { state.head($0) == sentence.count ? -1 : state.head($0) },
      relations: (0..<sentence.count).map { relations[state.relation($0)] })
  }
}

extension DependencyParser {
  /// Trains a parser's model.
  ///
  /// - Parameters:
  ///   - sentences: tagged sentences with their trees.
  ///   - clusters: of words, for templates that read them; the model must carry them.
  ///   - report: called after each pass with the fraction of sentences that were built wholly right.
  package static func train(
    _ sentences: [(words: TaggedSentence, tree: DependencyTree)], templates: [String],
    clusters: WordTable? = nil, beam: Int, iterations: Int, dropout: Double, seed: UInt64,
    report: (Int, Double) -> Void = { _, _ in }
  ) throws -> (weights: PerceptronWeights, labels: [String]) {
    var seen: Set<String> = []
    let paths = sentences.map { sentence in
      let heads = sentence.tree.heads.map { $0 < 0 ? sentence.tree.count : $0 }
      var state = ParserState(count: heads.count)
      var labels: [String] = []
      while !state.isFinished {
        let step = state.bestStep(gold: heads)
        let relation = step == .shift ? "" : sentence.tree.relations[state.onStack(0)]
        labels.append(ParserActions.label(step, relation: relation))
        state.make(step, relation: -1)
      }
      seen.formUnion(labels)
      return labels
    }
    let labels = seen.sorted()
    let numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    guard let actions = ParserActions(labels: labels) else {
      preconditionFailure("The labels of steps are made here.")
    }
    let hashes = actions.relations.map { FeatureHash.hash($0.utf8) }
    let examples = zip(sentences, paths).map { sentence, path in
      ParserTrainer.Example(
        sentence: ParserSentence(sentence.words, relations: hashes, clusters: clusters),
        steps: path.map { numbers[$0]! })
    }
    var options = ParserTrainer.Options()
    options.beam = beam
    options.iterations = iterations
    options.dropout = dropout
    options.seed = seed
    var trainer = ParserTrainer(try ParserFeatures(templates), actions, options: options)
    return (trainer.run(examples, report: report), labels)
  }
}

extension LinearWeights: FeatureScorer {
  func addScores(_ hashes: [UInt64], to scores: UnsafeMutableBufferPointer<Float>) {
    add(hashes, to: scores)
  }
}
