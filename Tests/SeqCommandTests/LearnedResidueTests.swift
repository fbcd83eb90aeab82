import Foundation
import Testing

extension ProcessTests {
  /// `seqkit bio train`, `tag --model`, `eval` and `explain`, as processes.
  @Suite struct LearnedResidueTests {
    private let command: Command
    private let train: String
    private let fasta: String

    /// Labels that a window of three tells: H on A and its neighbours, C elsewhere.
    init() throws {
      command = try Command()
      var records = ""
      var sequences = ""
      for index in 0..<40 {
        var state = UInt64(index + 1)
        let letters = (0..<60).map { _ -> Character in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return Array("AGGGKKKLLL")[Int(state >> 33) % 10]
        }
        let labels = letters.indices.map { t -> Character in
          let near = letters[max(0, t - 1)...min(59, t + 1)]
          return t == 0 && index == 0 ? "-" : near.contains("A") ? "H" : "C"
        }
        records += ">p\(index) x\n\(String(letters))\n\(String(labels))\n"
        sequences += ">p\(index) x\n\(String(letters))\n"
      }
      train = try command.write(records, "train.3line")
      fasta = try command.write(sequences, "a.fa")
    }

    private func output(_ arguments: [String], input: String = "") throws -> String {
      let outcome = try command.run(["bio"] + arguments + ["--quiet"], input: input)
      #expect(outcome.status == 0, Comment(rawValue: outcome.errors))
      return outcome.output
    }

    private func failure(_ arguments: [String], status: Int32 = 1) throws -> String {
      let outcome = try command.run(["bio"] + arguments + ["--quiet"])
      #expect(outcome.status == status, Comment(rawValue: outcome.errors))
      return outcome.errors
    }

    private func trained(_ name: String, _ more: [String] = []) throws -> String {
      let model = command.path(name)
      _ = try output(
        [
          "train", "--train", train, "-o", model, "--channels", "16", "--dilations", "1,2",
          "--epochs", "12", "--rate", "0.01", "--batch", "4",
        ] + more)
      return model
    }

    @Test func whatIsLearntIsTaggedAndScored() throws {
      let model = try trained("a.model")
      let again = try trained("b.model", ["-j", "2"])
      #expect(command.bytes("a.model") != nil)
      // The name of a model is its file's, so names are given to compare bytes.
      let first = try trained("c.model", ["--name", "m"])
      let second = try trained("d.model", ["--name", "m", "-j", "2"])
      #expect(command.bytes("c.model") == command.bytes("d.model"))
      _ = (again, first, second)

      let tagged = try output(["tag", "--model", model, fasta])
      #expect(tagged == (try output(["tag", "--model", model, fasta, "-j", "3"])))
      let lines = tagged.split(separator: "\n")
      #expect(lines.count == 120)
      #expect(lines[0] == ">p0 x")
      let predicted = try command.write(tagged, "predicted.3line")
      let report = try output(["eval", train, predicted, "--json"])
      #expect(report == (try output(["eval", train, predicted, "--json"])))
      let accuracy = try #require(
        report.firstMatch(of: #/"accuracy":\{[^}]*"value":([0-9.]+)/#)?.1)
      #expect(try #require(Double(accuracy)) > 0.95)
      #expect(report.contains("\"unassessed\":1"))

      let byModel = try output(["eval", train, "--model", model])
      #expect(byModel.contains("decoder") && byModel.contains("posterior"))
      #expect(byModel.contains("AUC"))
      let table = try output(
        ["tag", "--model", model, fasta, "-f", "tsv", "--probabilities"])
      #expect(table.hasPrefix("record\tposition\tresidue\tlabel\tP(C)\tP(H)\n"))
      let tableFile = try command.write(table, "predicted.tsv")
      #expect(try output(["eval", train, tableFile]).contains("AUC"))
      let explained = try output(
        ["explain", fasta, "--model", model, "--position", "5", "--distance", "3"])
      #expect(explained.split(separator: "\n").count == 10)
      #expect(try output(["info", "--model", model]).contains("labels"))
    }

    @Test func aGrammarIsNeverBroken() throws {
      let grammar = try command.write(
        """
        grammar pairs
        segments H
        state c C
        state h H length 2..9
        step c -> c h
        step h -> c
        start c h
        end c h
        """, "pairs.grammar")
      let model = try trained("g.model", ["--grammar", grammar, "--dev", train])
      let tagged = try output(["tag", "--model", model, fasta])
      for (index, line) in tagged.split(separator: "\n").enumerated() where index % 3 == 2 {
        let runs = line.split(separator: "C").map(\.count)
        #expect(runs.allSatisfy { (2...9).contains($0) }, Comment(rawValue: String(line)))
      }
    }

    @Test func faultsHaveTheirSentence() throws {
      let model = try trained("a.model")
      let dna = try command.write(">g\nACGTACGTACGTACGT\n", "g.fa")
      #expect(
        try failure(["tag", "--model", model, dna]).contains(
          "holds dna, and the model is for protein"))
      #expect(
        try failure(["tag", "--model", model, fasta, "--decoder", "viterbi"]).contains(
          "the model has no grammar"))
      #expect(
        try failure(["tag", "--model", command.path("none.model"), fasta]).contains("none.model"))
      #expect(try failure(["tag", "--model", train, fasta]).contains("train.3line"))
      let cut = try command.write(">p0\nAGK\nHH\n", "cut.3line")
      #expect(
        try failure(["train", "--train", cut, "-o", command.path("x.model")]).contains(
          "cut.3line:3: the label line of p0 has 2 labels, and its sequence 3 residues."))
      #expect(command.bytes("x.model") == nil)
      let other = try command.write(">q\nAGK\nHHC\n", "other.3line")
      #expect(try failure(["eval", train, other]).contains("other.3line has no record p0"))
      let twice = try command.write(">q\nAGK\nHHC\n>q\nAGK\nHHC\n", "twice.3line")
      #expect(
        try failure(["eval", other, twice]).contains("twice.3line:4: the name q was used before"))
      let silent = try command.write(">q\nAGK\n---\n", "silent.3line")
      #expect(
        try failure(["train", "--train", silent, "-o", command.path("x.model")]).contains(
          "no residue has a label to learn from"))
      #expect(
        try failure(["tag", fasta, "--decoder", "viterbi"], status: 2).contains(
          "--decoder goes with --model"))
    }

    @Test func whatWasFinishedBeforeAFaultStaysWritten() throws {
      let model = try trained("a.model")
      let broken = try command.write(">p0\nAGK\n>p1\nAG1\n", "broken.fa")
      let outcome = try command.run(["bio", "tag", "--model", model, broken, "--quiet", "-j", "1"])
      #expect(outcome.status == 1)
      #expect(outcome.output.hasPrefix(">p0\nAGK\n"))
      #expect(outcome.errors.contains("broken.fa:4:3"))
    }
  }
}
