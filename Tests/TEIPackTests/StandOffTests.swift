import SeqCore
import SeqTestSupport
import SeqXML
import TEIPack
import Testing

@Suite struct StandOffTests {
  private func write(
    _ path: String, _ change: (inout WriteSettings) -> Void = { _ in },
    annotate: @escaping (inout Record) throws -> Void = StandOffTests.annotate
  ) throws -> (bytes: [UInt8], report: WriteReport) {
    var settings = WriteSettings()
    settings.isApart = true
    change(&settings)
    nonisolated(unsafe) var bytes: [UInt8] = []
    let result = try TEIWriter(try TEISupport.reader(), settings: settings)
      .write(path: path, annotate: annotate) { bytes += $0 }
    return (bytes, result.written)
  }

  /// Every word is a noun, and the first two are a name.
  private static func annotate(_ record: inout Record) throws {
    let tag = record.append(Array("NOUN".utf8))
    record.setText("upos", to: Array(repeating: tag, count: record.count))
    if record.count >= 2 {
      record.setSpans(
        SpanLayer(name: "ner", types: ["PER"], spans: [LabelledSpan(positions: 0..<2, type: 0)]))
    }
  }

  private func stripped(_ bytes: [UInt8]) throws -> [UInt8] {
    let document = try TEISupport.Document(bytes)
    nonisolated(unsafe) var result: [UInt8] = []
    _ = try TEIStripper().strip(path: document.path) { result += $0 }
    return result
  }

  private func conllu(_ bytes: [UInt8]) throws -> [[Substring]] {
    let document = try TEISupport.Document(bytes)
    let (text, _) = try TEISupport.run(
      try TEISupport.reader(), document.path, as: .conllu(sources: false))
    return KeySentence.read(text).flatMap(\.words)
  }

  @Test func wordsArePointedAtByCharactersOfTheElementAroundThem() throws {
    let document = try TEISupport.Document(body: "<p>Ann\n  <hi>Lee</hi> &amp; Bo.</p>")
    let text = String(decoding: try write(document.path).bytes, as: UTF8.self)
    #expect(
      text.contains("<p resp=\"#seqkit\" xml:id=\"seqkit-e1\">Ann\n  <hi>Lee</hi> &amp; Bo.</p>"))
    #expect(text.contains("<span target=\"#string-range(seqkit-e1,0,3)\">NOUN</span>"))
    // White space counts as it stands; the reference is one character.
    #expect(text.contains("<span target=\"#string-range(seqkit-e1,6,3)\">NOUN</span>"))
    #expect(text.contains("<span target=\"#string-range(seqkit-e1,10,1)\">NOUN</span>"))
    #expect(text.contains("<span target=\"#string-range(seqkit-e1,0,9)\">PER</span>"))
    #expect(text.hasSuffix("</spanGrp>\n</standOff></TEI>"))
  }

  @Test func tokensArePointedAtByTheirIdentifiers() throws {
    let document = try TEISupport.Document(
      body: "<p><w xml:id=\"a\">Ann</w> <w>Lee</w><pc resp=\"#me\">.</pc></p>")
    let text = String(decoding: try write(document.path).bytes, as: UTF8.self)
    #expect(text.contains("<w resp=\"#seqkit\" xml:id=\"seqkit-e1\">Lee</w>"))
    #expect(text.contains("<span target=\"#a\">NOUN</span>"))
    #expect(text.contains("<span from=\"#a\" to=\"#seqkit-e1\">PER</span>"))
    // An element that somebody else answers for gets no attribute; its characters are pointed at.
    #expect(text.contains("<pc resp=\"#me\">.</pc>"))
    #expect(text.contains("string-range(seqkit-e2,7,1)"))
  }

  @Test func whatIsWrittenApartIsReadBackAsTags() throws {
    let original =
      "<p>Ann\n <hi>L</hi>ee, Ge<lb break=\"no\"/>nf.<note>See Bo Li.</note> She left.</p>"
    let document = try TEISupport.Document(body: original)
    let words = try conllu(try write(document.path).bytes)
    let inline = try conllu(try write(document.path) { $0.isApart = false }.bytes)
    // A note stands behind the sentence that it belongs to, and inline tags say where that ends.
    #expect(words.map { $0[1] }.sorted() == inline.map { $0[1] }.sorted())
    #expect(words.allSatisfy { $0[3] == "NOUN" })
    #expect(words[0][9].contains("NER=B-PER") && words[1][9].contains("NER=I-PER"))
  }

  @Test(arguments: [
    "<p>Ann Lee.</p>", "<p>A<![CDATA[nn <Lee>]]> b.</p>",
    "<list><item>a b<list><item>c</item></list>d</item></list>",
    "<p xml:id=\"x\">Ann</p><p resp=\"#me\">Lee left.</p>",
    "stray <div>text <p>in</p> and out</div>",
    "<p><s><w>Ann</w> <w pos=\"X\">left</w></s></p>", "<lg><l>one two</l></lg><note>n o</note>",
  ])
  func strippingGivesTheDocumentBackAndASecondRunChangesNothing(_ body: String) throws {
    let document = try TEISupport.Document(body: body)
    for apart in [true, false] {
      let first = try write(document.path) { $0.isApart = apart }.bytes
      #expect(try stripped(first) == TEISupport.documentBytes(body), "\(apart)")
      let again = try TEISupport.Document(first)
      #expect(try write(again.path) { $0.isApart = apart }.bytes == first, "\(apart)")
      // Without a header, nothing says who seqkit and me are.
      let findings = try TEIValidator().validate(path: again.path)
      #expect(
        findings.allSatisfy { "\($0)".contains("points at nothing") }, "\(findings)")
    }
  }

  @Test func anotherLayerOfTheSameRunIsAddedBesideTheFirst() throws {
    let document = try TEISupport.Document(body: "<p>Ann Lee.</p>")
    let tags = try write(
      document.path,
      annotate: { record in
        record.setText(
          "upos", to: record.ranges("form")!.map { _ in record.append(Array("X".utf8)) })
      }
    ).bytes
    let again = try TEISupport.Document(tags)
    let both = String(
      decoding: try write(
        again.path,
        annotate: { record in
          record.setSpans(
            SpanLayer(name: "ner", types: ["PER"], spans: [LabelledSpan(positions: 0..<2, type: 0)])
          )
        }
      ).bytes, as: UTF8.self)
    #expect(both.contains("<spanGrp type=\"pos\">") && both.contains("<spanGrp type=\"ner\">"))
    #expect(try stripped(Array(both.utf8)) == TEISupport.documentBytes("<p>Ann Lee.</p>"))
  }

  @Test func replacingTakesAnEarlierRunOutFirst() throws {
    let document = try TEISupport.Document(body: "<p>Ann Lee.</p>")
    for apart in [true, false] {
      let first = try write(document.path) { $0.isApart = apart }
      let again = try TEISupport.Document(first.bytes)
      let second = try write(again.path) {
        $0.isApart = apart
        $0.existing = .replace
      } annotate: { record in
        record.setText(
          "upos", to: record.ranges("form")!.map { _ in record.append(Array("Y".utf8)) })
      }
      let text = String(decoding: second.bytes, as: UTF8.self)
      #expect(text.contains("Y") && !text.contains("NOUN") && !text.contains("PER"))
    }
  }

  @Test func namesThatCrossTagsAreWrittenApartCutOrRefusedOnRequest() throws {
    let document = try TEISupport.Document(body: "<p>A <ref>b c</ref></p>")
    let apart = String(
      decoding: try write(document.path) {
        $0.isApart = false
        $0.overlap = .standoff
      }.bytes, as: UTF8.self)
    #expect(
      apart.contains(
        "<spanGrp type=\"ner\">\n<span target=\"#string-range(seqkit-e1,0,3)\">PER</span>"))
    #expect(!apart.contains("persName"))
    #expect(try stripped(Array(apart.utf8)) == TEISupport.documentBytes("<p>A <ref>b c</ref></p>"))
    let error = #expect(throws: TEIError.self) {
      try write(document.path) {
        $0.isApart = false
        $0.overlap = .error
      }
    }
    #expect(error?.description.contains("test.xml:1:") == true)
    #expect(error?.description.contains("\"A b\" (PER)") == true)
  }

  @Test func framesAreWrittenApartWithTheirArguments() throws {
    let document = try TEISupport.Document(body: "<p>Ann left Rome.</p>")
    let written = try write(document.path) {
      $0.isApart = false
      $0.writesFrames = true
    } annotate: { record in
      record.setFrames([
        Frame(
          predicate: 1, sense: "leave.01",
          arguments: [
            FrameArgument(positions: 0..<1, role: "ARG0"),
            FrameArgument(positions: 2..<3, role: "ARG1"),
          ])
      ])
    }
    let text = String(decoding: written.bytes, as: UTF8.self)
    #expect(
      text.contains(
        "<span target=\"#string-range(seqkit-e1,4,4)\" xml:id=\"seqkit-f1\">leave.01</span>"))
    #expect(
      text.contains(
        "<span target=\"#string-range(seqkit-e1,0,3)\" corresp=\"#seqkit-f1\">ARG0</span>"))
    #expect(!text.contains("ARG1</name>"))
    #expect(try stripped(written.bytes) == TEISupport.documentBytes("<p>Ann left Rome.</p>"))
  }

  @Test func characterRangesOfOthersAreReadAsTheGuidelinesCount() throws {
    // Two line ends, a comment and a left-out note stand before "Linz": they count, the comment does not.
    let body =
      "<p xml:id=\"p\">\n  in <!-- x -->Linz<note>on</note> too</p><spanGrp type=\"ner\">"
      + "<span target=\"#string-range(p,6,4)\">LOC</span><span target=\"#string-range(p,13,3)\">X</span></spanGrp>"
    let document = try TEISupport.Document(body: body)
    let (text, report) = try TEISupport.run(
      try TEISupport.reader(), document.path, as: .segments)
    #expect(text.contains("{\"label\":\"LOC\",\"spans\":[[3,7]]}"))
    #expect(text.contains("{\"label\":\"X\",\"spans\":[[8,11]]}"))
    #expect(report.unresolvedPointers == 0)
  }

  @Test(arguments: [
    // The expression of the pointer, and the text that it names; nothing if it names none.
    ("match(p,'Linz')", "Linz"),
    ("match(#p, 'L[a-z]+z' , 2)", "Lanz"),
    ("match(p,'(in|on) +L\\w*')", "in Linz"),
    ("match(p,'L.*?z')", "Linz"),
    ("match(p,'L.*z')", "Linz and Lanz"),
    ("match(p,'^An{2}\\p{L}?')", "Ann"),
    ("match(p,'\\d{4}$')", "1650"),
    ("match(p,'[^\\d\\s]+,')", "Lanz,"),
    ("match(p,'\\(of\\)')", "(of)"), ("match(p,'^(of^)')", "of"),
    ("match(p,\"in%20Linz\")", "in Linz"),
    ("match(p,Linz)", "Linz"),
    // What a matcher that backtracks would not end with.
    ("match(p,'(.*)*(.*)*(.*)*x')", ""),
    ("match(p,'Linz',2)", ""), ("match(p,'Li(nz')", ""), ("match(p,'a{9999}')", ""),
    ("match(q,'Linz')", ""), ("match(p)", ""), ("match(p,'')", ""), ("match(p,'z*',0)", ""),
  ])
  func expressionsPointAtWhatTheyMatch(_ pointer: String, _ expected: String) throws {
    let escaped = pointer.replacing("\"", with: "&quot;")
    let document = try TEISupport.Document(
      body: "<p xml:id=\"p\">Ann (of) lived in <hi>Li</hi>nz and Lanz, 1650</p>"
        + "<spanGrp type=\"ner\"><span target=\"#\(escaped)\">LOC</span></spanGrp>")
    let (line, report) = try TEISupport.run(
      try TEISupport.reader(), document.path, as: .segments)
    let text = Array("Ann (of) lived in Linz and Lanz, 1650".unicodeScalars)
    let found = line.matches(of: /"spans":\[\[(\d+),(\d+)\]\]/).map { match in
      String(String.UnicodeScalarView(text[Int(match.output.1)!..<Int(match.output.2)!]))
    }
    #expect(found == (expected.isEmpty ? [] : [expected]))
    #expect(report.unresolvedPointers == (expected.isEmpty ? 1 : 0))
  }
}
