import Foundation
import SeqTestSupport
import Testing

extension ProcessTests {
  @Suite struct FrameVerbTests {
    private let command: Command
    private static let sample = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Corpora/english-roles/sample.tsv").standardizedFileURL.path

    init() throws { command = try Command() }

    private func output(_ arguments: [String], input: String = "") throws -> String {
      let outcome = try command.run(arguments, input: input)
      #expect(outcome.status == 0, Comment(rawValue: outcome.errors))
      return outcome.output
    }

    @Test(arguments: ["conllu", "roles", "jsonl", "view"])
    func framesOfTextAreAsRecorded(format: String) throws {
      let text = try output(
        ["srl", "--to", format, "--color", "never"],
        input: "The lamp that Maria repaired works well. Good night!\n")
      try Golden.check(text, "frames/tag.\(format)")
    }

    @Test func givenPredicatesAreLabelledAndNoOthers() throws {
      let text = try output(["srl", Self.sample])
      let senses = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        .map { $0.split(separator: "\t")[7] }.filter { $0 != "_" }
      #expect(
        senses == [
          "repair.01", "work.09", "give.01", "sell.01", "say.01", "read.01", "arrive.01",
          "order.02",
        ])
    }

    @Test func evaluationTellsTheConventionAndItsFigures() throws {
      let text = try output(["srl", "eval", Self.sample, "--json"])
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let arguments = try #require(object["arguments"] as? [String: Any])
      #expect(arguments["gold"] as? Int == 20)
      #expect((object["convention"] as? String)?.hasPrefix("CoNLL-2005") == true)
      #expect(try output(["srl", "eval", Self.sample]).contains("predicates found"))
    }

    @Test func explanationsNameTheRoleAndItsRival() throws {
      let text = try output(["srl", "explain", "--word", "gave", "--top", "3", Self.sample])
      #expect(text.contains("give.01: ARG0 She"))
      #expect(text.contains("score "))
    }

    @Test func trainedModelsAreTaken() throws {
      let prefix = command.path("tiny")
      let models = ["lemmarule", "step", "role"].map { "\(prefix)-\($0).safetensors" }
      _ = try output([
        "srl", "train", "--train", Self.sample, "-o", prefix, "--min-role", "1", "--folds", "2",
        "--parser-min-updates", "1", "--min-updates", "1", "--iterations", "2",
        "--parser-iterations", "2", "--beam", "2", "--quiet",
      ])
      let text = try output(
        ["srl", "eval", Self.sample] + models.flatMap { ["--model", $0] })
      #expect(text.contains("arguments"))
    }

    @Test func filesWithoutFramesAreRefused() throws {
      let path = try command.write("1\tGo\t_\tVERB\tVB\t0\troot\t_\n\n", "x.tsv")
      for verb in [["eval", path], ["train", "--train", path, "-o", command.path("x")]] {
        let outcome = try command.run(["srl"] + verb)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("no predicate is marked"))
      }
    }

    @Test func aMissingModelFileIsNamed() throws {
      let outcome = try command.run(["srl", "--model", command.path("none")], input: "Go.\n")
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("cannot open the model file"))
    }
  }
}
