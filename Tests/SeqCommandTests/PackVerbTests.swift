import Foundation
import Testing

extension ProcessTests {
  /// Packs without code, from nothing to labels.
  @Suite struct PackVerbTests {
    private let command: Command

    init() throws { command = try Command() }

    private func output(_ arguments: [String], input: String = "") throws -> String {
      let outcome = try command.run(arguments, input: input)
      #expect(outcome.status == 0, Comment(rawValue: outcome.errors))
      return outcome.output
    }

    @Test(arguments: [
      ("columns", "tsv"), ("lines", "tsv"), ("text", "tsv"), ("csv", "csv"), ("json", "jsonl"),
    ])
    func aNewPackWorksAsItIs(kind: String, ending: String) throws {
      _ = try output(["packs", "new", "mine", "--kind", kind])
      _ = try output(["packs", "check", "mine"])
      _ = try output([
        "--pack", "mine", "train", "--train", "mine/sample.\(ending)", "-o",
        "mine/mine.safetensors",
        "--quiet",
      ])
      let json = try output([
        "--pack", "mine", "eval", "mine/mine.safetensors", "mine/sample.\(ending)", "--json",
      ])
      #expect(json.contains(kind == "csv" || kind == "json" ? "\"accuracy\" : 1" : "\"f1\" : 1"))
      let tagged = try output([
        "--pack=mine", "--model", "mine/mine.safetensors", "mine/sample.\(ending)",
      ])
      #expect(tagged.contains(ending == "tsv" ? "red\tI-COLOUR" : "high"))
      #expect(
        try output([
          "--pack", "mine", "explain", "--model", "mine/mine.safetensors", "mine/sample.\(ending)",
        ]).isEmpty == false)
    }

    @Test func anUnknownKeyIsNamedWithItsPlace() throws {
      _ = try output(["packs", "new", "mine"])
      let path = command.path("mine/pack.json5")
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.replacingOccurrences(of: "templates:", with: "template:").write(
        toFile: path, atomically: true, encoding: .utf8)
      let outcome = try command.run(["packs", "check", "mine"])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("pack.json5:"))
      #expect(outcome.errors.contains("\"templates\""))
    }

    @Test func aTemplateThatReadsNoFieldIsFound() throws {
      _ = try output(["packs", "new", "mine"])
      let path = command.path("mine/pack.json5")
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.replacingOccurrences(of: "\"form[0]\"", with: "\"from[0]\"").write(
        toFile: path, atomically: true, encoding: .utf8)
      let outcome = try command.run(["packs", "check", "mine"])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("Is form meant?"), Comment(rawValue: outcome.errors))
    }

    @Test func aModelOfOtherFieldsIsRefused() throws {
      _ = try output(["packs", "new", "mine", "--kind", "csv"])
      _ = try output([
        "--pack", "mine", "train", "--train", "mine/sample.csv", "-o", "m.safetensors", "--quiet",
      ])
      let path = command.path("mine/pack.json5")
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.replacingOccurrences(of: "[10, 20, 30]", with: "[10, 20]").write(
        toFile: path, atomically: true, encoding: .utf8)
      let outcome = try command.run([
        "--pack", "mine", "--model", "m.safetensors", "mine/sample.csv",
      ])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("Train it again"))
      // Another version of the label set is refused too.
      try text.replacingOccurrences(of: "version: \"1\", labels", with: "version: \"2\", labels")
        .write(
          toFile: path, atomically: true, encoding: .utf8)
      let other = try command.run(["--pack", "mine", "--model", "m.safetensors", "mine/sample.csv"])
      #expect(other.status == 1)
      #expect(other.errors.contains("seqkit schema"), Comment(rawValue: other.errors))
    }

    @Test func aLabelThatTheSchemaLacksStopsTraining() throws {
      _ = try output(["packs", "new", "mine", "--kind", "csv"])
      let data = try command.write("sensor,value,label\na,1,hihg\na,2,normal\n", "d.csv")
      let outcome = try command.run(["--pack", "mine", "train", "--train", data, "-o", "m"])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("hihg (is high meant?)"), Comment(rawValue: outcome.errors))
    }

    @Test func labelSetsAreComparedCheckedAndMigrated() throws {
      let old = try command.write(
        "{name: \"s\", version: \"1\", labels: [\"PER\", \"LOC\", \"OLD\"]}", "1.json5")
      let new = try command.write(
        "{name: \"s\", version: \"2\", labels: [\"PERSON\", \"LOC\"]}", "2.json5")
      let data = try command.write(
        "# label set ner = s 1\nAna\tB-PER\nin\tO\nRome\tB-LOC\nx\tB-OLD\n\n", "a.tsv")
      let columns = ["--columns", "form,ner", "--layer", "ner"]
      let diff = try command.run(["schema", "diff", old, new])
      #expect(diff.status == 1)
      #expect(
        diff.output.contains("- PER\n") && diff.output.contains("+ PERSON"),
        Comment(rawValue: diff.output))
      #expect(try command.run(["schema", "check", data, "--against", old] + columns).status == 0)
      let refused = try command.run(["schema", "check", data, "--against", new] + columns)
      #expect(refused.status == 1)
      #expect(
        refused.errors.contains("PER is not in the label set s 2"),
        Comment(rawValue: refused.errors))
      let map = try command.write(
        "{from: \"s 1\", to: \"s 2\", labels: {PER: \"PERSON\", OLD: null}}", "map.json5")
      let text = try output(["schema", "migrate", data, "--map", map, "--against", new] + columns)
      #expect(text == "# label set ner = s 2\nAna\tB-PERSON\nin\tO\nRome\tB-LOC\nx\tO\n\n")
    }

    @Test func agreementIsMeasuredAndDisagreementsListed() throws {
      let a = try command.write("Ana\tB-PER\nin\tO\nRome\tB-LOC\n\n", "a.tsv")
      let b = try command.write("Ana\tB-PER\nin\tO\nRome\tO\n\n", "b.tsv")
      let text = try output(["corpus", "agreement", a, b, "--columns", "form,ner", "--json"])
      #expect(text.contains("\"span_f1\":0.666667"), Comment(rawValue: text))
      #expect(text.contains("\"text\":\"Rome\",\"labels\":[\"B-LOC\",\"O\"]"))
      let c = try command.write("Ana\tB-PER\n\n", "c.tsv")
      let outcome = try command.run(["corpus", "agreement", a, c, "--columns", "form,ner"])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("3 positions"))
    }

    @Test func agreementIsOfResiduesAndFramesToo() throws {
      let a = try command.write(">p\nMKLV\nHHHC\n", "a.3line")
      let b = try command.write(">p\nMKLV\nHHCC\n", "b.3line")
      let text = try output(["corpus", "agreement", a, b, "--json"])
      #expect(text.contains("\"observed\":0.75"), Comment(rawValue: text))
      #expect(text.contains("\"position\":2,\"text\":\"L\",\"labels\":[\"H\",\"C\"]"))
      for name in ["anna", "ben"] {
        try FileManager.default.createDirectory(
          atPath: command.path(name), withIntermediateDirectories: true)
      }
      let first = try command.write("walk\nwalk\nsit\n", "anna/one.txt")
      let second = try command.write(
        "### Frame level recognition: ###\nwalk sit sit", "ben/one.txt")
      let folders = [first, second].map { String($0.dropLast("/one.txt".count)) }
      let frames = try output(["corpus", "agreement"] + folders)
      #expect(frames.contains("one.txt:1 position 2: one  walk / sit"), Comment(rawValue: frames))
    }

    /// A folder of `Corpora`.
    private static func sample(_ name: String) -> String {
      URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Corpora/\(name)").standardizedFileURL.path
    }

    @Test func auditDoubtsResiduesAndActions() throws {
      let sample = Self.sample("residue-sample")
      let text = try output([
        "corpus", "audit", sample + "/train.3line", sample + "/train.3line", "--folds", "2",
        "--iterations", "1", "--top", "2", "--json", "-q",
      ])
      #expect(text.contains("\"kind\":\"duplicate\"") && text.contains("\"rank\":2,"))
      let audit = try command.run([
        "corpus", "audit", Self.sample("motion-sample"), "--folds", "2", "--iterations", "1",
        "--top", "1",
      ])
      #expect(audit.status == 0 && audit.errors.contains(" recordings, "))
      let frames = audit.output
      #expect(frames.contains("train.split1.bundle:") || frames.contains("test.split1.bundle:"))
      #expect(frames.contains(" positions "), Comment(rawValue: frames))
    }

    @Test func auditFindsWhatStandsTwiceAndWhatIsDoubtful() throws {
      var train = ""
      for round in 0..<60 {
        let name = ["Ana", "Bo", "Eve", "Max"][round % 4]
        let place = ["Rome", "Oslo", "Lima"][round / 4 % 3]
        let label = round == 20 ? "O" : "B-PER"
        train += "today\tO\n\(name)\t\(label)\nsaw\tO\n\(round)\tO\nin\tO\n\(place)\tB-LOC\n\n"
      }
      let test = "today\tO\nAna\tB-PER\nsaw\tO\n0\tO\nin\tO\nRome\tO\n\n"
      let files = [try command.write(train, "train.tsv"), try command.write(test, "test.tsv")]
      let text = try output(
        ["corpus", "audit"] + files + [
          "--columns", "form,ner", "--json", "--top", "3", "--folds", "3", "-q",
        ])
      #expect(text.contains("\"kind\":\"leak\""), Comment(rawValue: text))
      #expect(text.contains("\"conflicts\":[5]"))
      #expect(text.contains("\"text\":\"Ana\",\"label\":\"O\""), Comment(rawValue: text))
    }

    @Test func packsAreListedAndShown() throws {
      let list = try output(["packs"])
      #expect(list.contains("pos "))
      #expect(list.contains("logs "))
      #expect(try output(["packs", "show", "logs", "-q"]).contains("name: \"logs\""))
      let info = try output(["payments", "info"])
      #expect(info.contains("reader        csv; a record for each account"))
      #expect(info.contains("label set     payment-categories 1"), Comment(rawValue: info))
      #expect(try output(["payments", "info", "--json"]).contains("\"structure\" : \"chain\""))
      let outcome = try command.run(["packs", "show", "lgos"])
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("Did you mean \"logs\"?"))
    }

    @Test func redactionIsAsLenientAsThePackSays() throws {
      let sample = Self.sample("moderation/sample.txt")
      func redacted(_ options: String...) throws -> String {
        try output(["moderation", "redact", "--mode", "mask", "-q", sample] + options)
      }
      #expect(try redacted() == redacted("--leniency", "0"))
      #expect(try redacted() != redacted("--leniency", "2"))
    }
  }
}
