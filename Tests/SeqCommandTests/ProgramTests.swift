import SeqCommand
import SeqPack
import Testing

private struct Toy: TaskPack {
  static let name = "toy"
  static let abstract = "Tags for toys."
  static let resources = "Toys"
}

private struct ToySpans: TaskPack {
  static let name = "toys"
  static let abstract = "Spans for toys."
  static let resources = "Toys"
  static let material = PackMaterial.spans
}

@Suite struct ProgramTests {
  private let program = Program(invokedAs: "/bin/seqkit", registry: PackRegistry([Toy.self]))

  @Test func helpListsPacksAndEndsWell() throws {
    let answer = try #require(program.answer(to: ["--help"]))
    #expect(answer.status == .done)
    #expect(answer.errors.isEmpty)
    #expect(answer.output.contains("toy"))
    #expect(answer.output.split(separator: "\n", omittingEmptySubsequences: false).count <= 40)
  }

  @Test(
    "A call with files alone is made as the parser makes it",
    arguments: [["toy"], ["toy", "a.txt", "-"], ["toys", "tag", "a.txt"]])
  func usualCall(_ arguments: [String]) throws {
    let program = Program(
      invokedAs: "/bin/seqkit", registry: PackRegistry([Toy.self, ToySpans.self]))
    let call = try #require(try program.usualCall(arguments))
    #expect(call.made == call.parsed)
    #expect(arguments.dropFirst().allSatisfy { $0 == "tag" || call.made.contains($0) })
  }

  @Test func noArgumentsShowHelp() {
    #expect(program.answer(to: []) == program.answer(to: ["--help"]))
  }

  @Test func aMistypedCommandSuggestsTheNearest() throws {
    let answer = try #require(program.answer(to: ["toi"]))
    #expect(answer.status == .misused)
    #expect(answer.errors.hasPrefix("seqkit: there is no command \"toi\""))
    #expect(answer.errors.contains("Did you mean \"toy\"?"))
  }

  @Test func anUnknownOptionIsMisuse() throws {
    let answer = try #require(program.answer(to: ["toy", "tag", "--colour"]))
    #expect(answer.status == .misused)
    #expect(answer.errors.hasPrefix("seqkit: "))
    #expect(answer.output.isEmpty)
  }

  @Test(arguments: ["stats", "grep", "fx2tab", "sample2"])
  func commandsOfTheOtherProgramGetOneSentenceThatNamesIt(command: String) throws {
    let answer = try #require(program.answer(to: [command, "x.fa"]))
    #expect(answer.status == .misused)
    #expect(answer.errors.contains("shenwei356/seqkit"))
    #expect(answer.errors.split(separator: "\n").count == 1)
  }

  @Test func aVerbWithoutItsPackIsExplained() throws {
    let answer = try #require(program.answer(to: ["train", "--train", "x"]))
    #expect(answer.status == .misused)
    #expect(answer.errors.contains("seqkit toy train"))
  }

  @Test func aMistypedVerbIsNotTakenForAFile() throws {
    let answer = try #require(program.answer(to: ["toy", "tran"]))
    #expect(answer.status == .misused)
    #expect(answer.errors.contains("there is no file tran. Is the verb train meant?"))
  }

  @Test func theSecondNameIsTheNameInHelp() throws {
    let second = Program(invokedAs: "seqkit-tag", registry: PackRegistry([Toy.self]))
    let answer = try #require(second.answer(to: ["--help"]))
    #expect(answer.output.contains("USAGE: seqkit-tag"))
  }

  @Test func aProgramNamedAfterItsPackTakesVerbsAtTheTop() throws {
    let own = Program(invokedAs: "/x/seqkit-toy", registry: PackRegistry([Toy.self]))
    let answer = try #require(own.answer(to: ["--help"]))
    #expect(answer.output.contains("Tags for toys."))
    #expect(answer.output.contains("explain"))
  }

  @Test func noCommandOfTheOtherProgramIsOurs() {
    #expect(NameClash.commands.isDisjoint(with: program.commandNames))
  }

  @Test func theManualHasEachOptionAsATaggedParagraph() {
    let page = program.manualPage()
    #expect(page.hasPrefix(".TH SEQKIT 1"))
    #expect(page.contains(".SH SEQKIT TOY\n"))
    #expect(page.contains(".SS seqkit toy train\n"))
    // A short label stands in its own column; one that fills it is followed by a space alone.
    #expect(page.contains(".TP\n.B \\-q, \\-\\-quiet\nSay nothing but errors."))
    #expect(page.contains(".TP\n.B \\-j, \\-\\-threads <threads>\n"))
  }

  @Test func anOptionBeforeItsCommandIsExplained() throws {
    let answer = try #require(program.answer(to: ["--quiet", "toy"]))
    #expect(answer.status == .misused)
    #expect(answer.errors == "seqkit: options follow the command: seqkit toy --quiet …\n")
  }

  @Test func helpOnAnUnknownCommandSuggestsTheNearest() throws {
    let answer = try #require(program.answer(to: ["help", "toi"]))
    #expect(answer.status == .misused)
    #expect(answer.errors.contains("Did you mean \"toy\"?"))
  }

  @Test func aFileWithoutAPackIsExplained() throws {
    let answer = try #require(program.answer(to: ["dir/text.conllu"]))
    #expect(answer.status == .misused)
    #expect(
      answer.errors == """
        seqkit: there is no command "dir/text.conllu". To tag a file, name a pack first, as in: \
        seqkit toy dir/text.conllu. The commands are toy, corpus, report, tei, model, packs, schema, help.

        """)
  }
}
