internal import Synchronization
package import SeqCore
package import SeqFeatures
internal import SeqMath
package import SeqModel
package import SeqPack

/// Labels the arguments of a predicate: scores every span and finds the best set of them.
///
/// The model's last label may be `*`, which stands for any role: its weights are added to those of each
/// role. They tell what makes an argument, of which all roles give examples.
package struct RoleLabeler: Sendable {
  /// The model of roles; its first label, `O`, is that of words outside all arguments.
  package let model: Model
  private let features: FrameFeatures
  private let once: [Int]
  /// The roles and none: the model's labels without `*`.
  private let roleCount: Int
  private let clusters: WordTable?

  /// The label of what all roles share.
  static let anyRole = "*"

  /// Makes a labeler of a model.
  ///
  /// - Throws: `FeatureError` for templates that are not a frame's, `RoleError.model`.
  package init(_ model: Model) throws {
    guard model.schema.names.first == "O" else {
      throw RoleError.model(path: model.file.path, problem: "its first label is not O")
    }
    self.model = model
    features = try FrameFeatures(model.manifest.templates)
    once = Self.once(model.schema.names)
    roleCount = model.schema.count - (model.schema.names.last == Self.anyRole ? 1 : 0)
    clusters = model.program.knowledge.table(.cluster)
  }

  private var sharesWeights: Bool { roleCount < model.schema.count }

  /// The roles that a predicate gives once at most: the numbered arguments that are not pieces.
  private static func once(_ roles: [String]) -> [Int] {
    roles.indices.filter { ["ARG0", "ARG1", "ARG2", "ARG3", "ARG4"].contains(roles[$0]) }
  }

  /// The arguments of a predicate.
  ///
  /// - Parameter lemma: the predicate's lemma.
  package func arguments(
    of predicate: Int, lemma: String, in sentence: TaggedSentence, _ tree: DependencyTree
  ) -> [FrameArgument] {
    let frame = FrameValues(
      sentence, tree, predicate: predicate, lemma: lemma, clusters: clusters)
    var scores = ArgumentScores(
      count: sentence.count, predicate: predicate, roleCount: roleCount)
    scores.fill(frame, features, model.weights, sharesWeights: sharesWeights, once: once)
    return scores.best(once: once, offsets: model.decision).spans.map {
      FrameArgument(positions: $0.start..<$0.end, role: model.schema.names[$0.role])
    }
  }

  /// The model's file with the offsets of its roles chosen anew on a development set; see
  /// ``RoleDecision``.
  package func encoded(
    choosingOn examples: [Example], threads: Int
  ) throws -> (bytes: [UInt8], before: Double, after: Double) {
    let numbers = Dictionary(uniqueKeysWithValues: model.schema.names.enumerated().map { ($1, $0) })
    let decision = RoleDecision(
      examples.map { example in
        let frame = FrameValues(
          example.sentence, example.tree, predicate: example.predicate, lemma: example.lemma,
          clusters: clusters)
        var scores = ArgumentScores(
          count: frame.count, predicate: frame.predicate, roleCount: roleCount)
        scores.fill(frame, features, model.weights, sharesWeights: sharesWeights, once: once)
        // A role that the model does not know cannot be found, and counts as missed.
        let gold = example.arguments.map {
          ArgumentSpan(
            start: $0.positions.lowerBound, end: $0.positions.upperBound,
            role: numbers[$0.role] ?? -1)
        }
        return RoleDecision.Frame(scores: scores, gold: Set(gold))
      }, roleCount: roleCount, once: once, threads: threads)
    var (offsets, before, after) = decision.choose()
    if sharesWeights { offsets.append(0) }
    return (
      try model.encoded(decision: offsets, scores: ["dev.f1": after]), before, after
    )
  }

  /// A predicate with its gold arguments, to learn from.
  package struct Example: Sendable {
    package var sentence: TaggedSentence
    package var tree: DependencyTree
    package var predicate: Int
    package var lemma: String
    package var arguments: [FrameArgument]

    package init(
      sentence: TaggedSentence, tree: DependencyTree, predicate: Int, lemma: String,
      arguments: [FrameArgument]
    ) {
      self.sentence = sentence
      self.tree = tree
      self.predicate = predicate
      self.lemma = lemma
      self.arguments = arguments
    }
  }

  /// Trains a labeler's model: a learner for each of `seeds`, side by side.
  ///
  /// - Parameters:
  ///   - minimumRole: roles with fewer arguments are not learnt.
  ///   - sharesWeights: whether what roles have in common is learnt under a label of its own.
  ///   - clusters: of words, for templates that read them; the model must carry them.
  ///   - report: called after each pass with the fraction of predicates labelled wholly right.
  package static func train(
    _ examples: [Example], templates: [String], iterations: Int, margin: Float, dropout: Double,
    minimumRole: Int, sharesWeights: Bool = false, clusters: WordTable? = nil, seeds: [UInt64],
    threads: Int,
    report: @Sendable (Int, Double) -> Void = { _, _ in }
  ) throws -> (learners: [PerceptronWeights], labels: [String]) {
    var counts: [String: Int] = [:]
    for argument in examples.flatMap(\.arguments) { counts[argument.role, default: 0] += 1 }
    let labels = ["O"] + counts.filter { $0.value >= minimumRole }.keys.sorted()
    let numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    let prepared = examples.map { example in
      RoleTrainer.Example(
        frame: FrameValues(
          example.sentence, example.tree, predicate: example.predicate, lemma: example.lemma,
          clusters: clusters),
        arguments: example.arguments.compactMap { argument in
          numbers[argument.role].map {
            ArgumentSpan(
              start: argument.positions.lowerBound, end: argument.positions.upperBound, role: $0)
          }
        })
    }
    let features = try FrameFeatures(templates)
    let onceRoles = once(labels)
    let results = Mutex([PerceptronWeights?](repeating: nil, count: seeds.count))
    inParallel(pieces: seeds.count, threads: threads) { learner in
      var trainer = RoleTrainer(
        features, roleCount: labels.count, once: onceRoles, sharesWeights: sharesWeights)
      trainer.margin = margin
      trainer.weights.dropout = dropout
      var generator = RandomGenerator(seed: seeds[learner])
      var order = Array(prepared.indices)
      for iteration in 1...max(iterations, 1) {
        generator.shuffle(&order)
        let right = trainer.pass(prepared, order: order)
        if learner == 0 { report(iteration, right) }
      }
      results.withLock { $0[learner] = trainer.weights }
    }
    return (
      results.withLock { $0.compactMap { $0 } }, labels + (sharesWeights ? [anyRole] : [])
    )
  }
}

extension RoleLabeler {
  /// What speaks for the role of each argument: the weights of its words' features and its own.
  package func explanations(
    of arguments: [FrameArgument], predicate: Int, lemma: String, in sentence: TaggedSentence,
    _ tree: DependencyTree
  ) -> [ArgumentExplanation] {
    let frame = FrameValues(
      sentence, tree, predicate: predicate, lemma: lemma, clusters: clusters)
    return arguments.compactMap { argument in
      guard let role = model.schema.label(argument.role) else { return nil }
      // The features of the span and of all its words, by name.
      var found: [(name: String, hash: UInt64, isSpan: Bool)] = []
      var hashes: [UInt64] = []
      for t in argument.positions {
        features.hashes(ofWord: t, frame, into: &hashes)
        for (template, hash) in zip(features.wordTexts, hashes) {
          found.append(("\(sentence.words[t].form): \(template)", hash, false))
        }
      }
      var values: [UInt64] = []
      frame.fill(&values, start: argument.positions.lowerBound, end: argument.positions.upperBound)
      features.hashes(ofSpan: values, into: &hashes)
      for (template, hash) in zip(features.spanTexts, hashes) {
        found.append((template, hash, true))
      }
      if features.scoresSets {
        // What the numbered roles that were given before add to a numbered one.
        let before = arguments.filter { $0.positions.lowerBound < argument.positions.lowerBound }
        let set = once.indices.reduce(0) { set, bit in
          before.contains { $0.role == model.schema.names[once[bit]] } ? set | 1 << bit : set
        }
        frame.fill(
          &values, set: set, next: argument.positions.lowerBound < predicate ? .before : .behind)
        features.hashes(ofSet: values, into: &hashes)
        for (template, hash) in zip(features.setTexts, hashes) {
          found.append((template, hash, true))
        }
      }
      // What the model adds to every span of a role, beside its features.
      let offsets = model.decision ?? Array(repeating: 0, count: model.schema.count)
      // Outside of arguments only the words count, not the span.
      var scores = [Float](repeating: 0, count: roleCount)
      var weights = found.map { feature in
        var row = [Float](repeating: 0, count: model.schema.count)
        for (label, weight) in model.weights.weights(of: feature.hash) {
          if !feature.isSpan || label != 0 { row[Int(label)] = weight }
        }
        if sharesWeights {
          let shared = row.removeLast()
          for label in 1..<roleCount { row[label] += shared }
        }
        for label in scores.indices { scores[label] += row[label] }
        return row
      }
      if offsets.contains(where: { $0 != 0 }) {
        found.append(("preference for the role", 0, true))
        weights.append(Array(offsets[..<roleCount]))
        for label in scores.indices { scores[label] += offsets[label] }
      }
      let rival = scores.indices.filter { $0 != Int(role) }.max { scores[$0] < scores[$1] } ?? 0
      let contributions = zip(found, weights).map { feature, row in
        ArgumentExplanation.Contribution(
          name: feature.name, weight: row[Int(role)], rivalWeight: row[rival])
      }.filter { $0.weight != 0 || $0.rivalWeight != 0 }
      return ArgumentExplanation(
        argument: argument, score: scores[Int(role)], rival: model.schema.names[rival],
        rivalScore: scores[rival],
        features: contributions.sorted {
          abs($0.weight - $0.rivalWeight) > abs($1.weight - $1.rivalWeight)
        })
    }
  }
}
