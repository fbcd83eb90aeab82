import SeqCore
import SeqFormats
import Testing

@Suite struct CRFsuiteTests {
  func attributes(_ text: String) -> ([String], [Double], malformed: Int) {
    var names: [String] = []
    var weights: [Double] = []
    let bytes = Array(text.utf8)
    var malformed = 0
    bytes.withUnsafeBufferPointer {
      var parser = CRFsuiteAttributes($0)
      while let next = parser.next() {
        names.append(String(decoding: next.name, as: UTF8.self))
        weights.append(next.weight)
      }
      malformed = parser.malformedWeights
    }
    return (names, weights, malformed)
  }

  @Test func takesAttributesApartAsCRFsuiteDoes() {
    let plain = attributes("a\tb:2\tc:-0.25\td:1e-3\te:")
    #expect(plain.0 == ["a", "b", "c", "d", "e"])
    #expect(plain.1 == [1, 2, -0.25, 1e-3, 1])
    let escaped = attributes("w=\\:\\\\:0.5\t\\a\\:\\\\b\t\tc\\\\:3\\:4")
    #expect(escaped.0 == ["w=:\\", "\\a:\\b", "c\\"])
    #expect(escaped.1 == [0.5, 1, 3])
    #expect(escaped.malformed == 1)
    let colons = attributes("t:10:30\tw::")
    #expect(colons.0 == ["t", "", "w", ""])
    #expect(colons.1 == [10, 30, 1, 1])
    #expect(attributes("a:b:") == (["a", ""], [0, 1], 1))
    #expect(attributes("") == ([], [], 0))
  }

  @Test func readsAndWritesLabels() throws {
    let text = "@weight:2\nX\ta\tb:2\n\\:\\\\\tc\nNONE\n\nA:3\td\r\n\n"
    let all = try records(text.utf8, as: CRFsuite())
    #expect(all.map { $0.strings("label") } == [["X", ":\\", "NONE"], ["A"]])
    #expect(all.map { $0.strings("attributes") } == [["a\tb:2", "c", ""], ["d"]])
    #expect(try written(all, as: CRFsuite()) == Array(text.utf8))
    var record = all[0]
    record.setLabels("label", to: [0, 1, 0], of: LabelSchema(layer: "label", names: [":", "b"]))
    #expect(
      try String(decoding: written([record], as: CRFsuite()), as: UTF8.self)
        == "@weight:2\n\\:\ta\tb:2\nb\tc\n\\:\n\n")
    #expect(throws: FormatError.self) { try records("@x\ta\n".utf8, as: CRFsuite()) }
  }

  @Test func writesOtherRecordsAnew() throws {
    let record = try records("a:b\tX\n".utf8, as: Columns(["label", "attributes"]))
    #expect(try written(record, as: CRFsuite()) == Array("a\\:b\tX\n\n".utf8))
  }
}
