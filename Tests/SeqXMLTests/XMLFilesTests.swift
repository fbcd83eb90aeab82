import SeqTestSupport
import SeqXML
import Testing

@Suite struct XMLFilesTests {
  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"))
  func everyTagOfEveryFileStandsWhereItIsReported() throws {
    var options = XMLOptions()
    options.unknownEntity = .keep
    var refused = 0
    var tags = 0
    for file in XMLFiles.all {
      let collector = XMLCollector(keepsEvents: false)
      do {
        try collector.read(try DataSets.bytes("tei/" + file), options: options)
      } catch let error as XMLError {
        if case .disagreement = error { Issue.record("\(file): \(error)") }
        refused += 1
      }
      #expect(collector.misplaced.isEmpty, "\(file)")
      tags += collector.startTags
    }
    #expect(tags > 250_000)
    // Broken and hostile cases, and two files with unbound prefixes.
    #expect(refused == 16)
  }
}
