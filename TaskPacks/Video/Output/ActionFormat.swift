internal import SeqCore

/// The formats that tags are written in. Frames count from 0, and an end is the frame after the last.
public enum ActionFormat: String, CaseIterable, Sendable {
  /// A label a line, as MS-TCN's ground truth.
  case labels
  /// A segment a line of a CSV table, in frames and seconds.
  case segments
  /// A JSON object a segment.
  case jsonl
  /// A table of the probability of every label at every frame.
  case probabilities
  /// ELAN's annotation file, `.eaf` 3.0.
  case eaf
  /// The table of events that BORIS exports.
  case boris
  /// ActivityNet's JSON of detections.
  case activitynet

  /// The ending of files.
  public var fileExtension: String {
    switch self {
    case .labels: "txt"
    case .segments, .boris: "csv"
    case .jsonl: "jsonl"
    case .probabilities: "tsv"
    case .eaf: "eaf"
    case .activitynet: "json"
    }
  }

  /// Whether times are needed and not only frames.
  public var needsRate: Bool { self == .eaf || self == .boris || self == .activitynet }

  /// Whether one file cannot hold several recordings.
  public var isForOne: Bool { self == .labels || self == .eaf || self == .probabilities }

  /// Makes sure that one file can hold so many recordings, and that there is a rate if there are times:
  /// to be asked before anything is tagged.
  ///
  /// - Throws: `FrameError.option`.
  public func check(count: Int, rate: FrameRate?) throws(FrameError) {
    if isForOne, count > 1 {
      throw .option(
        problem:
          "the format \(rawValue) holds one recording a file, and there are \(count); give a "
          + "folder with --output")
    }
    if needsRate, rate == nil {
      throw .option(
        problem: "the format \(rawValue) tells times, and the frame rate is not known; say --fps")
    }
  }

  /// The file of some recordings.
  ///
  /// - Parameters:
  ///   - background: labels that are no actions: left out of ELAN's, BORIS' and ActivityNet's.
  ///   - model: what made the tags, for formats that can say so.
  /// - Throws: `FrameError.option` where the format needs a frame rate, or cannot hold so many.
  public func text(
    of recordings: [TaggedRecording], background: Set<String> = [], model: String = ""
  ) throws(FrameError) -> String {
    try check(
      count: recordings.count,
      rate: recordings.contains { $0.rate == nil } ? nil : recordings.first?.rate)
    switch self {
    case .labels:
      return recordings.flatMap { one in one.labels.map { one.names[Int($0)] + "\n" } }.joined()
    case .segments: return segmentTable(recordings)
    case .jsonl: return recordings.map(objects).joined()
    case .probabilities: return recordings.map(probabilityTable).joined()
    case .eaf:
      return recordings.map { ELAN.text(of: $0, background: background, author: model) }.joined()
    case .boris: return BORIS.text(of: recordings, background: background)
    case .activitynet:
      return ActivityNet.text(of: recordings, background: background, model: model)
    }
  }

  private func segmentTable(_ recordings: [TaggedRecording]) -> String {
    let hasTimes = recordings.contains { $0.rate != nil }
    let hasConfidence = recordings.contains { $0.probabilities != nil }
    var text =
      "recording,start_frame,end_frame" + (hasTimes ? ",start_s,end_s" : "") + ",label"
      + (hasConfidence ? ",confidence" : "") + "\n"
    for recording in recordings {
      for action in recording.actions {
        let (start, end) = (action.segment.start, action.segment.end)
        text += "\(csvField(recording.name)),\(start),\(end)"
        if hasTimes {
          text +=
            recording.times(of: action.segment).map {
              ",\(secondsText($0.start)),\(secondsText($0.end))"
            } ?? ",,"
        }
        text += "," + csvField(recording.names[Int(action.segment.label)])
        if hasConfidence { text += "," + (action.confidence.map { decimals($0, 4) } ?? "") }
        text += "\n"
      }
    }
    return text
  }

  private func objects(_ recording: TaggedRecording) -> String {
    recording.actions.map { action in
      let (start, end) = (action.segment.start, action.segment.end)
      var text =
        "{\"recording\":\(jsonLiteral(recording.name)),\"start_frame\":\(start),\"end_frame\":\(end)"
      if let times = recording.times(of: action.segment) {
        text +=
          ",\"start_s\":\(secondsText(times.start)),\"end_s\":\(secondsText(times.end))"
      }
      text += ",\"label\":\(jsonLiteral(recording.names[Int(action.segment.label)]))"
      if let confidence = action.confidence { text += ",\"confidence\":\(decimals(confidence, 4))" }
      return text + "}\n"
    }.joined()
  }

  private func probabilityTable(_ recording: TaggedRecording) -> String {
    var text = "frame\tlabel\t" + recording.names.joined(separator: "\t") + "\n"
    guard let matrix = recording.probabilities else { return text }
    for t in 0..<matrix.rows {
      text += "\(t)\t\(recording.names[Int(recording.labels[t])])"
      for j in 0..<matrix.columns { text += "\t" + decimals(Double(matrix[t, j]), 5) }
      text += "\n"
    }
    return text
  }
}

/// A number with a fixed count of decimals.
func decimals(_ value: Double, _ places: Int) -> String {
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = Int((abs(value) * scale).rounded())
  let fraction = String(scaled % Int(scale))
  return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / Int(scale))."
    + String(repeating: "0", count: places - fraction.count) + fraction
}

/// A field of a CSV table (RFC 4180), in quotes where it must be.
func csvField(_ text: String) -> String {
  guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
  return "\"" + text.replacing("\"", with: "\"\"") + "\""
}

/// A JSON string literal (RFC 8259).
func jsonLiteral(_ text: String) -> String {
  var literal = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": literal += "\\" + String(scalar)
    case let control where control.value < 0x20:
      let digits = String(control.value, radix: 16)
      literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: literal.unicodeScalars.append(scalar)
    }
  }
  return literal + "\""
}
