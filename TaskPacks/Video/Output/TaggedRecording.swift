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
  /// P(label | recording), [T][L], if it was asked for.
  public var probabilities: Matrix?

  /// Makes a tagged recording.
  public init(
    name: String, labels: [Label], names: [String], rate: FrameRate?, probabilities: Matrix?
  ) {
    self.name = name
    self.labels = labels
    self.names = names
    self.rate = rate
    self.probabilities = probabilities
  }

  /// The segments in order.
  public var actions: [Action] {
    runs(of: labels).map { segment in
      Action(
        segment: segment,
        confidence: probabilities.map { matrix in
          (segment.start..<segment.end).reduce(0.0) { $0 + Double(matrix[$1, Int(segment.label)]) }
            / Double(segment.end - segment.start)
        })
    }
  }
}
