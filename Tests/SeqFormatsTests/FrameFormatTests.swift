import FoundationEssentials
import SeqCore
import SeqFormats
import SeqTestSupport
import Testing

@Suite struct FrameFormatTests {
  private static let sample = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Corpora/english-roles/sample.tsv").standardizedFileURL.path

  private func records(_ bytes: [UInt8], _ format: some RecordFormat) throws -> [Record] {
    var records: [Record] = []
    try format.decode(Chunk(bytes: bytes, provenance: Provenance(source: "f.tsv"))) {
      records.append($0)
    }
    return records
  }

  private func text(_ records: [Record], _ format: some RecordFormat) throws -> String {
    var output: [UInt8] = []
    for record in records { try format.encode(record, into: &output) }
    return String(decoding: output, as: UTF8.self)
  }

  @Test func columnsWithRolesComeBackAsTheyWere() throws {
    let bytes = Array(try Data(contentsOf: URL(filePath: Self.sample)))
    let records = try records(bytes, FrameColumns())
    #expect(try text(records, FrameColumns()) == String(decoding: bytes, as: UTF8.self))
    #expect(records[4].frames?[0].arguments.map(\.role) == ["ARG1", "C-ARG1"])
    #expect(records[0].frames?[0].arguments[0].positions == 0..<2)
    #expect(records[0].spanLayer("role.2")?.spans.count == 2)
  }

  @Test func labelsThatAreNoArgumentsAreCounted() throws {
    let text = """
      look\tlook.05\tB-V
      up\t_\tB-C-V
      it\t_\tB-ARG1
      again\t_\tB-V


      """
    let leftOut = FrameLabelCount()
    let format = try FrameColumns(["form", "predicate"], leftOut: leftOut)
    let frames = try records(Array(text.utf8), format)[0].frames
    #expect(frames?[0].arguments == [FrameArgument(positions: 2..<3, role: "ARG1")])
    #expect(leftOut.value == 2)
  }

  @Test func frameLayersAreReplacedWhole() throws {
    var record = try records(
      Array(try Data(contentsOf: URL(filePath: Self.sample))), FrameColumns())[0]
    let frame = Frame(
      predicate: 5, sense: "work", arguments: [FrameArgument(positions: 0..<5, role: "ARG0")])
    record.setFrames([frame])
    #expect(record.frames == [frame])
    #expect(record.spanLayer("role.2") == nil)
  }

  @Test func aWrongNumberOfColumnsIsReportedWithItsLine() throws {
    let bytes = Array(
      "1\tGo\t_\t_\t_\t_\t_\tgo.01\tB-V\n2\thome\t_\t_\t_\t_\t_\t_\tB-ARG4\tO\n\n".utf8)
    let error = #expect(throws: FrameFault.self) { try records(bytes, FrameColumns()) }
    #expect(
      "\(try #require(error))".hasPrefix("f.tsv:2: 2 columns of roles where the sentence marks 1"))
  }

  @Test func aLabelThatIsNotIOB2IsReportedWithItsLine() throws {
    let bytes = Array("1\tGo\t_\t_\t_\t_\t_\tgo.01\tV\n\n".utf8)
    let error = #expect(throws: FrameFault.self) { try records(bytes, FrameColumns()) }
    #expect(
      "\(try #require(error))"
        == "f.tsv:1: found “V” in a column of roles, expected O, B-ROLE or I-ROLE.")
  }

  @Test func framesAreWrittenAsJSONLines() throws {
    let all = try records(Array(try Data(contentsOf: URL(filePath: Self.sample))), FrameColumns())
    try Golden.check(try text(all, FrameLines()), "frames/sample.jsonl")
  }

  @Test func framesInMiscKeepTheSourceAndMarkPredicates() throws {
    let source =
      "# text = We ran.\n1\tWe\twe\tPRON\tPRP\t_\t2\tnsubj\t_\t_\n"
      + "2\tran\trun\tVERB\tVBD\t_\t0\troot\t_\tSpaceAfter=No|Predicate=run.02\n"
      + "3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_\n\n"
    var record = try #require(try records(Array(source.utf8), FrameMisc()).first)
    #expect(record.frames == [Frame(predicate: 1, sense: "run.02")])
    record.setFrames([
      Frame(
        predicate: 1, sense: "run.02", arguments: [FrameArgument(positions: 0..<1, role: "ARG0")])
    ])
    #expect(
      try text([record], FrameMisc())
        == source.replacing(
          "SpaceAfter=No|Predicate=run.02",
          with: "SpaceAfter=No|Predicate=run.02|Arguments=ARG0:1-1"))
    record.setFrames([])
    #expect(try text([record], FrameMisc()) == source.replacing("|Predicate=run.02", with: ""))
  }

  @Test(.enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)))
  func theDevelopmentPartOfEWTComesBack() throws {
    let bytes = try DataSets.bytes("text/srl-ewt/dev.tsv")
    let all = try records(bytes, FrameColumns())
    #expect(all.reduce(0) { $0 + ($1.frames?.count ?? 0) } == 4963)
    // Written and read again, frames are the same.
    let again = try records(Array(try text(all, FrameColumns()).utf8), FrameColumns())
    #expect(all.map(\.frames) == again.map(\.frames))
  }
}
