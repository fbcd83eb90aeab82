internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import SeqPack
internal import VideoPack

/// `seqkit frames FILE … --model MODEL`.
struct VideoTagCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "tag", abstract: "Tag the frames of recordings.",
      discussion: """
        Reads arrays of feature vectors (.npy, .npz; .csv and .tsv with a heading), or folders of \
        them, and writes segments, or what --to says. Frames count from 0; the end of a segment is the frame after its last. On a \
        terminal it draws a bar of colours. With --live it reads frames from standard input.

        With --resample, recordings whose frames have times are brought to the rate of --fps, or of \
        the model, before they are tagged, as train and eval do. The frames that are written are \
        then those of that rate, and seconds count from the first time on, gaps included.
        """)
  }

  @Argument(help: "Files .npy, .npz, .csv or .tsv, or folders of them.")
  var files: [String] = []

  @Option(help: "The model file.")
  var model: String

  @Option(
    name: [.customLong("to"), .customLong("format")],
    help:
      "What to write: \(ActionFormat.allCases.map(\.rawValue).joined(separator: ", ")). (default: segments)",
    transform: choice)
  var to: ActionFormat?

  @Option(
    name: [.short, .long],
    help: "The file to write, or a folder for a file a recording; - is standard output.")
  var output = "-"

  @Flag(help: "Add the probability of each label to segments.")
  var confidence = false

  @Flag(
    help: """
      Bring recordings with times (milliseconds, a line a frame) to the rate of --fps or the model; gaps \
      are not filled.
      """)
  var resample = false

  @Option(
    help: ArgumentHelp(
      """
      The folder of the times, NAME.txt of each recording. (default: timestamps/ beside the folder of \
      the recording)
      """, valueName: "dir"))
  var timestamps: String?

  @OptionGroup var live: LiveOptions
  @OptionGroup var rules: PostProcessingOptions
  @OptionGroup var arrays: VideoArrayOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    try refuseMistypedVerb(files, of: VideoPackCommand<P>.self)
    if live.live, !files.isEmpty {
      throw ValidationError("--live reads standard input; leave out \(files[0]).")
    }
    if !live.live, files.isEmpty {
      throw ValidationError("which recordings? Give files or folders, or --live.")
    }
    if live.live, resample {
      throw ValidationError("--resample needs whole recordings, not --live.")
    }
    if timestamps != nil, !resample {
      throw ValidationError("--timestamps is for --resample; say both.")
    }
    if live.live, !rules.rule.isEmpty || to != nil || output != "-" {
      throw ValidationError("--rule, --to and --output need whole recordings, not --live.")
    }
  }

  func run() throws {
    let console = options.console
    let model = try FrameModel(path: model)
    if live.live { return try LiveTagging(model: model, options: live, console: console).run() }
    let drawsBar = to == nil && output == "-" && Terminal.outputIsTerminal
    let to = to ?? .segments
    let post = try rules.processing(labels: model.labels)
    let paths = try arrayFiles(files)
    let folder = isFolder(output) ? output : nil
    let rate = arrays.fps ?? model.facts.rate
    try to.check(count: folder == nil ? paths.count : 1, rate: rate)
    if resample, rate == nil {
      throw FrameError.option(
        problem:
          "--resample needs a rate, and the model does not tell that of its frames; say --fps")
    }
    // Every file is looked at before the first is tagged.
    var recordings: [Recording] = []
    var times: [[Range<Int>]?] = []
    var faults: [String] = []
    for path in paths {
      do {
        var recording = try openRecording(path, model, arrays)
        var spans: [Range<Int>]?
        if resample, let rate {
          let line = try Timeline(
            path: timesPath(of: recording.name, at: path), frames: recording.rows.count)
          let found = line.resampled(recording.rows, [], at: rate).rows
          console.note(
            "\(recording.name): \(line.summary); \(recording.rows.count) frames resampled to "
              + "\(found.rows)")
          recording.rows = found
          spans = line.spans(at: rate)
        }
        recordings.append(recording)
        times.append(spans)
      } catch { faults.append("\(error)") }
    }
    if faults.count == 1 { throw FrameError.option(problem: faults[0]) }
    if !faults.isEmpty { throw FrameError.faults(place: "input", faults) }
    let tagger = FrameTagger(model, threads: options.threadCount)
    let wantsProbabilities = confidence || to == .probabilities || to == .activitynet
    var results: [TaggedRecording] = []
    let start = ContinuousClock.now
    var frames = 0
    for (recording, spans) in zip(recordings, times) {
      let tags = try tagger.tags(of: recording.rows, probabilities: wantsProbabilities)
      let (labels, changes) = post.apply(to: tags.labels)
      for change in changes { console.note("\(recording.name): \(change)") }
      frames += labels.count
      let tagged = TaggedRecording(
        name: recording.name, labels: labels, names: model.labels, rate: rate,
        times: spans, probabilities: tags.probabilities)
      if drawsBar {
        write(
          ColourBar.text(tagged, background: model.facts.background, options.console.output),
          to: STDOUT_FILENO)
        continue
      }
      if let folder {
        let path = "\(folder)/\(recording.name).\(to.fileExtension)"
        try save(text(of: [tagged], to, model), to: path)
      } else {
        results.append(tagged)
      }
    }
    if folder == nil, !drawsBar { try save(text(of: results, to, model), to: output) }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    console.note(
      "\(counted(recordings.count, "recording")), \(counted(frames, "frame")), "
        + "\(grouped(Int(Double(frames) / max(seconds, 1e-9)))) frames/s"
        + (rate.map { "; \($0) frames a second" } ?? "; frame rate not known, so no seconds"))
  }

  /// Where the times of a recording are.
  private func timesPath(of name: String, at path: String) -> String {
    if let timestamps { return "\(timestamps)/\(name).txt" }
    let folder = path.dropLast(path.fileName.count)
    return "\(folder.isEmpty ? "" : folder)../timestamps/\(name).txt"
  }

  private func text(
    of recordings: [TaggedRecording], _ to: ActionFormat, _ model: FrameModel
  ) throws -> String {
    try to.text(
      of: recordings, background: Set(model.facts.background), model: model.network.manifest.name)
  }
}

/// The arrays that paths name: files, and those of folders in the order of their names.
func arrayFiles(_ paths: [String]) throws -> [String] {
  try paths.flatMap { path -> [String] in
    guard isFolder(path) else { return [path] }
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { NPYArray.stem(of: $0) != $0 }.sorted()
    if names.isEmpty {
      throw FrameError.option(problem: "\(path): no file .npy, .npz, .csv or .tsv in the folder")
    }
    return names.map { path + "/" + $0 }
  }
}

/// Opens an array for a model, when all its numbers were looked at.
func openRecording(
  _ path: String, _ model: FrameModel, _ arrays: VideoArrayOptions
) throws -> Recording {
  let array = try NPYArray(file: path)
  let width = model.network.preparation.columns
  guard array.shape.count == 2 else { throw ArrayError.dimensions(path: path, shape: array.shape) }
  let layout: NPYArray.Layout
  switch (array.statedLayout == nil && array.shape[0] == width, array.shape[1] == width) {
  case (true, false): layout = arrays.layout ?? .featuresByFrames
  case (false, true): layout = arrays.layout ?? .framesByFeatures
  case (true, true):
    guard let given = arrays.layout else {
      throw FrameError.layout(path: path, shape: array.shape, width: width)
    }
    layout = given
  case (false, false):
    throw FrameError.width(
      name: path,
      found: (arrays.layout ?? array.statedLayout) == .framesByFeatures
        ? array.shape[1] : array.shape[0],
      expected: width)
  }
  let rows = try ArrayRows(array, layout)
  try model.check(rows, name: path, rate: arrays.fps)
  if rows.count == 0 { throw FrameError.option(problem: "\(path): no frames") }
  if let fault = FrameCheck.notFinite(rows) {
    throw FrameError.option(problem: "\(path): \(fault)")
  }
  let file = path.fileName
  return Recording(name: NPYArray.stem(of: file), rows: rows)
}

/// Whether a path is a folder.
func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Writes a text, whole or not at all.
func save(_ text: String, to path: String) throws {
  let sink = try ByteSink(path: path)
  Interruption.remove(sink.temporaryPath)
  try sink.write(Array(text.utf8))
  try sink.finish()
  Interruption.remove(nil)
}

/// Rules that change tags after decoding.
struct PostProcessingOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: """
      Rules for segments, applied in order: min=N gives segments shorter than N frames to their \
      neighbours, min:LABEL=N those of a label; gap=N joins segments of a label that fewer than N \
      frames part.
      """)
  var rule: [String] = []

  func processing(labels: [String]) throws -> PostProcessing {
    try PostProcessing(rule, labels: labels)
  }
}
