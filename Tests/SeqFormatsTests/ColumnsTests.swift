import SeqCore
import SeqFormats
import SeqTestSupport
import Testing

@Suite struct ColumnsTests {
  @Test func readsFieldsCommentsAndDocumentStarts() throws {
    let text =
      "-DOCSTART-\t-X-\n\n# id = 1\nA b\tX\n#\tY\n\n\n\tZ\n"
    let all = try records(text.utf8, as: Columns(["form", "tag"]))
    #expect(all.map { $0.strings("form") } == [[], ["A b", "#"], [""]])
    #expect(all.map { $0.strings("tag") } == [[], ["X", "Y"], ["Z"]])
    #expect(all.map(\.provenance.line) == [1, 3, 8])
    let spaced = try records(
      "# c\na  X\r\n \nb\tY \n".utf8, as: Columns(["w", "_"], separator: .whitespace))
    #expect(spaced.map { $0.strings("w") } == [["#", "a"], ["b"]])
    let rest = try records("1\ta\n2\tb\tx\ty\n".utf8, as: Columns(["id", "form", "rest*"]))
    #expect(rest[0].strings("rest") == ["", "x\ty"])
  }

  @Test(arguments: ["a\tX\nbb\tY\n\nc\tZ", "\r\na\tX\r\n\r\n\r\n# x\r\nc\tZ\r\n", "\u{FEFF}a\tX\n"])
  func writesWhatItRead(_ text: String) throws {
    for separator in [Columns.Separator.tab, .whitespace] {
      let format = try Columns(["form", "tag"], separator: separator)
      let whole = try records(text.utf8, as: format)
      #expect(try written(whole, as: format) == Array(text.utf8))
      for size in 1..<12 {
        let parts = try records(text.utf8, as: format, chunkSize: size)
        #expect(try written(parts, as: format) == Array(text.utf8))
        #expect(parts.map(\.provenance) == whole.map(\.provenance))
      }
    }
  }

  @Test func replacesAndAppendsColumns() throws {
    let format = try Columns(["form", "tag"])
    var record = try records("# c\na\tX\r\nbb\tY".utf8, as: format)[0]
    let schema = LabelSchema(layer: "tag", names: ["LONG", "S"])
    record.setLabels("tag", to: [0, 1], of: schema)
    #expect(
      try String(decoding: written([record], as: format), as: UTF8.self) == "# c\na\tLONG\r\nbb\tS")
    record.setLabels("pred", to: [1, 0], of: schema)
    #expect(throws: FormatError.self) { try written([record], as: format) }
    let wider = try Columns(["form", "tag", "pred"])
    #expect(
      try String(decoding: written([record], as: wider), as: UTF8.self)
        == "# c\na\tLONG\tS\r\nbb\tS\tLONG")
    let other = try Columns(["pred", "_", "form"], separator: .whitespace)
    #expect(
      try String(decoding: written([record], as: other), as: UTF8.self) == "S _ a\nLONG _ bb\n\n")
  }

  @Test(arguments: [
    (
      ["form", "pos", "chunk", "ner"], "a\tX\tY\n",
      "test:1: 3 fields where 4 are declared (form pos chunk ner)."
    ),
    (
      ["form", "pos"], "a\tX\nb Y\n",
      "test:2: 1 field where 2 are declared (form pos). Is the separator a space instead of a tab?"
    ),
    (["form", "form"], "", "Columns form,form: a name stands twice."),
    (["rest*"], "", "Columns rest*: only the last of several columns can end in *."),
  ]) func saysWhatIsWrong(_ names: [String], _ text: String, _ sentence: String) throws {
    let error = #expect(throws: FormatError.self) { try records(text.utf8, as: Columns(names)) }
    #expect(error?.description == sentence)
  }

  @Test(
    .enabled(if: DataSets.atHand, "\(DataSets.reason)"),
    arguments: [
      ("ner-btc", ["form", "ner"]), ("ner-ncbi-disease", ["form", "ner"]),
      ("ner-uner-ewt", ["form", "ner"]),
      ("ner-wnut17", ["form", "ner"]), ("pii-presidio", ["form", "ner"]),
      ("slots-snips", ["form", "slot"]),
      ("toxic-spans", ["form", "span", "start", "end"]),
      ("srl-ewt", ["id", "form", "lemma", "upos", "xpos", "head", "deprel", "roleset", "args*"]),
    ], ["train", "dev", "test"])
  func givesBackEveryColumnFileByteForByte(_ data: (String, [String]), _ part: String) throws {
    let bytes = try DataSets.bytes("text/\(data.0)/\(part).tsv")
    let format = try Columns(data.1)
    #expect(try written(try records(bytes, as: format), as: format) == bytes)
  }

  @Test(
    .enabled(if: DataSets.atHand, "\(DataSets.reason)"),
    arguments: ["ai", "literature", "music", "politics", "science"], ["train", "dev", "test"])
  func givesBackCrossNERByteForByte(_ domain: String, _ part: String) throws {
    let bytes = try DataSets.bytes("text/ner-crossner/\(domain).\(part).tsv")
    for separator in [Columns.Separator.tab, .whitespace] {
      let format = try Columns(["form", "ner"], separator: separator)
      #expect(try written(try records(bytes, as: format), as: format) == bytes)
    }
  }
}
