/// A comparison of systems on corpora: everything that its page, its tables and its gates are made of.
///
/// It is written as JSON as it is (`Docs/Formats/report.md`).
package struct Report: Codable, Sendable {
  /// The name and version of this layout.
  package var schema = "seqkit.report.v1"
  package var title: String
  /// When the run ended, ISO 8601 in UTC.
  package var created: String
  /// The command line that repeats it.
  package var command: String
  /// The folder in which it was given.
  package var folder: String
  package var program: ProgramIdentity
  package var environment: Environment
  package var settings: Settings
  package var corpora: [Corpus]
  package var systems: [System]
  /// What ran: a system on a corpus each.
  package var cells: [Cell]
  /// What is scored: a layer of a corpus each.
  package var tracks: [Track]
  package var gates: [GateResult]

  /// The program that made the report.
  package struct ProgramIdentity: Codable, Sendable {
    package var name: String
    package var version: String
    package var path: String
    package var xxh3: String
  }

  /// The machine.
  package struct Environment: Codable, Sendable {
    package var processor: String
    package var processors: Int
    package var memoryBytes: Int
    package var system: String
    /// Processes that waited to run in the last minute, when the run began and when it ended.
    package var loadBefore: Double
    package var loadAfter: Double
  }

  /// How figures were drawn.
  package struct Settings: Codable, Sendable {
    package var seed: UInt64
    /// Samples of each interval.
    package var rounds: Int
    /// Rounds of each test between two systems.
    package var testRounds: Int
    package var level: Double
    /// How often a system's run is measured; medians are given.
    package var repeats: Int
    /// Threads of our own taggers while they are measured.
    package var threads: Int
  }

  /// A test set and its training data.
  package struct Corpus: Codable, Sendable {
    package var name: String
    package var about: String
    package var task: String
    package var pack: String?
    package var files: [File]
    /// Sentences, proteins or recordings of the test set.
    package var items: Int
    /// Words, residues or frames of the test set.
    package var positions: Int
    /// The same of the training data, if there are any.
    package var trainingItems: Int?
    package var trainingPositions: Int?
    /// The share of test words that the training data do not hold.
    package var unknownShare: Double?
    /// Items of the test set that stand in the training data as they are.
    package var repeatedItems: Int?
    /// The median and the greatest number of positions of an item.
    package var medianLength: Int
    package var longest: Int
    /// The labels or types of each layer and how often they stand in the gold standard.
    package var labels: [String: [LabelCount]]
  }

  /// A label and how often it stands there.
  package struct LabelCount: Codable, Sendable {
    package var label: String
    package var count: Int
  }

  /// A file that was read.
  package struct File: Codable, Sendable {
    /// `test`, `train`, `dev`, `model`, `predictions`, `program`.
    package var role: String
    package var path: String
    package var bytes: Int
    /// XXH3 (64 bit), as `xxhsum -H3` prints it.
    package var xxh3: String
  }

  /// What is compared.
  package struct System: Codable, Sendable {
    package var name: String
    /// `model`, `trained`, `command` or `predictions`.
    package var kind: String
    package var about: String
    /// The seeds it was trained with.
    package var seeds: [UInt64]
    /// What an external command was found to be.
    package var identity: Identity?
  }

  /// What an external command was found to be before it was run.
  package struct Identity: Codable, Sendable {
    package var path: String
    /// What kind of file: `ELF program`, `script for /usr/bin/python3`.
    package var file: String
    /// The package that owns it, with version and summary, if one does.
    package var package: String?
    /// The first line that it prints when asked for its version.
    package var version: String?
  }

  /// A system on a corpus.
  package struct Cell: Codable, Sendable {
    package var system: String
    package var corpus: String
    /// `done`, `kept` (from an earlier run) or `failed`.
    package var status: String
    /// Why it failed.
    package var reason: String?
    /// The command lines that made the predictions.
    package var commands: [String]
    package var files: [File]
    package var cost: Cost?
    /// What could not be had and is no failure, such as probabilities.
    package var notes: [String]
  }

  /// What a cell took. Times are of whole processes; medians of ``Settings/repeats`` runs.
  package struct Cost: Codable, Sendable {
    /// What is counted: `words`, `residues`, `frames`.
    package var unit: String
    package var units: Int
    /// Seconds by the clock, and of processors.
    package var wallSeconds: Double
    package var cpuSeconds: Double
    /// Units by seconds of processors.
    package var unitsPerSecond: Double
    /// Seconds by the clock for an input of one item.
    package var startSeconds: Double?
    /// The most memory resident at once, in bytes.
    package var peakBytes: Int
    /// The bytes of the model files; `nil` if nobody knows.
    package var modelBytes: Int?
    /// What training took, if it was part of the run; the mean over seeds.
    package var trainingWallSeconds: Double?
    package var trainingCPUSeconds: Double?
    package var trainingPeakBytes: Int?
    package var runs: Int
  }

  /// A layer of a corpus on which systems are scored.
  package struct Track: Codable, Sendable {
    /// `CORPUS.LAYER`, as gates name it.
    package var id: String
    package var corpus: String
    package var layer: String
    package var task: String
    /// What is right or wrong: `words`, `spans`, `arguments`, `residues`, `frames`.
    package var unit: String
    /// How many of these the gold standard has.
    package var units: Int
    package var items: Int
    /// Who wins, and whether that is more than chance.
    package var summary: String
    package var metrics: [MetricInfo]
    package var results: [Result]
    package var comparisons: [Comparison]
    package var disagreements: [Disagreement]
    package var curves: [Curve]
  }

  /// A metric of a track.
  package struct MetricInfo: Codable, Sendable {
    package var id: String
    package var title: String
    package var about: String
    /// Whether values are shares, shown in per cent.
    package var isShare: Bool
  }

  /// What one system reached on a track.
  package struct Result: Codable, Sendable {
    package var system: String
    /// By the metric's id.
    package var scores: [String: Score]
    package var classes: [ClassScore]
    package var confusions: [Confusion]
    package var calibration: Reliability?
    /// The values of each seed, by the metric's id.
    package var seeds: [SeedScores]
  }

  /// A value with its uncertainty.
  package struct Score: Codable, Sendable {
    /// From 0 to 1 for shares; `nil` if it is undefined. The mean over seeds.
    package var value: Double?
    /// The ends of the bootstrap interval.
    package var low: Double?
    package var high: Double?
    /// How many are right and of how many, where it is such a share; a mean over seeds.
    package var right: Double?
    package var all: Double?
    /// The standard deviation over seeds, if there are several.
    package var deviation: Double?
  }

  /// How well one label or type was found; counts are means over seeds.
  package struct ClassScore: Codable, Sendable {
    package var label: String
    package var gold: Double
    package var predicted: Double
    package var correct: Double
    package var precision: Double?
    package var recall: Double?
    package var f1: Double?
    /// Matthews' correlation of this label against all others; only where positions are labelled.
    package var mcc: Double?
  }

  /// A kind of mistake; `–` stands for nothing. The count is a mean over seeds.
  package struct Confusion: Codable, Sendable {
    package var gold: String
    package var predicted: String
    package var count: Double
  }

  /// How far probabilities agree with what is right.
  package struct Reliability: Codable, Sendable {
    /// Expected calibration error over ten bins.
    package var expectedError: Double
    package var bins: [Bin]

    package struct Bin: Codable, Sendable {
      package var low: Double
      package var high: Double
      package var count: Int
      /// The mean probability and the share that is right; `nil` of an empty bin.
      package var confidence: Double?
      package var accuracy: Double?
    }
  }

  /// The values of one seed.
  package struct SeedScores: Codable, Sendable {
    package var seed: UInt64
    package var values: [String: Double]
  }

  /// Two systems by one metric.
  package struct Comparison: Codable, Sendable {
    package var metric: String
    package var first: String
    package var second: String
    /// The first's value less the second's, and its bootstrap interval.
    package var difference: Double
    package var low: Double
    package var high: Double
    /// Two-sided, by approximate randomization, and the same after Holm's correction over all
    /// comparisons of the track.
    package var randomization: Double
    package var randomizationHolm: Double
    /// Two-sided, by paired bootstrap, and the same after Holm's correction.
    package var bootstrap: Double
    package var bootstrapHolm: Double
  }

  /// Where two systems differ.
  package struct Disagreement: Codable, Sendable {
    package var first: String
    package var second: String
    package var bothRight: Int
    package var firstOnly: Int
    package var secondOnly: Int
    package var bothWrong: Int
    /// Places where the first is right and the second is wrong, then the other way round.
    package var examples: [Example]
  }

  /// A place where one is right and the other wrong.
  package struct Example: Codable, Sendable {
    package var item: String
    package var line: Int
    package var before: String
    package var text: String
    package var after: String
    package var gold: String
    package var first: String
    package var second: String
    /// How many places have the same three answers.
    package var count: Int
    package var firstIsRight: Bool
  }

  /// The chief metric by the share of the training data used.
  package struct Curve: Codable, Sendable {
    package var system: String
    package var points: [Point]

    package struct Point: Codable, Sendable {
      package var share: Double
      package var items: Int
      package var value: Double
      package var low: Double?
      package var high: Double?
    }
  }

  /// A condition that the report was held to.
  package struct GateResult: Codable, Sendable {
    package var gate: String
    package var passed: Bool
    /// What was found, in a sentence.
    package var sentence: String
  }
}
