import FoundationEssentials
import SeqCore
import SeqFormats
import SeqTestSupport
import Testing

private func word(_ id: Int, _ form: String, _ upos: String, head: String = "_", misc: String = "_")
  -> String
{
  "\(id)\t\(form)\t_\t\(upos)\t_\t_\t\(head)\t_\t_\t\(misc)\n"
}

@Suite final class CorpusTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "seqkit-corpus-\(UUID())")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path }
  func source(_ text: String) -> ByteSource { ByteSource(bytes: Array(text.utf8), name: "test") }
  func contents(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path(name))), as: UTF8.self)
  }

  @Test func validationGoesOnBehindAFault() throws {
    let text =
      "# sent_id = a\n" + word(1, "x", "NOUN", head: "2") + word(3, "y", "NUON", head: "0") + "\n"
      + "1\tbad\n\n" + "# sent_id = a\n" + word(1, "", "X") + "\n" + "x y\n\n# only\n\n"
      + word(1, "z", "X")
    var problems: [String] = []
    let result = try Corpus.validate(source(text), as: CoNLLU()) { problems.append($0.description) }
    #expect(result.records == 4)
    #expect(result.problems == problems.count)
    #expect(
      problems.map { String($0.prefix(while: { $0 != "." && $0 != "(" })) } == [
        "test:3: word 3 where word 2 was expected", "test:3: NUON is none of the 17 universal tags",
        "test:5: 2 fields where 10 are declared ", "test:8: an empty form; _ stands for nothing",
        "test:7: sent_id a was used at line 1 already", "test:10: 1 field where 10 are declared ",
        "test:12: comments or blank lines without words",
      ])
    #expect(try Corpus.validate(source(""), as: CoNLLU()) { _ in }.problems == 1)
  }

  @Test("Every line of a record that cannot be read is reported, up to a limit")
  func validationGoesOnWithinARecord() throws {
    let text =
      "1\tbad\n" + word(2, "y", "NOUN") + "x y\n# z\n" + word(3, "v", "X") + "a\tb\tc\n\n"
      + word(1, "z", "X") + "\n"
    var problems: [String] = []
    let result = try Corpus.validate(source(text), as: CoNLLU()) { problems.append($0.description) }
    #expect(
      problems.map { String($0.prefix(14)) } == [
        "test:1: 2 fiel", "test:3: 1 fiel", "test:6: 3 fiel",
      ])
    #expect(result.records == 1 && result.problems == 3)

    let many = String(repeating: "bad\n", count: 30) + "\n" + word(1, "z", "X")
    problems = []
    _ = try Corpus.validate(source(many), as: CoNLLU()) { problems.append($0.description) }
    #expect(problems.count == Corpus.mostFaults + 1)
    #expect(problems.last == "test:1: the record has more faults than these 20.")
  }

  @Test func conversionCountsWhatIsLost() throws {
    let text =
      "# text = dogs\n1-2\tdogs\t_\t_\t_\t_\t_\t_\t_\t_\n" + word(1, "dog", "NOUN", head: "0")
      + word(2, "s", "X", misc: "A=b") + "\n# none\n\n"
    let lossy = try Corpus.convert(
      source(text), as: CoNLLU(), to: ByteSink(path: path("a.tsv")), as: Columns(["upos", "form"]))
    #expect(try contents("a.tsv") == "NOUN\tdog\nX\ts\n\n")
    #expect(lossy.records == 1)
    #expect(
      lossy.losses.map { "\($0.count) \($0.what)" } == [
        "2 lines that are no positions (comments and the like)", "1 values of head",
        "1 values of misc", "1 records without positions",
      ])
    let same = try Corpus.convert(
      source(text), as: CoNLLU(), to: ByteSink(path: path("a.conllu")), as: CoNLLU())
    #expect(try contents("a.conllu") == text)
    #expect(same.losses.isEmpty)
    let back = try Corpus.convert(
      source("a\tX\n\nb\tY\n"), as: Columns(["form", "upos"]), to: ByteSink(path: path("b.conllu")),
      as: CoNLLU())
    #expect(back.losses.isEmpty)
    #expect(try contents("b.conllu") == word(1, "a", "X") + "\n" + word(1, "b", "Y") + "\n")
    #expect(throws: FormatError.self) {
      try Corpus.convert(
        source("x\n"), as: PlainText(), to: ByteSink(path: path("c.conllu")), as: CoNLLU())
    }
    #expect(!FileManager.default.fileExists(atPath: path("c.conllu")))
  }

  @Test func statisticsCount() throws {
    let text =
      "# newdoc id = 1\n" + word(1, "a", "X") + word(2, "b", "Y") + "\n" + word(1, "a", "Y") + "\n"
      + "# newdoc\n" + word(1, "a", "X") + word(2, "b", "Y") + "\n"
    let statistics = try Corpus.statistics(of: source(text), as: CoNLLU())
    #expect(statistics.records == 3)
    #expect(statistics.documents == 2)
    #expect(statistics.positions == 5)
    #expect(statistics.types == 2)
    #expect(statistics.duplicates == 1)
    #expect(statistics.lengths == [1: 1, 2: 2])
    #expect(statistics.length(at: 0.3) == 1 && statistics.length(at: 0.5) == 2)
    let upos = statistics.labels.first { $0.name == "upos" }
    #expect(upos?.counts.map(\.label) == ["Y", "X"] && upos?.counts.map(\.count) == [3, 2])
  }

  @Test func splitKeepsDocumentsTogetherAndFractions() throws {
    var text = ""
    for document in 0..<200 {
      text += "# newdoc id = \(document)\n"
      for sentence in 0...(document % 3) { text += word(1, "d\(document)s\(sentence)", "X") + "\n" }
    }
    func split(seed: UInt64) throws -> ([String], [Corpus.Part]) {
      let names = ["train", "dev", "test"]
      let parts = try Corpus.split(
        source(text), as: CoNLLU(), into: names.map { try ByteSink(path: path($0)) },
        fractions: [8, 1, 1], seed: seed)
      return (try names.map(contents), parts)
    }
    let (files, parts) = try split(seed: 1)
    #expect(try split(seed: 1).0 == files)
    #expect(try split(seed: 2).0 != files)
    #expect(parts.map(\.units).reduce(0, +) == 200)
    let total = Double(parts.map(\.positions).reduce(0, +))
    for (part, fraction) in zip(parts, [0.8, 0.1, 0.1]) {
      // Within a few documents of at most three positions.
      #expect(abs(Double(part.positions) - fraction * total) < 20)
    }
    let lines = files.flatMap { $0.split(separator: "\n") }
    #expect(lines.sorted() == text.split(separator: "\n").sorted())
    for file in files {
      let owners = file.split(separator: "\n").filter { !$0.hasPrefix("#") }
        .map { $0.split(separator: "\t")[1].split(separator: "s")[0] }
      let marks = file.split(separator: "\n").filter { $0.hasPrefix("#") }
      #expect(Set(owners).count == marks.count)
    }
  }

  @Test(.enabled(if: DataSets.atHand, "\(DataSets.reason)"))
  func theTreebankIsValid() throws {
    var problems: [String] = []
    let result = try Corpus.validate(
      ByteSource(path: DataSets.path("text/pos-ud-ewt/dev.conllu")), as: CoNLLU()
    ) { problems.append($0.description) }
    #expect(problems == [])
    #expect(result.records == 2001)
  }
}
