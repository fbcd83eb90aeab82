internal import ArgumentParser
internal import SeqKit
internal import SeqPack
internal import VideoPack

/// `seqkit frames plot MODEL --data DIR --split K -o FILE.svg`.
struct VideoPlotCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "plot",
      abstract: "Draw gold and predicted actions along time, with confidence.",
      discussion: """
        Writes an SVG picture, or a page that holds it if the output ends in .html.
        """)
  }

  @Argument(help: "The model file.")
  var model: String

  @OptionGroup var data: VideoDataOptions

  @Option(help: "The part of the split: train or test.", transform: choice)
  var part = FrameDataSet.Part.test

  @Option(parsing: .upToNextOption, help: "Draw these recordings only.")
  var only: [String] = []

  @Option(name: [.short, .long], help: "The file to write; - is standard output.")
  var output = "-"

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let console = options.console
    let model = try FrameModel(path: model)
    let set = try FrameDataSet(folder: data.data)
    guard set.labels == model.labels else {
      throw FrameError.labels(found: set.labels, expected: model.labels)
    }
    let all = try set.names(part, split: data.split)
    for name in only where !all.contains(name) {
      throw ValidationError("\(name) is none of \(all.joined(separator: ", ")).")
    }
    let recordings = try data.recordings(
      only.isEmpty ? all : only, of: set, step: 1, console)
    let tagger = FrameTagger(model, threads: options.threadCount)
    let rows = try recordings.map { recording in
      try model.check(recording.rows, name: recording.name, rate: data.arrays.fps)
      let tags = try tagger.tags(of: recording.rows, probabilities: true)
      return ActionPlot.Row(
        TaggedRecording(
          name: recording.name, labels: tags.labels, names: model.labels,
          rate: data.arrays.fps ?? model.facts.rate, probabilities: tags.probabilities),
        gold: recording.gold)
    }
    let plot = ActionPlot(
      rows, background: Set(model.facts.background), title: model.network.manifest.name)
    try save(output.hasSuffix(".html") ? plot.html : plot.svg, to: output)
  }
}
