import FoundationEssentials
import SeqCore
import SeqTestSupport
import SeqXML
import TEIPack
import Testing

@Suite struct WriteTests {
  /// Writes a document with a tag for every word, and with its first two words as a name.
  private func tagged(
    _ path: String, settings: WriteSettings = WriteSettings(), names: Bool = true
  ) throws -> (bytes: [UInt8], report: WriteReport) {
    let reader = try TEISupport.reader { $0.xml.unknownEntity = .keep }
    nonisolated(unsafe) var bytes: [UInt8] = []
    let result = try TEIWriter(reader, settings: settings).write(path: path) { record in
      let tag = record.append(Array("NOUN".utf8))
      record.setText("upos", to: Array(repeating: tag, count: record.count))
      if names, record.count >= 2 {
        record.setSpans(
          SpanLayer(
            name: "ner", types: ["PER"], spans: [LabelledSpan(positions: 0..<2, type: 0)]))
      }
    } pass: {
      bytes += $0
    }
    return (bytes, result.written)
  }

  private func stripped(_ path: String) throws -> [UInt8] {
    nonisolated(unsafe) var bytes: [UInt8] = []
    _ = try TEIStripper().strip(path: path) { bytes += $0 }
    return bytes
  }

  /// The same for a document in memory.
  private func stripped(bytes: [UInt8]) throws -> [UInt8] {
    let document = try TEISupport.Document(bytes)
    return try withExtendedLifetime(document) { try stripped(document.path) }
  }

  private func body(_ text: String) throws -> String {
    let document = try TEISupport.Document(body: text)
    let written = String(decoding: try tagged(document.path).bytes, as: UTF8.self)
      .replacing(" resp=\"#seqkit\"", with: "").replacing(" pos=\"NOUN\"", with: "")
    let start = try #require(written.firstRange(of: "<body>")).upperBound
    return String(written[start...].prefix(upTo: written.firstRange(of: "</body>")!.lowerBound))
  }

  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"))
  func strippingWhatWasWrittenGivesEveryFileBackAndWhatWasWrittenIsWellFormed() throws {
    var files = 0
    for file in TEISupport.files {
      let path = TEISupport.folder + "/" + file
      let original = try DataSets.bytes("tei/" + file)
      // Scripts/conformance-tei takes all files, whatever their size.
      if original.count > 30_000 { continue }
      let written: [UInt8]
      do { written = try tagged(path).bytes } catch is XMLError { continue } catch is TEIError {
        continue
      }
      files += 1
      #expect(try stripped(bytes: written) == original, "\(file)")
      #expect(try stripped(path) == original, "\(file): a copy")
    }
    #expect(files > 100)
  }

  @Test func wordsGoInsideTheElementsAroundThem() throws {
    #expect(
      try body("<p>Ann <hi>Lee</hi>.</p>")
        == "<p><s><persName><w>Ann</w> <hi><w>Lee</w></hi></persName><w>.</w></s></p>")
  }

  @Test func aSentenceStandsAroundTheElementsThatHoldNothingElse() throws {
    #expect(
      try body("<p><persName>Ada</persName></p>")
        == "<p><s><persName><w>Ada</w></persName></s></p>")
  }

  @Test func wordsThatCrossTagsAreSplit() throws {
    #expect(
      try body("<p>a <persName>Kenn</persName>edy</p>")
        == "<p><s><w>a</w> <persName><w part=\"I\">Kenn</w></persName><w part=\"F\">edy</w></s></p>"
    )
  }

  @Test func bordersAndShortMarkupStayInsideWords() throws {
    #expect(
      try body("<p>Co<lb break=\"no\"/>logne <hi>Z</hi>eit</p>")
        == "<p><s><persName><w>Co<lb break=\"no\"/>logne</w> <w><hi>Z</hi>eit</w></persName></s></p>"
    )
  }

  @Test func namesThatCrossTagsPointAtTheirParts() throws {
    let text = try body("<p>A <ref>b c</ref></p>")
    #expect(
      text.contains(
        "<persName xml:id=\"seqkit-n1.1\" next=\"#seqkit-n1.2\"><w>A</w></persName> "
          + "<ref><persName xml:id=\"seqkit-n1.2\" prev=\"#seqkit-n1.1\"><w>b</w></persName> <w>c</w></ref>"
      ))
  }

  @Test func nothingIsPutIntoElementsThatHoldNoText() throws {
    let document = try TEISupport.Document(body: "stray <p>in</p>")
    let (bytes, report) = try tagged(document.path)
    #expect(String(decoding: bytes, as: UTF8.self).contains("<body>stray <p>"))
    #expect(report.notAllowed > 0)
  }

  @Test func existingWordsGetWhatTheyLackAndKeepWhatTheyHave() throws {
    let text = "<p><w>a</w> <w pos='X'>b</w> <w lemma=\"c\"/></p>"
    let document = try TEISupport.Document(body: text)
    let written = String(decoding: try tagged(document.path, names: false).bytes, as: UTF8.self)
    #expect(written.contains("<w resp=\"#seqkit\" pos=\"NOUN\">a</w> <w pos='X'>b</w>"))
    #expect(try stripped(bytes: Array(written.utf8)) == TEISupport.documentBytes(text))
    var settings = WriteSettings()
    settings.existing = .replace
    let replaced = try tagged(document.path, settings: settings, names: false)
    #expect(String(decoding: replaced.bytes, as: UTF8.self).contains("<w pos='NOUN'>b</w>"))
  }

  @Test func aSecondRunChangesNothing() throws {
    let document = try TEISupport.Document(
      body: "<p>Ann <hi>Lee</hi> came. She l<hi>e</hi>ft &amp; slept.</p><lg><l>one two</l></lg>")
    let first = try tagged(document.path).bytes
    let again = try TEISupport.Document(first)
    let second = try tagged(again.path)
    #expect(second.bytes == first)
    #expect(second.report.edits == 0)
  }

  @Test func insertionsAreInTheFilesEncodingAndPrefix() throws {
    let text =
      "<?xml version=\"1.0\" encoding=\"UTF-16\"?><t:TEI xmlns:t=\"http://www.tei-c.org/ns/1.0\">"
      + "<t:text><t:body><t:p>Köln</t:p></t:body></t:text></t:TEI>"
    let bytes: [UInt8] = [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    let document = try TEISupport.Document(bytes)
    let written = try tagged(document.path).bytes
    let units = stride(from: 2, to: written.count, by: 2).map {
      UInt16(written[$0]) << 8 | UInt16(written[$0 + 1])
    }
    #expect(
      String(decoding: units, as: UTF16.self).contains(
        "<t:p><t:s resp=\"#seqkit\"><t:w pos=\"NOUN\" resp=\"#seqkit\">Köln</t:w></t:s></t:p>"))
    #expect(try stripped(bytes: written) == bytes)
  }

  @Test func predictionsHaveToFitTheDocument() throws {
    let document = try TEISupport.Document(body: "<p>Ann left.</p>")
    let fitting = try TEISupport.Document(
      Array(
        "1\tAnn\tAnn\tPROPN\tNNP\t_\t_\t_\t_\tNER=B-PER\n2\tleft\tleave\tVERB\t_\t_\t_\t_\t_\t_\n3\t.\t.\tPUNCT\t_\t_\t_\t_\t_\t_\n\n"
          .utf8), name: "tags.conllu")
    nonisolated(unsafe) var bytes: [UInt8] = []
    let predictions = try Predictions(path: fitting.path)
    let reader = try TEISupport.reader()
    _ = try TEIWriter(reader).write(path: document.path) {
      try predictions.annotate(&$0)
    } pass: {
      bytes += $0
    }
    try predictions.finish()
    #expect(
      String(decoding: bytes, as: UTF8.self).contains(
        "<persName resp=\"#seqkit\"><w pos=\"PROPN\" msd=\"NNP\" lemma=\"Ann\" resp=\"#seqkit\">Ann</w></persName>"
      ))
    let other = try TEISupport.Document(
      Array("1\tBob\t_\t_\t_\t_\t_\t_\t_\t_\n\n".utf8), name: "tags.conllu")
    let wrong = try Predictions(path: other.path)
    #expect(throws: TEIError.self) {
      try TEIWriter(reader).write(path: document.path) {
        try wrong.annotate(&$0)
      } pass: { _ in
      }
    }
  }

  @Test func pointersToNothingAndDoubleIdentifiersAreFound() throws {
    let document = try TEISupport.Document(
      body: "<p xml:id=\"a\" next=\"#b\">x</p><p xml:id=\"a\" corresp=\"#a #c #c\">y</p>")
    let problems = try TEIValidator().validate(path: document.path).map(\.description)
    #expect(problems.count == 3)
    #expect(problems[0].contains("duplicate xml:id \"a\""))
    #expect(problems[1].contains("#b points at nothing"))
    #expect(problems[2].contains("#c points at nothing in the document (2 times)"))
  }

  @Test func nothingIsPutIntoElementsOfAnotherNamespaceAndASecondRunChangesNothing() throws {
    let body = """
      <p>As in <egXML xmlns="http://www.tei-c.org/ns/Examples"><w>a <b>c</b> d</w></egXML> here.</p>
      <p xmlns:x="urn:x"><x:f>e <hi>g</hi></x:f> h</p>
      """
    let document = try TEISupport.Document(body: body)
    let (first, report) = try tagged(document.path, names: false)
    let text = String(decoding: first, as: UTF8.self)
    #expect(text.contains("<w>a <b>c</b> d</w></egXML>"))
    // An element of TEI in another vocabulary is TEI again.
    #expect(text.contains("<x:f>e <hi><w pos=\"NOUN\" resp=\"#seqkit\">g</w></hi></x:f>"))
    #expect(report.notAllowed == 4)
    let again = try TEISupport.Document(first)
    #expect(try tagged(again.path, names: false).bytes == first)
    #expect(try stripped(bytes: first) == TEISupport.documentBytes(body))
  }

  @Test func aFileThatHoldsNoPredictionsIsNamedWithTheOptionThatTakesIt() throws {
    let missing = #expect(throws: TEIError.self) {
      _ = try Predictions(path: "/none/tags.conllu")
    }
    #expect("\(missing!)".contains("/none/tags.conllu") && "\(missing!)".contains("--from"))
    let wrong = try TEISupport.Document(Array("no columns\n".utf8), name: "tags.txt")
    let predictions = try Predictions(path: wrong.path)
    let fault = #expect(throws: TEIError.self) { try predictions.finish() }
    #expect("\(fault!)".contains("tags.txt:1:") && "\(fault!)".contains("--from"))
  }
}
