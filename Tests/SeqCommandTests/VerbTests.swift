import Foundation
import SeqKit
import SeqTestSupport
import Testing

extension ProcessTests {
  @Suite struct VerbTests {
    private let command: Command
    private let model: String

    init() throws {
      command = try Command()
      model = try command.trainSample(["--iterations", "40"])
    }

    private func output(_ arguments: [String], input: String = "") throws -> String {
      let outcome = try command.run(arguments, input: input)
      #expect(outcome.status == 0, Comment(rawValue: outcome.errors))
      return outcome.output
    }

    @Test(arguments: ["conllu", "columns", "jsonl", "slash", "view"])
    func tagOutputIsAsRecorded(format: String) throws {
      let text = try output([
        "pos", "--model", model, Command.sample + "/raw.txt", "--to", format, "--color", "never",
      ])
      try Golden.check(text, "command/tag.\(format)")
    }

    @Test("The likeliest tag of each word is the one with the largest probability")
    func posteriorDecoding() throws {
      let arguments = [
        "pos", "--model", model, Command.sample + "/raw.txt", "--to", "jsonl", "--confidence",
      ]
      func probabilities(_ arguments: [String]) throws -> [Double] {
        try lines(arguments).flatMap { line in
          try #require(line["tokens"] as? [[String: Any]]).map {
            try #require($0["upos.probability"] as? Double)
          }
        }
      }
      let best = try probabilities(arguments)
      let likeliest = try probabilities(arguments + ["--decode", "posterior"])
      #expect(best.count == likeliest.count)
      #expect(zip(best, likeliest).allSatisfy { $0 <= $1 })
      let both = try command.run(arguments.dropLast() + ["--decode", "posterior", "--nbest", "2"])
      #expect(both.status == 2 && both.errors.contains("drop --decode posterior"))
    }

    @Test("The best labelings in JSON Lines have their ranks and log-probabilities")
    func nBestInJSONLines() throws {
      let arguments = [
        "pos", "--model", model, Command.sample + "/raw.txt", "--nbest", "3", "--to",
      ]
      let best = try lines(arguments + ["jsonl"])
      let ranks = best.compactMap { $0["nbest"] as? Int }
      #expect(ranks.count == best.count)
      #expect(ranks.prefix(4) == [1, 2, 3, 1])
      let logarithms = best.compactMap { $0["logprob"] as? Double }
      #expect(logarithms.count == best.count && logarithms[0] >= logarithms[1])
      #expect(logarithms.allSatisfy { $0 <= 0 })
      let slash = try command.run(arguments + ["slash"])
      #expect(slash.status == 2 && slash.errors.contains("no place for ranks in slash"))
    }

    /// The objects of a command's lines.
    private func lines(_ arguments: [String]) throws -> [[String: Any]] {
      try output(arguments).split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
    }

    @Test func taggingItsOwnCorpusKeepsEverythingElse() throws {
      let gold = try String(contentsOfFile: Command.sample + "/sample.conllu", encoding: .utf8)
      #expect(try output(["pos", "--model", model, Command.sample + "/sample.conllu"]) == gold)
    }

    @Test(
      arguments: [
        ["--help"], ["pos", "--help"], ["pos", "train", "--help"], ["pos", "eval", "--help"],
        ["pos", "explain", "--help"], ["srl", "--help"], ["srl", "train", "--help"],
        ["srl", "eval", "--help"],
        ["tei", "--help"], ["tei", "import", "--help"], ["tei", "tag", "--help"],
        ["tei", "write", "--help"], ["tei", "strip", "--help"], ["tei", "validate", "--help"],
        ["tei", "profile", "--help"],
        ["bio", "--help"], ["bio", "tag", "--help"], ["bio", "train", "--help"],
        ["bio", "eval", "--help"], ["bio", "explain", "--help"], ["bio", "info", "--help"],
        ["bio", "profile", "--help"], ["bio", "split", "--help"], ["bio", "leaks", "--help"],
        ["bio", "plot", "--help"], ["bio", "caid", "--help"],
        ["frames", "--help"], ["frames", "train", "--help"], ["frames", "eval", "--help"],
        ["model", "--help"],
        ["corpus", "--help"], ["report", "--help"],
      ])
    func helpIsAsRecorded(arguments: [String]) throws {
      let name = arguments.joined(separator: "-").replacing("--help", with: "help")
      try Golden.check(try output(arguments), "help/\(name).txt")
    }

    @Test func modelInfoTellsWhatIsInside() throws {
      let text = try output(["model", "info", model, "--json"])
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let manifest = try #require(object["manifest"] as? [String: Any])
      #expect(manifest["layer"] as? String == "upos")
      #expect((object["tensors"] as? [Any])?.isEmpty == false)
      #expect(try output(["model", "info", model]).contains("form[0]"))
      #expect(try output(["model", "verify", model]).contains(": OK (sample, "))
      let card = try output(["model", "card", model])
      #expect(card.hasPrefix("# sample\n"))
      #expect(card.contains("| NOUN | 16 |") || card.contains("| NOUN | "))
    }

    @Test func infoWithoutBundledModelsStillTellsTheFeatures() throws {
      let text = try output(["pos", "info"])
      #expect(text.contains("upos"))
      #expect(text.contains("form[0]"))
      let json = try output(["pos", "info", "--json"])
      #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
    }

    @Test func rawEvaluationOfTheSample() throws {
      let text = try output(
        ["pos", "eval", "--raw", model, Command.sample + "/sample.conllu", "--json"])
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let scores = try #require(object["scores"] as? [String: [String: Any]])
      #expect(scores["words"]?["f1"] as? Double == 1)
      #expect(scores["tokens"]?["gold"] as? Int == 93)
      #expect(scores["upos"]?["correct"] as? Int == 97)
      #expect(
        try output(["pos", "eval", "--raw", model, Command.sample + "/sample.conllu"])
          .contains("sentences"))
    }

    @Test func attributeFilesAreTrainedTaggedAndScoredAsTheyAre() throws {
      let file = command.path("sample.crfsuite")
      _ = try output(["pos", "export", Command.sample + "/sample.conllu", "-o", file])
      let model = command.path("attributes.model")
      _ = try output(["pos", "train", "--train", file, "--iterations", "40", "-o", model])
      // The labels are those of the file again, and nothing else is touched.
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(try output(["pos", "--model", model, file]) == text)
      let labels = try output(["pos", "--model", model, file, "--to", "columns"])
      #expect(
        labels
          == text.split(separator: "\n", omittingEmptySubsequences: false)
          .map { $0.prefix { $0 != "\t" } }.joined(separator: "\n"))
      let scores = try output(["pos", "eval", model, file, "--json"])
      #expect(scores.contains("\"label\""))
      #expect(try output(["pos", "--model", model, file, "--to", "view"]).contains("NOUN"))
    }
  }
}
