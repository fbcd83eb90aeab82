import FoundationEssentials
import SeqCore
import SeqTestSupport
import SeqXML
import TEIPack
import Testing

/// The edition of the guide, `Corpora/tei-edition`.
@Suite struct EditionTests {
  static let path = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Corpora/tei-edition/letters.xml").standardizedFileURL.path

  @Test func theReadingTextOfTheEditionIsWhatItsEditorMeans() throws {
    let (text, report) = try TEISupport.run(try TEISupport.reader(), Self.path, as: .segments)
    #expect(
      text.contains(
        "\"text\":\"The lamp was lit at dusk, and John Atherton kept the first watch. He says the oil "
          + "from Edinburgh burns well, but I doubt it.\""))
    #expect(text.contains("sailed for London on Tuesday. We expect the Commissioners in June."))
    #expect(text.contains("\"text\":\"I write <little> now. The wind from Norway"))
    #expect(report.isBalanced && report.unknownElements.isEmpty)
    #expect(report.joins == 2)
  }

  @Test(arguments: [true, false])
  func theTaggedEditionIsTheEditionWhenTheTagsAreTakenOut(_ isApart: Bool) throws {
    let original = Array(try Data(contentsOf: URL(filePath: Self.path)))
    var settings = WriteSettings()
    settings.isApart = isApart
    nonisolated(unsafe) var bytes: [UInt8] = []
    let result = try TEIWriter(try TEISupport.reader(), settings: settings).write(path: Self.path) {
      record in
      let tag = record.append(Array("X".utf8))
      record.setText("upos", to: Array(repeating: tag, count: record.count))
    } pass: {
      bytes += $0
    }
    #expect(isApart ? result.written.apart > 100 : result.written.newWords > 100)
    let tagged = try TEISupport.Document(bytes)
    nonisolated(unsafe) var back: [UInt8] = []
    _ = try TEIStripper().strip(path: tagged.path) { back += $0 }
    #expect(back == original)
    #expect(try TEIValidator().validate(path: tagged.path).isEmpty)
  }
}
