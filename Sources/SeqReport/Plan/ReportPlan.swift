/// What a comparison consists of: systems, corpora, conditions. It comes from a file (JSON5, see
/// `Docs/Formats/report-plan.md`) or is made of command-line flags.
package struct ReportPlan: Sendable {
  /// The file, or what stands for it in errors.
  package var path = "report"
  /// The folder that relative paths start from, and in which commands run.
  package var folder = "."
  /// The report's heading.
  package var title = "Comparison"
  /// The seed of all resampling.
  package var seed: UInt64 = 1
  /// Samples of each interval.
  package var rounds = 1000
  /// Rounds of each test between two systems.
  package var tests = 10_000
  /// How often a run is measured.
  package var repeats = 3
  /// Threads of our own taggers while they are measured.
  package var threads = 1
  /// Seconds after which a process is ended.
  package var timeout = 3600.0
  /// Shares of the training data on which trained systems are trained for learning curves.
  package var curve: [Double] = []
  /// Conditions on the figures.
  package var gates: [String] = []
  /// Words in braces in paths, such as `{data}`, and what they stand for.
  package var variables: [String: String] = [:]
  /// The test sets.
  package var corpora: [Corpus] = []
  /// What is compared; gates without a system's name concern the first.
  package var systems: [System] = []

  /// A test set.
  package struct Corpus: Sendable {
    /// The name in figures and gates.
    package var name = ""
    /// A sentence for people.
    package var about = ""
    /// The pack that its task is; it gives task, layers and usual columns.
    package var pack: String?
    /// The task, where no pack gives it: words, spans, roles, residues or frames.
    package var task: String?
    /// The layers that are scored.
    package var layers: [String] = []
    /// The gold file; for frames a list (`.bundle`).
    package var test = ""
    /// The training and the development file.
    package var train: String?
    package var dev: String?
    /// The format and its columns, where file names do not tell.
    package var format: String?
    package var columns: [String]?
    package var separator: String?
    /// The tagging scheme of labels that tell spans.
    package var scheme: String?
    /// Labels whose positions are not scored.
    package var unscored: [String]?
    /// Labels whose segments are not scored (frames).
    package var background: [String] = []

    /// Makes a corpus to be filled in.
    package init() {}
  }

  /// What is compared: exactly one of `model`, `train`, `command` and `predictions` is given.
  package struct System: Sendable {
    /// The name in figures and gates.
    package var name = ""
    /// A sentence for people.
    package var about = ""
    /// The corpora that it runs on; all of its pack's, or all, unless given.
    package var corpora: [String]?
    /// The pack whose verbs run it; the corpus's unless given.
    package var pack: String?
    /// Model files, or `bundled`.
    package var model: [String] = []
    /// How it is trained in the run.
    package var train: Recipe?
    /// The seeds it is trained with.
    package var seeds: [UInt64] = [1]
    /// An external program and its arguments; see `Docs/Formats/report-plan.md` for `{input}` and
    /// the like.
    package var command: [String] = []
    /// The same for training it, before `command`.
    package var learn: [String] = []
    /// Arguments that make the program print its version.
    package var version: [String] = ["--version"]
    /// Words that must stand in what the program is found to be.
    package var expect: String?
    /// Files of predictions by corpus; `*` for whichever.
    package var predictions: [String: String] = [:]
    /// Further arguments of our verb `tag`.
    package var options: [String] = []
    /// Whether probabilities are asked for, for calibration.
    package var confidence = true

    /// Makes a system to be filled in.
    package init() {}

    /// `model`, `trained`, `command` or `predictions`.
    package var kind: String {
      if train != nil { return "trained" }
      if !command.isEmpty { return "command" }
      return predictions.isEmpty ? "model" : "predictions"
    }
  }

  /// Training by our verb `train`.
  package struct Recipe: Sendable {
    /// `lbfgs`, `perceptron`, `hmm`, `majority`, …; the pack's usual one unless given.
    package var algorithm: String?
    /// The most passes.
    package var iterations: Int?
    /// Whether the development file is used.
    package var dev = true
    /// Further arguments of the verb.
    package var options: [String] = []

    /// The pack's usual training.
    package init() {}
  }

  /// An empty plan.
  package init() {}

  /// The program of a system that is an external command.
  func program(of system: System) -> String { substitute(system.command[0], variables) }

  /// A path of the plan with its variables replaced, from the plan's folder.
  func resolve(_ path: String) -> String {
    let path = substitute(path, variables)
    return path.hasPrefix("/") || path == "-" ? path : "\(folder)/\(path)"
  }
}

/// Replaces `{NAME}` by values; what is not named stays.
func substitute(_ text: String, _ values: [String: String]) -> String {
  guard text.contains("{") else { return text }
  var result = ""
  var rest = text[...]
  while let open = rest.firstIndex(of: "{") {
    result += rest[..<open]
    rest = rest[open...]
    guard let close = rest.firstIndex(of: "}"),
      let value = values[String(rest[rest.index(after: open)..<close])]
    else {
      result.append(rest.removeFirst())
      continue
    }
    result += value
    rest = rest[rest.index(after: close)...]
  }
  return result + rest
}
