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

    @Test func recordingsWithTimesAreResampledBeforeTheyAreTagged() throws {
      let array = Self.sample + "/features/r5.npy"
      // 405 frames a tenth of a second apart, with nothing for 5 s in the middle.
      var times = ""
      for t in 0..<405 { times += "\(1_700_000 + t * 100 + (t >= 200 ? 5000 : 0))\n" }
      let file = try command.write(times, "r5.txt")
      let folder = String(file.dropLast("/r5.txt".count))
      let arguments = ["frames", array, "--model", model, "--resample", "--timestamps", folder]
      let outcome = try command.run(arguments)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("405 frames resampled to 405"))
      let rows = outcome.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
      #expect(rows.contains { $0[2] == "200" && $0[4] == "20.000" })
      #expect(rows.contains { $0[1] == "200" && $0[3] == "25.000" })
      #expect(rows.last?[4] == "45.500")
      let plain = try output(["frames", array, "--model", model, "--to", "labels"])
      #expect(try output(arguments + ["--to", "labels"]) == plain, "the rate was even already")
      _ = try command.write((0..<404).map { "\($0 * 100)\n" }.joined(), "r5.txt")
      let fault = try command.run(arguments)
      #expect(fault.status != 0 && fault.errors.contains("404 times for 405 frames"))
    }

    @Test(arguments: ["gru-causal", "mstcn++-causal"])
    func causalModelsTellTheSameLive(recipe: String) throws {
      let path = command.path("live.model")
      _ = try output([
        "frames", "train", "--data", Self.sample, "--recipe", recipe, "--epochs", "4", "--maps",
        "8",
        "--layers", "2", "--stages", "2", "--rate", "0.01", "--pca", "2", "-o", path,
      ])
      let info = try output(["frames", "info", path])
      #expect(info.contains("0 ahead (causal)"))
      #expect(info.contains("all frames back") == (recipe == "gru-causal"))
      #expect(info.contains("principal components  2 of "))
      #expect(
        try output(["frames", "info", path, "--json"]).contains("\"components\":{\"columns\":"))
      let summary = try output(["model", "info", path])
      #expect(summary.contains(recipe == "gru-causal" ? "gated recurrent units" : "dual layers"))
      // The recording is given once as a table and once as a stream.
      var table = "x,y,z\n"
      var stream = ""
      for t in 0..<60 {
        let step = Double(t / 9 % 4)
        let row: [Double] = [step, 2 * step + Double(t % 5) / 4, Double(t % 7) - step]
        let cells: [String] = row.map { String($0) }
        table += cells.joined(separator: ",") + "\n"
        stream += "[" + cells.joined(separator: ",") + "]\n"
      }
      let file = try command.write(table, "r.csv")
      let labels = try output(["frames", file, "--model", path, "--to", "labels"])
        .split(separator: "\n")
      let outcome = try command.run(
        ["frames", "--live", "--model", path, "--input", "jsonl"],
        input: stream)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let live = outcome.output.split(separator: "\n").map { $0.split(separator: "\t") }
      #expect(live.map { $0[1] } == labels && live.allSatisfy { $0[2] == "final" })
    }

    @Test func unitsThatRunBackwardsAreNotLive() throws {
      let path = command.path("gru.model")
      _ = try output([
        "frames", "train", "--data", Self.sample, "--recipe", "gru", "--epochs", "1", "--maps", "4",
        "-o", path,
      ])
      let outcome = try command.run(["frames", "--live", "--model", path])
      #expect(outcome.status == 1 && outcome.errors.contains("from the last frame to the first"))
      #expect(outcome.errors.contains("gru-causal"))
      #expect(!(try output(["frames", "eval", path, "--data", Self.sample])).isEmpty)
      let reason = try output([
        "frames", "explain", path, Self.sample + "/features/r5.npy", "--frame", "40",
      ])
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
        (["frames", "--live", "--resample", "--model", model], "whole recordings"),
        (
          ["frames", Self.sample + "/features/r5.npy", "--model", model, "--resample"],
          "timestamps/r5.txt"
        ),
      ] {
        let outcome = try command.run(arguments)
        #expect(outcome.status != 0 && outcome.errors.contains(sentence), "\(outcome.errors)")
      }
    }
  }
}
