import Foundation
import Testing

extension ProcessTests {
  /// `seqkit report` as a user runs it.
  @Suite struct ReportTests {
    static let gold =
      "# sent_id = 1\n1\tIt\t_\tPRON\t_\t_\t_\t_\t_\t_\n2\tran\t_\tVERB\t_\t_\t_\t_\t_\t_\n\n"

    private func run(_ command: Command, _ arguments: [String]) throws -> Command.Outcome {
      try command.run(["report", "--rounds", "20", "--tests", "50", "--repeats", "1"] + arguments)
    }

    @Test func filesOfPredictionsAreCompared() throws {
      let command = try Command()
      _ = try command.write(Self.gold, "gold.conllu")
      _ = try command.write(Self.gold, "a.conllu")
      _ = try command.write(Self.gold.replacing("VERB", with: "NOUN"), "b.conllu")
      let flags = [
        "--pack", "pos", "--layer", "upos", "--test", "gold.conllu", "--system", "a=a.conllu",
        "--system", "b=b.conllu", "-o", "out", "--junit", "junit.xml",
      ]
      let passed = try run(command, flags + ["--gate", "gold.upos.accuracy >= 1"])
      #expect(passed.status == 0, "\(passed.errors)")
      #expect(passed.errors.contains("a leads with Accuracy 100.00 %, before b with 50.00 %"))
      for name in ["report.html", "report.md", "report.json", "report.csv"] {
        #expect(command.bytes("out/" + name)?.isEmpty == false)
      }
      let missed = try run(command, flags + ["--gate", "b: gold.upos.accuracy >= 1"])
      #expect(missed.status == 1)
      #expect(missed.errors.contains("gate not met: gold.upos.accuracy of b is 0.50000"))
      let junit = String(decoding: command.bytes("junit.xml") ?? Data(), as: UTF8.self)
      #expect(junit.contains("failures=\"1\""))
      #expect(try run(command, flags + ["--gate", "accuracy"]).status == 2)
    }

    @Test func aProgramIsIdentifiedMeasuredAndKept() throws {
      let command = try Command()
      _ = try command.write(Self.gold, "gold.conllu")
      let flags = [
        "--pack", "pos", "--layer", "upos", "--test", "gold.conllu", "--system", "cat=!cat",
        "--system", "gone=!no-such-program", "-o", "out", "--json",
      ]
      let first = try run(command, flags)
      #expect(first.status == 1)
      #expect(first.errors.contains("cat is /"))
      #expect(first.errors.contains("gone on gold failed: no-such-program: no such program"))
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any])
      let cells = try #require(object["cells"] as? [[String: Any]])
      let cost = try #require(cells[0]["cost"] as? [String: Any])
      #expect(cost["units"] as? Int == 2)
      // The labels were taken away, so what cat gives back is all wrong. Its peak is its own, not
      // that of a large Swift program.
      #expect(first.output.contains("\"right\" : 0"))
      let peak = try #require(cost["peak_bytes"] as? Int)
      #expect(peak < 8_000_000)
      #expect(cells[0]["status"] as? String == "done")
      let again = try run(command, flags)
      #expect(again.output.contains("\"status\" : \"kept\""))
    }
  }
}
