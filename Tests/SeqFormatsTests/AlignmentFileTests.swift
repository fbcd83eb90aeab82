import SeqCore
import SeqFormats
import Testing

@Suite struct AlignmentFileTests {
  private func read(_ text: String, _ layout: AlignmentFile.Layout? = nil) throws
    -> [ResidueAlignment]
  {
    try AlignmentFile.read(ByteSource(bytes: Array(text.utf8), name: "d/fam.sto"), layout: layout)
  }

  @Test func stockholmMayBeInterleavedAndMany() throws {
    let alignments = try read(
      """
      # STOCKHOLM 1.0
      #=GF ID  zf
      #=GF DE  Zinc finger
      #=GS a/1-4 AC P1

      a/1-4   MK.V
      b       MRLV
      #=GC RF xx.x

      a/1-4   AA
      b       -A
      #=GC RF xx
      //
      # STOCKHOLM 1.0
      c  ACDE
      //

      """)
    #expect(alignments.count == 2)
    #expect(alignments[0].label == MotifLabel(name: "zf", summary: "Zinc finger"))
    #expect(alignments[0].rows == ["MK.VAA", "MRLV-A"].map { Array($0.utf8) })
    #expect(alignments[0].isConsensus == [true, true, false, true, true, true])
    #expect(alignments[1].label.name == "fam_2" && alignments[1].isConsensus == nil)
    #expect(alignments[0].kind == .protein)
  }

  @Test func alignedFASTAIsTakenAsItStands() throws {
    let alignment = try #require(try read(">a x\nMK-V\nA\n>b\r\nMRLV-\r\n").first)
    #expect(alignment.names == ["a", "b"] && alignment.label.name == "fam")
    #expect(alignment.rows == ["MK-VA", "MRLV-"].map { Array($0.utf8) })
  }

  @Test func insertionsOfA2MGetColumns() throws {
    let alignment = try #require(try read(">a\nMKaaV\n>b\nM-V\n>c\nMKwV\n").first)
    #expect(alignment.rows == ["MKaaV", "M-..V", "MKw.V"].map { Array($0.utf8) })
    #expect(alignment.isConsensus == [true, true, false, false, true])
    // Padded A2M, of one length, is told by its dots.
    let padded = try #require(try read(">a\nMKaV\n>b\nM-.V\n").first)
    #expect(padded.isConsensus == [true, true, false, true])
    let asFASTA = try #require(try read(">a\nMKaV\n>b\nM-.V\n", .fasta).first)
    #expect(asFASTA.isConsensus == nil)
  }

  @Test(arguments: [
    (">a\nMKV\n>b\nMK\n", "fam.sto:3: expected 3 columns in b as in a"),
    ("# STOCKHOLM 1.0\na MK\nb M\n//\n", "fam.sto:4: expected 2 columns in b as in a, not 1"),
    ("# STOCKHOLM 1.0\na MK\n", "expected // at the end of the alignment"),
    ("# STOCKHOLM 1.0\na M1\n//\n", "fam.sto:2: expected letters and gaps in a, not \"1\""),
    ("# STOCKHOLM 1.0\n//\n", "expected sequences before //"),
    ("MKV\n", "fam.sto:1: expected an alignment"),
    (">a\nM!V\n", "fam.sto:2:2: \"!\" at position 2 of a"),
  ])
  func faultsNameTheirPlace(text: String, sentence: String) throws {
    let error = #expect(throws: FormatError.self) { try read(text) }
    #expect("\(error!)".contains(sentence), "\(error!)")
  }

  @Test(arguments: 0..<100)
  func damagedFilesThrowOrAreRead(seed: Int) {
    var bytes = Array("# STOCKHOLM 1.0\n#=GF ID x\na MK.V\nb MRLV\n#=GC RF xx.x\n//\n".utf8)
    bytes[(seed * 37) % bytes.count] = UInt8(seed % 128)
    _ = try? AlignmentFile.read(
      ByteSource(bytes: seed % 3 == 0 ? Array(bytes.prefix(seed % bytes.count)) : bytes, name: "x"))
  }
}
