public import SeqCore
public import SeqFeatures
public import SeqModel

/// Changes records as they pass: one thread's tool with its scratch.
public protocol RecordAnnotator: AnyObject {
  /// Adds layers to a record.
  func annotate(_ record: inout Record) throws
}

/// A pack that finds predicates and labels their arguments.
///
/// Its work takes several models, one a layer of its manifest; the last layer is the roles'.
public protocol RolePack: TaskPack {
  /// What labels frames.
  associatedtype Labeler: FrameLabeler
  /// What trains.
  associatedtype Trainer: FrameTrainer
}

/// Finds the frames of sentences.
public protocol FrameLabeler: Sendable {
  /// Makes a labeler of models, one a layer of the pack's manifest, in any order.
  ///
  /// - Throws: what is wrong with a model, or which is missing.
  init(_ models: [Model]) throws

  /// The identity of the tokenizer that raw text is to be prepared by.
  var tokenizer: String { get }

  /// Makes one thread's tool that sets a record's tags and frames.
  ///
  /// - Parameters:
  ///   - givenPredicates: whether the predicates that a record's layer `predicate` marks are kept;
  ///     otherwise, and in records without that layer, they are found.
  ///   - givenTags: whether the tags that a record has are kept.
  func annotator(givenPredicates: Bool, givenTags: Bool) -> any RecordAnnotator

  /// What speaks for each role of a span, exactly: the features with their weights, whose sum is
  /// the span's score.
  ///
  /// - Parameter record: with tags and frames, as an annotator leaves it.
  func explanations(of record: borrowing Record, frame: Frame) throws -> [ArgumentExplanation]

  /// Chooses on annotated sentences how readily each role is given, and changes nothing else.
  ///
  /// - Parameter development: sentences with forms and frames that nothing was learnt from.
  func adjusted(to development: [Record], threads: Int) throws -> FrameAdjustment
}

/// A model file with how readily it gives roles chosen anew.
public struct FrameAdjustment: Sendable {
  /// The model's layer.
  public var layer: String
  /// The file.
  public var bytes: [UInt8]
  /// F1 of the arguments on the development set, before and after.
  public var f1: (before: Double, after: Double)

  /// Makes an adjustment.
  public init(layer: String, bytes: [UInt8], f1: (before: Double, after: Double)) {
    self.layer = layer
    self.bytes = bytes
    self.f1 = f1
  }
}

/// Why a span has a role.
public struct ArgumentExplanation: Hashable, Sendable {
  /// The span and its role.
  public var argument: FrameArgument
  /// Its score: the sum of all contributions.
  public var score: Float
  /// The role that would score best otherwise; `O` for none.
  public var rival: String
  /// The rival's score.
  public var rivalScore: Float
  /// The features with their weights for the role and for the rival, the greatest difference first.
  public var features: [Contribution]

  /// A feature's part.
  public struct Contribution: Hashable, Sendable {
    /// The feature: its template with values.
    public var name: String
    /// Its weight for the role.
    public var weight: Float
    /// Its weight for the rival.
    public var rivalWeight: Float

    /// Makes a contribution.
    public init(name: String, weight: Float, rivalWeight: Float) {
      self.name = name
      self.weight = weight
      self.rivalWeight = rivalWeight
    }
  }

  /// Makes an explanation.
  public init(
    argument: FrameArgument, score: Float, rival: String, rivalScore: Float,
    features: [Contribution]
  ) {
    self.argument = argument
    self.score = score
    self.rival = rival
    self.rivalScore = rivalScore
    self.features = features
  }
}

/// Trains a frame pack's models.
public protocol FrameTrainer {
  /// Makes a trainer.
  init(_ options: FrameTrainingOptions) throws

  /// Trains all models that the pack itself needs.
  ///
  /// - Parameters:
  ///   - sentences: with forms, tags, trees (`head`, `deprel`) and frames.
  ///   - trees: further sentences with tags and trees, but without frames.
  ///   - report: called with a sentence about what was done.
  /// - Returns: the bytes of the model files by their layers.
  func run(
    _ sentences: [Record], trees: [Record], report: @escaping @Sendable (String) -> Void
  ) throws -> [(layer: String, bytes: [UInt8])]
}

/// How frames are learnt.
public struct FrameTrainingOptions: Hashable, Sendable {
  /// Passes over the trees.
  public var parserIterations = 5
  /// Passes over the predicates.
  public var roleIterations = 6
  /// Learners of roles from successive seeds whose weights are averaged.
  public var committee = 2
  /// Paths that the parser keeps.
  public var beam = 8
  /// Parts that the sentences are dealt into, so that each is tagged and parsed by models that have
  /// not seen it.
  public var folds = 5
  /// How much a wrong span is favoured while roles are learnt.
  public var margin: Float = 1
  /// The fraction of features hidden while roles are learnt.
  public var dropout = 0.25
  /// Features of the parser that fewer updates changed are left out.
  public var parserMinimumUpdates = 12
  /// Features of roles that fewer updates of a learner changed are left out.
  public var roleMinimumUpdates = 8
  /// How large the parser's file may be, in bytes: the smallest weights are left out.
  public var parserBytes = 2_750_000
  /// How large the file of roles may be, in bytes.
  public var roleBytes = 3_900_000
  /// Roles with fewer arguments are not learnt.
  public var minimumRole = 30
  /// Whether what makes a span an argument is learnt from all roles together, beside each role's own.
  public var sharesRoleWeights = true
  /// Clusters of words, for templates that read them; the models carry them.
  public var clusters: WordTable?
  /// Where the results of finished steps are kept; nowhere if `nil`.
  public var checkpoint: String?
  /// Whether the results that stand there are used.
  public var resumes = false
  /// The seed of the order of sentences.
  public var seed: UInt64 = 1
  /// The number of threads; the result does not depend on it.
  public var threads = 1
  /// What the models say of themselves.
  public var name = "srl"
  /// The models' version.
  public var version = ""
  /// The models' licence.
  public var licence = ""
  /// A sentence about data and use.
  public var about = ""
  /// The training files' names, for the models' cards.
  public var files: [String] = []

  /// The usual options.
  public init() {}
}
