import Foundation
import Testing

extension ProcessTests {
  /// `seqkit frames` on the bundled sample, whose signal is plain.
  @Suite("Verbs of frames") struct VideoVerbTests {
    private let command: Command
    private let model: String
    private static let sample = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Corpora/motion-sample").standardizedFileURL.path

    init() throws {
      command = try Command()
      model = command.path("m.model")
      let outcome = try command.run([
        "frames", "train", "--data", Self.sample, "--recipe", "hmm", "--fps", "10", "-o", model,
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private func output(_ arguments: [String]) throws -> String {
      let outcome = try command.run(arguments)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.output
    }

    @Test func evaluationTellsEveryConvention() throws {
      let text = try output(["frames", "eval", model, "--data", Self.sample, "--json"])
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let scores = try #require(object["scores"] as? [String: Any])
      let tables = try #require(scores["tables"] as? [[String: Any]])
      #expect(tables.count == 6)
      #expect(Set(tables.compactMap { $0["convention"] as? String }) == ["mstcn", "mstcn2", "lea"])
      #expect(try #require(tables[0]["accuracy"] as? Double) > 0.7)
      let events = try #require(object["events"] as? [String: Any])
      // The model was trained at 10 frames a second.
      #expect(events["collar_frames"] as? Int == 2 && events["collar_seconds"] as? Double == 0.2)
      let rules = try #require(events["tables"] as? [[String: Any]])
      #expect(rules.compactMap { $0["rule"] as? String } == ["collar", "overlap"])
      let all = try #require(rules[1]["all"] as? [String: Any])
      #expect(try #require(all["matched"] as? Int) > 0 && all["label"] == nil)
      let table = try output(["frames", "eval", model, "--data", Self.sample])
      #expect(table.contains("mstcn2"))
      #expect(table.contains("collar: onsets at most 2 frames (0.200 s) apart"))
      #expect(
        try output([
          "frames", "eval", model, "--data", Self.sample, "--collar", "7", "--overlap", "0.25", "1",
        ]).contains("at most 7 frames apart"))
      #expect(try output(["model", "verify", model]).contains(": OK (m, "))
      #expect(try output(["model", "info", model]).contains("4 labels"))
      #expect(try output(["frames", "info", model]).contains("hmm-chain"))
    }

    @Test func tagsComeInEveryFormat() throws {
      let array = Self.sample + "/features/r5.npy"
      let segments = try output(["frames", array, "--model", model, "--confidence"])
      #expect(
        segments.hasPrefix("recording,start_frame,end_frame,start_s,end_s,label,confidence\n"))
      #expect(segments.contains(",405,"))
      let labels = try output(["frames", array, "--model", model, "--to", "labels"])
      #expect(labels.split(separator: "\n").count == 405)
      for format in ["jsonl", "probabilities", "eaf", "boris", "activitynet"] {
        #expect(!(try output(["frames", array, "--model", model, "--to", format])).isEmpty)
      }
      let plot = try output(["frames", "plot", model, "--data", Self.sample])
      #expect(plot.hasPrefix("<svg") && plot.contains("</svg>"))
      let reason = try output(["frames", "explain", model, array, "--frame", "40"])
      #expect(reason.contains("effect"))
    }

    @Test func mistakesAreAnsweredInASentence() throws {
      for (arguments, sentence) in [
        (["frames", "x.npy", "--model", model], "x.npy"),
        (["frames", Self.sample + "/features/r5.npy", "--model", model, "--fps", "25"], "10"),
        (["frames", "train", "--data", Self.sample, "--recipe", "mstc", "-o", "y"], "mstcn"),
        (["frames", "train", "--data", Self.sample, "--split", "9", "-o", "y"], "it has 1"),
        (["frames", "eval", model, "--data", Self.sample, "--collar", "soon"], "200ms"),
        (["frames", "eval", model, "--data", Self.sample, "--overlap", "2"], "at most 1"),
        (["frames", "train", "--data", Self.sample, "--pca", "1.5", "-o", "y"], "0.95"),
        (["frames", "train", "--data", Self.sample, "--pca", "999", "-o", "y"], "columns"),
        (["frames", "eval", model, "--data", "nowhere"], "nowhere/mapping.txt"),
        (["frames", "--live", "--model", model], "mstcn-causal"),
      ] {
        let outcome = try command.run(arguments)
        #expect(outcome.status != 0 && outcome.errors.contains(sentence), "\(outcome.errors)")
      }
    }
  }
}
