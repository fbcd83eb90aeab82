import SeqKit
import Testing

/// Spans by offsets in texts without words, cut into sentences.
@Suite struct TokenizedSpansTests {
  private func sentences(_ text: String, _ spans: String) throws -> [Record] {
    var records: [Record] = []
    let line = "{\"text\":\"\(text)\",\"label\":[\(spans)]}\n"
    let chunk = Chunk(bytes: Array(line.utf8), provenance: Provenance(source: "test"))
    try Doccano().decode(chunk) { records.append($0) }
    return try records.flatMap { try Tokenizer().sentences(of: $0) }
  }

  private func words(_ record: Record) -> [[String]] {
    let forms = record.strings("form") ?? []
    return record.spanLayer("ner")?.spans.map { Array(forms[$0.positions]) } ?? []
  }

  @Test func spansGoWithTheirSentencesAndWords() throws {
    let records = try sentences(
      "Zoë Young left. She lives in New York now.", "[0,9,\"PER\"],[29,37,\"LOC\"]")
    #expect(records.count == 2)
    #expect(words(records[0]) == [["Zoë", "Young"]])
    #expect(words(records[1]) == [["New", "York"]])
    #expect(records[1].spanLayer("ner")?.spans[0].parts.isEmpty == true)
  }

  @Test func anEdgeInsideAWordKeepsItsPlace() throws {
    let record = try #require(try sentences("Ask Annabel today.", "[4,8,\"PER\"]").first)
    #expect(words(record) == [["Annabel"]])
    let span = try #require(record.spanLayer("ner")?.spans.first)
    #expect(record.text(of: span) == "Anna")
  }

  @Test func aSpanOverTheEndOfASentenceIsInBothAndCounted() throws {
    let records = try sentences(
      "We saw it in Rome. Then we went home.", "[13,23,\"X\"]")
    #expect(records.count == 2)
    #expect(words(records[0]) == [["Rome", "."]] && words(records[1]) == [["Then"]])
    #expect(records[1].losses.map(\.count) == [1])
  }
}
