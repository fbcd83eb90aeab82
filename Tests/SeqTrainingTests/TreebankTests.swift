import FoundationEssentials
import Glibc
import SeqFeatures
import SeqFormats
import SeqModel
import SeqTestSupport
import SeqTraining
import Testing

@Suite("Training on UD English-EWT", .enabled(if: DataSets.atHand, "\(DataSets.reason)"))
struct TreebankTests {
  static let templates = [
    "form[-2]", "form[-1]", "form[0]", "form[1]", "form[2]", "lower(form[0])",
    "prefix(form[0], 1)", "prefix(form[0], 2)", "prefix(form[0], 3)", "prefix(form[0], 4)",
    "suffix(form[0], 1)", "suffix(form[0], 2)", "suffix(form[0], 3)", "suffix(form[0], 4)",
    "shape(form[-1])", "shape(form[0])", "shape(form[1])", "hasDigit(form[0])",
    "hasHyphen(form[0])", "form[-1] & form[0]", "form[0] & form[1]",
  ]

  /// CPU time of the process, in seconds.
  static func cpu() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

  @Test(
    "Every algorithm learns; times are printed",
    .enabled(if: ProcessInfo.processInfo.environment["SEQTAG_BENCHMARK"] != nil))
  func benchmark() throws {
    let program = try TemplateProgram(parsing: Self.templates)
    let folder = "text/pos-ud-ewt/"
    var start = Self.cpu()
    var encoder = CorpusEncoder(program: program, layer: "upos")
    var reader = try RecordReader(path: DataSets.path(folder + "train.conllu"), as: CoNLLU())
    try reader.forEach { try encoder.add($0) }
    let corpus = encoder.finish()
    print("reading and encoding", Self.cpu() - start)
    var developmentEncoder = CorpusEncoder(program: program, developmentFor: corpus)
    reader = try RecordReader(path: DataSets.path(folder + "dev.conllu"), as: CoNLLU())
    try reader.forEach { try developmentEncoder.add($0) }
    let development = developmentEncoder.finish()
    let names =
      ProcessInfo.processInfo.environment["SEQTAG_BENCHMARK"]!.split(separator: ",").map(
        String.init)
    for name in names {
      guard let algorithm = TrainingOptions.Algorithm(rawValue: name) else { continue }
      for allLabels in [false, true] where !allLabels || names.contains("all") {
        var options = TrainingOptions(algorithm)
        options.allLabels = allLabels
        options.patience = 0
        start = Self.cpu()
        var loop = try TrainingLoop(corpus, options: options)
        print(name, "preparing", Self.cpu() - start)
        start = Self.cpu()
        let result = try loop.run { _ in print(" step", Self.cpu() - start) }
        print(name, "all labels \(allLabels): training", Self.cpu() - start)
        start = Self.cpu()
        options.iterations = algorithm == .lbfgs ? 200 : options.iterations
        loop = try TrainingLoop(corpus, development: development, options: options)
        let scored = try loop.run { print("  \($0.objective) \($0.developmentAccuracy ?? 0)") }
        print(name, scored.developmentAccuracy ?? 0, "pairs", result.parameters.labels.count)
      }
    }
  }
}
