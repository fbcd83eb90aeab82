internal import ArgumentParser
internal import SeqCore
internal import SeqFormats
internal import SeqKit
internal import VideoPack

/// Which recordings of a data set are taken, and how.
struct VideoDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder with features/NAME.npy (.npz, .csv, .tsv), groundTruth/NAME.txt, mapping.txt and splits/ (MS-TCN).",
      valueName: "dir"))
  var data: String

  @Option(help: ArgumentHelp("The split: splits/{train,test}.splitK.bundle.", valueName: "k"))
  var split: String = "1"

  @OptionGroup var arrays: VideoArrayOptions

  @Option(
    help: ArgumentHelp(
      "Cut features and labels of different lengths to the shorter: end.", valueName: "side"))
  var trim: TrimSide?

  @Flag(
    help: """
      Bring recordings with times (timestamps/NAME.txt, milliseconds) to the rate of --fps; gaps are \
      not filled.
      """)
  var resample = false

  func validate() throws {
    if resample, arrays.fps == nil {
      throw ValidationError("--resample needs --fps, the rate that recordings are brought to.")
    }
  }

  /// Reads recordings and says what was done with them.
  func recordings(
    _ names: [String], of set: FrameDataSet, step: Int, _ console: Console
  ) throws -> [Recording] {
    var options = FrameDataSet.Options()
    options.layout = arrays.layout
    options.step = step
    options.rate = arrays.fps
    options.trimsEnd = trim == .end
    options.resamples = resample
    var notices = FrameDataSet.Notices()
    let recordings = try set.recordings(names, options, notices: &notices)
    console.tell(notices, of: recordings)
    return recordings
  }
}

extension Console {
  /// Says what was read, and what was done with it.
  func tell(_ notices: FrameDataSet.Notices, of recordings: [Recording]) {
    for (name, count) in notices.trimmed.sorted(by: { $0.key < $1.key }) {
      warn("\(name): \(counted(count, "frame")) cut off at the end")
    }
    for (name, summary) in notices.timelines { note("\(name): \(summary)") }
    for (column, count) in notices.leftOut.sorted(by: { $0.key < $1.key }) {
      note("the column \(column) of \(counted(count, "table")) is no feature and left out")
    }
    let layouts = notices.layouts.sorted { $0.key.rawValue < $1.key.rawValue }.map {
      layout, count in
      "\(counted(count, "array")) of [\(layout == .featuresByFrames ? "D, T" : "T, D")]"
    }
    let frames = recordings.reduce(0) { $0 + $1.rows.count }
    note(
      "\(counted(recordings.count, "recording")), \(counted(frames, "frame")) of "
        + "\(recordings.first?.rows.width ?? 0) numbers; \(layouts.joined(separator: ", "))")
  }
}

/// How arrays are read.
struct VideoArrayOptions: ParsableArguments {
  @Option(
    help: "Which dimension of the arrays is time: DT or TD. (default: told by the lengths)",
    transform: choice)
  var layout: NPYArray.Layout?

  @Option(
    help: "Frames a second of the features: 25, 29.97, 30000/1001.", transform: frameRate)
  var fps: FrameRate?
}

enum TrimSide: String, ExpressibleByArgument, CaseIterable, Sendable {
  case end
}

/// Reads a frame rate.
func frameRate(_ text: String) throws -> FrameRate {
  guard let rate = FrameRate(text) else {
    throw ValidationError("--fps is “\(text)”, and must be like 25, 29.97 or 30000/1001.")
  }
  return rate
}
