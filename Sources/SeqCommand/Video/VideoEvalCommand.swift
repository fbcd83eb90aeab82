internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack
internal import VideoPack

/// `seqkit frames eval MODEL --data DIR --split K`.
struct VideoEvalCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "eval", abstract: "Score a model on the test recordings of a split.",
      discussion: """
        Prints frame accuracy, segmental edit score and segmental F1 under three published ways \
        of counting, with segments of background kept and dropped: mstcn (MS-TCN), mstcn2 \
        (MS-TCN++: the last segment ends a frame early) and lea (every score a mean over videos).
        """)
  }

  @Argument(help: "The model file.")
  var model: String

  @OptionGroup var data: VideoDataOptions

  @Option(help: "The part of the split: train or test.", transform: choice)
  var part = FrameDataSet.Part.test

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let console = options.console
    let model = try FrameModel(path: model)
    let set = try FrameDataSet(folder: data.data)
    guard set.labels == model.labels else {
      throw FrameError.labels(found: set.labels, expected: model.labels)
    }
    let recordings = try data.recordings(
      set.names(part, split: data.split), of: set, step: 1, console)
    for recording in recordings {
      try model.check(recording.rows, name: recording.name, rate: data.arrays.fps)
    }
    let tagger = FrameTagger(model, threads: options.threadCount)
    let start = ContinuousClock.now
    let pairs = try recordings.map { recording in
      (gold: recording.gold, predicted: try tagger.tags(of: recording.rows).labels)
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let score = ActionScore(pairs, labels: model.labels, background: model.background)
    if answer.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.keyEncodingStrategy = .convertToSnakeCase
      let document = EvaluationDocument(
        model: .init(
          name: model.network.manifest.name, recipe: model.facts.recipe, path: self.model),
        data: .init(folder: data.data, split: data.split, part: part.rawValue), scores: score,
        speed: .init(seconds: seconds, framesPerSecond: Double(score.frames) / max(seconds, 1e-9)))
      write(String(decoding: try encoder.encode(document), as: UTF8.self) + "\n", to: STDOUT_FILENO)
    } else {
      write(ActionScoreText.text(score, palette: options.console.output), to: STDOUT_FILENO)
      console.note(
        "\(counted(score.frames, "frame")) in \(decimal(seconds, 2)) s, "
          + "\(grouped(Int(Double(score.frames) / max(seconds, 1e-9)))) frames/s")
    }
  }
}

/// `eval --json`; `Docs/Formats/frames.md` describes it.
private struct EvaluationDocument: Encodable {
  struct Model: Encodable {
    var name: String
    var recipe: String
    var path: String
  }
  struct Source: Encodable {
    var folder: String
    var split: String
    var part: String
  }
  struct Speed: Encodable {
    var seconds: Double
    var framesPerSecond: Double
  }
  var format = "seqkit.frames-evaluation.v1"
  var model: Model
  var data: Source
  var scores: ActionScore
  var speed: Speed
}
