internal import FoundationEssentials
public import SeqCore
public import SeqFeatures

/// What a pack says of its work, as its manifest file (JSON5) gives it. `Docs/Formats/pack.md` has
/// every key.
public struct PackManifest: Hashable, Sendable {
  /// The pack's name on the command line.
  public var name: String
  /// What the pack does, in half a line; empty in the manifest of a compiled pack, whose code says it.
  public var abstract = ""
  /// The pack's version, as its makers count it.
  public var version = ""
  /// How its files are read; `nil` for the usual formats of text.
  public var reader: ReaderManifest?
  /// Fields that are made of those that were read, in the order in which they are made.
  public var fields: [FieldRule] = []
  /// The layers that the pack tags, in the order in which it does.
  public var layers: [LayerManifest]
  /// The columns of the pack's column files, unless told otherwise; `nil` if there are no usual ones.
  public var columns: [String]?
  /// How results are written unless told otherwise.
  public var output = OutputManifest()

  /// One layer that a pack tags.
  public struct LayerManifest: Hashable, Sendable {
    /// The layer's name: `upos`.
    public var name: String
    /// The file of the bundled model, if there is one.
    public var model: String?
    /// The feature templates that training uses unless told otherwise.
    public var templates: [String]
    /// The scheme that models of the layer learn and give, if its labels tell spans.
    public var scheme: TaggingScheme?
    /// The file of word clusters, beside the models, that training reads unless told otherwise.
    public var clusters: String?
    /// The labels that there are, if the manifest fixes them.
    public var schema: SchemaManifest?
    /// Whether labels depend on their neighbours.
    public var chain = true
    /// How the layer is learnt unless told otherwise.
    public var trainer = TrainerManifest()
    /// The label that says that there is nothing to say, left out of the scores of labels.
    public var outside: String?
    /// The scores that evaluations give beside accuracy.
    public var metrics: [MetricName] = []
  }

  /// A score that evaluations of labels can give.
  public enum MetricName: String, Hashable, Sendable, CaseIterable {
    /// Precision, recall and F1 of all labels but the one of nothing, pooled.
    case micro
    /// The same of "something or nothing": whether a position has any label but the one of nothing.
    case detection
  }

  /// A set of labels under a name and a version.
  public struct SchemaManifest: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The version.
    public var version: String
    /// The labels, or the types of spans where labels tell spans.
    public var labels: [String]

    /// Makes a schema.
    public init(name: String, version: String, labels: [String]) {
      self.name = name
      self.version = version
      self.labels = labels
    }
  }

  /// How results are written.
  public struct OutputManifest: Hashable, Sendable {
    /// The format, as `--to` names it.
    public var format: String?
    /// A summary of each record that follows its labels.
    public var summary: SummaryName?
    /// What `redact` takes from the score of `O` unless told otherwise, in nats; `nil` for the usual 2.
    public var leniency: Double?
  }

  /// A summary of a record.
  public enum SummaryName: String, Hashable, Sendable, CaseIterable {
    /// Of a trace: the failed span that none of its own calls explains.
    case rootCause
  }

  /// Parses a manifest.
  ///
  /// - Throws: `PackError.manifest` with the line and what is wrong there.
  public init(json5: [UInt8], path: String) throws {
    let value = try JSON5Value.parse(json5, path: path)
    var reader = ManifestReader(path: path)
    self = try reader.manifest(value)
  }

  /// Reads a manifest file.
  public init(path: String) throws {
    let bytes: [UInt8]
    do {
      bytes = Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw PackError.unreadable(path: path)
    }
    try self.init(json5: bytes, path: path)
  }

  init(name: String, layers: [LayerManifest]) {
    self.name = name
    self.layers = layers
  }

  /// The layer called `name`, if the pack tags it.
  public func layer(_ name: String) -> LayerManifest? { layers.first { $0.name == name } }

  /// What a model depends on beside its templates: how positions and fields are made. Models carry it,
  /// and are refused by a pack whose preparation is another. Empty if there is none.
  public var preparation: String {
    guard reader?.isOwn == true || !fields.isEmpty else { return "" }
    let text =
      "\(reader.map { $0.canonical } ?? "") \(fields.map(Self.canonical).joined(separator: ";"))"
    return String(FeatureHash.hash(text.utf8), radix: 16)
  }

  private static func canonical(_ rule: FieldRule) -> String {
    let outcome =
      switch rule.outcome {
      case .bins(let bounds): "bins \(bounds)"
      case .classes(let classes, let runs):
        "classes \(classes.map { "\($0.name) \($0.scalars.map { "\($0.lowerBound.value)-\($0.upperBound.value)" })" }) \(runs)"
      case .list(let words): "list \(words.sorted())"
      case .patterns(let patterns): "patterns \(patterns.map { "\($0.name)=\($0.expression)" })"
      case .same(let lag): "same \(lag)"
      }
    return "\(rule.name) of \(rule.source) \(rule.measure) \(outcome)"
  }
}

/// How a pack's files are read.
public struct ReaderManifest: Hashable, Sendable {
  /// Kinds of files.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Running text, cut into sentences and words; annotated files in the usual formats.
    case text
    /// A line of text is a record, cut into tokens by an expression.
    case lines
    /// Columns with blank lines between records.
    case columns
    /// A row of comma-separated values is a position.
    case csv
    /// A row of values between tabs is a position.
    case tsv
    /// A JSON object on a line is a position.
    case json
    /// A line that an expression takes apart is a position.
    case pattern
    /// A span of an OTLP/JSON trace is a position.
    case traces
  }

  /// The kind.
  public var kind: Kind
  /// The fields of rows in their order, or of objects with the paths of their members.
  public var fields: [(name: String, path: String)] { zip(names, paths).map { ($0, $1) } }
  /// The fields' names.
  public var names: [String] = []
  /// The members that the fields are: dots lead into objects.
  public var paths: [String] = []
  /// Whether the first line names the fields.
  public var header = false
  /// Neighbouring rows with equal values of this field are one record.
  public var group: String?
  /// What finds tokens, or takes lines apart.
  public var expression: TextExpression?
  /// Whether columns are separated by any white space, and not by tabs.
  public var whitespace = false

  /// Makes a description of a kind.
  public init(_ kind: Kind) { self.kind = kind }

  /// Whether the positions are made by this description, and not by a format that is known elsewhere.
  var isOwn: Bool { kind != .text && kind != .columns }

  var canonical: String {
    "\(kind.rawValue) \(names) \(paths) \(group ?? "") \(expression?.description ?? "")"
  }
}

/// How a layer is learnt: options of `train`, each `nil` where its usual value holds.
public struct TrainerManifest: Hashable, Sendable {
  /// The algorithm.
  public var algorithm: String?
  /// The weight of the L1 penalty.
  public var c1: Double?
  /// The weight of the L2 penalty.
  public var c2: Double?
  /// The most iterations.
  public var iterations: Int?
  /// Features seen at fewer positions are left out.
  public var minCount: Int?
  /// The perceptron's margin.
  public var margin: Double?
  /// The probability that the perceptron hides a feature.
  public var dropout: Double?
  /// Models averaged.
  public var committee: Int?
  /// Evaluations without a better score.
  public var patience: Int?
  /// Weights smaller than this are left out.
  public var prune: Double?
  /// How weights are stored.
  public var precision: String?
  /// Whether every feature has a weight for every label.
  public var allLabels: Bool?
  /// Factors of labels.
  public var classWeights: [String: Double] = [:]

  /// The usual values.
  public init() {}
}
