import Foundation
import SeqTestSupport
import Testing

extension ProcessTests {
  @Suite struct SignalTests {
    @Test(
      .enabled(if: DataSets.atHand, Comment(rawValue: DataSets.reason)),
      arguments: [SIGINT, SIGTERM])
    func aSignalDuringTrainingKeepsACheckpointThatGivesTheEqualModel(signal: Int32) throws {
      let command = try Command()
      let data = DataSets.path("text/pos-ud-ewt/dev.conllu")
      let options = ["pos", "train", "--train", data, "--iterations", "120", "--tolerance", "0"]
      let whole = try command.run(options + ["-o", "whole.model", "--name", "m", "--quiet"])
      #expect(whole.status == 0)

      let process = command.process(
        options + ["-o", "part.model", "--name", "m", "--log", "log.jsonl"])
      let errors = Pipe()
      process.standardError = errors
      try process.run()
      // Once a few steps are done.
      let end = Date() + 60
      while (command.bytes("log.jsonl")?.filter { $0 == 10 }.count ?? 0) < 3, Date() < end {
        usleep(2_000)
      }
      kill(process.processIdentifier, signal)
      let text = String(
        decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit)
      #expect(process.terminationStatus == 1)
      #expect(text.contains("part.model.checkpoint keeps what was learnt"))
      #expect(command.files.contains("part.model.checkpoint"))
      #expect(!command.files.contains("part.model"))

      let resumed = try command.run(
        options + ["-o", "part.model", "--name", "m", "--resume", "--quiet"])
      #expect(resumed.status == 0, Comment(rawValue: resumed.errors))
      #expect(command.bytes("part.model") == command.bytes("whole.model"))
      #expect(!command.files.contains("part.model.checkpoint"))
    }

    @Test func aSignalDuringTaggingLeavesNoPartOfTheOutput() throws {
      let command = try Command()
      let model = try command.trainSample(["--iterations", "5"])
      let process = command.process(["pos", "--model", model, "-", "-o", "out.conllu"])
      let input = Pipe()
      process.standardInput = input
      try process.run()
      try input.fileHandleForWriting.write(contentsOf: Data("Time flies.\n\n".utf8))
      let end = Date() + 20
      while !command.files.contains(where: { $0.hasSuffix(".part") }), Date() < end {
        usleep(2_000)
      }
      #expect(command.files.contains { $0.hasSuffix(".part") })
      usleep(50_000)
      kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal)
      #expect(process.terminationStatus == SIGTERM)
      #expect(command.files == ["sample.model"])
    }

    @Test func linesOfASlowPipeAreTaggedAsTheyCome() throws {
      let command = try Command()
      let model = try command.trainSample(["--iterations", "20"])
      let process = command.process(
        ["pos", "--model", model, "--unit", "line", "--to", "slash"])
      let (input, output) = (Pipe(), Pipe())
      process.standardInput = input
      process.standardOutput = output
      try process.run()
      for _ in 0..<3 {
        try input.fileHandleForWriting.write(contentsOf: Data("The old ferry.\n".utf8))
        // This waits for the answer while the input is still open.
        let answer = try output.fileHandleForReading.read(upToCount: 1)
        var line = answer ?? Data()
        while line.last != 10, let more = try output.fileHandleForReading.read(upToCount: 1),
          !more.isEmpty
        {
          line += more
        }
        #expect(String(decoding: line, as: UTF8.self) == "The/DET old/ADJ ferry/NOUN ./PUNCT\n")
      }
      try input.fileHandleForWriting.close()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
  }
}
