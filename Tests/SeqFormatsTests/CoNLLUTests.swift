import SeqCore
import SeqFormats
import SeqTestSupport
import Testing

/// The records of `text`, read in chunks of at least `chunkSize` bytes.
func records(
  _ text: some Collection<UInt8>, as format: some RecordFormat, chunkSize: Int = 256 << 10
) throws -> [Record] {
  var reader = RecordReader(
    ByteSource(bytes: Array(text), name: "test"), as: format, chunkSize: chunkSize)
  var records: [Record] = []
  try reader.forEach { records.append($0) }
  return records
}

/// The bytes that `format` writes for `records`.
func written(_ records: [Record], as format: some RecordFormat) throws -> [UInt8] {
  var output: [UInt8] = []
  for record in records { try format.encode(record, into: &output) }
  return output
}

private let sentence = """
  # text = I don't.
  1\tI\tI\tPRON\tPRP\tCase=Nom\t3\tnsubj\t3:nsubj\t_
  2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
  2\tdo\tdo\tAUX\tVBP\t_\t0\troot\t0:root\t_
  3\tn't\tnot\tPART\tRB\t_\t2\tadvmod\t2:advmod\t_
  3.1\tgo\tgo\tVERB\tVB\t_\t_\t_\t0:root\t_
  4\t.\t.\tPUNCT\t.\t_\t2\tpunct\t2:punct\tX=a b


  """

@Suite struct CoNLLUTests {
  @Test func readsWordsAndLeavesTheRestInTheSource() throws {
    let all = try records(sentence.utf8, as: CoNLLU())
    #expect(all.count == 1)
    #expect(all[0].strings("form") == ["I", "do", "n't", "."])
    #expect(all[0].strings("head") == ["3", "0", "2", "2"])
    #expect(all[0].strings("misc") == ["_", "_", "_", "X=a b"])
    #expect(all[0].layers.map(\.name) == CoNLLU.fields)
  }

  @Test(arguments: [
    "", "\n", "\r\n", "\n\n\n", "# a comment\n", "# a comment\n\n", "\u{FEFF}",
  ]) func keepsWhatStandsAround(_ extra: String) throws {
    for crlf in [false, true] {
      for missing in 0..<3 {
        var text = extra + sentence + extra + String(sentence.dropLast(missing))
        if crlf { text = text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n") }
        if extra == "\u{FEFF}" {
          text = extra + String(text.dropFirst().filter { $0 != "\u{FEFF}" })
        }
        let bytes = Array(text.utf8)
        let whole = try records(bytes, as: CoNLLU())
        #expect(try written(whole, as: CoNLLU()) == bytes)
        for size in [1, 7, 64, 200] {
          let parts = try records(bytes, as: CoNLLU(layers: ["form"]), chunkSize: size)
          #expect(try written(parts, as: CoNLLU()) == bytes)
          #expect(parts.map(\.provenance) == whole.map(\.provenance))
          #expect(parts.map { $0.strings("form") } == whole.map { $0.strings("form") })
        }
      }
    }
  }

  @Test("A record that is reloaded is as one that is new, whatever was done to it")
  func reloads() throws {
    let short = sentence.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n\n"
    let text = Array((sentence + short + "# nothing\n\n" + sentence).utf8)
    let format = CoNLLU(layers: ["form", "upos", "misc"])
    let schema = LabelSchema(layer: "upos", names: ["X", "Y"])
    func change(_ record: inout Record) {
      record.setLabels("upos", to: (0..<record.count).map { Label($0 % 2) }, of: schema)
      let value = record.append(Array("1".utf8))
      record.setText("misc.Key", to: Array(repeating: value, count: record.count))
      record.losses.append(RecordLoss("things", 1))
      record.setSpans(SpanLayer(name: "ner", types: [], spans: []))
    }
    let chunk = Chunk(bytes: text, provenance: Provenance(source: "test"))
    var new: [Record] = []
    try format.decode(chunk) { new.append($0) }
    var scratch = new[0]
    scratch.setText("other", to: Array(repeating: ByteRange(0, 1), count: scratch.count))
    var index = 0
    try format.decode(chunk, reusing: &scratch) { record in
      #expect(record.buffer == new[index].buffer)
      #expect(record.sourceCount == new[index].sourceCount && record.count == new[index].count)
      #expect(record.layers.map(\.name) == new[index].layers.map(\.name))
      #expect(record.layers.allSatisfy { !$0.isChanged })
      #expect(record.strings("form") == new[index].strings("form"))
      #expect(record.provenance == new[index].provenance)
      #expect(record.spanLayers.isEmpty && record.losses.isEmpty)
      var output: [UInt8] = []
      var expected: [UInt8] = []
      var changed = new[index]
      change(&record)
      change(&changed)
      try format.encode(record, into: &output)
      try format.encode(changed, into: &expected)
      #expect(output == expected)
      index += 1
    }
    #expect(index == new.count && index == 4)
  }

  @Test func writesChangedLayersAtTheirPlaces() throws {
    var record = try records(sentence.utf8, as: CoNLLU(layers: ["form", "upos", "misc"]))[0]
    let schema = LabelSchema(layer: "upos", names: ["X", "LONGER"])
    record.setLabels("upos", to: [0, 1, 0, 1], of: schema)
    let probabilities = ["0.5", "", "1", "0.25"].map { record.append(Array($0.utf8)) }
    record.setText("misc.Prob", to: probabilities)
    let expected = sentence.replacing("\tPRON", with: "\tX").replacing("\tAUX", with: "\tLONGER")
      .replacing("\tPART", with: "\tX").replacing("\tPUNCT", with: "\tLONGER")
      .replacing("3:nsubj\t_", with: "3:nsubj\tProb=0.5")
      .replacing("2:advmod\t_", with: "2:advmod\tProb=1")
      .replacing("X=a b", with: "X=a b|Prob=0.25")
    #expect(String(decoding: try written([record], as: CoNLLU()), as: UTF8.self) == expected)
  }

  @Test func writesRunningTextAnew() throws {
    let text = "Time  flies,\nnow."
    let words = [(0, 4), (6, 11), (11, 12), (13, 16), (16, 17)].map { ByteRange($0.0, $0.1) }
    var record = Record(
      source: Array(text.utf8), count: 5, layers: [Layer(name: "form", values: .text(words))],
      provenance: Provenance(source: "test"))
    record.setText("upos", to: Array(repeating: record.append("X".utf8), count: 5))
    #expect(
      String(decoding: try written([record], as: CoNLLU()), as: UTF8.self) == """
        # text = Time  flies, now.
        1\tTime\t_\tX\t_\t_\t_\t_\t_\t_
        2\tflies\t_\tX\t_\t_\t_\t_\t_\tSpaceAfter=No
        3\t,\t_\tX\t_\t_\t_\t_\t_\t_
        4\tnow\t_\tX\t_\t_\t_\t_\t_\tSpaceAfter=No
        5\t.\t_\tX\t_\t_\t_\t_\t_\t_


        """)
    record.setText("ner", to: words)
    #expect(throws: FormatError.self) { try written([record], as: CoNLLU()) }
  }

  @Test(arguments: [
    (
      "1\ta b\n\n",
      "test:1: 2 fields where 10 are declared (id form lemma upos xpos feats head deprel deps misc)."
    ),
    (
      "# x\n1 a a _ _ _ _ _ _ _\n",
      "test:2: 1 field where 10 are declared (id form lemma upos xpos feats head deprel deps misc)."
        + " Is the separator a space instead of a tab?"
    ),
    (
      "x\ta\ta\t_\t_\t_\t_\t_\t_\t_\n",
      "test:1:1: \"x\" is no word number. Expected 1, 2, … or 1-2 or 1.1 in the first field."
    ),
    (
      "# x\n# a\0",
      "test:2:4: a NUL byte, which text does not have. Is the file UTF-16, or not text at all?"
    ),
    ("", "test: there is nothing in it, not one byte."),
  ]) func saysWhatIsWrong(_ text: String, _ sentence: String) throws {
    let error = #expect(throws: FormatError.self) { try records(text.utf8, as: CoNLLU()) }
    #expect(error?.description == sentence)
  }

  @Test func namesTheByteThatIsNotUTF8() throws {
    let bytes = Array("# caf".utf8) + [0xE9, 10]
    let error = #expect(throws: FormatError.self) { try records(bytes, as: CoNLLU()) }
    #expect(
      error?.description == "test:1:6: byte 0xE9 is not UTF-8. Is the file Latin-1? "
        + "`iconv -f latin1 -t utf-8` converts it.")
  }

  @Test(
    .enabled(if: DataSets.atHand, "\(DataSets.reason)"),
    arguments: ["ewt", "gum-open", "tr-framenet"], ["train", "dev", "test"])
  func givesBackEveryTreebankByteForByte(_ treebank: String, _ part: String) throws {
    let bytes = try DataSets.bytes("text/pos-ud-\(treebank)/\(part).conllu")
    let whole = try records(bytes, as: CoNLLU())
    #expect(try written(whole, as: CoNLLU()) == bytes)
    #expect(whole.allSatisfy { $0.count > 0 })
  }
}
