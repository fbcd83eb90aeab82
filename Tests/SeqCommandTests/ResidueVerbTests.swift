import Foundation
import Testing

extension ProcessTests {
  /// `seqkit bio profile`, `split`, `leaks`, `plot` and `caid`, as processes.
  @Suite struct ResidueVerbTests {
    private let command: Command

    init() throws { command = try Command() }

    private func run(_ arguments: [String], status: Int32 = 0) throws -> Command.Outcome {
      let outcome = try command.run(["bio"] + arguments)
      #expect(outcome.status == status, Comment(rawValue: outcome.errors))
      return outcome
    }

    private static let family = """
      # STOCKHOLM 1.0
      #=GF ID  walker
      #=GF DE  P-loop
      a  GAPGVGKTTLA
      b  GPPGSGKSTLL
      c  GEPGVGKTALV
      d  GRPGTGKTLLA
      //

      """

    @Test func aProfileFindsItsFamily() throws {
      let alignment = try command.write(Self.family, "f.sto")
      let model = command.path("f.hmm")
      let made = try run(["profile", alignment, "-o", model, "--calibration", "100"])
      #expect(
        made.errors.contains("walker: 4 sequences of protein, 11 columns, 11 of them consensus"))
      #expect(made.errors.contains("seed 1"))
      let again = command.path("g.hmm")
      _ = try run(["profile", alignment, "-o", again, "--calibration", "100"])
      #expect(command.bytes("f.hmm") == command.bytes("g.hmm"))
      let proteins = try command.write(
        ">p1\nMKTAYIAKQRGAPGSGKTTLLEDWSHVE\n>p2\nMSTNPKPQRKTKRNTNRRPQDVKFPGG\n", "p.fa")
      let hits = try run([proteins, "--profiles", model, "-f", "tsv", "--search-space", "100000"])
      let lines = hits.output.split(separator: "\n")
      #expect(lines.count == 2)
      let fields = try #require(lines.last).split(separator: "\t").map(String.init)
      #expect(Array(fields[0..<4]) == ["p1", "walker", "10", "21"])
      #expect(fields[8] == "GAPGSGKTTLL")
      #expect(try #require(Double(fields[9])) < 0.01)
      // The other formats have the score and the E-value.
      let gff = try run([proteins, "--profiles", model, "--search-space", "100000", "-q"]).output
      #expect(gff.contains("Name=walker;Note=P-loop;evalue="))
      let forward = try run([
        proteins, "--profiles", model, "-f", "jsonl", "--score", "forward", "--search-space", "1e5",
      ]).output
      #expect(forward.contains("\"evalue\":"))
    }

    @Test func profilesAreRefusedWhereTheyDoNotFit() throws {
      let alignment = try command.write(Self.family, "f.sto")
      let model = command.path("f.hmm")
      _ = try run(["profile", alignment, "-o", model, "-q", "--calibration", "50"])
      let genome = try command.write(">g\nACGTACGTACGT\n", "g.fa")
      #expect(
        try run([genome, "--profiles", model], status: 2).errors.contains(
          "the profile walker is of protein, and the sequences are of dna"))
      let broken = try command.write("HMMER3/f [x]\nNAME x\n", "x.hmm")
      #expect(
        try run([genome, "--profiles", broken], status: 1).errors.contains("x.hmm:"))
      let odd = try command.write(">a\nMK\n>b\nM\n", "odd.fa")
      #expect(try run(["profile", odd], status: 1).errors.contains("odd.fa:3: expected 2 columns"))
    }

    @Test func matricesGiveTheirBestSite() throws {
      let matrix = try command.write(">M X\nA [9 0 0]\nC [0 9 0]\nG [0 0 9]\nT [1 1 1]\n", "m.pfm")
      let genome = try command.write(">g\nACGTTTACGAAACG\n>h\nTTTACG\n", "g.fa")
      let options = [
        "--matrices", matrix, "--min-score", "1", "-f", "bed", "--strand", "plus", "-q",
      ]
      #expect(try run([genome] + options).output.split(separator: "\n").count == 4)
      #expect(
        try run([genome, "--best"] + options).output.split(separator: "\n").map { $0.prefix(5) }
          == ["g\t0\t3", "h\t3\t6"])
      #expect(try run([genome, "--best"], status: 2).errors.contains("--best concerns matrices"))
    }

    private func labelled(_ count: Int) -> String {
      let letters = Array("ACDEFGHIKLMNPQRSTVWY")
      return (0..<count).map { number in
        // Relatives: pairs of records share all but their ends.
        var state = UInt64(number / 2 + 7)
        let core = (0..<60).map { _ -> Character in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return letters[Int(state >> 33) % 20]
        }
        let text = String(core) + String(repeating: number % 2 == 0 ? "A" : "C", count: 5)
        return ">r\(number) x\n\(text)\n\(String(repeating: "H", count: 65))\n"
      }.joined()
    }

    @Test func relativesAreSplitTogether() throws {
      let file = try command.write(labelled(40), "set.3line")
      let outcome = try run([
        "split", file, "--fractions", "0.5,0.25,0.25", "--report", "-", "--json",
      ])
      #expect(outcome.errors.contains("40 records (3line) in 20 clusters"))
      #expect(outcome.errors.contains("words of 20 letters in two parts: none"))
      var parts: [String: String] = [:]
      var records = ""
      for part in ["train", "dev", "test"] {
        let text = String(decoding: try #require(command.bytes("set.\(part).3line")), as: UTF8.self)
        records += text
        for line in text.split(separator: "\n") where line.hasPrefix(">") {
          parts[String(line.dropFirst().prefix { $0 != " " })] = part
        }
      }
      #expect(parts.count == 40 && records.count == labelled(40).count)
      for number in 0..<20 { #expect(parts["r\(2 * number)"] == parts["r\(2 * number + 1)"]) }
      #expect(parts.values.count { $0 == "train" } == 20)
      #expect(outcome.output.contains("{\"leaks\":0,\"word_length\":20}"))
      let leaks = try run(
        ["leaks", "set.train.3line", "--against", "set.test.3line", "--strict", "-o", "l.tsv"])
      #expect(leaks.errors.contains("0 pairs"))
      let own = try run(["leaks", file, "--against", file, "--strict", "-q"], status: 1)
      #expect(own.output.split(separator: "\n").count == 81)
      #expect(own.errors.contains("80 pairs of records in different parts"))
    }

    @Test func givenClustersAndFoldsAreTaken() throws {
      let file = try command.write(labelled(6), "set.3line")
      let clusters = try command.write("r0\tr0\nr0\tr3\nr4\tr4\nzz\tzz\n", "c.tsv")
      let outcome = try run([
        "split", file, "--folds", "2", "--clusters", clusters, "-o", command.path("f"), "--report",
        command.path("r.tsv"),
      ])
      #expect(outcome.errors.contains("names of no record: 1"))
      #expect(outcome.errors.contains("records in no cluster, each one of its own: 3"))
      let report = String(decoding: try #require(command.bytes("r.tsv")), as: UTF8.self)
      let rows = report.split(separator: "\n").dropFirst().map { $0.split(separator: "\t") }
      #expect(rows.count == 6 && rows[0][1] == rows[3][1] && rows[0][2] == rows[3][2])
      #expect(command.files.contains("f.fold0.3line") && command.files.contains("f.fold1.3line"))
      let bad = try command.write(">a\nMK\nHH\n>b\nMKV\nHH\n>c\nM\nH\n", "bad.3line")
      #expect(
        try run(["split", bad], status: 1).errors.contains(
          "bad.3line:6: b has 2 labels and 3 residues"))
    }

    @Test func aRecordIsDrawn() throws {
      let file = try command.write(">a\nMKVLNGTWRGDAA\nHHHHCCCCEEECC\n>b\nMK\nHH\n", "s.3line")
      let features = try command.write(
        "a\t4\t8\tNGLYC\t0\t.\na\t8\t11\tRGD\t0\t+\na\t8\t99\tX\n", "f.bed")
      let scores = try command.write(
        "record\tposition\tP(H)\n" + (1...13).map { "a\t\($0)\t0.\($0 % 10)\n" }.joined(), "p.tsv")
      let outcome = try run([
        "plot", file, "--features", features, "--scores", scores, "-o", command.path("a.svg"),
      ])
      #expect(outcome.errors.contains("1 features or curves reach beyond a (13 residues)"))
      let svg = String(decoding: try #require(command.bytes("a.svg")), as: UTF8.self)
      #expect(svg.hasPrefix("<?xml") && svg.hasSuffix("</svg>\n"))
      #expect(svg.contains("NGLYC 5–8") && svg.contains("P(H)") && svg.contains("<title>E 9–11"))
      #expect(
        try run(["plot", file, "--record", "c"], status: 2).errors.contains("has no record c"))
      #expect(try run(["plot", file, "--region", "9"], status: 2).errors.contains("like 101-250"))
    }

    @Test func predictionsAreScored() throws {
      let reference = try command.write(">a\nMKVL\n11-0\n>b\nMK\n00\n>c\nM\n1\n", "r.3line")
      let prediction = try command.write(
        ">a\n1\tM\t0.9\t1\n2\tK\t0.4\t0\n3\tV\t0.9\t1\n4\tL\t0.2\t0\n>b\n1\tM\t0.6\t1\n2\tK\t0.1\t0\n>z\n1\tM\t1\t1\n",
        "own.caid")
      let outcome = try run([
        "caid", "-r", reference, prediction, "--per-target", command.path("t.csv"),
      ])
      let lines = outcome.output.split(separator: "\n").map { $0.split(separator: ",") }
      let figures = Dictionary(uniqueKeysWithValues: zip(lines[0], lines[1]))
      #expect(figures["predictor"] == "own" && figures["thr"] == "0.5")
      #expect(figures["tp"] == "1" && figures["fp"] == "1" && figures["fn"] == "1")
      #expect(figures["tn"] == "2" && figures["tpr"] == "0.5" && figures["tnr"] == "0.667")
      #expect(outcome.errors.contains("1 proteins of the reference are not predicted"))
      #expect(outcome.errors.contains("1 predicted proteins are not in the reference"))
      let best = try run([
        "caid", "-r", reference, prediction, "--threshold", "f1s", "--json", "-q",
      ])
      #expect(best.output.contains("\"thr\":0.4"))
      #expect(
        try run(["caid", "-r", reference, prediction, "--threshold", "x"], status: 2).errors
          .contains(
            "is no number, and none of states"))
    }
  }
}
