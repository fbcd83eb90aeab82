import FoundationEssentials
import SeqCore
import SeqFormats
import SeqTestSupport
import Testing

/// Spans through every format that holds them.
@Suite struct SpanFormatsTests {
  static let files = [
    "ner-uner-ewt/dev.tsv", "ner-btc/dev.tsv", "ner-wnut17/dev.tsv", "ner-ncbi-disease/dev.tsv",
    "ner-crossner/ai.dev.tsv", "slots-snips/dev.tsv", "pii-presidio/dev.tsv",
    "toxic-spans/dev.tsv",
  ]

  static func columns(_ file: String) throws -> Columns {
    try Columns(
      file.hasPrefix("toxic") ? ["form", "ner", "start", "end"] : ["form", "ner"])
  }

  static func decode(_ bytes: [UInt8], as format: any RecordFormat) throws -> [Record] {
    var records: [Record] = []
    let chunk = Chunk(bytes: bytes, provenance: Provenance(source: "test"))
    try format.decode(chunk) { records.append($0) }
    return records
  }

  static func decode(_ text: String, as format: any RecordFormat) throws -> [Record] {
    try decode(Array(text.utf8), as: format)
  }

  /// The spans of a record as text: type, words, and where they stand in the running text.
  static func spans(_ record: Record) -> [String] {
    record.spanLayers.flatMap { layer in
      layer.spans.map { span in
        let parts = record.parts(of: span)
        let origin = Int(record.text?.start ?? 0)
        let places = parts.map { "\(Int($0.start) - origin)..<\(Int($0.end) - origin)" }
        return "\(layer.name) \(layer.typeName(of: span)) \(places) \(record.text(of: span))"
      }
    }.sorted()
  }

  /// A folder for files that goes away.
  final class Folder {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "seqkit-spans-\(UUID().uuidString)").path
    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  @Test(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)), arguments: files)
  func unchangedFilesAreWrittenByteForByte(file: String) throws {
    let bytes = try DataSets.bytes("text/" + file)
    let format = try Self.columns(file)
    var output: [UInt8] = []
    for record in try Self.decode(bytes, as: format) { try format.encode(record, into: &output) }
    #expect(output == bytes)
  }

  @Test(
    .enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)), arguments: files,
    ["jsonl", "doccano", "labelstudio", "brat", "conllu"])
  func realSpansSurviveARoundTrip(file: String, name: String) throws {
    let folder = try Folder()
    let path = "\(folder.path)/out.\(name == "brat" ? "txt" : name)"
    let source = try ByteSource(path: DataSets.path("text/" + file))
    let columns = try Self.columns(file)
    let options = SpanConversion(layers: ["ner"])
    let result: Corpus.Conversion
    if name == "brat" {
      result = try Corpus.convert(
        source, as: columns, toBratText: ByteSink(path: path),
        annotations: ByteSink(path: Brat.partner(of: path)), spans: options)
    } else {
      result = try Corpus.convert(
        source, as: columns, to: ByteSink(path: path), as: Formats.named(name), spans: options)
    }
    #expect(!result.losses.contains { $0.what.contains("span") }, "\(result.losses)")

    // The same spans read from the labels, each with its own words.
    var reader = SpanLabelReader(scheme: .iob2)
    var expected: [String] = []
    for record in try Self.decode(DataSets.bytes("text/" + file), as: columns) {
      guard let layer = reader.spans(of: record, layer: "ner") else { continue }
      for span in layer.spans {
        expected.append("\(layer.typeName(of: span)) \(record.text(of: span))")
      }
    }
    #expect(reader.faults == 0)
    var found: [String] = []
    let format = try Formats.named(name, source: path)
    var entities = SpanLabelReader(scheme: .iob2)
    for var record in try Self.decode(ByteSource(path: path).readAll(), as: format) {
      if name == "conllu" {
        CoNLLUEntities.addSpans(to: &record, layer: "ner", reader: &entities)
      }
      guard let layer = record.spanLayer("ner") else { continue }
      for span in layer.spans {
        // Words of a text have the spaces of the text between them.
        found.append("\(layer.typeName(of: span)) \(record.text(of: span))")
      }
    }
    #expect(expected.count > 100)
    #expect(found == expected)
  }

  @Test(
    .enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)), arguments: files,
    TaggingScheme.allCases.filter { $0.separatesTouchingSpans })
  func anySchemeAndBackGivesTheSameBytes(file: String, scheme: TaggingScheme) throws {
    let folder = try Folder()
    let columns = try Self.columns(file)
    let (there, back) = (folder.path + "/there.tsv", folder.path + "/back.tsv")
    let original = DataSets.path("text/" + file)
    let first = try Corpus.convert(
      ByteSource(path: original), as: columns, to: ByteSink(path: there), as: columns,
      spans: SpanConversion(layers: ["ner"], source: .iob2, target: scheme))
    #expect(first.losses.isEmpty && first.notes.isEmpty)
    _ = try Corpus.convert(
      ByteSource(path: there), as: columns, to: ByteSink(path: back), as: columns,
      spans: SpanConversion(layers: ["ner"], source: scheme, target: .iob2))
    #expect(try ByteSource(path: back).readAll() == DataSets.bytes("text/" + file))
    var problems = 0
    _ = try Corpus.validate(
      ByteSource(path: there), as: columns, spanLayers: [("ner", scheme)]
    ) { _ in problems += 1 }
    #expect(problems == 0)
    var detector = SchemeDetector()
    for record in try Self.decode(ByteSource(path: there).readAll(), as: columns) {
      detector.add(record.strings("ner") ?? [])
    }
    // Corpora whose spans of one type never touch say nothing that IO does not say.
    let best = try #require(detector.best)
    #expect(best.faults == 0)
    #expect(best.scheme == scheme || best.scheme == .io && [.iob1, .ioe1].contains(scheme))
  }

  @Test func documentStartsAreKept() throws {
    let text = """
      -DOCSTART- -X- -X- O

      EU NNP B-NP B-ORG
      rejects VBZ B-VP O

      -DOCSTART- -X- -X- O

      Peter NNP B-NP B-PER

      """
    let format = try Formats.named("conll2003")
    let records = try Self.decode(text, as: format)
    #expect(records.map(\.count).reduce(0, +) == 3)
    #expect(records.count { $0.startsDocument } == 2)
    var output: [UInt8] = []
    for record in records { try format.encode(record, into: &output) }
    #expect(String(decoding: output, as: UTF8.self) == text)
  }

  /// Offsets of the same two words in each unit; the first is one scalar of two UTF-16 units.
  @Test(arguments: [
    ("bytes", 5, 11), ("codepoints", 2, 7), ("characters", 2, 7), ("utf16", 3, 8),
  ])
  func offsetsCountWhatTheLineSays(unit: String, start: Int, end: Int) throws {
    let line = """
      {"text":"💩 Zoë B","offsets":"\(unit)","spans":[{"start":\(start),"end":\(end),\
      "label":"PER","text":"Zoë B","confidence":0.5}]}

      """
    let record = try #require(try Self.decode(line, as: JSONLines()).first)
    #expect(Self.spans(record) == ["ner PER [\"5..<11\"] Zoë B"])
    #expect(record.spanLayer("ner")?.spans[0].confidence == 0.5)
    var output: [UInt8] = []
    try JSONLines().encode(record, into: &output)
    #expect(String(decoding: output, as: UTF8.self) == line)
    var changed = record
    changed.setSpans(try #require(record.spanLayer("ner")))
    output = []
    try JSONLines().encode(changed, into: &output)
    let written = String(decoding: output, as: UTF8.self)
    #expect(written.contains("\"start\":5,\"end\":11,\"label\":\"PER\",\"text\":\"Zoë B\""))
    #expect(try Self.decode(output, as: JSONLines()).map(Self.spans) == [Self.spans(record)])
  }

  @Test(arguments: [
    ("{\"start\":0,\"end\":2,\"label\":\"X\",\"text\":\"aX\"}", "has the text “aX”"),
    ("{\"start\":0,\"end\":9,\"label\":\"X\"}", "the text has 4 bytes"),
    ("{\"start\":2,\"end\":2,\"label\":\"X\"}", "at or before its start"),
    ("{\"start\":0,\"end\":2}", "has no label"),
    ("{\"start\":3,\"end\":4,\"label\":\"X\"}", "inside a character"),
    ("{\"start\":0,\"label\":\"X\"}", "a span with start and end"),
  ])
  func aSpanThatIsNotInTheTextIsAnErrorWithItsPlace(span: String, problem: String) throws {
    let line = "{\"text\":\"abö\",\"spans\":[\(span)]}\n"
    do {
      _ = try Self.decode(line, as: JSONLines())
      Issue.record("taken: \(span)")
    } catch let error as FormatError {
      #expect(error.description.hasPrefix("test:1"), "\(error)")
      #expect(error.description.contains(problem), "\(error)")
    }
  }

  @Test func overlappingSpansGetLayersOfTheirOwnAndSurvive() throws {
    let line = """
      {"text":"University of Oslo","spans":[{"start":0,"end":18,"label":"ORG"},{"start":14,"end":18,"label":"LOC"}]}

      """
    let record = try #require(try Self.decode(line, as: JSONLines()).first)
    #expect(record.spanLayers.map(\.name) == ["ner", "ner.2"])
    for format in [JSONLines(), Doccano(), LabelStudio()] as [any RecordFormat] {
      var output: [UInt8] = []
      try format.encode(record, into: &output)
      #expect(try Self.decode(output, as: format).map(Self.spans) == [Self.spans(record)])
    }
  }

  @Test func bratKeepsNamesGapsAndCountsWhatItCannotHold() throws {
    let annotations = """
      T7\tORG 0 2\tÖl
      T2\tANAT 3 7;14 18\tleft lung
      R1\tpart_of Arg1:T2 Arg2:T7
      #1\tAnnotatorNotes T2\tsure?

      """
    let text = "Öl left right lung\n"
    let format = Brat(annotations: Array(annotations.utf8), name: "test.ann")
    let record = try #require(try Self.decode(text, as: format).first)
    #expect(
      Self.spans(record) == [
        "ner ANAT [\"4..<8\", \"15..<19\"] left lung", "ner ORG [\"0..<3\"] Öl",
      ])
    #expect(record.losses == [RecordLoss("notes", 1), RecordLoss("relations", 1)])
    let folder = try Folder()
    var writer = try BratWriter(
      text: ByteSink(path: folder.path + "/a.txt"),
      annotations: ByteSink(path: folder.path + "/a.ann"))
    try writer.write(record)
    try writer.finish()
    #expect(try ByteSource(path: folder.path + "/a.txt").readAll() == Array(text.utf8))
    let written = String(
      decoding: try ByteSource(path: folder.path + "/a.ann").readAll(), as: UTF8.self)
    #expect(
      written.split(separator: "\n").sorted()
        == annotations.split(separator: "\n").filter { $0.hasPrefix("T") }.sorted())
    let pair = try Formats.named("brat", source: folder.path + "/a.ann")
    let again = try Self.decode(Array(written.utf8), as: pair)
    #expect(again.map(Self.spans) == [Self.spans(record)])
    #expect(throws: FormatError.pairNeeded(path: "x.txt", missing: "x.ann")) {
      try Formats.named("brat", source: "x.txt")
    }
  }

  @Test(arguments: [
    "T1 ORG 0 2\tÖl", "T1\tORG 0\tÖl", "T1\tORG 0 99\tÖl", "T1\tORG 0 2\tOl", "T1\tORG 2 2\t",
  ])
  func aWrongAnnotationIsAnErrorWithItsLine(line: String) throws {
    let format = Brat(annotations: Array("\n\(line)\n".utf8), name: "test.ann")
    do {
      _ = try Self.decode("Öl left", as: format)
      Issue.record("taken: \(line)")
    } catch let error as FormatError {
      #expect(error.description.hasPrefix("test.ann:2: "), "\(error)")
    }
  }

  @Test func exportsOfDoccanoAreReadInAllTheirForms() throws {
    let lines = """
      {"id":1,"text":"Zoë left","label":[[0,3,"PER"]],"Comments":[]}
      {"id":2,"data":"Zoë left","labels":[[0,3,"PER"]]}
      {"id":3,"text":"Zoë left","entities":[{"id":9,"label":"PER","start_offset":0,"end_offset":3}],"relations":[{"id":1}]}

      """
    let records = try Self.decode(lines, as: Doccano())
    #expect(records.map(Self.spans) == Array(repeating: ["ner PER [\"0..<4\"] Zoë"], count: 3))
    #expect(records[2].losses == [RecordLoss("relations", 1)])
    var output: [UInt8] = []
    for record in records { try Doccano().encode(record, into: &output) }
    #expect(String(decoding: output, as: UTF8.self) == lines)
  }

  @Test(arguments: [(2, 5), (3, 6)])
  func regionsOfLabelStudioAreFoundByTheirText(start: Int, end: Int) throws {
    // Code points, and UTF-16 as old versions counted.
    let task = """
      [{"id":5,"data":{"text":"💩 Zoë left"},"annotations":[{"result":[
        {"id":"a1","type":"labels","value":{"start":\(start),"end":\(end),"text":"Zoë","labels":["PER"]}},
        {"id":"a2","type":"choices","value":{"choices":["x"]}}]},
        {"result":[{"id":"b","type":"labels","value":{"start":\(start),"end":\(end),"text":"Zoë","labels":["ORG"]}}]}]}]
      """
    let record = try #require(try Self.decode(task, as: LabelStudio()).first)
    #expect(
      Self.spans(record) == [
        "annotation-2 ORG [\"5..<9\"] Zoë", "ner PER [\"5..<9\"] Zoë",
      ])
    #expect(record.losses == [RecordLoss("results that are no labelled text", 1)])
    #expect(record.spanLayer("ner")?.spans[0].id == "a1")
  }

  @Test func entitiesInMiscAreReadAsLabelsAndAsBrackets() throws {
    func misc(_ values: [String]) throws -> Record {
      let lines = values.enumerated().map {
        "\($0.offset + 1)\tw\($0.offset)\t_\t_\t_\t_\t_\t_\t_\t\($0.element)\n"
      }
      return try #require(try Self.decode(lines.joined() + "\n", as: CoNLLU()).first)
    }
    var reader = SpanLabelReader(scheme: nil)
    var labels = try misc(["NER=B-PER", "SpaceAfter=No|NER=I-PER", "ner=O", "ner=S-LOC"])
    #expect(CoNLLUEntities.addSpans(to: &labels, layer: "ner", reader: &reader) == 0)
    #expect(labels.spanLayer("ner")?.spans.map(\.positions) == [0..<2, 3..<4])
    var brackets = try misc([
      "Entity=(e1-organization-1(e2-place-1)", "_", "Entity=e1)", "Entity=(e3-person-1)",
      "Entity=e9)",
    ])
    #expect(CoNLLUEntities.addSpans(to: &brackets, layer: "ner", reader: &reader) == 1)
    #expect(brackets.spanLayers.map(\.name) == ["ner", "ner.2"])
    let outer = try #require(brackets.spanLayer("ner"))
    #expect(outer.spans.map(\.positions) == [0..<3, 3..<4])
    #expect(outer.spans.map { outer.typeName(of: $0) } == ["organization", "person"])
    #expect(brackets.spanLayer("ner.2")?.spans.map(\.positions) == [0..<1])
  }

  @Test func labelsThatBreakTheirSchemeAreErrorsOrRepairedAndCounted() throws {
    let folder = try Folder()
    let text = "a\tO\nb\tI-PER\n\nc\tB-LOC\nd\tI-PER\n\n"
    let columns = try Columns(["form", "ner"])
    func convert(repairs: Bool) throws -> (Corpus.Conversion, String) {
      let path = folder.path + "/out.tsv"
      let result = try Corpus.convert(
        ByteSource(bytes: Array(text.utf8), name: "in.tsv"), as: columns,
        to: ByteSink(path: path), as: columns,
        spans: SpanConversion(layers: ["ner"], source: .iob2, target: .bioes, repairs: repairs))
      return (result, String(decoding: try ByteSource(path: path).readAll(), as: UTF8.self))
    }
    do {
      _ = try convert(repairs: false)
      Issue.record("Illegal labels were taken.")
    } catch let error as FormatError {
      #expect(error.description.hasPrefix("in.tsv:2: “I-PER” cannot follow “O”"), "\(error)")
    }
    let (result, output) = try convert(repairs: true)
    #expect(result.notes == [RecordLoss("labels read otherwise than they stand", 2)])
    #expect(output == "a\tO\nb\tS-PER\n\nc\tS-LOC\nd\tS-PER\n\n")
    var problems: [String] = []
    _ = try Corpus.validate(
      ByteSource(bytes: Array(text.utf8), name: "in.tsv"), as: columns,
      spanLayers: [("ner", .iob2)]
    ) { problems.append($0.description) }
    #expect(problems.map { $0.split(separator: " ")[0] } == ["in.tsv:2:", "in.tsv:5:"])
  }

  @Test func ioSaysThatBordersAreLost() throws {
    let folder = try Folder()
    let columns = try Columns(["form", "ner"])
    let result = try Corpus.convert(
      ByteSource(bytes: Array("a\tB-X\nb\tB-X\n\n".utf8), name: "in.tsv"), as: columns,
      to: ByteSink(path: folder.path + "/out.tsv"), as: columns,
      spans: SpanConversion(layers: ["ner"], target: .io))
    #expect(result.losses == [RecordLoss("borders between touching spans of one type", 1)])
  }
}
