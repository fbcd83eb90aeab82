import Foundation
import Testing

extension ProcessTests {
  /// `seqkit bio`, as a process.
  @Suite struct ResidueTests {
    private let command: Command
    private let proteins: String

    init() throws {
      command = try Command()
      proteins = try command.write(
        ">p1 first\nMNGTWRGDAA\n>p2;x second\nMKKRGD\n", "p.fa")
    }

    private func output(_ arguments: [String], input: String = "") throws -> String {
      let outcome = try command.run(["bio"] + arguments + ["--quiet"], input: input)
      #expect(outcome.status == 0, Comment(rawValue: outcome.errors))
      return outcome.output
    }

    private let patterns = ["-p", "NGLYC=N-{P}-[ST]-{P}", "-p", "RGD=R-G-D"]

    @Test func bedCountsFromZeroAndGFF3FromOne() throws {
      #expect(
        try output([proteins, "-f", "bed"] + patterns) == """
          p1\t1\t5\tNGLYC\t0\t.
          p1\t5\t8\tRGD\t0\t.
          p2;x\t3\t6\tRGD\t0\t.

          """)
      #expect(
        try output([proteins] + patterns) == """
          ##gff-version 3
          ##sequence-region p1 1 10
          p1\tseqkit\tpolypeptide_motif\t2\t5\t.\t.\t.\tName=NGLYC
          p1\tseqkit\tpolypeptide_motif\t6\t8\t.\t.\t.\tName=RGD
          ##sequence-region p2%3Bx 1 6
          p2%3Bx\tseqkit\tpolypeptide_motif\t4\t6\t.\t.\t.\tName=RGD

          """)
    }

    @Test func tablesAndLinesHaveTheLetters() throws {
      #expect(
        try output([proteins, "-f", "tsv"] + patterns).contains(
          "\np1\tNGLYC\t1\t5\t.\t.\t0\t.\tNGTW\t.\n"))
      #expect(
        try output([proteins, "-f", "jsonl"] + patterns).hasPrefix(
          #"{"sequence":"p1","motif":"NGLYC","start":1,"end":5,"letters":"NGTW"}"#))
    }

    @Test func tracksLabelEachResidue() throws {
      #expect(
        try output([proteins, "-f", "3line"] + patterns)
          == ">p1 first\nMNGTWRGDAA\n.AAAABBB..\n>p2;x second\nMKKRGD\n...BBB\n")
      #expect(
        try output([proteins, "-f", "stockholm"] + patterns).contains(
          "#=GR p1 NGLYC  .XXXX.....\n"))
      #expect(
        try output([proteins, "-f", "view", "-w", "10", "--color", "never"] + patterns).contains(
          "       1  MNGTWRGDAA\n           ==== NGLYC\n               === RGD\n"))
    }

    @Test func strandsAndMismatches() throws {
      let genome = try command.write(">c\nGAATTCAAAGATTTC\n", "g.fa")
      #expect(
        try output([genome, "-f", "bed", "-p", "E=GAATTC"])
          == "c\t0\t6\tE\t0\t+\nc\t0\t6\tE\t0\t-\n")
      #expect(
        try output([genome, "-f", "bed", "-p", "E=GAATTC", "--strand", "plus", "--mismatches", "1"])
          == "c\t0\t6\tE\t0\t+\nc\t9\t15\tE\t0\t+\n")
    }

    @Test func anyNumberOfThreadsGivesTheSameBytes() throws {
      let lines = (0..<30_000).map { "ACGTTGCA" + String(repeating: "GATC", count: $0 % 9) }
      let genome = try command.write(">c\n\(lines.joined(separator: "\n"))\n", "g.fa")
      let one = try output([genome, "-f", "bed", "-j", "1"])
      #expect(one.utf8.count > 1_000_000)
      #expect(try output([genome, "-f", "bed", "-j", "3"]) == one)
    }

    @Test func whatIsChangedIsSaidAndStrictFails() throws {
      let file = try command.write(">\nAC1GT\n", "x.fa")
      let outcome = try command.run(
        ["bio", file, "-t", "dna", "--illegal", "skip", "-p", "GT", "--strict", "-f", "bed"])
      #expect(outcome.status == 1)
      #expect(
        outcome.output == """
          unnamed_1\t0\t2\tpattern1\t0\t-
          unnamed_1\t2\t4\tpattern1\t0\t+

          """)
      #expect(outcome.errors.contains("an illegal letter was masked or skipped"))
      #expect(outcome.errors.contains("2 warnings, which --strict takes as failure."))
    }

    @Test func recordsBeforeAFaultAreWritten() throws {
      let file = try command.write(">a\nRGD\n>b\nR!D\n", "x.fa")
      let outcome = try command.run(["bio", file, "-t", "protein", "-p", "RGD", "-f", "bed"])
      #expect(outcome.status == 1)
      #expect(outcome.output == "a\t0\t3\tpattern1\t0\t.\n")
      #expect(
        outcome.errors.contains("x.fa:4:2: \"!\" at position 2 of b is no letter of a protein"))
    }

    @Test func aWrongPatternIsShownWithACaret() throws {
      let outcome = try command.run(["bio", proteins, "-p", "A-x(3"])
      #expect(outcome.status == 1)
      #expect(
        outcome.errors == """
          seqkit: pattern pattern1, column 6: the end where ) was expected.
            A-x(3
                 ^

          """)
    }

    @Test func bundledMotifsAreFoundAndListed() throws {
      #expect(try output([proteins, "-f", "bed"]).contains("p1\t5\t8\tRGD\t0\t."))
      #expect(
        try output([proteins, "--motif", "rgd", "-f", "bed"]).split(separator: "\n").count == 2)
      let list = try command.run(["bio", "info", "--json"]).output.split(separator: "\n")
      #expect(list.count == 74)
      for line in list {
        let entry = try #require(
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
        #expect(entry["reference"]?.isEmpty == false)
        #expect(entry["summary"]?.isEmpty == false)
      }
      let outcome = try command.run(["bio", proteins, "--motif", "rdg"])
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("Is RGD meant?"))
    }
  }
}
