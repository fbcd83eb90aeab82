internal import ArgumentParser
internal import Glibc
internal import SeqKit
internal import SeqPack
internal import VideoPack

/// `seqkit frames explain MODEL FILE.npy --frame N`.
struct VideoExplainCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "explain", abstract: "Say which features made the tag of a frame.",
      discussion: """
        Prints the labels that the network finds likeliest at the frame, what the decoder made of \
        them, and by how much the tag's log-probability falls when a feature is set to its mean in \
        training.
        """)
  }

  @Argument(help: "The model file.")
  var model: String

  @Argument(help: "The recording, an array .npy.")
  var file: String

  @Option(help: "The frame, from 0.")
  var frame: Int

  @Option(help: "How many features and labels to show.")
  var top = 8

  @OptionGroup var arrays: VideoArrayOptions
  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if frame < 0 { throw ValidationError("--frame is \(frame), and must be 0 or more.") }
    if top < 1 { throw ValidationError("--top is \(top), and must be 1 or more.") }
  }

  func run() throws {
    let model = try FrameModel(path: model)
    let recording = try openRecording(file, model, arrays)
    guard frame < recording.rows.count else {
      throw FrameError.option(
        problem: "\(file) has \(recording.rows.count) frames, and --frame is \(frame)")
    }
    let step = model.facts.step
    let rows = SelectedRows(recording.rows, limit: recording.rows.count, step: step)
    let found = try FrameExplanation(
      model, rows, frame: frame / step, threads: options.threadCount)
    let names = model.labels
    let order = names.indices.sorted { found.scores[$0] > found.scores[$1] }.prefix(top)
    let effects = found.effects.prefix(top)
    if answer.json {
      let scores = order.map {
        "{\"label\":\(jsonString(names[$0])),\"log_probability\":\(found.scores[$0])}"
      }
      let parts = effects.map { "{\"feature\":\($0.feature),\"effect\":\($0.effect)}" }
      print(
        "{\"frame\":\(frame),\"label\":\(jsonString(names[Int(found.label)])),"
          + "\"undecoded\":\(jsonString(names[Int(found.undecoded)])),"
          + "\"labels\":[\(scores.joined(separator: ","))],\"features\":[\(parts.joined(separator: ","))]}"
      )
      return
    }
    let palette = options.console.output
    var text = "frame \(frame): " + palette.paint(names[Int(found.label)], .bold)
    if found.label != found.undecoded {
      text += " (the frame alone says \(names[Int(found.undecoded)]); the decoder changed it)"
    }
    text +=
      "\n\n"
      + ActionScoreText.table(
        [["label", "log P"]] + order.map { [names[$0], decimal(Double(found.scores[$0]), 3)] },
        left: 1, palette)
    text +=
      "\n"
      + ActionScoreText.table(
        [["feature", "effect"]]
          + effects.map { ["\($0.feature)", decimal(Double($0.effect), 3)] }, left: 1, palette)
    write(text, to: STDOUT_FILENO)
  }
}
