import Foundation
import SeqTestSupport
import Testing

extension ProcessTests {
  @Suite struct SpanVerbTests {
    private let command: Command
    private let model: String
    private let corpus: String

    /// Sentences with people who met somebody and places they came from.
    private static let text: String = {
      let people = ["Ana", "Bo", "Eve", "Max", "Ida", "Tom"]
      let places = ["Rome", "Oslo", "Lima", "Bonn"]
      var lines = ""
      for round in 0..<24 {
        let (a, b) = (people[round % 6], people[(round / 2 + 1) % 6])
        lines +=
          "\(a)\tB-PER\nBloom\tI-PER\nmet\tO\n\(b)\tB-PER\nin\tO\n\(places[round % 4])\tB-LOC\n.\tO\n\n"
      }
      return lines
    }()

    init() throws {
      command = try Command()
      model = command.path("names.model")
      corpus = try command.write(Self.text, "names.tsv")
      let outcome = try command.run([
        "ner", "train", "--train", corpus, "--dev", corpus, "-o", model, "--quiet", "--iterations",
        "40",
      ])
      #expect(outcome.status == 0, Comment(rawValue: outcome.errors))
    }

    private func output(_ arguments: [String], input: String = "") throws -> String {
      let outcome = try command.run(arguments, input: input)
      #expect(outcome.status == 0, Comment(rawValue: outcome.errors))
      return outcome.output
    }

    private static let raw = "Ana Bloom met Bo in Rome. Mail ana@example.org.\n"

    @Test func whatWasLearntIsScoredAsSpans() throws {
      let json = try output(["ner", "eval", model, corpus, "--json"])
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      let micro = try #require(object["micro"] as? [String: Any])
      #expect(micro["f1"] as? Double == 1)
    }

    @Test func probabilitiesOfSpansAreWrittenAsJSON() throws {
      let lines = try output(
        ["ner", "--model", model, corpus, "--confidence", "--to", "jsonl"]
      ).split(separator: "\n")
      let first = try #require(
        try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
      let tokens = try #require(first["tokens"] as? [[String: Any]])
      #expect(tokens[0]["ner.probability"] is Double && tokens[2]["ner.probability"] == nil)
    }

    @Test func columnsAreWrittenInTheSchemeOfTheFile() throws {
      #expect(try output(["ner", "--model", model, corpus]) == Self.text)
      let bioes = try output(["ner", "--model", model, corpus, "--scheme", "bioes"])
      #expect(bioes.hasPrefix("Ana\tB-PER\nBloom\tE-PER\nmet\tO\nBo\tS-PER\n"))
    }

    @Test(arguments: ["view", "html", "conllu", "columns", "jsonl"])
    func outputIsAsRecorded(format: String) throws {
      let text = try output(
        [
          "ner", "--model", model, "--to", format, "--rules", "first", "--color", "never",
          "--quiet",
        ],
        input: Self.raw)
      try Golden.check(text, "command/ner.\(format)")
    }

    @Test func aSpanBelowItsThresholdIsWithheldAndCounted() throws {
      let outcome = try command.run(
        ["ner", "--model", model, "--to", "view", "--threshold", "PER=1", "--color", "never"],
        input: Self.raw)
      #expect(outcome.output.contains("[Rome]/LOC") && !outcome.output.contains("/PER"))
      #expect(outcome.errors.contains("2 withheld below the threshold"))
      let wrong = try command.run(["ner", "--model", model, "--threshold", "PERS=0.5"])
      #expect(wrong.status == 2 && wrong.errors.contains("Did you mean PER?"))
    }

    @Test func redactionTakesNamesOutAndReportsNoneOfThem() throws {
      let report = command.path("report.jsonl")
      let outcome = try command.run(
        ["ner", "redact", "--model", model, "--report", report], input: Self.raw)
      #expect(outcome.status == 0, Comment(rawValue: outcome.errors))
      #expect(outcome.output == "[PER] met [PER] in [LOC]. Mail [EMAIL].\n")
      let lines = String(decoding: command.bytes("report.jsonl") ?? Data(), as: UTF8.self)
      #expect(lines.split(separator: "\n").count == 4)
      for name in ["Ana", "Bloom", "Rome", "example"] { #expect(!lines.contains(name)) }
      let noKey = try command.run(["ner", "redact", "--model", model, "--mode", "hash"])
      #expect(noKey.status == 2 && noKey.errors.contains("--key-file"))
      let columns = try output(["ner", "redact", "--model", model, "--quiet", corpus])
      for name in ["Ana", "Bloom", "Rome"] { #expect(!columns.contains(name)) }
      #expect(columns.hasPrefix("[PER]\tB-PER\n[PER]\tI-PER\nmet\tO\n"))
    }

    @Test func anExplanationSumsToItsMargin() throws {
      let lines = try output(
        ["ner", "explain", "--model", model, "--json", "--text", "Bo"], input: Self.raw)
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(lines.utf8)) as? [String: Any])
      let evidence = try #require(object["evidence"] as? [[String: Any]])
      let sum = evidence.reduce(0.0) { $0 + ($1["weight"] as? Double ?? .nan) }
      let margin = try #require(object["margin"] as? Double)
      // Weights are single precision.
      #expect(margin > 0 && abs(sum - margin) < 1e-3)
      #expect((object["counterfactual"] as? [String])?.isEmpty == false)
    }

    @Test func patternsNeedNoModel() throws {
      let text = try output(
        ["ner", "--rules", "only", "--to", "view", "--color", "never", "--quiet"], input: Self.raw)
      #expect(text == "Ana Bloom met Bo in Rome. Mail [ana@example.org]/EMAIL.\n")
    }

    @Test func namesAndClustersFromFilesAreKnowledge() throws {
      let list = try command.write("New Delhi\nParis\n", "cities.txt")
      let clusters = try command.write("0110\tRome\t4\n0111\tOslo\t3\n", "clusters.tsv")
      let templates = try command.write(
        "form[0]\ngazetteer(form[0])\ncluster(form[0])\n", "templates")
      let arguments = [
        "ner", "train", "--train", corpus, "-o", command.path("k.model"), "--quiet", "--templates",
        templates, "--gazetteer", "LOC=\(list)",
      ]
      _ = try output(arguments + ["--clusters", clusters])
      for choice in [[], ["--clusters", "own"], ["--clusters", "none"]] {
        _ = try output(arguments + choice)
      }
      let bad = try command.write("Rome\n", "bad.tsv")
      let wrong = try command.run(arguments + ["--clusters", bad])
      #expect(wrong.status == 1 && wrong.errors.contains("bad.tsv:1: 1 fields"))
    }

    @Test(arguments: [
      ["ner", "--help"], ["ner", "train", "--help"], ["ner", "eval", "--help"],
      ["ner", "explain", "--help"], ["ner", "redact", "--help"],
    ])
    func helpIsAsRecorded(arguments: [String]) throws {
      let name = arguments.joined(separator: "-").replacing("--help", with: "help")
      try Golden.check(try output(arguments), "help/\(name).txt")
    }
  }
}
