import SeqCore
import SeqFormats
import SeqTestSupport
import SeqXML
import TEIPack
import Testing

@Suite struct ImportTests {
  /// Every file of the data sets: what came in is accounted for, and each word's bytes are where they
  /// are said to be.
  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"))
  func everyByteOfEveryFileIsAccountedForAndEveryOffsetIsRight() throws {
    let reader = try TEISupport.reader { $0.xml.unknownEntity = .keep }
    var (imported, words, verbatim) = (0, 0, 0)
    for file in TEISupport.files where !file.hasPrefix("tcf") && !file.hasPrefix("folia") {
      let path = TEISupport.folder + "/" + file
      // Scripts/conformance-tei takes all files, whatever their size.
      if try DataSets.bytes("tei/" + file).count > 60_000 { continue }
      let result: (text: String, report: ImportReport)
      do {
        result = try TEISupport.run(reader, path, as: .conllu(sources: true))
      } catch is XMLError { continue } catch is TEIError { continue }
      imported += 1
      #expect(result.report.isBalanced, "\(file): \(result.report.lines)")
      let bytes = try DataSets.bytes("tei/" + file)
      let isUTF8 = !file.hasPrefix("edge-cases/3")
      for sentence in KeySentence.read(result.text) where isUTF8 {
        for word in sentence.words {
          guard let source = word[9].split(separator: "|").first(where: { $0.hasPrefix("Source=") })
          else { continue }
          words += 1
          let pieces = source.dropFirst(7).split(separator: ",").map { piece -> String in
            let ends = piece.split(separator: "-").compactMap { Int($0) }
            return String(decoding: bytes[ends[0]..<ends[1]], as: UTF8.self)
          }
          let text = pieces.joined()
          // Elements that stand for a space, and white space itself, are a space in a word.
          let characters = text.replacing(/<[^>]*>/, with: "").filter {
            !($0.isASCII && $0.isWhitespace)
          }
          if characters == word[1].filter({ $0 != " " }) {
            verbatim += 1
          } else {
            // References stand for characters; nothing else may differ.
            #expect(text.contains("&"), "\(file): \(word[1]) and \(text)")
          }
        }
      }
    }
    #expect(imported > 150)
    #expect(words > 50_000 && verbatim > words * 98 / 100, "\(words) \(verbatim)")
  }

  @Test func offsetsOfOtherEncodingsAreThoseOfTheFilesOwnBytes() throws {
    let text = "<?xml version=\"1.0\" encoding=\"ENC\"?>\n<TEI><p>Zoë 𝔸 in Köln.</p></TEI>"
    for (encoding, encode): (String, (String) -> [UInt8]) in [
      ("UTF-16", { [0xFF, 0xFE] + $0.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }),
      ("UTF-16", { [0xFE, 0xFF] + $0.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }),
      ("ISO-8859-1", { $0.unicodeScalars.map { UInt8($0.value > 255 ? 0x41 : $0.value) } }),
    ] {
      let bytes = encode(text.replacing("ENC", with: encoding))
      let document = try TEISupport.Document(bytes)
      let (output, _) = try TEISupport.run(
        try TEISupport.reader(), document.path, as: .conllu(sources: true))
      let words = KeySentence.read(output).flatMap(\.words)
      #expect(words.count == 5)
      for word in words {
        let source = word[9].split(separator: "|").first { $0.hasPrefix("Source=") }
        let ends = try #require(source).dropFirst(7).split(separator: "-").compactMap { Int($0) }
        let mark = encoding == "UTF-16" ? Array(bytes[..<2]) : []
        let own = Array(encode(String(word[1])).dropFirst(mark.count))
        #expect(Array(bytes[ends[0]..<ends[1]]) == own, "\(encoding) \(word[1])")
      }
    }
  }

  @Test func namesThatEndInsideAWordWidenCutItOrAreAnError() throws {
    let document = try TEISupport.Document(
      body: "<p>The <placeName>Linz</placeName>based club.</p>")
    func words(_ edges: ImportSettings.Edges) throws -> ([String], ImportReport) {
      let (text, report) = try TEISupport.run(
        try TEISupport.reader { $0.edges = edges }, document.path, as: .conllu(sources: false))
      return (
        KeySentence.read(text).flatMap(\.words).map { "\($0[1]) \($0[9].prefix(15))" }, report
      )
    }
    let (widened, report) = try words(.expand)
    #expect(widened[1] == "Linzbased NER=B-placeName" && report.movedEdges == 1)
    let (cut, exact) = try words(.split)
    #expect(cut[1] == "Linz NER=B-placeName" && cut[2].hasPrefix("based "))
    #expect(exact.movedEdges == 0 && exact.isBalanced)
    let error = #expect(throws: TEIError.self) { try words(.error) }
    #expect("\(error!)".contains("\"Linzbased\""))
  }

  @Test func theBetterChildOfAChoiceIsReadWhereverItStands() throws {
    let document = try TEISupport.Document(
      body: """
        <p>a <choice><reg>B<note>n</note></reg><orig>b<note>m</note></orig></choice> \
        <choice><orig>c</orig> <reg>C</reg></choice> \
        <app><rdg wit="#X">d</rdg><lem>D</lem></app></p>
        """)
    var reader = try TEISupport.reader()
    #expect(try texts(reader, document.path) == ["a B C D", "n"])
    reader = try TEISupport.reader("diplomatic")
    #expect(try texts(reader, document.path) == ["a b c D", "m"])
    var profile = reader.profile
    profile.witness = "X"
    #expect(
      try texts(TEIReader(profile: profile), document.path) == ["a b c d", "m"])
  }

  @Test func textOutsideOfBlocksIsNotLost() throws {
    let document = try TEISupport.Document(
      body: "lost? <div>here <p>in</p> and there</div><unheard>of</unheard>")
    let reader = try TEISupport.reader()
    #expect(try texts(reader, document.path) == ["lost?", "here", "in", "and there", "of"])
    let (_, report) = try TEISupport.run(reader, document.path, as: .segments)
    #expect(report.unknownElements == ["unheard": 1])
    #expect(report.isBalanced)
  }

  @Test func wordsInsideASurfaceTokenAreNumberedUnderIt() throws {
    let document = try TEISupport.Document(
      body: "<p><w>don't<w norm=\"do\"/><w norm=\"n't\"/></w> <w>go</w></p>")
    let (text, _) = try TEISupport.run(
      try TEISupport.reader(), document.path, as: .conllu(sources: false))
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: "\t").prefix(2).joined(separator: " ") }
    #expect(lines == ["1-2 don't", "1 do", "2 n't", "3 go"])
  }

  @Test func plainHyphensAtLineEndsAreCountedAndJoinedOnRequest() throws {
    let document = try TEISupport.Document(body: "<p>Zeit-<lb/>ung und Haus-<lb/>Hof</p>")
    var profile = try TEISupport.reader().profile
    #expect(try texts(TEIReader(profile: profile), document.path) == ["Zeit- ung und Haus- Hof"])
    let (_, report) = try TEISupport.run(
      TEIReader(profile: profile), document.path, as: .segments)
    #expect(report.ambiguousHyphens == 1)
    profile.hyphens = .auto
    #expect(try texts(TEIReader(profile: profile), document.path) == ["Zeitung und Haus- Hof"])
  }

  @Test func fragmentsOfSentencesAreJoined() throws {
    let document = try TEISupport.Document(
      body: "<p><hi><s>A b.</s> <s part=\"I\">C</s></hi> <s part=\"F\">d.</s></p>")
    #expect(try texts(TEISupport.reader(), document.path) == ["A b.", "C d."])
  }

  private func texts(_ reader: TEIReader, _ path: String) throws -> [String] {
    try TEISupport.run(reader, path, as: .segments).text.split(separator: "\n").map { line in
      let start = try #require(line.range(of: "\"text\":\"")).upperBound
      return String(line[start...].prefix { $0 != "\"" })
    }
  }
}

extension StringProtocol {
  fileprivate func range(of word: String) -> Range<Index>? { self.firstRange(of: word) }
}

extension ImportTests {
  @Test func recordsHaveTheLayersThatTaggersAreTrainedOn() throws {
    let text =
      "<TEI><p><s><w pos=\"NOUN\" lemma=\"a\">as</w> <name><w pos=\"VERB\">go</w></name></s></p></TEI>"
    nonisolated(unsafe) var forms: [[String]] = []
    var records = RecordReader(
      ByteSource(bytes: Array(text.utf8), name: "test.xml"), as: TEIFormat(try TEISupport.reader()))
    try records.forEach { record in
      forms += [record.strings("form") ?? [], record.strings("upos") ?? []]
      forms.append(
        record.spanLayers.flatMap { layer in layer.spans.map { layer.typeName(of: $0) } })
    }
    #expect(forms == [["as", "go"], ["NOUN", "VERB"], ["name"]])
  }

  @Test func aDocumentMayStandInsideABlock() throws {
    let inner = "<TEI><teiHeader/><text><body><p>two</p></body></text></TEI>"
    let document = try TEISupport.Document(
      Array("<TEI><text><body><p>one \(inner)<rs/> three</p><p>four</p></body></text></TEI>".utf8))
    let (text, report) = try TEISupport.run(try TEISupport.reader(), document.path, as: .segments)
    #expect(report.isBalanced && report.documents == 2, "\(text)")
    let words = ["one", "two", "three", "four"]
    let places = words.map { text.firstRange(of: "\"text\":\"\($0)\"")?.lowerBound }
    #expect(
      places.allSatisfy { $0 != nil }
        && places.compactMap { $0 } == places.compactMap { $0 }.sorted())
  }

  @Test func theRootElementMayBeANameOrAWord() throws {
    for root in ["surname", "w"] {
      let document = try TEISupport.Document(Array("<\(root)>Miller</\(root)>".utf8))
      let (text, report) = try TEISupport.run(
        try TEISupport.reader(), document.path, as: .segments)
      #expect(text.contains("\"text\":\"Miller\"") && report.isBalanced)
    }
  }

  @Test func nestedNamesAreKeptOrFlattenedAsAsked() throws {
    let document = try TEISupport.Document(
      body: """
        <p><orgName>Club of <placeName>New <name>York</name></placeName></orgName> and \
        <persName>Ann</persName></p>
        """)
    func names(_ nesting: ImportSettings.Nesting) throws -> ([String], ImportReport) {
      let (text, report) = try TEISupport.run(
        try TEISupport.reader { $0.nesting = nesting }, document.path, as: .segments)
      return (
        text.matches(of: /"label":"(\w+)"/).map { String($0.output.1) }, report
      )
    }
    #expect(try names(.keep).0 == ["orgName", "placeName", "name", "persName"])
    #expect(try names(.outermost).0 == ["orgName", "persName"])
    #expect(try names(.longest).0 == ["orgName", "persName"])
    let (inner, report) = try names(.innermost)
    #expect(inner == ["name", "persName"])
    #expect(report.flattenedNames == 2 && report.names == ["name": 1, "persName": 1])
    #expect(try names(.priority(["persName", "placeName"])).0 == ["placeName", "persName"])
  }

  @Test func wordsInMarkedPassagesSayWhichTheyStandIn() throws {
    let document = try TEISupport.Document(
      body: """
        <p>In the <supplied reason="lost">begin<unclear>ning</unclear> was</supplied> the \
        <choice><orig><unclear>vvord</unclear></orig><reg>word</reg></choice></p>
        """)
    let reader = try TEISupport.reader {
      $0.rules = try ["supplied:mark", "unclear:mark"].map { try ReadingProfile.Rule(line: $0) }
    }
    let (text, report) = try TEISupport.run(reader, document.path, as: .conllu(sources: false))
    let words = KeySentence.read(text).flatMap(\.words).map { "\($0[1]) \($0[9])" }
    #expect(
      words == [
        "In _", "the _", "beginning Mark=supplied,unclear", "was Mark=supplied", "the _", "word _",
      ])
    // What is taken back with a reading that was not chosen is no passage.
    #expect(report.marks == ["supplied": 1, "unclear": 1] && report.names.isEmpty)
    #expect(report.isBalanced)
    let (lines, _) = try TEISupport.run(reader, document.path, as: .segments)
    #expect(lines.contains("\"marks\":[{\"label\":\"supplied\",\"spans\":[[7,20]]}"))
    nonisolated(unsafe) var layer: [String] = []
    _ = try reader.records(path: document.path) { layer = $0.strings("misc.Mark") ?? [] }
    #expect(layer == ["", "", "supplied,unclear", "supplied", "", ""])
  }

  @Test(arguments: [
    ("a <choice><orig>vnd</orig><reg>und</reg></choice> b", ["a", "und Orig=vnd", "b"]),
    ("a <choice><reg>und</reg><orig>vnd</orig></choice> b", ["a", "und Orig=vnd", "b"]),
    // In a word, with what stands around it; two choices of one kind in one word.
    (
      "<choice><orig>v</orig><reg>u</reg></choice>n<choice><orig>dt</orig><reg>d</reg></choice> b",
      ["und Orig=vndt", "b"]
    ),
    // Fewer words than the reading that was chosen has, and more; nothing.
    (
      "a <choice><abbr>etc<am>.</am></abbr><expan>et cetera</expan></choice> b",
      ["a", "et Abbr=etc.", "cetera Abbr=_", "b"]
    ),
    (
      "<app><lem>x</lem><rdg wit=\"#A #B\">y z</rdg><rdg wit=\"#C\"/></app> b",
      ["x Rdg.A=y z|Rdg.B=y z|Rdg.C=_", "b"]
    ),
    // Notes in a reading are none of it, and of a choice in it the first child counts.
    (
      "<app><lem>x</lem><rdg>y<note>n</note><lb/><choice><sic>q</sic><corr>r</corr></choice></rdg>"
        + "<rdg>w</rdg></app>", ["x Rdg=y q|Rdg2=w"]
    ),
    ("<choice><sic><w>a</w></sic><corr><w>b</w><w>c</w></corr></choice>", ["b Sic=a", "c Sic=_"]),
    // A choice in the reading that is chosen, and in one that is taken back.
    (
      "<app><lem>x<choice><orig>i</orig><reg>j</reg></choice></lem><rdg>z</rdg></app>",
      ["xj Rdg=z|Orig=xi"]
    ),
    (
      "<app><rdg>x<choice><orig>i</orig><reg>j</reg></choice></rdg><lem>z</lem></app>",
      ["z Rdg=xj"]
    ),
    ("a <choice><sic>b</sic><corr/></choice> c", ["a", "c"]),
  ])
  func readingsThatAreNotChosenStandBesideTheWords(_ body: String, _ expected: [String]) throws {
    let document = try TEISupport.Document(body: "<p>\(body)</p>")
    let reader = try TEISupport.reader { $0.keepsReadings = true }
    let (text, report) = try TEISupport.run(reader, document.path, as: .conllu(sources: false))
    let found = KeySentence.read(text).flatMap(\.words).map { word in
      let misc = word[9].split(separator: "|").filter { $0 != "_" && $0 != "SpaceAfter=No" }
      return ([String(word[1])] + (misc.isEmpty ? [] : [misc.joined(separator: "|")]))
        .joined(separator: " ")
    }
    #expect(found == expected)
    #expect(report.isBalanced)
    let plain = try TEISupport.run(
      try TEISupport.reader(), document.path, as: .conllu(sources: false))
    #expect(
      KeySentence.read(plain.text).flatMap(\.words).map { $0[1] }
        == KeySentence.read(text).flatMap(\.words).map { $0[1] })
    // The same as layers.
    nonisolated(unsafe) var layers: [String: [String]] = [:]
    _ = try reader.records(path: document.path) { record in
      for layer in record.layers where layer.name.hasPrefix("misc.") {
        layers[layer.name, default: []] += record.strings(layer.name)!
      }
    }
    if body.contains("etc") { #expect(layers["misc.Abbr"] == ["", "etc.", "_", ""]) }
    if body.contains("<corr/>") { #expect(layers.isEmpty && report.unplacedReadings == 1) }
  }
}
