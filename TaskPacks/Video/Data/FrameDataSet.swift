internal import FoundationEssentials
internal import SeqCore
public import SeqFormats
internal import SeqNeural

/// Recordings in the folder layout of MS-TCN: `features/NAME.npy` (or `.npz`, `.csv`, `.tsv`), `groundTruth/NAME.txt` with a label
/// a line, `mapping.txt` with lines “number label”, `splits/{train,test}.splitK.bundle` with names.
public struct FrameDataSet: Sendable {
  /// One of the two lists of a split.
  public enum Part: String, CaseIterable, Sendable {
    case train, test
  }

  /// How recordings are taken from the files.
  public struct Options: Hashable, Sendable {
    /// Which dimension of the arrays is time; `nil` to tell it from the number of labels.
    public var layout: NPYArray.Layout?
    /// Every how manieth frame is taken.
    public var step = 1
    /// Whether features and labels of different lengths are cut to the shorter at their end.
    public var trimsEnd = false
    /// Whether recordings with times (`timestamps/NAME.txt`) are brought to ``rate``.
    public var resamples = false
    /// Frames a second, for gold segments in seconds and for resampling.
    public var rate: FrameRate?

    /// Takes all frames.
    public init() {}
  }

  /// What was read beside the recordings.
  public struct Notices: Sendable {
    /// Recordings whose end was cut, and the frames or labels that were.
    public var trimmed: [String: Int] = [:]
    /// The layouts of the arrays and how many have each.
    public var layouts: [NPYArray.Layout: Int] = [:]
    /// What the times of recordings tell, and how many frames resampling made of how many.
    public var timelines: [(name: String, summary: String)] = []
    /// Columns of tables that are no features, and in how many recordings.
    public var leftOut: [String: Int] = [:]

    /// Nothing yet.
    public init() {}
  }

  /// The folder.
  public let folder: String
  /// The labels, by number.
  public let labels: [String]
  private let numbers: [String: Label]

  /// Reads the mapping of a data set.
  ///
  /// - Throws: `FrameError`.
  public init(folder: String) throws(FrameError) {
    self.folder = folder.hasSuffix("/") && folder.count > 1 ? String(folder.dropLast()) : folder
    let path = self.folder + "/mapping.txt"
    var names: [Int: String] = [:]
    for (index, line) in try readLines(path).enumerated() where !line.allSatisfy(\.isWhitespace) {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, let number = Int(parts[0]), number >= 0, names[number] == nil else {
        throw .line(
          path: path, line: index + 1, found: String(line.prefix(80)),
          expected: "a new number from 0 and a label")
      }
      names[number] = trimmed(parts[1])
    }
    guard !names.isEmpty, names.keys.max()! == names.count - 1,
      Set(names.values).count == names.count
    else {
      throw .file(
        path: path,
        problem: "the numbers of labels must be 0 to \(max(names.count - 1, 0)), each "
          + "with a label of its own")
    }
    labels = (0..<names.count).map { names[$0]! }
    numbers = Dictionary(
      uniqueKeysWithValues: labels.enumerated().map { ($1, Label($0)) })
  }

  /// The names of a part of a split, in the order of its file.
  ///
  /// - Throws: `FrameError`.
  public func names(_ part: Part, split: String) throws(FrameError) -> [String] {
    let path = folder + "/splits/\(part.rawValue).split\(split).bundle"
    guard FileManager.default.fileExists(atPath: path) else {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/splits")) ?? []
      let known = files.filter { $0.hasPrefix("\(part.rawValue).split") && $0.hasSuffix(".bundle") }
        .map { String($0.dropFirst("\(part.rawValue).split".count).dropLast(".bundle".count)) }
      throw .split(folder: folder, found: split, known: known.sorted())
    }
    return try readLines(path).compactMap { line in
      let name = trimmed(line).split(separator: "/").last.map(String.init) ?? ""
      return name.isEmpty ? nil : name.hasSuffix(".txt") ? String(name.dropLast(4)) : name
    }
  }

  /// Reads recordings with their labels, and looks at every number of them.
  ///
  /// - Throws: `FrameError.faults` with all that is wrong with any of them.
  public func recordings(
    _ names: [String], _ options: Options = Options(), notices: inout Notices
  ) throws(FrameError) -> [Recording] {
    var faults: [String] = []
    var recordings: [Recording] = []
    var widths: [Int: [String]] = [:]
    for name in names {
      do {
        let path = featurePath(of: name)
        let array = try NPYArray(file: path)
        for column in array.leftOut { notices.leftOut[column, default: 0] += 1 }
        let gold = try labels(of: name, array, options, &faults)
        guard
          let layout = try options.layout ?? array.layout(ofFrames: gold.count)
            ?? guess(array)
        else {
          faults.append(lengthFault(name, array, gold.count))
          continue
        }
        let rows = try ArrayRows(array, layout)
        var length = gold.count
        if rows.count != gold.count {
          guard options.trimsEnd else {
            faults.append(lengthFault(name, array, gold.count))
            continue
          }
          length = min(rows.count, gold.count)
          notices.trimmed[name] = abs(rows.count - gold.count)
        }
        if length == 0 { faults.append("\(name): no frames") }
        notices.layouts[layout, default: 0] += 1
        widths[rows.width, default: []].append(name)
        if let fault = FrameCheck.notFinite(rows) {
          faults.append("\(path.dropFirst(folder.count + 1)): \(fault)")
        }
        var (used, labels): (any InputRows, [Label]) = (rows, gold)
        var breaks: [Int] = []
        if let line = try timeline(of: name, frames: rows.count) {
          var summary = line.summary
          if options.resamples, let rate = options.rate, rows.count == gold.count {
            (used, labels) = line.resampled(rows, gold, at: rate)
            summary += "; \(rows.count) frames resampled to \(used.count)"
            length = used.count
            // With a stride, the first frame that is used behind the gap.
            breaks = Timeline.breaks(of: line.spans(at: rate))
              .map { ($0 + options.step - 1) / options.step }
          }
          notices.timelines.append((name, summary))
        } else if options.resamples {
          faults.append("timestamps/\(name).txt: there is no such file, and --resample needs times")
        }
        recordings.append(
          Recording(
            name: name, rows: SelectedRows(used, limit: length, step: options.step),
            gold: stride(from: 0, to: length, by: options.step).map { labels[$0] }, breaks: breaks))
      } catch { faults.append("\(error)") }
    }
    if widths.count > 1 {
      let told = widths.sorted { $0.value.count > $1.value.count }.map { width, names in
        "\(width) in \(names.count) (\(names[0])\(names.count > 1 ? ", …" : ""))"
      }
      faults.append("the numbers a frame differ: \(told.joined(separator: ", "))")
    }
    guard faults.isEmpty else { throw .faults(place: folder, faults) }
    return recordings
  }

  /// The times of a recording, if there is a file of them: whole milliseconds, a line a frame.
  private func timeline(of name: String, frames: Int) throws(FrameError) -> Timeline? {
    let path = folder + "/timestamps/\(name).txt"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try Timeline(path: path, frames: frames)
  }

  /// The file of a recording's features: of the endings, the first that is there.
  private func featurePath(of name: String) -> String {
    let stem = folder + "/features/\(name)."
    return stem
      + (NPYArray.endings.first { FileManager.default.fileExists(atPath: stem + $0) } ?? "npy")
  }

  private func guess(_ array: NPYArray) throws(ArrayError) -> NPYArray.Layout? {
    // Lengths that nearly agree tell the dimension as well; the mismatch is reported by the caller.
    guard array.shape.count == 2 else { throw .dimensions(path: array.path, shape: array.shape) }
    return array.shape[0] < array.shape[1] ? .featuresByFrames : .framesByFeatures
  }

  private func lengthFault(_ name: String, _ array: NPYArray, _ labels: Int) -> String {
    let shape = array.shape.map(String.init).joined(separator: " × ")
    return "\(name): features of \(shape) and \(labels) labels. The longer one is cut with --trim "
      + "end; of different rates, take both at one rate first (--layout says which side is time)"
  }

  /// The labels of a recording as numbers: a label a line, or segments of another program.
  private func labels(
    of name: String, _ array: NPYArray, _ options: Options, _ faults: inout [String]
  ) throws(FrameError) -> [Label] {
    let stem = folder + "/groundTruth/\(name)."
    let ending =
      FileManager.default.fileExists(atPath: stem + "txt")
      ? nil : GoldSegments.endings.first { FileManager.default.fileExists(atPath: stem + $0) }
    var texts: [String]
    if let ending {
      let gold = try GoldSegments(path: stem + ending, recording: name)
      // The longer dimension is time unless told otherwise.
      let layout =
        options.layout ?? array.statedLayout
        ?? (array.shape.first ?? 0 > array.shape.last ?? 0
          ? .framesByFeatures : .featuresByFrames)
      let count = (try? array.size(layout).frames) ?? 0
      let found = gold.labels(
        count: count, rate: options.rate,
        filler: labels.contains("background") ? "background" : nil)
      faults += found.faults.map { "groundTruth/\(name).\(ending): \($0)" }
      if !found.faults.isEmpty { return Array(repeating: 0, count: count) }
      texts = found.labels
    } else {
      var lines = try readLines(stem + "txt")
      while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
      texts = lines.map { trimmed($0) }
    }
    var result: [Label] = []
    var unknown: [String: (line: Int, count: Int)] = [:]
    for (index, text) in texts.enumerated() {
      if let number = numbers[text] {
        result.append(number)
      } else {
        unknown[text, default: (index + 1, 0)].count += 1
        result.append(0)
      }
    }
    for (label, place) in unknown.sorted(by: { $0.value.line < $1.value.line }) {
      faults.append(
        (ending.map { "groundTruth/\(name).\($0), frame \(place.line - 1)" }
          ?? "groundTruth/\(name).txt:\(place.line)") + ": “\(label)” is not in mapping.txt"
          + (place.count > 1 ? " (\(place.count) lines)" : "")
          + (nearestName(to: label, among: labels).map { "; did you mean \($0)?" } ?? ""))
    }
    return result
  }
}

/// The lines of a text file, without their ends.
func readLines(_ path: String) throws(FrameError) -> [Substring] {
  let data: Data
  do {
    data = try Data(contentsOf: URL(filePath: path))
  } catch {
    let exists = FileManager.default.fileExists(atPath: path)
    throw .file(path: path, problem: exists ? "the file cannot be read" : "there is no such file")
  }
  var lines = String(decoding: data, as: UTF8.self).split(
    omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  if lines.last?.isEmpty == true { lines.removeLast() }
  return lines
}

/// A line without white space at its ends.
func trimmed(_ line: some StringProtocol) -> String {
  var part = Substring(line)
  while part.first?.isWhitespace == true { part.removeFirst() }
  while part.last?.isWhitespace == true { part.removeLast() }
  return String(part)
}
