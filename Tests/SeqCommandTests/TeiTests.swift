import Foundation
import SeqTestSupport
import Testing

extension ProcessTests {
  @Suite struct TeiTests {
    private static let edition = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Corpora/tei-edition/letters.xml").standardizedFileURL.path

    private func document(_ body: String) -> String {
      "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\"><text><body>\(body)</body></text></TEI>\n"
    }

    @Test(arguments: [
      ["--with", "pos"], ["--with", "pos", "--with", "ner", "--standoff", "--confidence"],
    ])
    func aFolderIsTaggedIntoAnotherAndComesBackToTheByte(_ options: [String]) throws {
      let command = try Command()
      let original = try Data(contentsOf: URL(filePath: Self.edition))
      try FileManager.default.createDirectory(
        atPath: command.path("in/deep"), withIntermediateDirectories: true)
      for name in ["in/a.xml", "in/deep/b.xml"] {
        try original.write(to: URL(filePath: command.path(name)))
      }
      let tag = try command.run(["tei", "tag", "in", "-o", "out", "-j", "2"] + options)
      #expect(tag.status == 0, "\(tag.errors)")
      let strip = try command.run(["tei", "strip", "out", "-o", "back"])
      #expect(strip.status == 0, "\(strip.errors)")
      for name in ["back/a.xml", "back/deep/b.xml"] { #expect(command.bytes(name) == original) }
      #expect(command.bytes("out/a.xml") == command.bytes("out/deep/b.xml"))
      let again = try command.run(["tei", "tag", "out", "-o", "again"] + options)
      #expect(again.status == 0 && command.bytes("again/a.xml") == command.bytes("out/a.xml"))
      #expect(try command.run(["tei", "validate", "out"]).status == 0)
    }

    @Test func compressedDocumentsAreReadAndWritten() throws {
      let command = try Command()
      _ = try command.write(document("<p>Ann left.</p>"), "a.xml")
      #expect(
        try command.run(["tei", "tag", "a.xml", "--with", "pos", "-o", "b.xml.gz"]).status == 0)
      #expect(command.bytes("b.xml.gz")?.prefix(2) == Data([0x1F, 0x8B]))
      let back = try command.run(["tei", "strip", "b.xml.gz"])
      #expect(back.output == document("<p>Ann left.</p>"))
    }

    @Test func rolesStandApartAndNameTheirPredicates() throws {
      let command = try Command()
      _ = try command.write(document("<p>They never said that he could read it.</p>"), "a.xml")
      let tagged = try command.run(["tei", "tag", "a.xml", "--with", "srl", "-q"])
      #expect(tagged.status == 0, "\(tagged.errors)")
      #expect(tagged.output.contains("<spanGrp type=\"srl\">"))
      #expect(tagged.output.contains("corresp=\"#seqkit-f1\">ARG0</span>"))
      #expect(!tagged.output.contains("pos=\""))
    }

    @Test func findingsOfJingAreToldAsOurs() throws {
      let command = try Command()
      _ = try command.write(document("<p>x\n <foo>y</foo></p>"), "a.xml")
      _ = try command.write("<grammar/>", "s.rng")
      // What jing says: the column behind the start tag, the same cause twice.
      let jing = try command.write(
        "#!/bin/sh\necho \"$2:2:7: error: element \\\"foo\\\" not allowed anywhere\"\n"
          + "echo \"$2:2:7: error: element \\\"foo\\\" not allowed anywhere\"\nexit 1\n", "jing")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: jing)
      let found = try command.run(["tei", "validate", "a.xml", "--schema", "s.rng", "--jing", jing])
      #expect(found.status == 1)
      #expect(
        found.errors.contains("a.xml:2:2: error: element \"foo\" not allowed anywhere (2 times)"))
      let missing = try command.run(
        ["tei", "validate", "a.xml", "--schema", "s.rng", "--jing", "no-such-jing"])
      #expect(missing.status == 1 && missing.errors.contains("apt install jing"))
      let noSchema = try command.run(["tei", "validate", "a.xml", "--schema", "none.rng"])
      #expect(noSchema.status == 1 && noSchema.errors.contains("none.rng"))
    }

    @Test func mistakesAreToldWithWhatToDo() throws {
      let command = try Command()
      _ = try command.write(document("<p>x</p>"), "a.xml")
      _ = try command.write("no XML at all\n", "b.xml")
      _ = try command.write(document("<p>x &undeclared; y</p>"), "c.xml")
      _ = try command.write("<?xml version=\"1.0\"?>\n<recipe><egg/></recipe>\n", "d.xml")
      for (arguments, status, words) in [
        (
          ["import", "a.xml", "--profile", "reding"], Int32(2),
          ["reding", "Is reading meant?", "tcf"]
        ),
        (["import", "a.xml", "--profile", "none.json5"], 1, ["none.json5"]),
        (["import", "none.xml"], 1, ["none.xml"]),
        (["import", "b.xml"], 1, ["b.xml:1:1", "error"]),
        (
          ["import", "c.xml"], 1,
          ["c.xml:1:", "undeclared entity &undeclared;", "--unknown-entity"]
        ),
        (["import", "d.xml"], 1, ["<recipe>", "--profile"]),
        (["import", "a.xml", "--to", "conlu"], 2, ["conlu", "conllu"]),
        (["import", "a.xml", "--to", "brat"], 2, ["--output"]),
        (["import", "a.xml", "--to", "vertical", "--columns", "form,lema"], 1, ["lema", "lemma"]),
        (["tag", "a.xml", "--with", "poss"], 2, ["poss", "is pos meant?"]),
        (["tag", "a.xml", "a.xml", "--with", "pos"], 2, ["standard output", "--output"]),
        (["tag", ".", "--with", "pos", "--overlap", "cut", "-o", "x"], 2, ["cut", "part"]),
        (["profile", "diplomatik"], 2, ["Is diplomatic meant?"]),
      ] {
        let outcome = try command.run(["tei"] + arguments)
        #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
        for word in words {
          #expect(outcome.errors.contains(word), "\(arguments): \(outcome.errors)")
        }
        #expect(outcome.output.isEmpty, "\(arguments)")
      }
    }

    @Test func taggersAreTrainedAndEvaluatedOnDocuments() throws {
      let command = try Command()
      let sentence =
        "<s><w pos=\"DET\">the</w> <w pos=\"NOUN\">dog</w> <w pos=\"VERB\">runs</w></s>"
      _ = try command.write(
        document("<p>" + String(repeating: sentence, count: 30) + "</p>"), "a.xml")
      let vertical = "<s>\nthe\tthe\tDET\ndog\tdog\tNOUN\nruns\trun\tVERB\n</s>\n"
      _ = try command.write(String(repeating: vertical, count: 30), "a.vert")
      for (file, layer) in [("a.xml", "upos"), ("a.vert", "upos")] {
        let train = try command.run(
          ["pos", "train", "--train", file, "--layer", layer, "-o", "\(file).model"])
        #expect(train.status == 0, "\(file): \(train.errors)")
        let eval = try command.run(["pos", "eval", "\(file).model", file, "--json"])
        #expect(
          eval.status == 0 && eval.output.contains("90"), "\(file): \(eval.output) \(eval.errors)")
      }
    }

    @Test func otherReadingsMarkedPassagesAndFlatNamesAreAskedForByOptions() throws {
      let command = try Command()
      _ = try command.write(
        document(
          "<p><name>A <name>B</name></name> <choice><orig>vn</orig><reg>un</reg></choice> "
            + "<supplied>d</supplied> <unclear>e</unclear></p>"), "a.xml")
      let found = try command.run([
        "tei", "import", "a.xml", "--no-sources", "--readings", "--supplied", "mark", "--unclear",
        "drop", "--nested", "outermost",
      ])
      #expect(found.status == 0, "\(found.errors)")
      #expect(found.output.contains("\tNER=B-name\n2\tB\t_\t_\t_\t_\t_\t_\t_\tNER=I-name\n"))
      #expect(found.output.contains("\tOrig=vn\n") && found.output.contains("\tMark=supplied\n"))
      #expect(!found.output.contains("\te\t"))
      let wrong = try command.run(["tei", "import", "a.xml", "--nested", "outmost"])
      #expect(wrong.status == 2 && wrong.errors.contains("Is outermost meant?"))
      let tags = try command.run(["tei", "write", "a.xml", "--from", "none.conllu"])
      #expect(tags.status == 1 && tags.errors.contains("--from takes"))
    }

    @Test func documentsOfBratAndVerticalFilesAreWritten() throws {
      let command = try Command()
      _ = try command.write(document("<p>Ann <name>Lee</name></p>"), "a.xml")
      #expect(try command.run(["tei", "import", "a.xml", "--to", "brat", "-o", "out"]).status == 0)
      #expect(command.bytes("out/a.txt") == Data("Ann Lee\n".utf8))
      #expect(command.bytes("out/a.ann") == Data("T1\tname 4 7\tLee\n".utf8))
      #expect(try command.run(["tei", "import", "a.xml", "-o", "a.vert"]).status == 0)
      let back = try command.run(["tei", "import", "a.vert", "--to", "conllu", "-q"])
      #expect(back.output.contains("\nLee\t") || back.output.contains("\tLee\t"))
    }
  }
}
