import Foundation
import SeqKit
import SeqTestSupport
import Testing

extension ProcessTests {
  /// What goes wrong gets a sentence with place and remedy, exit code 1, and loses nothing.
  @Suite struct BadInputTests {
    private let command: Command
    private let model: String

    init() throws {
      command = try Command()
      model = try command.trainSample(["--iterations", "30"])
    }

    private func expectFailure(
      _ arguments: [String], _ sentence: String, input: String = "",
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let outcome = try command.run(arguments, input: input)
      #expect(outcome.status == 1, sourceLocation: sourceLocation)
      #expect(outcome.errors == "seqkit: \(sentence)\n", sourceLocation: sourceLocation)
    }

    @Test func aWrongNumberOfColumns() throws {
      let file = try command.write("1\tTime\t_\tNOUN\n", "x.conllu")
      try expectFailure(
        ["pos", "--model", model, file],
        """
        \(file):1: 4 fields where 10 are declared (id form lemma upos xpos feats head deprel deps misc).
        """)
      let spaces = try command.write("1 Time _ NOUN _ _ _ _ _ _\n", "y.conllu")
      let outcome = try command.run(["pos", "--model", model, spaces])
      #expect(outcome.errors.hasSuffix("Is the separator a space instead of a tab?\n"))
    }

    @Test func whatStandsBeforeTheFaultIsTagged() throws {
      let file = try command.write(
        "1\tTime\t_\t_\t_\t_\t_\t_\t_\t_\n\n1\tbroken\n\n", "x.conllu")
      let outcome = try command.run(["pos", "--model", model, file])
      #expect(outcome.status == 1)
      #expect(outcome.output.hasPrefix("1\tTime\t"))
      #expect(outcome.errors.contains("x.conllu:3: 2 fields where 10 are declared"))
    }

    @Test func bytesThatAreNotUTF8() throws {
      let text = try command.write(
        Array("One.\n\nCaf".utf8) + [0xE9] + Array(" au lait.\n".utf8), "x.txt")
      try expectFailure(
        ["pos", "--model", model, text],
        """
        \(text):3: byte 0xE9 is not UTF-8. Is the file Latin-1? `iconv -f latin1 -t utf-8` \
        converts it.
        """)
    }

    @Test func anEmptyFileAFolderAndNone() throws {
      let empty = try command.write("", "empty.conllu")
      try expectFailure(
        ["pos", "--model", model, empty], "\(empty): there is nothing in it, not one byte.")
      try expectFailure(
        ["pos", "--model", model, command.folder],
        "\(command.folder): this is a folder. Name the files in it.")
      try expectFailure(
        ["pos", "--model", model, "no-such.txt"],
        "no-such.txt: cannot be opened: no such file or directory.")
    }

    @Test func aTagThatTheModelDoesNotKnow() throws {
      let gold = try command.write("1\tTime\t_\tNOUM\t_\t_\t_\t_\t_\t_\n\n", "x.conllu")
      let outcome = try command.run(["pos", "eval", model, gold, "--rounds", "10"])
      #expect(outcome.status == 0)
      #expect(
        outcome.output.contains(
          """
          The model has no such upos, so these count as mistakes: NOUM (1 times, is NOUN meant?)
          """))
      let kept = try command.run(["pos", "--model", model, "--keep", gold])
      #expect(kept.errors.contains("1 given tags are not in the model's schema; replaced"))
      let trained = try command.run([
        "pos", "train", "--train", Command.sample + "/sample.conllu", "--dev", gold, "-o", "m",
        "--iterations", "3",
      ])
      #expect(
        trained.errors.contains(
          "1 label of --dev without an example in --train; each counts as a mistake")
      )
    }

    @Test func aModelThatIsCutShortOrAltered() throws {
      let whole = try Data(contentsOf: URL(filePath: model))
      let cut = try command.write(Array(whole.prefix(whole.count / 2)), "cut.model")
      try expectFailure(
        ["pos", "--model", cut, "x.txt"],
        """
        \(cut): the model file is cut short: it has \(whole.count / 2) bytes where its header declares \
        \(whole.count). Copy it again or train it anew.
        """)
      var bytes = Array(whole)
      bytes[bytes.count - 100] ^= 1
      let altered = try command.write(bytes, "altered.model")
      let outcome = try command.run(["model", "verify", altered, model])
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("seqkit: \(altered): "))
      #expect(outcome.output.hasPrefix("\(model): OK"))
    }

    @Test func aModelOfAnotherPack() throws {
      var training = Training(layer: "upos", templates: ["form[0]"], pack: "ner")
      training.options.iterations = 2
      let other = command.path("ner.model")
      try training.run(on: [Command.sample + "/sample.conllu"]).write(to: other)
      try expectFailure(
        ["pos", "--model", other, "x.txt"],
        "\(other): a model of the pack ner, and pos was asked for. Try seqkit ner.")
    }

    @Test func textOfAnotherTokenizer() throws {
      var training = Training(layer: "upos", templates: ["form[0]"])
      training.options.iterations = 2
      training.tokenizer = "elsewhere.v3"
      let other = command.path("other.model")
      try training.run(on: [Command.sample + "/sample.conllu"]).write(to: other)
      let raw = Command.sample + "/raw.txt"
      let refused = try command.run(["pos", "--model", other, raw])
      #expect(refused.status == 1)
      #expect(refused.output.isEmpty)
      #expect(refused.errors.contains("trained on text of the tokenizer elsewhere.v3"))
      #expect(refused.errors.contains("allow it with --any-tokenizer"))
      let allowed = try command.run(["pos", "--model", other, "--any-tokenizer", raw])
      #expect(allowed.status == 0)
      // Text with tokens needs no tokenizer.
      let tokens = try command.run(["pos", "--model", other, Command.sample + "/sample.conllu"])
      #expect(tokens.status == 0)
    }

    @Test func aFullDisk() throws {
      let gold = Command.sample + "/sample.conllu"
      try expectFailure(
        ["pos", "--model", model, gold, "-o", "/dev/full"],
        "/dev/full: the disk is full, so the output is incomplete. Free space and run again.")
      let outcome = try command.run(
        ["pos", "--model", model, gold], output: FileHandle(forWritingAtPath: "/dev/full"))
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("seqkit: <stdout>: the disk is full"))
      // A model cannot be a device; it is refused before training.
      try expectFailure(
        ["pos", "train", "--train", gold, "-o", "/dev/full", "--quiet"],
        "/dev/full: a device where a model file is expected. Name a file.")
    }

    @Test func anOutputThatCannotBeMadeIsRefusedBeforeTraining() throws {
      let outcome = try command.run([
        "pos", "train", "--train", Command.sample + "/sample.conllu", "-o", "no/such/model",
      ])
      #expect(outcome.status == 1)
      #expect(
        outcome.errors
          == "seqkit: no/such/model: cannot create the model file: there is no such file or directory.\n"
      )
    }

    @Test func aFailedRunLeavesTheOldOutput() throws {
      let old = try command.write("old\n", "out.conllu")
      let file = try command.write("1\tbroken\n", "x.conllu")
      let outcome = try command.run(["pos", "--model", model, file, "-o", old])
      #expect(outcome.status == 1)
      #expect(command.bytes("out.conllu") == Data("old\n".utf8))
      #expect(command.files == ["out.conllu", "sample.model", "x.conllu"])
    }

    @Test func aClosedPipeEndsQuietly() throws {
      let many = String(
        repeating: "1\tTime\t_\t_\t_\t_\t_\t_\t_\t_\n\n", count: 100_000)
      let file = try command.write(many, "many.conllu")
      let (pipe, errors) = (Pipe(), Pipe())
      let process = command.process(["pos", "--model", model, file])
      process.standardOutput = pipe
      process.standardError = errors
      try process.run()
      _ = try pipe.fileHandleForReading.read(upToCount: 10)
      try pipe.fileHandleForReading.close()
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal)
      #expect(process.terminationStatus == SIGPIPE)
      #expect(errors.fileHandleForReading.readDataToEndOfFile().isEmpty)
    }

    @Test func resumingWithoutACheckpointIsExplained() throws {
      try expectFailure(
        ["pos", "train", "--train", Command.sample + "/sample.conllu", "-o", "m", "--resume"],
        """
        there is no checkpoint m.checkpoint to go on from. Train without --resume, or name the file \
        with --checkpoint.
        """)
    }
  }
}
