import SeqCore
import SeqFormats
import SeqTestSupport
import TEIPack
import Testing

/// Formats beside TEI, each by its reading profile.
@Suite struct OtherFormatsTests {
  private func words(_ profile: String, _ text: String) throws -> [[Substring]] {
    let document = try TEISupport.Document(Array(text.utf8))
    let (output, report) = try TEISupport.run(
      try TEISupport.reader(profile), document.path, as: .conllu(sources: false))
    #expect(report.isBalanced, "\(report.lines)")
    return KeySentence.read(output).flatMap(\.words)
  }

  private func sentences(_ profile: String, _ text: String) throws -> [String] {
    let document = try TEISupport.Document(Array(text.utf8))
    let (output, _) = try TEISupport.run(
      try TEISupport.reader(profile), document.path, as: .conllu(sources: false))
    return KeySentence.read(output).map(\.text)
  }

  private static let tcf = """
    <D-Spin xmlns="http://www.dspin.de/data" version="0.4">
     <MetaData xmlns="http://www.dspin.de/data/metadata"><source>x</source></MetaData>
     <tc:TextCorpus xmlns:tc="http://www.dspin.de/data/textcorpus" lang="de">
      <tc:text>Peter aß Käse. Gut!</tc:text>
      <tc:tokens>
       <tc:token ID="t1">Peter</tc:token> <tc:token ID="t2">aß</tc:token>
       <tc:token ID="t3">Käse</tc:token> <tc:token ID="t4">.</tc:token>
       <tc:token ID="t5">Gut</tc:token> <tc:token ID="t6">!</tc:token>
      </tc:tokens>
      <tc:sentences><tc:sentence tokenIDs="t1 t2 t3 t4"/><tc:sentence tokenIDs="t5 t6"/></tc:sentences>
      <tc:POStags tagset="STTS"><tc:tag tokenIDs="t1">NE</tc:tag><tc:tag tokenIDs="t2">VVFIN</tc:tag></tc:POStags>
      <tc:lemmas><tc:lemma tokenIDs="t2">essen</tc:lemma></tc:lemmas>
      <tc:namedEntities><tc:entity class="PER" tokenIDs="t1"/></tc:namedEntities>
     </tc:TextCorpus>
    </D-Spin>
    """

  @Test func tokensTagsSentencesAndNamesOfTCFAreRead() throws {
    #expect(try sentences("tcf", Self.tcf) == ["Peter aß Käse.", "Gut!"])
    let words = try words("tcf", Self.tcf)
    #expect(words.map { $0[1] } == ["Peter", "aß", "Käse", ".", "Gut", "!"])
    #expect(words[0][4] == "NE" && words[1][4] == "VVFIN" && words[1][2] == "essen")
    #expect(words[0][9] == "Id=t1|NER=B-PER")
    #expect(words[2][9].contains("SpaceAfter=No") && !words[1][9].contains("SpaceAfter=No"))
  }

  @Test func textWithoutTokensIsReadAsItStands() throws {
    let start = Self.tcf.firstRange(of: "<tc:tokens>")!.lowerBound
    let end = Self.tcf.firstRange(of: "</tc:TextCorpus>")!.lowerBound
    let text = String(Self.tcf[..<start] + Self.tcf[end...])
    #expect(try sentences("tcf", text) == ["Peter aß Käse.", "Gut!"])
  }

  @Test func wordsOfFoLiAAreReadOnceWhateverTextStandsBesideThem() throws {
    let text = """
      <FoLiA xmlns="http://ilk.uvt.nl/folia" xml:id="d"><metadata/><text xml:id="d.t">
      <p xml:id="p"><t>De kat(s) at. Ja</t>
       <s xml:id="s"><t>De kat(s) at.</t>
        <w xml:id="w1"><t>De</t><pos class="LID"/><lemma class="de"/></w>
        <w xml:id="w2"><t class="original">kats</t><t>kat(s)</t></w>
        <w xml:id="w3" space="no"><correction><new><t>at</t></new><original auth="no"><t>ad</t></original></correction></w>
        <w xml:id="w4"><t>.</t></w>
        <entities><entity class="per"><wref id="w1" t="De"/><wref id="w2"/></entity></entities></s>
       <s xml:id="s2"><t>Ja</t></s></p>
      </text></FoLiA>
      """
    #expect(try sentences("folia", text) == ["De kat(s) at.", "Ja"])
    let words = try words("folia", text)
    #expect(words.map { $0[1] } == ["De", "kat(s)", "at", ".", "Ja"])
    #expect(words[0][2] == "de" && words[0][4] == "LID")
    #expect(words[0][9].contains("NER=B-per") && words[1][9].contains("NER=I-per"))
  }

  @Test func tagsOfTheBNCAndTheBrownCorpusAreRead() throws {
    let bnc = try words(
      "bnc",
      "<bncDoc xml:id=\"A\"><teiHeader/><wtext type=\"x\"><p><s n=\"1\"><w c5=\"AT0\" hw=\"the\" pos=\"ART\">The </w><w c5=\"NN1\" hw=\"dog\" pos=\"SUBST\">dog</w><c c5=\"PUN\">.</c></s></p></wtext></bncDoc>"
    )
    #expect(bnc.map { $0[1] } == ["The", "dog", "."])
    #expect(bnc.map { $0[4] } == ["AT0", "NN1", "PUN"])
    #expect(bnc[1][2] == "dog" && bnc[1][9].contains("SpaceAfter=No"))
    let brown = try words(
      "brown",
      "<TEI><text><body><p><s n=\"1\"><w type=\"AT\">The</w> <mw pos=\"NP\"><w type=\"NP\">Fulton</w></mw> <c type=\"pct\">.</c></s></p></body></text></TEI>"
    )
    #expect(brown.map { $0[4] } == ["AT", "NP", "pct"])
  }

  private static let vertical = """
    <text id="a" title="R&D">
    <p id="p1">
    <s id="s1">
    <name type="per">
    Ann\tann\tN\t_
    </name>
    <g/>
    's\t's\tP\tF=1
    <\t<\tZ\t_
    AT&T\tAT&amp;T\tN\t_
    </s>
    </p>
    </text>

    """

  @Test func verticalFilesAreReadLineByLine() throws {
    let words = try words("vertical", Self.vertical)
    #expect(words.map { $0[1] } == ["Ann", "'s", "<", "AT&T"])
    #expect(words.map { $0[2] } == ["ann", "'s", "<", "AT&T"])
    #expect(words.map { $0[4] } == ["N", "P", "Z", "N"])
    #expect(words[0][9] == "NER=B-name:per|SpaceAfter=No")
    #expect(words[1][5] == "F=1")
    #expect(try sentences("vertical", Self.vertical) == ["Ann's < AT&T"])
  }

  @Test func faultsOfVerticalFilesNameTheLine() throws {
    let document = try TEISupport.Document(Array("<s>\na\tb\n</p>\n".utf8))
    let error = #expect(throws: (any Error).self) {
      try TEISupport.run(
        try TEISupport.reader("vertical"), document.path, as: .conllu(sources: false))
    }
    #expect("\(error!)".contains(":3:"))
  }

  @Test func whatIsWrittenAsVerticalIsReadAsTheSame() throws {
    let document = try TEISupport.Document(
      body:
        "<p xml:id=\"p1\">A &lt;b&gt;: <name type=\"x\">Bo <name>Li</name></name>, it.</p><note>No.</note>"
    )
    let reader = try TEISupport.reader()
    let (text, _) = try TEISupport.run(
      reader, document.path, as: .vertical(columns: ["form", "lemma", "upos", "xpos"]))
    #expect(text.hasPrefix("<text id=\"test\">\n<p id=\"p1\" kind=\"p\">\n<s>\nA\t_\t_\t_\n"))
    let (direct, _) = try TEISupport.run(reader, document.path, as: .conllu(sources: false))
    #expect(
      try words("vertical", text).map { $0[1] }
        == KeySentence.read(direct).flatMap(\.words).map { $0[1] })
    #expect(throws: TEIError.self) {
      try TEISupport.run(reader, document.path, as: .vertical(columns: ["form", "lema"]))
    }
  }

  @Test func segmentsBecomeDocumentsOfBrat() throws {
    let document = try TEISupport.Document(
      body: "<p>Zoë <rs type=\"a b\">Lee <name>Bo</name></rs></p>")
    nonisolated(unsafe) var names: [String] = []
    _ = try TEISupport.reader().segments(path: document.path) { record in
      #expect(record.string(record.text!) == "Zoë Lee Bo")
      for layer in record.spanLayers {
        names += layer.spans.map { "\(layer.typeName(of: $0)) \(record.string($0.parts[0]))" }
      }
    }
    #expect(names.sorted() == ["name Bo", "rs_a_b Lee Bo"])
  }

  @Test func misspeltKeysOfProfilesAreFaults() {
    for (text, words) in [
      (
        "{ name: \"x\", rule: [], rules: [] }",
        "the key \"rule\", which there is not. Is rules meant?"
      ),
      (
        "{ name: \"x\", rules: [{ elments: [\"p\"], elements: [\"p\"], action: \"include\" }] }",
        "rule 1 has the key \"elments\""
      ),
      ("{ name: \"x\", rules: [{ elements: [\"p\"], action: \"incude\" }] }", "no such action"),
    ] {
      let error = #expect(throws: TEIError.self) {
        try ReadingProfile(json5: Array(text.utf8), path: "x.json5")
      }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }

  @Test func recordsOfADocumentOfAnySizeComeInOrderWithTheirPlaces() throws {
    let body = (1...5000).map { "<p><w pos=\"NOUN\">w\($0)</w></p>\n" }.joined()
    let bytes = TEISupport.documentBytes(body)
    let format = TEIFormat(try TEISupport.reader())
    var reader = RecordReader(ByteSource(bytes: bytes, name: "test.xml"), as: format)
    var count = 0
    while let record = try reader.next() {
      count += 1
      #expect(record.strings("form") == ["w\(count)"] && record.strings("upos") == ["NOUN"])
      #expect(record.provenance.line == count && record.provenance.source == "test.xml")
    }
    #expect(count == 5000)
    // A reader that is dropped early ends the import, and a fault comes behind the records before it.
    var early = RecordReader(ByteSource(bytes: bytes, name: "test.xml"), as: format)
    _ = try early.next()
    var broken = RecordReader(
      ByteSource(bytes: Array(bytes.dropLast(30)), name: "test.xml"), as: format)
    #expect(throws: (any Error).self) { while try broken.next() != nil {} }
  }
}
