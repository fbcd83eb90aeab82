/// What an evaluation found: everything that `eval` prints, as a value.
///
/// It is rendered as text for a terminal, as Markdown, and as JSON (`Docs/Formats/evaluation.md`),
/// from which it can be read back.
public struct EvaluationReport: Hashable, Sendable {
  /// The model that was evaluated, if the predictions are a model's.
  public var model: ModelIdentity?
  /// What it was evaluated on.
  public var data: DataIdentity
  /// One evaluation per scored layer; the first is the main one.
  public var layers: [LayerEvaluation]
  /// How the intervals were drawn.
  public var bootstrap: BootstrapSettings
  /// How long tagging took, if it was measured.
  public var speed: Speed?
  /// What positions and sequences are called in this task.
  public var units: Units
  /// Sentences about what was skipped or changed on the way.
  public var notices: [String]

  /// Makes a report.
  ///
  /// - Parameter layers: with different names.
  public init(
    model: ModelIdentity? = nil, data: DataIdentity, layers: [LayerEvaluation],
    bootstrap: BootstrapSettings = BootstrapSettings(), speed: Speed? = nil,
    units: Units = .text, notices: [String] = []
  ) {
    precondition(
      Set(layers.map(\.name)).count == layers.count, "The layers of a report must differ.")
    self.model = model
    self.data = data
    self.layers = layers
    self.bootstrap = bootstrap
    self.speed = speed
    self.units = units
    self.notices = notices
  }
}

extension EvaluationReport {
  /// Which model it was.
  public struct ModelIdentity: Hashable, Sendable, Codable {
    /// The model's own name.
    public var name: String
    /// The version of the model, as its makers count it.
    public var version: String?
    /// The file it was read from.
    public var path: String?
    /// The file's checksum, 16 hexadecimal digits.
    public var checksum: String?

    /// Names a model.
    public init(
      name: String, version: String? = nil, path: String? = nil, checksum: String? = nil
    ) {
      self.name = name
      self.version = version
      self.path = path
      self.checksum = checksum
    }
  }

  /// Which data it was.
  public struct DataIdentity: Hashable, Sendable, Codable {
    /// The files, in the order they were read.
    public var paths: [String]
    /// The number of sequences, scored or not.
    public var sequences: Int
    /// The number of positions, scored or not.
    public var positions: Int
    /// A checksum of the bytes, 16 hexadecimal digits, if one was taken.
    public var checksum: String?

    /// Describes data.
    public init(paths: [String], sequences: Int, positions: Int, checksum: String? = nil) {
      self.paths = paths
      self.sequences = sequences
      self.positions = positions
      self.checksum = checksum
    }
  }

  /// How long tagging took.
  public struct Speed: Hashable, Sendable, Codable {
    /// Elapsed time, in seconds.
    public var seconds: Double
    /// The number of positions that were tagged in this time.
    public var positions: Int
    /// The number of threads that worked.
    public var threads: Int

    /// Positions per second; 0 if no time passed.
    public var positionsPerSecond: Double { seconds > 0 ? Double(positions) / seconds : 0 }

    /// Makes a measurement.
    public init(seconds: Double, positions: Int, threads: Int) {
      self.seconds = seconds
      self.positions = positions
      self.threads = threads
    }
  }

  /// How the intervals were drawn: percentiles over resampled sequences.
  public struct BootstrapSettings: Hashable, Sendable, Codable {
    /// How many samples were drawn.
    public var rounds: Int
    /// The probability that the intervals are to cover.
    public var level: Double
    /// The seed of the draws.
    public var seed: UInt64

    /// Describes a bootstrap.
    public init(rounds: Int = 1000, level: Double = 0.95, seed: UInt64 = 1) {
      self.rounds = rounds
      self.level = level
      self.seed = seed
    }
  }

  /// What positions and sequences are called, in the plural.
  public struct Units: Hashable, Sendable, Codable {
    /// `words`, `residues`, `frames`.
    public var positions: String
    /// `sentences`, `proteins`, `videos`.
    public var sequences: String

    /// Names the units.
    public init(positions: String, sequences: String) {
      self.positions = positions
      self.sequences = sequences
    }

    /// Words and sentences.
    public static let text = Units(positions: "words", sequences: "sentences")
    /// Positions and sequences.
    public static let general = Units(positions: "positions", sequences: "sequences")
  }
}
