import SeqCore
import SeqFormats
import SeqMotifs
import Testing

@Suite struct PatternTests {
  private func search(
    _ pattern: String, _ text: String, kind: ResidueKind = .protein,
    meaning: MatchMeaning = .all, strands: Set<Strand> = [.plus]
  ) throws -> [String] {
    let motif = try MotifPattern(pattern, kind: kind, label: MotifLabel(name: "m"))
    var options = ScanOptions()
    options.meaning = meaning
    options.strands = strands
    let scanner = try PatternScanner([motif], kind: kind, options: options)
    return try hits(
      in: ByteSource(bytes: Array(">s\n\(text)\n".utf8), name: "s"), scanner, names: ["m"],
      kind: kind, window: 5
    ).map { "\($0.start)-\($0.end)" }
  }

  private func sentence(_ pattern: String, kind: ResidueKind = .protein) -> String? {
    do {
      _ = try MotifPattern(pattern, kind: kind, label: MotifLabel(name: "BAD"))
      return nil
    } catch { return "\(error)" }
  }

  @Test func anchorsHoldAtTheEndsOfTheSequence() throws {
    #expect(try search("<M-x", "MAMAM") == ["0-2"])
    #expect(try search("A-M>", "AMAM") == ["2-4"])
    #expect(try search("^M.", "MAMAM") == ["0-2"])
    #expect(try search("AM$", "AMAM") == ["2-4"])
  }

  @Test func anAnchorInBracketsIsALetterOrTheEnd() throws {
    #expect(try search("P-L-[G>]", "PLGPLAPL") == ["0-3", "6-8"])
    #expect(try search("[<K]-P-L", "PLKPLAPL") == ["0-2", "2-5"])
  }

  @Test func unboundedRepetitionsGoOn() throws {
    #expect(try search("A-x(2,*)-C", "AACCC", meaning: .longest) == ["0-5", "1-5"])
    #expect(try search("K*-R", "KKKR", meaning: .prosite) == ["0-4"])
    #expect(try search("<{C}*>", "AAAAAA", meaning: .prosite) == ["0-6"])
  }

  @Test func expressionsWithGroups() throws {
    #expect(try search("(KR|RK)+", "KRRKA") == ["0-2", "0-4", "2-4"])
    #expect(try search("A(BC){2}D?", "ABCBCD", meaning: .prosite) == ["0-6"])
    #expect(try search("(A|C)[^DE]", "ADCKAE") == ["2-4"])
    #expect(
      try search("regex:(TAA|TAG|TGA)", "ATAGTCA", kind: .dna, strands: [.plus, .minus])
        == ["1-4", "4-7"])
  }

  @Test func patternsOfMoreThanAWordAreFound() throws {
    let long = String(repeating: "AC", count: 60)
    #expect(try search(long, "GG" + long + "A") == ["2-122"])
    #expect(
      try search(
        "A-x(0,1)-" + Array(long).map(String.init).joined(separator: "-"),
        "A" + long) == ["0-121"])
  }

  @Test func ambiguityLettersMatchWhatTheyContain() throws {
    #expect(try search("GANTC", "GATTCGANTCGARTC", kind: .dna) == ["0-5", "5-10", "10-15"])
    #expect(try search("GARTC", "GATTCGANTCGARTCgaatc", kind: .dna) == ["10-15", "15-20"])
    #expect(try search("GAUC", "GATCGAUC", kind: .rna) == ["0-4", "4-8"])
    #expect(try search("N-B", "NDNNNBNE") == ["0-2", "2-4", "3-5", "4-6"])
  }

  @Test func wildcardsMatchNoStopsAndNoGaps() throws {
    #expect(try search("A-x", "A*A-AKAX") == ["4-6", "6-8"])
  }

  @Test func aSyntaxErrorShowsColumnAndCaret() {
    #expect(
      sentence("N-{P(-[ST]") == """
        pattern BAD, column 5: "(" is no amino acid's letter.
          N-{P(-[ST]
              ^
        """)
    #expect(sentence("prosite:N-x(2")?.contains("column 6: the end where ) was expected.") == true)
    #expect(sentence("A-x(3,2)")?.contains("from 3 to 2 repeats there is nothing") == true)
    #expect(sentence("A-[]-C")?.contains("there is no letter in these brackets") == true)
    #expect(sentence("GAZTC", kind: .dna)?.contains("\"Z\" is no IUPAC letter of a base") == true)
    #expect(sentence("(AB")?.contains("column 1: this bracket is not closed") == true)
    #expect(sentence("A**")?.contains("one repetition follows another") == true)
    #expect(sentence("A-[G>]-C")?.contains("in the last element only") == true)
  }

  @Test func aPatternThatMatchesNothingIsRefused() {
    #expect(sentence("x(0,3)")?.contains("matches the empty sequence") == true)
    #expect(sentence("(A|B)*")?.contains("matches the empty sequence") == true)
  }

  @Test func libraryErrorsNameTheLine() throws {
    func sentence(_ text: String) -> String? {
      do {
        _ = try MotifLibrary(Array(text.utf8), source: "m.tsv").patterns(for: .protein)
        return nil
      } catch { return "\(error)" }
    }
    #expect(
      sentence("# c\nA\tR-G-D\nB R-G-D\n")?.hasPrefix("m.tsv:3: 1 field where 2 to 5") == true)
    #expect(sentence("A\tR-G-D\tprotien\n")?.hasPrefix("m.tsv:1: the third field") == true)
    #expect(sentence("A\tR-G-\n")?.hasPrefix("m.tsv:1: pattern A, column 5: an element") == true)
    #expect(sentence("# only comments\n")?.hasPrefix("m.tsv: there is no motif in it.") == true)
  }

  @Test func prositeFilesGiveTheirPatterns() throws {
    let text = """
      CC   *****
      //
      ID   SITE_ONE; PATTERN.
      AC   PS90001;
      DE   First made-up site.
      PA   C-x(2)-C-
      PA   x(3)-H.
      //
      ID   SITE_TWO; MATRIX.
      AC   PS90002;
      MA   /GENERAL_SPEC
      //
      """
    let library = try MotifLibrary(Array(text.utf8), source: "prosite.dat")
    #expect(library.entriesWithoutPattern == 1)
    let patterns = try library.patterns(for: .protein).patterns
    #expect(patterns.map(\.text) == ["C-x(2)-C-x(3)-H."])
    #expect(patterns[0].label == MotifLabel(name: "SITE_ONE", summary: "First made-up site."))
    #expect(patterns[0].reference == "PROSITE PS90001")
  }

  @Test func translationsAreSearchedInSixFrames() throws {
    // MRGDW* in frame 2, and its reverse complement in frame -3.
    let gene = "ATGCGAGGAGACTGGTAA"
    let complement: [Character: Character] = ["A": "T", "C": "G", "G": "C", "T": "A"]
    let reversed = String(gene.reversed().map { complement[$0]! })
    let text = "C" + gene + "C" + reversed
    let motif = try MotifPattern("R-G-D", kind: .protein, label: MotifLabel(name: "m"))
    let proteins = try PatternScanner([motif], kind: .protein, options: ScanOptions())
    let code = try #require(GeneticCode(table: 1))
    let scanner = TranslatedScanner(proteins, code: code, strands: [.plus, .minus])
    for window in [nil, 3, 4] as [Int?] {
      let found = try hits(
        in: ByteSource(bytes: Array(">s\n\(text)\n".utf8), name: "s"), scanner, names: ["m"],
        kind: .dna, window: window)
      #expect(found.map(\.description) == ["s m 4-13 +", "s m 26-35 -"], "window \(window ?? 0)")
    }
  }
}
