import SeqCore
import SeqFormats
import Testing

@Suite struct ResidueTextTests {
  private func source(_ text: String) -> ByteSource {
    ByteSource(bytes: Array(text.utf8), name: "x.fa")
  }

  @Test func layoutsAreTold() throws {
    let labelled = try ResidueText.read(source(">a b\nMKV\nHHC\n>c\nM\n-\n"))
    #expect(labelled.map(\.layout) == [.threeLine, .threeLine])
    #expect(labelled[0].labels == Array("HHC".utf8) && labelled[0].name == "a")
    let fasta = try ResidueText.read(source(">a\nMKVA\nHH\n>c\nM\n"))
    #expect(fasta[0].layout == .fasta && fasta[0].letters == Array("MKVAHH".utf8))
    #expect(fasta[0].labels == nil)
  }

  @Test func recordsComeOutAsTheyWere() throws {
    let text = ">a b\tc\nMKV\nHHC\n>c\nmX\n.1\n"
    var output: [UInt8] = []
    for record in try ResidueText.read(source(text)) { record.encode(into: &output) }
    #expect(String(decoding: output, as: UTF8.self) == text)
  }

  @Test(arguments: [
    (">a\nMKV\nHHH\n>b\nMK\nHHH\n", "x.fa:6: b has 3 labels and 2 residues"),
    (">a\nMKV\nHHH\n>b\nMK\nHH\n>c\nMK\n", "x.fa:7: c ends before its labels"),
    (">a\nMKV\nHHH\n>b\nMK\nHH\n>c\nMK\nHH\nH\n", "x.fa:7: c has 4 lines"),
    ("MKV\n", "x.fa:1: \"MKV\" where a header line was expected"),
    ("@r\nACGT\n+\nIIII\n", "FASTQ"), ("", "not one byte"),
  ])
  func faultsNameTheirPlace(text: String, sentence: String) throws {
    let error = #expect(throws: FormatError.self) { try ResidueText.read(source(text)) }
    #expect("\(error!)".contains(sentence), "\(error!)")
  }
}

@Suite struct ClusterFileTests {
  private func read(_ text: String) throws -> [[String]] {
    try ClusterFile.read(ByteSource(bytes: Array(text.utf8), name: "c.tsv"))
  }

  @Test func bothProgramsFilesAreRead() throws {
    #expect(try read("a\ta\na\tb\nc\tc\na\td\n") == [["a", "b", "d"], ["c"]])
    let cdhit =
      ">Cluster 0\n0\t297aa, >sp|P1|X... *\n1\t290aa, >b... at 92.10%\n>Cluster 1\n0\t9aa, >c... *\n"
    #expect(try read(cdhit) == [["sp|P1|X", "b"], ["c"]])
  }

  @Test(arguments: ["a b\n", "a\tb\tc\n", "a\t\n", ">Cluster 0\nnothing\n"])
  func otherLinesAreRefused(text: String) {
    #expect(throws: FormatError.self) { try self.read(text) }
  }
}

@Suite struct CAIDPredictionTests {
  private func read(_ text: String) throws -> [ResidueScores] {
    try CAIDPredictions.read(ByteSource(bytes: Array(text.utf8), name: "p.caid"))
  }

  @Test func scoresAndStatesAreRead() throws {
    let found = try read(">a\n1\tM\t0.5\t1\n2\tK\t0.25\t0\n>b\n1\tA\t-3\n")
    #expect(found.map(\.name) == ["a", "b"])
    #expect(found[0].scores == [0.5, 0.25] && found[0].states == [true, false])
    #expect(found[1].states == nil)
  }

  @Test(arguments: [
    ("1\tM\t0.5\n", "p.caid:1: expected a line >NAME"),
    (">a\n2\tM\t0.5\n", "p.caid:2: expected position 1 of a, not 2"),
    (">a\n1\tM\tx\n", "p.caid:2: expected a score"),
    (">a\n1\tM\n", "p.caid:2: expected position, residue"),
    (">a\n1\tM\t1\t2\n", "state 0 or 1"),
    (">a\n1\tM\t1\t1\n2\tK\t1\n", "p.caid:1: expected a state for every"),
  ])
  func faultsNameTheirPlace(text: String, sentence: String) throws {
    let error = #expect(throws: FormatError.self) { try read(text) }
    #expect("\(error!)".contains(sentence), "\(error!)")
  }
}

@Suite struct FeatureFileTests {
  private func read(_ text: String) throws -> [ResidueFeature] {
    try FeatureFile.read(ByteSource(bytes: Array(text.utf8), name: "f"))
  }

  @Test func threeFormatsSayTheSame() throws {
    let gff = "##gff-version 3\na%3Bb\tx\tmotif\t2\t5\t1.5\t+\t.\tID=1;Name=RGD;Note=x%2Cy\n"
    let bed = "track name=x\na;b\t1\t5\tRGD\t1.5\t+\n"
    let table = "sequence\tmotif\tstart\tend\tstrand\tscore\na;b\tRGD\t1\t5\t+\t1.5\n"
    for text in [gff, bed, table] {
      let feature = try #require(try read(text).first)
      #expect(feature.sequence == "a;b" && feature.type == "RGD" && feature.strand == .plus)
      #expect(feature.start == 1 && feature.end == 5 && feature.score == 1.5)
    }
    #expect(try read(gff)[0].note == "x,y")
  }

  @Test(arguments: [
    ("a\t5\t2\n", "f:1: expected an end behind the start"), ("a\tx\t2\n", "whole numbers"),
    ("a\t1\t2\tn\t0\t%\n", "strand +, - or ."), ("a b c\n", "nine fields"),
    ("a\tx\tm\t0\t5\t.\t+\t.\tN=1\n", "a start of 1 or more"),
  ])
  func faultsNameTheirPlace(text: String, sentence: String) throws {
    let error = #expect(throws: FormatError.self) { try read(text) }
    #expect("\(error!)".contains(sentence), "\(error!)")
  }

  @Test func curvesAreRead() throws {
    let table = "record\tposition\tresidue\tP(H)\tP(E)\na\t1\tM\t0.5\t0.25\na\t3\tK\t1\tNA\n"
    let curves = try ScoreTable.read(ByteSource(bytes: Array(table.utf8), name: "t.tsv"))
    #expect(curves.map(\.name) == ["P(H)", "P(E)"])
    #expect(curves[0].values == [0.5, nil, 1] && curves[1].values == [0.25])
    let caid = try ScoreTable.read(
      ByteSource(bytes: Array(">a\n1\tM\t0.5\n".utf8), name: "d/p.caid"))
    #expect(caid == [ResidueCurve(sequence: "a", name: "p", values: [0.5])])
    #expect(throws: FormatError.self) {
      try ScoreTable.read(ByteSource(bytes: Array("a\tb\n".utf8), name: "t"))
    }
  }
}
