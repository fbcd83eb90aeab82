import SeqCore
import SeqFormats
import Testing

@Suite struct MultiwordTokenTests {
  /// `I don't.` with the words of `don't` in one token.
  private func record(tokens: [(Int, Int)]) -> Record {
    let words = [(0, 1), (2, 4), (4, 7), (7, 8)].map { ByteRange($0.0, $0.1) }
    return Record(
      source: Array("I don't.\n".utf8), count: 4,
      layers: [
        Layer(name: "form", values: .text(words), places: words),
        Layer(name: "token", values: .text(tokens.map { ByteRange($0.0, $0.1) })),
      ],
      provenance: Provenance(source: "x"), text: ByteRange(0, 9))
  }

  private func encoded(_ record: Record, as format: any RecordFormat) throws -> String {
    var output: [UInt8] = []
    try format.encode(record, into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test func freshCoNLLUHasTheLineOfAMultiwordToken() throws {
    let text = try encoded(record(tokens: [(0, 1), (2, 7), (2, 7), (7, 8)]), as: CoNLLU())
    #expect(
      text == """
        # text = I don't.
        1\tI\t_\t_\t_\t_\t_\t_\t_\t_
        2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
        2\tdo\t_\t_\t_\t_\t_\t_\t_\t_
        3\tn't\t_\t_\t_\t_\t_\t_\t_\t_
        4\t.\t_\t_\t_\t_\t_\t_\t_\t_


        """)
  }

  @Test func whatIsWrittenHasTheSameRunningText() throws {
    let text = try encoded(record(tokens: [(0, 1), (2, 7), (2, 7), (7, 8)]), as: CoNLLU())
    let running = try RunningText(conllu: Array(text.utf8))
    #expect(String(decoding: running.bytes, as: UTF8.self) == "I don't.")
    #expect(running.tokens.count == 3)
    #expect(running.words.count == 4)
  }

  @Test func tokensOfOneWordHaveNoLineOfTheirOwn() throws {
    let text = try encoded(record(tokens: [(0, 1), (2, 4), (4, 7), (7, 8)]), as: CoNLLU())
    #expect(!text.contains("-"))
    #expect(text.contains("2\tdo\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No"))
  }

  @Test func jsonLinesLeaveTheTokensOut() throws {
    let text = try encoded(record(tokens: [(0, 1), (2, 7), (2, 7), (7, 8)]), as: JSONLines())
    #expect(!text.contains("\"token\""))
    #expect(text.contains("\"form\":\"n't\""))
  }
}
