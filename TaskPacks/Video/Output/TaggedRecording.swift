public import SeqCore
internal import SeqInference

/// The tags of one recording, ready to be written.
public struct TaggedRecording: Sendable {
  /// One run of frames of one label.
  public struct Action: Sendable {
    /// The frames, and the label.
    public var segment: Segment
    /// The mean over its frames of P(label at the frame | recording); `nil` if not known.
    public var confidence: Double?
  }

  /// The recording's name.
  public var name: String
  /// The label of each frame, [T].
  public var labels: [Label]
  /// The labels' names.
  public var names: [String]
  /// Frames a second; `nil` if not known, and then times are not written.
  public var rate: FrameRate?
  /// When each frame was, in milliseconds from the first on, [T], rising: of a recording with gaps. `nil`
  /// where ``rate`` tells it.
  public var times: [Range<Int>]?
  /// P(label | recording), [T][L], if it was asked for.
  public var probabilities: Matrix?

  /// Makes a tagged recording.
  public init(
    name: String, labels: [Label], names: [String], rate: FrameRate?, times: [Range<Int>]? = nil,
    probabilities: Matrix?
  ) {
    precondition(times.map { $0.count == labels.count } ?? true, "Every frame has a time, or none.")
    self.times = times
    self.name = name
    self.labels = labels
    self.names = names
    self.rate = rate
    self.probabilities = probabilities
  }

  /// The segments in order. None goes over a gap in the times.
  public var actions: [Action] {
    runs(of: labels, breaks: times.map { Timeline.breaks(of: $0) } ?? []).map { segment in
      Action(
        segment: segment,
        confidence: probabilities.map { matrix in
          (segment.start..<segment.end).reduce(0.0) { $0 + Double(matrix[$1, Int(segment.label)]) }
            / Double(segment.end - segment.start)
        })
    }
  }

  /// When a segment begins and ends, in milliseconds from the first frame on; `nil` if not known.
  func times(of segment: Segment) -> (start: Int, end: Int)? {
    if let times { return (times[segment.start].lowerBound, times[segment.end - 1].upperBound) }
    return rate.map {
      ($0.milliseconds(ofFrame: segment.start), $0.milliseconds(ofFrame: segment.end))
    }
  }

  /// How long the recording is, in milliseconds; `nil` if not known.
  public var length: Int? {
    times.map { $0.last?.upperBound ?? 0 } ?? rate?.milliseconds(ofFrame: labels.count)
  }
}
