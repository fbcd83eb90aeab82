import SeqCore
import SeqFormats
import SeqTestSupport
import Testing

@Suite struct JSONLinesTests {
  func text(_ records: [Record], as format: some RecordFormat = JSONLines()) throws -> String {
    String(decoding: try written(records, as: format), as: UTF8.self)
  }

  @Test(arguments: [
    #"{"text":"Zeit flieht.","tokens":[{"start":0,"end":4,"tag":"N"},{"start":5,"end":11},{"start":11,"end":12,"form":".","tag":null}]}"#,
    #"{"tokens":["Zeit","flieht","."],"text":"Zeit flieht.","tag":["N","",""],"id":[1]}"#,
    #" { "tag" : ["N", null, null], "offsets": "characters", "text" : "Ze\u0069t flieht.", "tokens" : [ { "end":4, "start":0 }, "flieht", "." ] } "#,
  ]) func readsTokensInEachForm(_ line: String) throws {
    let all = try records((line + "\n\n").utf8, as: JSONLines())
    #expect(all.map(\.count) == [3, 0])
    #expect(all[0].strings("form") == ["Zeit", "flieht", "."])
    #expect(all[0].strings("tag") == ["N", "", ""])
    #expect(all[0].text.map(all[0].string) == "Zeit flieht.")
    #expect(try text(all) == line + "\n\n")
  }

  @Test func countsCharactersIfAsked() throws {
    let line =
      #"{"offsets":"characters","text":"é😀 \ud83d\ude00b","tokens":[{"start":0,"end":2},{"start":3,"end":4},{"start":4,"end":5}]}"#
    #expect(try records(line.utf8, as: JSONLines())[0].strings("form") == ["é😀", "😀", "b"])
    let bytes = line.replacing("characters", with: "bytes")
    #expect(throws: FormatError.self) { try records(bytes.utf8, as: JSONLines()) }
  }

  @Test func writesOffsetsAndKeepsOtherMembers() throws {
    let line = #"{"id": 7, "text":"a \"b\"","tokens":["a","\"b\""],"meta":{"x":[1, 2]}}"#
    var record = try records(line.utf8, as: JSONLines())[0]
    record.setText("upos", to: [record.append("X".utf8), record.append("Y".utf8)])
    record.setText("upos.probability", to: [record.append("0.5".utf8), record.append("1e-3".utf8)])
    #expect(
      try text([record]) == #"""
        {"text":"a \"b\"","offsets":"bytes","tokens":[{"start":0,"end":1,"form":"a","upos":"X","upos.probability":0.5},{"start":2,"end":5,"form":"\"b\"","upos":"Y","upos.probability":1e-3}],"id":7,"meta":{"x":[1, 2]}}

        """#)
    record.setText("upos.probability", to: [record.append("x".utf8), record.append("".utf8)])
    #expect(throws: FormatError.self) { try text([record]) }
    record.setText("upos.probability", to: [record.append("_".utf8), record.append("1".utf8)])
    #expect(try text([record]).contains(#""upos":"X"},"#))
  }

  @Test func writesRecordsOfOtherFormats() throws {
    let words =
      "1\tdo\t_\tX\t_\t_\t_\t_\t_\tSpaceAfter=No\n2\tn't\t_\tY\t_\t_\t_\t_\t_\t_\n3\tgo\t_\tZ\t_\t_\t_\t_\t_\t_\n\n"
    let all = try records(words.utf8, as: CoNLLU(layers: ["form", "upos", "misc"]))
    let json = try text(all)
    #expect(
      json.hasPrefix(
        #"{"text":"don't go","offsets":"bytes","tokens":[{"start":0,"end":2,"form":"do","upos":"X","#
      ))
    let again = try records(json.utf8, as: JSONLines())
    #expect(again[0].strings("form") == ["do", "n't", "go"])
    #expect(try text(all, as: PlainText()) == "don't go\n")
    #expect(try text(all, as: SlashText()) == "do/X n't/Y go/Z\n")
    #expect(try text(again, as: CoNLLU()).contains("# text = don't go\n1\tdo\t_\tX"))
  }

  @Test(arguments: [
    ("{", "test:1:2: not as JSON Lines have it: expected a string."),
    (#"{"a":01}"#, "test:1:7: not as JSON Lines have it: expected , or }."),
    (
      #"{"tokens":["a\q"]}"#,
      #"test:1:15: not as JSON Lines have it: expected an escape such as \n or \u0041."#
    ),
    ("{}\n[]", "test:2:1: not as JSON Lines have it: expected {."),
    (
      #"{"text":"ab","tokens":["b"]}"#,
      "test:1: token 1 does not stand in the text behind the token before it."
    ),
    (
      #"{"tokens":[{"start":0,"end":1}]}"#,
      "test:1: token 1 has neither a form nor a start and an end in a text."
    ),
  ]) func saysWhatIsWrong(_ text: String, _ sentence: String) throws {
    let error = #expect(throws: FormatError.self) { try records(text.utf8, as: JSONLines()) }
    #expect(error?.description == sentence)
  }
}

@Suite struct PlainTextTests {
  @Test func cutsParagraphsAndLines() throws {
    let text = "\n a\nb\n\n \t\nc \r\n\r\nd"
    for size in [1, 3, 100] {
      let paragraphs = try records(text.utf8, as: PlainText(), chunkSize: size)
      #expect(paragraphs.map { $0.string($0.text!) } == ["\n a\nb\n\n \t\n", "c \r\n\r\n", "d"])
      #expect(paragraphs.map(\.provenance.line) == [1, 6, 8])
      #expect(try written(paragraphs, as: PlainText()) == Array(text.utf8))
      let lines = try records(text.utf8, as: PlainText(unit: .line), chunkSize: size)
      #expect(
        lines.map { $0.string($0.text!) } == [
          "\n", " a\n", "b\n", "\n", " \t\n", "c \r\n", "\r\n", "d",
        ])
      #expect(lines.map(\.provenance.line) == Array(1...8))
    }
  }
}

@Suite struct FormatsTests {
  @Test func findsFormatsByNamePathAndContent() throws {
    #expect(try Formats.named("conllu").name == "conllu")
    let error = #expect(throws: FormatError.self) { try Formats.named("conlu") }
    #expect(error?.description.contains("Is conllu meant?") == true)
    #expect(throws: FormatError.columnsNeeded(source: "columns")) { try Formats.named("columns") }
    #expect(Formats.name(forPath: "a/B.CoNLLU.gz") == "conllu")
    #expect(Formats.name(forPath: "x.jsonl") == "jsonl")
    #expect(Formats.name(forPath: "x") == nil)
    func content(_ text: String) -> String? { Formats.name(forContent: Array(text.utf8)) }
    #expect(content("# x\n1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n") == "conllu")
    #expect(content("\u{FEFF}\n {\"text\":1}") == "jsonl")
    #expect(content("a\tX\n") == nil)
    #expect(content("Time flies.\n") == "text")
    let source = ByteSource(bytes: Array("{}\n".utf8), name: "-")
    #expect(try Formats.format(named: nil, for: source).name == "jsonl")
    #expect(try source.peek(9) == Array("{}\n".utf8))
  }
}
