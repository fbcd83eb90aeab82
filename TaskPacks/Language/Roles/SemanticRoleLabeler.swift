public import SeqCore
public import SeqModel
public import SeqPack

/// Finds frames: tags words, finds predicates, parses, and labels the arguments of each predicate.
public struct SemanticRoleLabeler: FrameLabeler {
  private let taggers: [Tagger]
  private let predicates: Tagger
  private let outside: Int
  private let parser: DependencyParser
  private let roles: RoleLabeler

  /// The layers that it takes a model of each.
  static let layers = ["upos", "xpos", SemanticRoleTrainer.predicateLayer, "step", "role"]

  /// Makes a labeler of models; see `FrameLabeler`.
  public init(_ models: [Model]) throws {
    let found = try Self.layers.map { layer in
      guard let model = models.first(where: { $0.schema.layer == layer }) else {
        throw RoleError.missingModel(layer: layer)
      }
      return model
    }
    taggers = found[0...1].map { Tagger($0) }
    predicates = Tagger(found[2])
    guard let outside = found[2].schema.label("O") else {
      throw RoleError.model(path: found[2].file.path, problem: "it has no label O")
    }
    self.outside = Int(outside)
    parser = try DependencyParser(found[3])
    roles = try RoleLabeler(found[4])
  }

  /// The identity of the tokenizer that raw text is to be prepared by.
  public var tokenizer: String { roles.model.manifest.tokenizer }

  /// Makes one thread's tool; see `FrameLabeler`.
  public func annotator(givenPredicates: Bool, givenTags: Bool) -> any RecordAnnotator {
    Annotator(self, givenPredicates: givenPredicates, givenTags: givenTags)
  }

  /// What speaks for each role of a frame; see `FrameLabeler`.
  public func explanations(
    of record: borrowing Record, frame: Frame
  ) throws -> [ArgumentExplanation] {
    let sentence = TaggedSentence(record)
    let tagger = PredicateTagger(predicates, outside: outside)
    let lemma = try tagger.lemmas(of: [frame.predicate], in: record)[0]
    return roles.explanations(
      of: frame.arguments, predicate: frame.predicate, lemma: lemma, in: sentence,
      parser.parse(sentence))
  }

  /// Chooses how readily each role is given; see `FrameLabeler`.
  public func adjusted(to development: [Record], threads: Int) throws -> FrameAdjustment {
    let annotator = Annotator(self, givenPredicates: true, givenTags: false)
    let tagger = PredicateTagger(predicates, outside: outside)
    var examples: [RoleLabeler.Example] = []
    for sentence in development where sentence.count > 0 && !(sentence.frames ?? []).isEmpty {
      var record = sentence
      let frames = sentence.frames ?? []
      try annotator.tag(&record)
      let words = TaggedSentence(record)
      let tree = parser.parse(words)
      let lemmas = try tagger.lemmas(of: frames.map(\.predicate), in: record)
      for (frame, lemma) in zip(frames, lemmas) {
        examples.append(
          RoleLabeler.Example(
            sentence: words, tree: tree, predicate: frame.predicate, lemma: lemma,
            arguments: frame.arguments))
      }
    }
    let (bytes, before, after) = try roles.encoded(choosingOn: examples, threads: threads)
    return FrameAdjustment(
      layer: roles.model.schema.layer, bytes: bytes, f1: (before: before, after: after))
  }

  /// One thread's scratch.
  private final class Annotator: RecordAnnotator {
    private let labeler: SemanticRoleLabeler
    private let givenPredicates: Bool
    private let givenTags: Bool
    private let workspaces: [Workspace]
    private let predicates: PredicateTagger

    init(_ labeler: SemanticRoleLabeler, givenPredicates: Bool, givenTags: Bool) {
      self.labeler = labeler
      self.givenPredicates = givenPredicates
      self.givenTags = givenTags
      workspaces = labeler.taggers.map { Workspace($0) }
      predicates = PredicateTagger(labeler.predicates, outside: labeler.outside)
    }

    /// Sets the tags.
    func tag(_ record: inout Record) throws {
      for (tagger, workspace) in zip(labeler.taggers, workspaces) {
        let layer = tagger.schema.layer
        if givenTags, let tags = record.strings(layer), !tags.contains("_"), !tags.contains("") {
          continue
        }
        let labels = try tagger.tag(record, in: workspace).labels
        record.setLabels(layer, to: labels, of: tagger.schema)
      }
    }

    func annotate(_ record: inout Record) throws {
      guard record.count > 0 else { return }
      try tag(&record)
      var frames: [Frame]
      let lemmas: [String]
      if givenPredicates, let given = record.frames {
        frames = given
        lemmas = try predicates.lemmas(of: given.map(\.predicate), in: record)
      } else {
        let found = try predicates.predicates(of: record)
        frames = found.map { Frame(predicate: $0.position, sense: $0.lemma) }
        lemmas = found.map(\.lemma)
      }
      if !frames.isEmpty {
        let sentence = TaggedSentence(record)
        let tree = labeler.parser.parse(sentence)
        for index in frames.indices {
          frames[index].arguments = labeler.roles.arguments(
            of: frames[index].predicate, lemma: lemmas[index], in: sentence, tree)
        }
      }
      record.setFrames(frames)
    }
  }
}
