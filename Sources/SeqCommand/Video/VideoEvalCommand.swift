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

        Then it counts events, for streams where it matters when something began: gold and \
        predicted segments that agree in onset and offset (--collar, --length-share; Mesaros, \
        Heittola and Virtanen 2016) or by their overlap (--overlap).
        """)
  }

  @Argument(help: "The model file.")
  var model: String

  @OptionGroup var data: VideoDataOptions

  @Option(help: "The part of the split: train or test.", transform: choice)
  var part = FrameDataSet.Part.test

  @Option(
    help: ArgumentHelp(
      """
      How far the onset of an event may be off: 5 (frames), 0.2s or 200ms. (default: 0.2s; 5 where the \
      frame rate is not known)
      """, valueName: "time"),
    transform: eventCollar)
  var collar: EventCollar?

  @Option(
    help: ArgumentHelp(
      """
      The share of a gold event's length that its end may be off, if that is more than the collar.
      """, valueName: "share"))
  var lengthShare = 0.5

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Shares of the union that events must have in common. (default: 0.5)", valueName: "share"))
  var overlap: [Double] = []

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if !(lengthShare >= 0 && lengthShare.isFinite) {
      throw ValidationError("--length-share is \(lengthShare), and must be 0 or more.")
    }
    for share in overlap where !(share > 0 && share <= 1) {
      throw ValidationError("--overlap is \(share), and must be above 0, at most 1.")
    }
  }

  func run() throws {
    let console = options.console
    let model = try FrameModel(path: model)
    let rate = data.arrays.fps ?? model.facts.rate
    // A collar that cannot be told in frames is refused before anything is tagged.
    _ = try collar?.frames(at: rate)
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
    let breaks = recordings.map(\.breaks)
    let score = ActionScore(
      pairs, labels: model.labels, background: model.background, breaks: breaks)
    let events = try ActionEvents(
      pairs, labels: model.labels, background: model.background,
      collar: collar ?? .usual(at: rate), rate: rate, share: lengthShare,
      overlaps: overlap.isEmpty ? [0.5] : overlap, breaks: breaks)
    if answer.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.keyEncodingStrategy = .convertToSnakeCase
      let document = EvaluationDocument(
        model: .init(
          name: model.network.manifest.name, recipe: model.facts.recipe, path: self.model),
        data: .init(folder: data.data, split: data.split, part: part.rawValue), scores: score,
        events: events,
        speed: .init(seconds: seconds, framesPerSecond: Double(score.frames) / max(seconds, 1e-9)))
      write(String(decoding: try encoder.encode(document), as: UTF8.self) + "\n", to: STDOUT_FILENO)
    } else {
      let palette = options.console.output
      write(
        ActionScoreText.text(score, palette: palette)
          + ActionEventsText.text(events, background: score.background, palette: palette),
        to: STDOUT_FILENO)
      console.note(
        "\(counted(score.frames, "frame")) in \(decimal(seconds, 2)) s, "
          + "\(grouped(Int(Double(score.frames) / max(seconds, 1e-9)))) frames/s")
    }
  }
}

/// Reads `5`, `0.2s` or `200ms`.
func eventCollar(_ text: String) throws -> EventCollar {
  guard let collar = EventCollar(text) else {
    throw ValidationError(
      "--collar is “\(text)”, and must be a number of frames, or a time like 0.2s or 200ms.")
  }
  return collar
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
  var events: ActionEvents
  var speed: Speed
}
