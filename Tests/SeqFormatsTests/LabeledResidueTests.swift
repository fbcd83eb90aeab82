import SeqCore
import SeqFormats
import Testing

/// Labelled residues: what is read, what is refused and in which words, and what comes back.
struct LabeledResidueTests {
  private func source(_ text: String, _ name: String = "a.3line") -> ByteSource {
    ByteSource(bytes: Array(text.utf8), name: name)
  }

  private func threeLines(
    _ text: String, kind: ResidueKind = .protein, masks: Bool = false
  ) throws -> [LabeledResidues] {
    var options = LabeledResidueOptions()
    options.kind = kind
    options.masksIllegal = masks
    var reader = ThreeLineReader(source(text), options: options)
    var records: [LabeledResidues] = []
    while let record = try reader.next() { records.append(record) }
    return records
  }

  private func sentence(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was thrown"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func threeLinesMakeARecord(end: String) throws {
    let lines = ["\u{FEFF}>p1 first one", "MKV-", "HHEC", "", ">p2", "ac", "-U"]
    let records = try threeLines(lines.joined(separator: end))
    #expect(records.map(\.name) == ["p1", "p2"])
    #expect(records[0].letters == Array("MKV-".utf8))
    #expect(records[0].labels == Array("HHEC".utf8))
    #expect(records[1].labels == Array("-U".utf8))
    #expect(records[1].header.lineNumber == 5)
    #expect(Array(records[0].header.line) == Array("p1 first one".utf8))
  }

  @Test(arguments: [
    (
      ">p\nMKV\nHH\n",
      "a.3line:3: the label line of p has 2 labels, and its sequence 3 residues. Is a line wrapped or cut?"
    ),
    (
      ">p\nMKV\n",
      "a.3line:2: the file ends where the label line of p is expected. Was it copied completely?"
    ),
    (
      ">p\n>q\nMKV\nHHH\n",
      "a.3line:2: a header where the sequence of p is expected. Three lines make a record: header, sequence, labels."
    ),
    (
      ">p\nMKV\nHHH\nMKV\n",
      "a.3line:4: a third line behind the header of p. Sequence and labels take one line each; is the file FASTA without labels, or wrapped?"
    ),
    (
      "MKV\nHHH\n",
      "a.3line:1: \"MKV\" where a header line was expected, which begins with >. Is it FASTA?"
    ),
    (
      ">p\nM1V\nHHH\n",
      "a.3line:2:2: \"1\" at position 2 of p is no letter of a protein. --illegal mask goes on with X in its place."
    ),
    (
      ">p\nMKV\nH\u{7}H\n",
      "a.3line:3:2: byte 0x07 is the label of residue 2 of p. A label is one visible ASCII letter."
    ),
    ("", "a.3line: there is nothing in it, not one byte."),
  ])
  func faultsAreNamed(text: String, expected: String) {
    #expect(sentence { _ = try threeLines(text) } == expected)
  }

  @Test func recordsBeforeAFaultComeFirst() throws {
    var reader = ThreeLineReader(source(">p\nMK\nHH\n>q\nMK\nH\n"))
    #expect(try reader.next()?.name == "p")
    #expect(throws: FormatError.self) { try reader.next() }
  }

  @Test func illegalLettersAreMaskedAndCounted() throws {
    #expect(try threeLines(">p\nM1V\nHHH\n", masks: true)[0].letters == Array("MXV".utf8))
    #expect(
      try threeLines(">p\nAEC\nnnn\n", kind: .dna, masks: true)[0].letters == Array("ANC".utf8))
  }

  @Test func aTableGivesBackWhatWasWritten() throws {
    let records = try threeLines(">p1\nMKV\nHEC\n>p2\nW\nC\n")
    let format = LabelTable(labels: Array("CEH".utf8), probabilities: true)
    var bytes: [UInt8] = []
    format.begin(into: &bytes)
    for (index, record) in records.enumerated() {
      var record = record
      var probabilities = Matrix(rows: record.count, columns: 3)
      for t in 0..<record.count { probabilities[t, (index + t) % 3] = 0.75 }
      record.probabilities = probabilities
      format.encode(record, into: &bytes)
    }
    #expect(
      String(decoding: bytes, as: UTF8.self).hasPrefix(
        "record\tposition\tresidue\tlabel\tP(C)\tP(E)\tP(H)\np1\t1\tM\tH\t0.7500\t0.0000\t0.0000\n")
    )
    var reader = ResidueTableReader(ByteSource(bytes: bytes, name: "a.tsv"))
    let first = try #require(try reader.next())
    #expect(first.name == "p1" && first.labels == records[0].labels)
    #expect(first.letters == records[0].letters)
    #expect(first.probabilities?[1, 1] == 0.75)
    #expect(reader.probabilityLabels == Array("CEH".utf8))
    #expect(try reader.next()?.labels == records[1].labels)
    #expect(try reader.next() == nil)
  }

  @Test(arguments: [
    (
      "record\tposition\tresidue\n",
      "a.tsv:1: there is no column label; the first line names record, position, residue."
    ),
    (
      "record\tposition\tresidue\tlabel\np\t2\tM\tH\n",
      "a.tsv:2: position 2 of p where 1 is due. Positions count from 1 without gaps."
    ),
    (
      "record\tposition\tresidue\tlabel\np\t1\tM\n",
      "a.tsv:2: 3 fields where the first line has 4. Is the separator a space instead of a tab?"
    ),
    (
      "record\tposition\tresidue\tlabel\tP(H)\np\t1\tM\tH\t1.5\n",
      "a.tsv:2: \"1.5\" in column P(H), where a probability from 0 to 1 is expected."
    ),
  ])
  func faultsOfTablesAreNamed(text: String, expected: String) {
    #expect(
      sentence {
        var reader = ResidueTableReader(source(text, "a.tsv"))
        _ = try reader.next()
      } == expected)
  }

  private func annotated(_ fasta: String, _ gff: String) throws -> [LabeledResidues] {
    var options = FASTAOptions()
    options.kind = .dna
    var reader = try AnnotatedSequenceReader(
      fasta: source(fasta, "a.fa"), annotations: source(gff, "a.gff3"),
      labels: .init(
        types: ["CDS": UInt8(ascii: "C"), "intron": UInt8(ascii: "I")], rest: UInt8(ascii: "n")),
      options: options)
    var records: [LabeledResidues] = []
    while let record = try reader.next() { records.append(record) }
    return records
  }

  @Test func featuresLabelSequences() throws {
    let records = try annotated(
      ">g;1 x\nACGT\nACGT\n>h\nAC\n",
      "##gff-version 3\ng%3B1\tx\tmRNA\t1\t8\t.\t+\t.\tID=a\n"
        + "g%3B1\tx\tCDS\t2\t3\t.\t+\t0\tID=b\ng%3B1\tx\tintron\t4\t6\t.\t+\t.\tID=c\n")
    #expect(records.map(\.labels) == [Array("nCCIIInn".utf8), Array("nn".utf8)])
  }

  @Test(arguments: [
    ("g\tx\tCDS\t2\t9\t.\t+\t0\tID=b", "a.gff3:1: a feature ends at 9, and g has 4 residues."),
    ("q\tx\tCDS\t2\t3\t.\t+\t0\tID=b", "a.gff3:1: there is no sequence q in a.fa."),
    (
      "g\tx\tCDS\t2\t3\t.\t+\t0\tID=b\ng\tx\tintron\t3\t4\t.\t+\t.\tID=c",
      "a.gff3:2: residue 3 of g would be both CDS and intron. Leave one feature out of --features."
    ),
    (
      "g\tx\tCDS\t2\t3\t.\t-\t0\tID=b",
      "a.gff3:1: \"-\" in column 7 (strand), where + or ., as labels run with the record is expected."
    ),
  ])
  func faultsOfFeaturesAreNamed(gff: String, expected: String) {
    #expect(sentence { _ = try annotated(">g\nACGT\n", gff + "\n") } == expected)
  }

  @Test func segmentsBecomeFeatures() throws {
    let record = try threeLines(">g\nACGTACGTAC\nnCCCCIIICC\n", kind: .dna)[0]
    let labels = Array("nCI".utf8)
    let types: [UInt8: String] = [UInt8(ascii: "C"): "CDS", UInt8(ascii: "I"): "intron"]
    var bytes: [UInt8] = []
    LabelSegmentsGFF3(labels: labels, types: types, kind: .dna, probabilities: false)
      .encode(record, into: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        ##sequence-region g 1 10
        g\tseqkit\tCDS\t2\t5\t.\t+\t0\tlabel=C
        g\tseqkit\tintron\t6\t8\t.\t+\t.\tlabel=I
        g\tseqkit\tCDS\t9\t10\t.\t+\t2\tlabel=C

        """)
    bytes = []
    LabelSegmentsBED(labels: labels, names: types, kind: .dna, probabilities: false)
      .encode(record, into: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("g\t1\t5\tCDS\t0\t+\n"))
    bytes = []
    LabelLines(labels: labels, probabilities: false).encode(record, into: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self).hasPrefix(
        "{\"record\":\"g\",\"length\":10,\"labels\":\"nCCCCIIICC\",\"segments\":[{\"start\":0,\"end\":1,"
      ))
    bytes = []
    StockholmLabels().encode(record, into: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "# STOCKHOLM 1.0\ng          ACGTACGTAC\n#=GR g SS  nCCCCIIICC\n//\n")
  }
}
