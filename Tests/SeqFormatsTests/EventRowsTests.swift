import SeqCore
import SeqFormats
import Testing

@Suite struct EventRowsTests {
  private func records(_ format: any RecordFormat, _ text: String, chunk: Int = 1 << 18) throws
    -> [Record]
  {
    var records: [Record] = []
    var reader = ChunkReader(
      ByteSource(bytes: Array(text.utf8), name: "test"), as: format, size: chunk)
    while let piece = try reader.nextChunk() { try format.decode(piece) { records.append($0) } }
    return records
  }

  private static let csv = """
    unit,value,note
    a,1,"x, \"\"y\"\"\"
    a,2,
    b,3,z

    b,4,"é"

    """

  private func rows(written: [String] = []) throws -> EventRows {
    try EventRows(
      .delimited(UInt8(ascii: ",")), names: ["unit", "value", "note"], header: true, group: "unit",
      written: written)
  }

  @Test func rowsWithEqualKeysAreARecord() throws {
    let found = try records(rows(), Self.csv)
    #expect(found.map(\.count) == [2, 2])
    #expect(found[0].strings("note") == ["x, \"y\"", ""])
    #expect(found[1].strings("value") == ["3", "4"])
    #expect(found[1].provenance.line == 4)
  }

  @Test(arguments: [8, 16, 20, 31, 64]) func chunksDoNotMatter(size: Int) throws {
    let whole = try records(rows(), Self.csv)
    // The line of names may be a chunk, and hence a record of no rows, of its own.
    let cut = try records(rows(), Self.csv, chunk: size).filter { $0.count > 0 }
    #expect(cut.map { $0.strings("note") } == whole.map { $0.strings("note") })
  }

  @Test func labelsAreAddedOrReplacedAndTheRestStays() throws {
    let format = try rows(written: ["label", "note"])
    var output: [UInt8] = []
    for record in try records(rows(written: ["label"]), Self.csv) {
      try rows(written: ["label"]).encode(record, into: &output)
    }
    #expect(String(decoding: output, as: UTF8.self) == Self.csv)
    output = []
    for var record in try records(format, Self.csv) {
      record.setText("label", to: (0..<record.count).map { record.append(Array("l,\($0)".utf8)) })
      record.setText("note", to: (0..<record.count).map { _ in record.append(Array("n".utf8)) })
      try format.encode(record, into: &output)
    }
    #expect(
      String(decoding: output, as: UTF8.self) == """
        unit,value,note,label
        a,1,n,"l,0"
        a,2,n,"l,1"
        b,3,n,"l,0"

        b,4,n,"l,1"

        """)
  }

  @Test func objectsHaveFieldsByTheirPaths() throws {
    let format = try EventRows(
      .json, names: ["unit", "value", "state"], paths: ["u", "r.v", "state"], group: "unit",
      written: ["state"])
    let text = """
      {"u":"a","r":{"v":1.5,"w":[1]},"state":"old"}
      {"r":{"v":"\\u0041\\n"},"u":"a"}
      {"u":"b"}

      """
    let found = try records(format, text)
    #expect(found.map(\.count) == [2, 1])
    #expect(found[0].strings("value") == ["1.5", "A\n"])
    #expect(found[0].strings("state") == ["old", ""])
    var output: [UInt8] = []
    for var record in found {
      record.setText("state", to: (0..<record.count).map { _ in record.append(Array("new".utf8)) })
      try format.encode(record, into: &output)
    }
    #expect(
      String(decoding: output, as: UTF8.self) == """
        {"u":"a","r":{"v":1.5,"w":[1]},"state":"new"}
        {"r":{"v":"\\u0041\\n"},"u":"a","state":"new"}
        {"u":"b","state":"new"}

        """)
  }

  @Test func linesAreTakenApartByAnExpression() throws {
    let format = try EventRows(
      .pattern(try TextExpression("(\\S+) (\\d+)?")), names: ["word", "number"])
    let found = try records(format, "ab 12\nc \n\nd 4\n")
    #expect(found.map(\.count) == [2, 1])
    #expect(found[0].strings("number") == ["12", ""])
    #expect(
      throws: FormatError.rows(
        source: "test", line: 2, problem: "the line does not match (\\S+) (\\d+)?")
    ) {
      try records(format, "ab 1\nab\n")
    }
  }

  @Test func whatIsWrongIsSaidWithItsLine() throws {
    for (text, part) in [
      ("unit,value,note\na,1\n", ":2: 2 fields where there are 3"),
      ("unit,value,note\na,1,\"x\n", ":2: field 3 begins with a quote"),
      ("unit,value,note\na,1,\"x\"y\n", "goes on behind"),
    ] {
      do {
        _ = try records(rows(), text)
        Issue.record("\(text) was read")
      } catch {
        #expect("\(error)".contains(part), Comment(rawValue: "\(error)"))
      }
    }
    #expect(throws: FormatError.self) {
      try EventRows(.json, names: ["a"], group: "b")
    }
    #expect(
      try EventRows.header(Array("time (s),\"user name\",2x".utf8), separator: 0x2C) == [
        "time__s_", "user_name", "_2x",
      ])
  }

  @Test func truncationsOfObjectsThrowOrRead() throws {
    let format = try EventRows(.json, names: ["v"], paths: ["r.v"])
    let text = "{\"r\":{\"v\":\"\\u0041\"},\"w\":[1,{\"a\":null}]}"
    for length in 1..<text.utf8.count {
      #expect(throws: FormatError.self) {
        try records(format, String(decoding: Array(text.utf8)[..<length], as: UTF8.self))
      }
    }
  }

  @Test func linesOfTokensKeepTheirText() throws {
    let format = TokenLines(tokens: try TextExpression("\\w+|[^\\w\\s]"))
    let text = "\u{FEFF}a=1, b\r\n\nlast"
    let found = try records(format, text)
    #expect(found.map { $0.strings("form") } == [["a", "=", "1", ",", "b"], [], ["last"]])
    #expect(found[0].text.map(found[0].string) == "a=1, b")
    var output: [UInt8] = []
    for record in found { try format.encode(record, into: &output) }
    #expect(output == Array(text.utf8))
  }
}

@Suite struct TracesTests {
  private static let trace = """
    {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"db"}}]},\
    "scopeSpans":[{"spans":[{"traceId":"t","spanId":"2","parentSpanId":"1","name":"query","kind":3,\
    "startTimeUnixNano":"2000000","endTimeUnixNano":"5000000","status":{"code":2},"attributes":[\
    {"key":"seqkit.failure","value":{"stringValue":"timeout"}}],"events":[{"name":"exception","attributes":[\
    {"key":"exception.type","value":{"stringValue":"ReadTimeout"}}]}]}]}]},\
    {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[\
    {"traceId":"t","spanId":"1","parentSpanId":"","name":"buy","kind":"SPAN_KIND_SERVER","startTimeUnixNano":"1000000",\
    "endTimeUnixNano":"7000000","status":{"code":"STATUS_CODE_ERROR"},"attributes":[\
    {"key":"http.response.status_code","value":{"intValue":"500"}},\
    {"key":"seqkit.failure","value":{"stringValue":"propagated"}}]}]}]}]}

    """

  @Test func spansStandBehindTheirParents() throws {
    let format = Traces(written: ["failure"])
    var records: [Record] = []
    try format.decode(
      Chunk(bytes: Array(Self.trace.utf8), provenance: Provenance(source: "t"))
    ) { records.append($0) }
    let record = try #require(records.first)
    #expect(record.strings("form") == ["buy", "query"])
    #expect(record.strings("service") == ["shop", "db"])
    #expect(record.strings("status") == ["ERROR", "ERROR"])
    #expect(record.strings("kind") == ["SERVER", "CLIENT"])
    #expect(record.strings("http") == ["500", ""])
    #expect(record.strings("exception") == ["", "ReadTimeout"])
    #expect(record.strings("duration") == ["6.000", "3.000"])
    #expect(record.strings("share") == ["1", "0.500"])
    #expect(record.strings("failedChildren") == ["1", "0"])
    #expect(record.strings("failure") == ["propagated", "timeout"])
    var output: [UInt8] = []
    try format.encode(record, into: &output)
    #expect(
      String(decoding: output, as: UTF8.self) == """
        {"traceId":"t","spans":[{"spanId":"1","service":"shop","name":"buy","failure":"propagated"},\
        {"spanId":"2","service":"db","name":"query","failure":"timeout"}],"rootCause":{"spanId":"2",\
        "service":"db","name":"query","failure":"timeout","affects":1}}

        """)
  }

  @Test func truncationsThrow() {
    let bytes = Array(Self.trace.utf8.dropLast())
    for length in stride(from: 1, to: bytes.count, by: 7) {
      #expect(throws: FormatError.self) {
        try Traces(written: []).decode(
          Chunk(bytes: Array(bytes[..<length]), provenance: Provenance(source: "t"))
        ) { _ in }
      }
    }
  }
}
