import Foundation
import SeqKit
import Testing

/// `Docs/Guide/library.md`, "Train".
@Suite struct TrainingExample {
  @Test func trainsInFiveLines() throws {
    let folder = try Self.folder()
    let train = folder + "/train.conllu"
    try Self.corpus.write(toFile: train, atomically: true, encoding: .utf8)
    let output = folder + "/small.model"

    // Example
    var training = Training(
      layer: "upos", templates: ["form[0]", "suffix(form[0], 1)", "form[-1]"])
    training.options.c2 = 0.1
    training.tokenizer = Tokenizer().identity
    let trained = try training.run(on: [train])
    try trained.write(to: output)
    // End

    #expect(try Model(path: output).manifest.labels == ["DET", "NOUN", "PUNCT", "VERB"])
    #expect(trained.result.end == .converged)
  }

  /// The path of a model trained as above.
  static func smallModel() throws -> String {
    let folder = try folder()
    let train = folder + "/train.conllu"
    try corpus.write(toFile: train, atomically: true, encoding: .utf8)
    var training = Training(
      layer: "upos", templates: ["form[0]", "suffix(form[0], 1)", "form[-1]"])
    training.options.c2 = 0.1
    training.tokenizer = Tokenizer().identity
    let output = folder + "/small.model"
    try training.run(on: [train]).write(to: output)
    return output
  }

  private static func folder() throws -> String {
    let folder = NSTemporaryDirectory() + "seqkit-example-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    return folder
  }

  private static let corpus = [
    "The dog sleeps .", "A cat runs .", "The cat sleeps .", "A dog runs .",
  ]
  .map { sentence in
    zip(sentence.split(separator: " "), ["DET", "NOUN", "VERB", "PUNCT"]).enumerated()
      .map { "\($0 + 1)\t\($1.0)\t_\t\($1.1)\t_\t_\t_\t_\t_\t_\n" }.joined() + "\n"
  }.joined()
}
