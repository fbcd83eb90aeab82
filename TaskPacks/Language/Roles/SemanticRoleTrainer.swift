internal import Synchronization
public import SeqCore
internal import SeqFeatures
internal import SeqMath
internal import SeqModel
public import SeqPack
internal import SeqTraining

/// Trains the models of `srl`: parser, predicate tagger and roles.
///
/// At run time tags and trees are predicted, with mistakes. So that the later models learn to live
/// with them, the sentences are dealt into folds, and each fold is tagged and parsed by models of
/// the others (jackknifing).
public struct SemanticRoleTrainer: FrameTrainer, Sendable {
  private let options: FrameTrainingOptions
  private let manifest: PackManifest
  private let tagManifest: PackManifest

  /// Makes a trainer with the templates of the pack's manifest.
  public init(_ options: FrameTrainingOptions) throws {
    self.options = options
    manifest = try SemanticRolePack.manifest()
    tagManifest = try PartOfSpeechPack.manifest()
  }

  /// Trains all models; see `FrameTrainer`.
  public func run(
    _ sentences: [Record], trees: [Record], report: @escaping @Sendable (String) -> Void
  ) throws -> [(layer: String, bytes: [UInt8])] {
    let gold = try sentences.map { try GoldSentence($0) }
    let extra = try trees.map { try GoldSentence($0) }
    let folds = max(2, min(options.folds, gold.count))
    let store = try StageStore(path: options.checkpoint, resumes: options.resumes)
    // Blocks, so that most documents stay in one fold.
    let block = max(1, min(50, gold.count / folds))
    let foldOf = gold.indices.map { ($0 / block) % folds }
    @Sendable func members(_ fold: Int, _ isMember: Bool) -> [Int] {
      gold.indices.filter { (foldOf[$0] == fold) == isMember }
    }
    // What tags depend on, and trees besides; models also on what they say of themselves.
    let tagTemplates = ["upos", "xpos"].flatMap { tagManifest.layer($0)?.templates ?? [] }
    let tagKey = StageStore.key(
      gold.map(\.summary) + ["trees"] + extra.map(\.summary)
        + ["\(folds)", "\(options.seed)"] + tagTemplates)
    let treeKey = StageStore.key(
      [
        tagKey, "\(options.parserIterations)", "\(options.beam)",
        "\(options.parserMinimumUpdates)", "\(options.parserBytes)",
        "\(options.clusters?.words.reduce(0, FeatureHash.join) ?? 0)",
      ] + (manifest.layer("step")?.templates ?? []))
    let card = cardKey

    // Tags.
    let tagged = try inParallelFolds(folds) { fold in
      let own = members(fold, true)
      let bytes = try store.result("tags.\(fold)", key: tagKey) {
        let learnt = members(fold, false).map { gold[$0].record } + extra.map(\.record)
        let taggers = try ["upos", "xpos"].map { layer in
          try LayerTraining(
            layer: layer, templates: tagManifest.layer(layer)?.templates ?? [],
            options: Self.tagOptions(seed: options.seed)
          ).tagger(on: learnt)
        }
        let workspaces = taggers.map { Workspace($0) }
        let rows = try own.flatMap { index in
          try zip(taggers, workspaces).map { tagger, workspace in
            try tagger.tag(gold[index].record, in: workspace).labels.map {
              tagger.schema.names[Int($0)]
            }
          }
        }
        return TextTable.encode(rows)
      }
      report("fold \(fold + 1) of \(folds): tagged \(own.count) sentences")
      let rows = TextTable.decode(bytes)
      return own.enumerated().map { place, index in
        (index, upos: rows[2 * place], xpos: rows[2 * place + 1])
      }
    }
    var records = gold.map(\.record)
    for (index, upos, xpos) in tagged.joined() {
      for (layer, tags) in [("upos", upos), ("xpos", xpos)] {
        records[index].setText(layer, to: tags.map { records[index].append(Array($0.utf8)) })
      }
    }
    let words = records.map { TaggedSentence($0) }

    // Trees: the folds' parsers, then the parser of all.
    let known = extra.map { (TaggedSentence($0.record), $0.tree) }
    let jobs = try inParallelFolds(folds + 1) { fold in
      let learnt = members(fold, false).map { (words[$0], gold[$0].tree) } + known
      guard fold < folds else {
        let model = try store.result("step", key: treeKey + card) { try parser(learnt) }
        report("parser trained on \(learnt.count) sentences")
        return ParserJob(bytes: model, trees: [])
      }
      let own = members(fold, true)
      let bytes = try store.result("trees.\(fold)", key: treeKey) {
        let parser = try DependencyParser(
          Model(bytes: try parser(learnt), name: "step"), beam: options.beam)
        return TextTable.encode(
          own.flatMap { index in
            let tree = parser.parse(words[index])
            return [tree.heads.map(String.init), tree.relations]
          })
      }
      let rows = TextTable.decode(bytes)
      let trees = own.enumerated().map { place, index in
        (
          index,
          DependencyTree(
            heads: rows[2 * place].map { Int($0) ?? -1 }, relations: rows[2 * place + 1])
        )
      }
      let heads = trees.map { index, tree in
        zip(tree.heads, gold[index].tree.heads).count { $0 == $1 }
      }
      let total = trees.reduce(0) { $0 + $1.1.count }
      report(
        "fold \(fold + 1) of \(folds): parsed \(trees.count) sentences, "
          + "\(heads.reduce(0, +) * 1000 / max(total, 1)) of 1000 heads right")
      return ParserJob(bytes: [], trees: trees)
    }
    var predicted = gold.map(\.tree)
    for (index, tree) in jobs.flatMap(\.trees) { predicted[index] = tree }

    // Predicates and roles.
    var lemmas: [[String]] = []
    for (index, sentence) in gold.enumerated() {
      lemmas.append(sentence.frames.map { sentence.lemma(of: $0.predicate) })
      let rules = zip(sentence.frames, lemmas[index]).map {
        ($0.predicate, PredicateRules.rule(form: words[index].words[$0.predicate].form, lemma: $1))
      }
      let labels = Dictionary(uniqueKeysWithValues: rules)
      records[index].setText(
        Self.predicateLayer,
        to: (0..<sentence.tree.count).map { t in
          records[index].append(Array((labels[t] ?? "O").utf8))
        })
    }
    let predicateTemplates = manifest.layer(Self.predicateLayer)?.templates ?? []
    let predicates = try store.result(
      Self.predicateLayer, key: StageStore.key([tagKey, card] + predicateTemplates)
    ) {
      try LayerTraining(
        layer: Self.predicateLayer, templates: predicateTemplates,
        options: Self.predicateOptions(seed: options.seed)
      ).run(on: records) { describe(&$0) }
    }
    report("predicates trained on \(records.count) sentences")
    let examples = gold.indices.flatMap { index in
      zip(gold[index].frames, lemmas[index]).map { frame, lemma in
        RoleLabeler.Example(
          sentence: words[index], tree: predicted[index], predicate: frame.predicate,
          lemma: lemma, arguments: frame.arguments)
      }
    }
    let roles = try RoleLabeler.train(
      examples, templates: manifest.layer("role")?.templates ?? [],
      iterations: options.roleIterations, margin: options.margin, dropout: options.dropout,
      minimumRole: options.minimumRole, sharesWeights: options.sharesRoleWeights,
      clusters: options.clusters, seeds: (0..<options.committee).map { options.seed + UInt64($0) },
      threads: options.threads
    ) { pass, right in
      report("roles, pass \(pass): \(Int(right * 1000)) of 1000 frames wholly right")
    }
    let roleModel = try encode(
      PerceptronWeights.average(
        roles.learners, minimumUpdates: options.roleMinimumUpdates * options.committee
      ).fitting(bytes: options.roleBytes), layer: "role",
      labels: roles.labels, sequences: examples.count,
      positions: examples.reduce(0) { $0 + $1.sentence.count })
    return [
      (Self.predicateLayer, predicates), ("step", jobs[folds].bytes), ("role", roleModel),
    ]
  }

  /// The layer of the predicate tagger, whose labels are rules.
  static let predicateLayer = "lemmarule"

  private struct ParserJob: Sendable {
    var bytes: [UInt8]
    var trees: [(Int, DependencyTree)]
  }

  /// Runs a job for each fold, the results in the order of the folds.
  private func inParallelFolds<Result: Sendable>(
    _ count: Int, _ job: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
    inParallel(pieces: count, threads: options.threads) { fold in
      let result = Swift.Result { try job(fold) }
      results.withLock { $0[fold] = result }
    }
    return try results.withLock { results in try (0..<count).map { try results[$0]!.get() } }
  }

  private func parser(
    _ sentences: [(words: TaggedSentence, tree: DependencyTree)]
  ) throws -> [UInt8] {
    let trained = try DependencyParser.train(
      sentences, templates: manifest.layer("step")?.templates ?? [],
      clusters: options.clusters, beam: options.beam, iterations: options.parserIterations,
      dropout: 0.1, seed: options.seed)
    return try encode(
      PerceptronWeights.average(
        [trained.weights], minimumUpdates: options.parserMinimumUpdates
      ).fitting(bytes: options.parserBytes), layer: "step",
      labels: trained.labels, sequences: sentences.count,
      positions: sentences.reduce(0) { $0 + $1.tree.count })
  }

  private func encode(
    _ parameters: LinearParameters, layer: String, labels: [String], sequences: Int, positions: Int
  ) throws -> [UInt8] {
    var card = ModelManifest(
      name: layer, pack: SemanticRolePack.name, layer: layer, labels: labels,
      templates: manifest.layer(layer)?.templates ?? [], probabilities: .none,
      provenance: ModelManifest.Provenance(
        algorithm: "perceptron", sequences: sequences, positions: positions))
    describe(&card)
    // What templates read beside the words goes with the model.
    let knowledge = Knowledge(tables: options.clusters.map { [$0] } ?? [])
    return try Model.encode(
      parameters, manifest: card, precision: .int8, lexicon: [], knowledge: knowledge,
      compact: true)
  }

  private func describe(_ card: inout ModelManifest) {
    card.name = options.name + "-" + card.layer
    card.version = options.version
    card.pack = SemanticRolePack.name
    card.tokenizer = Tokenizer(language: .english).identity
    card.provenance.licence = options.licence
    card.provenance.description = options.about
    card.provenance.trainingFiles = options.files
    for (name, value) in [
      ("beam", "\(options.beam)"), ("folds", "\(options.folds)"), ("seed", "\(options.seed)"),
      ("parser-iterations", "\(options.parserIterations)"),
      ("role-iterations", "\(options.roleIterations)"), ("margin", "\(options.margin)"),
      ("dropout", "\(options.dropout)"),
      ("parser-minimum-updates", "\(options.parserMinimumUpdates)"),
      ("role-minimum-updates", "\(options.roleMinimumUpdates)"),
      ("committee", "\(options.committee)"), ("parser-bytes", "\(options.parserBytes)"),
      ("bytes", "\(options.roleBytes)"),
      ("minimum-role", "\(options.minimumRole)"), ("shared", "\(options.sharesRoleWeights)"),
    ] { card.provenance.options[name] = value }
  }

  /// All that models say of themselves, for the keys of results that hold it.
  private var cardKey: String {
    var card = ModelManifest(
      name: "", pack: "", layer: "", labels: [], templates: [], probabilities: .none,
      provenance: ModelManifest.Provenance(algorithm: "", sequences: 0, positions: 0))
    describe(&card)
    let provenance = card.provenance
    return StageStore.key(
      [card.name, card.version, card.tokenizer, provenance.licence, provenance.description]
        + provenance.trainingFiles + provenance.options.map { "\($0)=\($1)" }.sorted())
  }

  private static func tagOptions(seed: UInt64) -> TrainingOptions {
    var options = TrainingOptions(.perceptron)
    options.margin = 20
    options.dropout = 0.15
    options.iterations = 6
    options.committee = 2
    options.minimumCount = 2
    options.seed = seed
    return options
  }

  private static func predicateOptions(seed: UInt64) -> TrainingOptions {
    var options = TrainingOptions(.perceptron)
    options.margin = 5
    options.dropout = 0.1
    options.iterations = 8
    options.minimumCount = 2
    options.prune = 0.5
    options.precision = .int8
    options.seed = seed
    return options
  }
}

/// A training sentence with what it tells.
private struct GoldSentence: Sendable {
  let record: Record
  let tree: DependencyTree
  let frames: [Frame]
  private let lemmas: [String]?
  private let forms: [String]

  /// - Throws: `RoleError.missingLayer`, `RoleError.tree` for a head that is no word.
  init(_ record: Record) throws {
    for layer in ["form", "upos", "xpos", "head", "deprel"] where record.ranges(layer) == nil {
      throw RoleError.missingLayer(
        layer: layer, source: record.provenance.source, line: record.provenance.line)
    }
    let relations = record.strings("deprel") ?? []
    let heads = try (record.strings("head") ?? []).enumerated().map { position, text in
      guard let head = Int(text), head >= 0, head <= record.count else {
        throw RoleError.tree(
          head: text, words: record.count, source: record.provenance.source,
          line: record.line(of: position, in: "head"))
      }
      return head - 1
    }
    self.record = record
    tree = DependencyTree(heads: heads, relations: relations)
    frames = record.frames ?? []
    lemmas = record.strings("lemma")
    forms = record.strings("form") ?? []
  }

  /// All that is learnt from, as one text: a part of the keys of results.
  var summary: String {
    let layers = ["form", "upos", "xpos"].map { record.strings($0) ?? [] }
    let roles = frames.map { frame in
      "\(frame.predicate) \(lemma(of: frame.predicate)) "
        + frame.arguments.map { "\($0.positions) \($0.role)" }.joined(separator: " ")
    }
    return (layers + [tree.heads.map(String.init), tree.relations, roles]).map {
      $0.joined(separator: " ")
    }.joined(separator: "\n")
  }

  /// A word's lemma; its form in lower case without one.
  func lemma(of position: Int) -> String {
    if let lemma = lemmas?[position], lemma != "_", !lemma.isEmpty { return lemma.lowercased() }
    return forms[position].lowercased()
  }
}
