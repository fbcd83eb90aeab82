public import SeqCore
public import SeqFeatures

/// What a model file says of itself: everything but the numbers.
///
/// It is stored as JSON under the key `seqkit` of the file's metadata (Docs/Formats/model.md).
public struct ModelManifest: Codable, Hashable, Sendable {
  /// The version of this structure; a reader refuses versions that it does not know.
  public var format = 1
  /// A short name for people: `english-upos`.
  public var name: String
  /// The version of the model as its makers count it.
  public var version: String
  /// The pack it belongs to: `pos`.
  public var pack: String
  /// The layer that it writes: `upos`.
  public var layer: String
  /// The labels, in the order of their numbers.
  public var labels: [String]
  /// The name of the label set; `nil` if it has none.
  public var schemaName: String?
  /// The version of the label set; empty if it has none.
  public var schemaVersion: String
  /// What a pack's preparation of fields was (`PackManifest.preparation`); `nil` if there was none.
  public var preparation: String?
  /// How the labels tell spans, if they do: then no labeling breaks the rules of the scheme. `nil`
  /// for labels of positions.
  public var scheme: TaggingScheme?
  /// The components, with their versions: `linear.v1`, `chain.v1`.
  public var components: [String]
  /// The feature templates.
  public var templates: [String]
  /// What the templates know of words and phrases, if they look any up.
  public var knowledge: KnowledgeManifest?
  /// The identity of the tokenizer that prepared the training text, or `gold` for text that was
  /// tokenized by hand or by its makers.
  public var tokenizer: String
  /// How weights are stored, and what integers are multiplied with.
  public var precision: LinearWeights.Precision
  /// The factor of integer weights.
  public var scale: Float
  /// What the model's marginals are.
  public var probabilities: Probabilities
  /// What makes probabilities of spans agree with how often they are right, found on a development
  /// set; `nil` for the identity.
  public var spanCalibration: ProbabilityCalibration?
  /// What thresholds of calibrated probabilities do on that set, by type of span; `*` is for all.
  public var thresholdCurves: [String: ThresholdCurve]?
  /// Where the model comes from.
  public var provenance: Provenance

  /// What stands beside the numbers of ``Knowledge``.
  public struct KnowledgeManifest: Codable, Hashable, Sendable {
    /// The tables of words.
    public var tables: [Table]
    /// The types of the phrases, if there are phrases.
    public var phraseTypes: [String]?

    /// A table of words without its words.
    public struct Table: Codable, Hashable, Sendable {
      /// The table's name.
      public var name: WordTable.Name
      /// The values that words have.
      public var values: [String]
      /// The value of other words, if they have one.
      public var missing: String?
    }
  }

  /// What P(y_t | x) of a model is.
  public enum Probabilities: String, Codable, Hashable, Sendable {
    /// The model was trained to give probabilities.
    case likelihood
    /// Scores of another kind, scaled so that they fit the development set as probabilities.
    case calibrated
    /// None: scores rank labels and mean nothing more.
    case none
  }

  /// Where a model comes from: what a model card says.
  public struct Provenance: Codable, Hashable, Sendable {
    /// The training algorithm: `lbfgs`, `perceptron`, ….
    public var algorithm: String
    /// The options that it was trained with, by name.
    public var options: [String: String]
    /// The training files, as given.
    public var trainingFiles: [String]
    /// XXH3 (64 bit) of the training records' bytes, in hexadecimal.
    public var trainingChecksum: String
    /// The number of training sequences and positions.
    public var sequences: Int
    /// The number of training positions.
    public var positions: Int
    /// Scores by name, such as `dev.accuracy`.
    public var scores: [String: Double]
    /// How often each label occurs in training, in the order of the labels.
    public var labelCounts: [Int]
    /// The licence of the model.
    public var licence: String
    /// Data, use and attribution, for people.
    public var description: String

    /// Makes a provenance; see the properties.
    public init(
      algorithm: String, options: [String: String] = [:], trainingFiles: [String] = [],
      trainingChecksum: String = "", sequences: Int = 0, positions: Int = 0,
      scores: [String: Double] = [:], labelCounts: [Int] = [], licence: String = "",
      description: String = ""
    ) {
      self.algorithm = algorithm
      self.options = options
      self.trainingFiles = trainingFiles
      self.trainingChecksum = trainingChecksum
      self.sequences = sequences
      self.positions = positions
      self.scores = scores
      self.labelCounts = labelCounts
      self.licence = licence
      self.description = description
    }
  }

  /// Makes a manifest; see the properties.
  public init(
    name: String, version: String = "", pack: String, layer: String, labels: [String],
    schemaVersion: String = "", scheme: TaggingScheme? = nil, templates: [String],
    tokenizer: String = "gold",
    probabilities: Probabilities = .likelihood, provenance: Provenance
  ) {
    self.name = name
    self.version = version
    self.pack = pack
    self.layer = layer
    self.labels = labels
    self.schemaVersion = schemaVersion
    self.scheme = scheme
    components = ["linear.v1", "chain.v1"]
    self.templates = templates
    self.tokenizer = tokenizer
    precision = .float32
    scale = 1
    self.probabilities = probabilities
    self.provenance = provenance
  }
}
