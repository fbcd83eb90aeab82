import SeqCore
import SeqFormats
import SeqTestSupport
import Testing

/// A record put together from its windows.
struct WholeRecord: Equatable {
  var name = ""
  var letters: [UInt8] = []
}

func readFASTA(_ source: ByteSource, _ options: FASTAOptions = FASTAOptions()) throws -> (
  records: [WholeRecord], counts: FASTACounts, reader: FASTAReader
) {
  let reader = FASTAReader(source, options: options)
  var records: [WholeRecord] = []
  while let batch = try reader.nextBatch() {
    for window in batch.windows {
      if window.isFirst {
        records.append(
          WholeRecord(name: String(decoding: batch.headers[window.header].name, as: UTF8.self)))
      }
      let text = batch.text(of: window)
      let core = window.core
      // The core is where it says, and its surroundings are the record's.
      #expect(core.lowerBound == records[records.count - 1].letters.count)
      #expect(window.position == max(0, core.lowerBound - options.context))
      #expect(
        text[..<(core.lowerBound - window.position)].elementsEqual(
          records[records.count - 1].letters.suffix(core.lowerBound - window.position)))
      if !window.isLast {
        #expect(window.position + text.count == core.upperBound + options.context)
      }
      records[records.count - 1].letters +=
        text[
          (core.lowerBound - window.position)..<(core.upperBound - window.position)]
    }
  }
  return (records, reader.counts, reader)
}

@Suite struct FASTATests {
  private func read(_ text: String, _ options: FASTAOptions = FASTAOptions()) throws -> [String] {
    try readFASTA(ByteSource(bytes: Array(text.utf8), name: "s.fa"), options).records.map {
      "\($0.name)=\(String(decoding: $0.letters, as: UTF8.self))"
    }
  }

  private func sentence(_ bytes: [UInt8], _ options: FASTAOptions = FASTAOptions()) -> String? {
    do {
      _ = try readFASTA(ByteSource(bytes: bytes, name: "s.fa"), options)
      return nil
    } catch { return "\(error)" }
  }

  @Test func linesMayEndInAnyWay() throws {
    for end in ["\n", "\r\n", "\r"] {
      let text = [">a x", "ACGT", "", "ACGT", ">b", "TT"].joined(separator: end)
      #expect(try read(text) == ["a=ACGTACGT", "b=TT"])
      #expect(try read(text + end) == ["a=ACGTACGT", "b=TT"])
    }
    #expect(try read(">a\r\nAC\nGT\r>b\nTT\r\n") == ["a=ACGT", "b=TT"])
  }

  @Test func caseGapsAndStopsAreKept() throws {
    #expect(try read(">a\nMKt-a.Y*~\n") == ["a=MKt-a.Y*~"])
  }

  @Test func windowsJoinToTheRecord() throws {
    let letters = (0..<5000).map { UInt8(ascii: "A") + UInt8($0 * $0 % 23) }
    var text = Array(">one line\n".utf8) + letters + Array("\n>e\n>wrapped\n".utf8)
    for start in stride(from: 0, to: letters.count, by: 61) {
      text += letters[start..<min(start + 61, letters.count)] + [10]
    }
    let expected = [
      WholeRecord(name: "one", letters: letters), WholeRecord(name: "e"),
      WholeRecord(name: "wrapped", letters: letters),
    ]
    for window in [1, 10, 999, 5000, nil] as [Int?] {
      for context in [0, 1, 50, 3000] {
        var options = FASTAOptions()
        options.kind = .protein
        options.window = window
        options.context = context
        let found = try readFASTA(ByteSource(bytes: text, name: "s"), options).records
        #expect(found == expected, "window \(window ?? -1), context \(context)")
      }
    }
  }

  @Test func anIllegalLetterNamesItsPlace() throws {
    let text = Array(">a\nACGT\nAC1T\n".utf8)
    #expect(
      sentence(text) == """
        s.fa:3:3: "1" at position 7 of a is no letter of DNA. --illegal mask or --illegal skip \
        goes on.
        """)
    var options = FASTAOptions()
    options.illegal = .mask
    #expect(try read(">a\nACGT\nAC1T\n", options) == ["a=ACGTACNT"])
    options.illegal = .skip
    let result = try readFASTA(ByteSource(bytes: text, name: "s"), options)
    #expect(result.records[0].letters == Array("ACGTACT".utf8))
    #expect(result.counts.illegalLetters == 1)
  }

  @Test func whatWasWholeBeforeAFaultComesFirst() throws {
    let reader = FASTAReader(ByteSource(bytes: Array(">a\nMK\n>b\nM1\n".utf8), name: "s"))
    let batch = try #require(try reader.nextBatch())
    #expect(batch.windows.count == 1)
    #expect(throws: FormatError.self) { try reader.nextBatch() }
    #expect(throws: FormatError.self) { try reader.nextBatch() }
  }

  @Test func whatIsNoFASTAIsRefused() {
    #expect(sentence([]) == "s.fa: there is nothing in it, not one byte.")
    #expect(sentence(Array("\n\n".utf8))?.hasPrefix("s.fa:3: there are line ends") == true)
    #expect(
      sentence(Array("@r\nAC\n+\nII\n".utf8))?.hasPrefix("s.fa:1: this looks like FASTQ") == true)
    #expect(
      sentence(Array("\nACGT\n".utf8))
        == "s.fa:2: \"ACGT\" where a header line was expected, which begins with >. Is it FASTA?")
  }

  @Test func theKindIsToldByTheLetters() {
    for (letters, kind) in [
      ("ACGTNNAC", ResidueKind.dna), ("ACGU", .rna), ("ACGTRYKM", .protein), ("MKTAYIA", .protein),
      ("AC--GT", .dna), ("acgtacgtacgtacgtacgr", .dna), ("ACGTACGTACGE", .protein),
    ] {
      let source = ByteSource(bytes: Array(">MKLV\n\(letters)\n".utf8), name: "s")
      #expect(FASTAReader(source).kind == kind, "\(letters)")
    }
  }

  @Test(arguments: [3, 5, 17])
  func piecesOfASourceMakeNoDifference(seed: Int) throws {
    // Truncations and mutations of a small file are read or refused, and never trap.
    let whole = Array(">a x\r\nACGT acgt\r>b\n;c\nTT*-\n\n>\nAC\n".utf8)
    for end in 0...whole.count {
      _ = sentence(Array(whole[..<end]))
      for byte in [0, 10, 13, 62, 255] as [UInt8] where end < whole.count {
        var mutated = whole
        mutated[(end * seed) % whole.count] = byte
        _ = sentence(mutated)
      }
    }
    #expect(
      try read(String(decoding: whole, as: UTF8.self)) == ["a=ACGTacgt", "b=TT*-", "unnamed_3=AC"])
  }
}

/// Every file of the zoo: read as its README says, or refused with a reason.
@Suite(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
struct FASTAZooTests {
  /// Files that are read: records and residues.
  static let readable: [(String, records: Int, residues: Int)] = [
    ("plain.fa", 2, 333), ("plain.fa.gz", 2, 333), ("plain.bgzf.gz", 2, 333),
    ("plain.fa.bz2", 2, 333), ("plain.fa.xz", 2, 333), ("plain.fa.zst", 2, 333),
    ("two-members.fa.gz", 2, 333),
    // What follows are zeros, which gzip takes for padding.
    ("trailing-garbage.fa.gz", 2, 333), ("gzip-no-extension.fa", 2, 333), ("crlf.fa", 2, 333),
    ("cr-only.fa", 2, 333), ("mixed-eol.fa", 2, 12), ("blank-lines.fa", 2, 10),
    ("ragged.fa", 1, 20), ("trailing-space.fa", 1, 8), ("no-final-newline.fa", 2, 12),
    ("softmask.fa", 2, 300), ("stops.fa", 2, 168), ("ambiguous-protein.fa", 1, 37),
    ("ambiguous-dna.fa", 2, 150), ("rna.fa", 2, 132), ("gaps.fa", 2, 32), ("noname.fa", 3, 16),
    ("space-after-gt.fa", 2, 8), ("header-odd.fa", 2, 6), ("duplicate-ids.fa", 3, 12),
    ("long-header.fa", 1, 4), ("utf8-header.fa", 1, 8), ("latin1-header.fa", 1, 3),
    ("header-only.fa", 1, 0), ("empty-records.fa", 4, 4), ("bom.fa", 1, 4),
    ("one-line-1mb.fa.gz", 1, 1_000_000), ("many-tiny.fa.gz", 50_000, 50_000),
  ]

  @Test(arguments: readable)
  func isRead(file: String, records: Int, residues: Int) throws {
    let source = try ByteSource(path: DataSets.path("bio/fasta-zoo/" + file))
    var options = FASTAOptions()
    options.window = 1000
    options.context = 10
    let result = try readFASTA(source, options)
    #expect(result.records.count == records)
    #expect(result.counts.records == records)
    #expect(result.counts.residues == residues)
    #expect(result.records.reduce(0) { $0 + $1.letters.count } == residues)
  }

  /// Files that are refused: what the sentence says.
  static let refused: [(String, String)] = [
    ("empty.fa", "there is nothing in it"), ("only-newlines.fa", ":4: there are line ends"),
    ("no-header.fa", ":1: \"ACGTACGTACGT\" where a header line was expected"),
    ("leading-junk.fa", ":1: \"# a comment line\" where a header line was expected"),
    ("fastq-not-fasta.fa", ":1: this looks like FASTQ"),
    ("nul-byte.fa", ":2:3: a NUL byte at position 3 of a is no letter"),
    ("invalid-chars.fa", ":2:5: \"1\" at position 5 of a is no letter"),
    ("inner-spaces-digits.fa", ":2:9: \"1\" at position 1 of genbank is no letter"),
    ("truncated.fa.gz", "the compressed data end too early"),
  ]

  @Test(arguments: refused)
  func isRefused(file: String, sentence: String) throws {
    let source = try ByteSource(path: DataSets.path("bio/fasta-zoo/" + file))
    let error = #expect(throws: FormatError.self) { try readFASTA(source) }
    #expect(error.map { "\($0)" }?.contains(sentence) == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test func illegalLettersAreSkippedWhereThatIsAsked() throws {
    var options = FASTAOptions()
    options.illegal = .skip
    for (file, residues, illegal, spaces) in [
      ("inner-spaces-digits.fa", 36, 3, 22), ("invalid-chars.fa", 8, 8, 0),
      ("nul-byte.fa", 6, 1, 0),
    ] {
      let source = try ByteSource(path: DataSets.path("bio/fasta-zoo/" + file))
      let counts = try readFASTA(source, options).counts
      #expect(counts.residues == residues, "\(file)")
      #expect(counts.illegalLetters == illegal, "\(file)")
      #expect(counts.spaces == spaces, "\(file)")
    }
  }

  @Test func commentsAreCounted() throws {
    // Lines of the old style, before and inside records, are no residues.
    let text = ";one\n>a\nMK\n;two\nTA\n"
    let result = try readFASTA(ByteSource(bytes: Array(text.utf8), name: "s"))
    #expect(result.records == [WholeRecord(name: "a", letters: Array("MKTA".utf8))])
    #expect(result.counts.comments == 2)
    // A file whose sequences have no > is refused.
    let source = try ByteSource(path: DataSets.path("bio/fasta-zoo/semicolon-comments.fa"))
    #expect(throws: FormatError.self) { try readFASTA(source) }
  }

  @Test func everyFileOfTheZooIsNamedHere() throws {
    let known = Set(Self.readable.map(\.0) + Self.refused.map(\.0))
      .union(["semicolon-comments.fa", "README.md", "peer-behaviour.tsv"])
    let table = String(
      decoding: try DataSets.bytes("bio/fasta-zoo/peer-behaviour.tsv"), as: UTF8.self)
    let files = table.split(separator: "\n").dropFirst().map {
      String($0.prefix { $0 != "\t" })
    }
    #expect(Set(files).subtracting(known).isEmpty)
    #expect(files.count >= 43)
  }
}
