public import SeqCore

/// How well labels of frames make the right actions, in the right order, at the right places: frame
/// accuracy, segmental edit score and segmental F1 at overlaps (Lea et al. 2017,
/// doi:10.1109/CVPR.2017.113; Farha and Gall 2019, doi:10.1109/CVPR.2019.00369).
///
/// Published scores follow one of three ``Convention``s, and drop segments of the background or not;
/// these choices are worth up to ten points, so a score is told with both.
public struct SegmentalScore: Hashable, Sendable {
  /// Which publication's way of counting is followed.
  public enum Convention: String, CaseIterable, Hashable, Sendable {
    /// MS-TCN: F1 from counts of all videos together, accuracy over all frames, edit as a mean.
    case mstcn
    /// MS-TCN++ and later: as MS-TCN, but the last segment of a video ends a frame early, at T − 1.
    case mstcn2
    /// Lea et al.: every score is a mean over videos.
    case lea
  }

  /// What of one video is right.
  public struct Video: Hashable, Sendable {
    /// Frames, each right if its label is.
    public let frames: Tally
    /// The edit score, from 0 to 1.
    public let edit: Double
    /// The segments found at each of ``SegmentalScore/overlaps``.
    public let found: [SpanAgreement]
  }

  /// The way of counting.
  public let convention: Convention
  /// Labels whose segments are dropped before segments are matched; frames keep them.
  public let background: Set<Label>
  /// The least overlaps, |∩| / |∪|, at which a predicted segment is right.
  public let overlaps: [Double]
  /// The videos in the order they were added.
  public private(set) var videos: [Video] = []

  /// Makes a score without videos.
  public init(
    _ convention: Convention, background: Set<Label> = [], overlaps: [Double] = [0.1, 0.25, 0.5]
  ) {
    precondition(overlaps.allSatisfy { $0 > 0 && $0 <= 1 }, "Overlaps lie above 0, at most at 1.")
    self.convention = convention
    self.background = background
    self.overlaps = overlaps
  }

  /// Counts one video.
  ///
  /// - Parameters:
  ///   - gold: the label of each frame, [T].
  ///   - predicted: likewise; whoever cuts or stretches one to the other's length says so.
  ///   - breaks: frames that no segment goes over to, rising: the first behind a gap in the recording.
  /// - Complexity: O(T + gold segments · predicted segments).
  public mutating func add(gold: [Label], predicted: [Label], breaks: [Int] = []) {
    precondition(gold.count == predicted.count, "Both have a label for every frame.")
    let goldSegments = segments(of: gold, breaks)
    let predictedSegments = segments(of: predicted, breaks)
    videos.append(
      Video(
        frames: Tally(
          count: gold.count, correct: zip(gold, predicted).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
        ),
        edit: editScore(goldSegments.map(\.label), predictedSegments.map(\.label)),
        found: overlaps.map { matches(goldSegments, predictedSegments, overlap: $0) }))
  }

  /// Adds the videos of another score of the same kind, as if they came next.
  public mutating func merge(_ other: SegmentalScore) {
    precondition(
      convention == other.convention && background == other.background
        && overlaps == other.overlaps,
      "Only scores of one kind can be merged.")
    videos += other.videos
  }

  /// The share of frames whose label is right, from 0 to 1; 0 without frames.
  public var accuracy: Double {
    switch convention {
    case .mstcn, .mstcn2: videos.reduce(into: Tally()) { $0 += $1.frames }.accuracy ?? 0
    case .lea: mean { $0.frames.accuracy ?? 0 }
    }
  }

  /// The mean over videos of 1 − (edit distance between the orders of labels) / (the longer one's
  /// length), from 0 to 1; two videos without segments agree.
  public var edit: Double { mean(\.edit) }

  /// The F1 of segments at the overlap of this index, from 0 to 1; 0 where it is undefined.
  public func f1(at index: Int) -> Double {
    switch convention {
    case .mstcn, .mstcn2: agreement(at: index).f1
    case .lea: mean { $0.found[index].f1 }
    }
  }

  /// The counts of all videos together at the overlap of this index.
  public func agreement(at index: Int) -> SpanAgreement {
    videos.reduce(into: SpanAgreement()) { $0 += $1.found[index] }
  }

  /// Predicted less gold segments, over all videos: above 0 is over-segmentation.
  public var surplus: Int {
    guard !overlaps.isEmpty else { return 0 }
    let all = agreement(at: 0)
    return all.predicted - all.gold
  }

  private func mean(_ score: (Video) -> Double) -> Double {
    videos.isEmpty ? 0 : videos.reduce(0) { $0 + score($1) } / Double(videos.count)
  }

  /// A run of frames of one label; `end` is where the convention has it, so it may equal `start`.
  private struct Run {
    var label: Label
    var start: Int
    var end: Int
  }

  private func segments(of labels: [Label], _ breaks: [Int]) -> [Run] {
    var runs: [Run] = []
    var start = 0
    var ahead = breaks[...]
    for t in 1..<max(labels.count + 1, 1) {
      while let next = ahead.first, next < t { ahead.removeFirst() }
      guard t == labels.count || labels[t] != labels[start] || ahead.first == t else { continue }
      if !background.contains(labels[start]) {
        let end = t == labels.count && convention == .mstcn2 ? t - 1 : t
        runs.append(Run(label: labels[start], start: start, end: end))
      }
      start = t
    }
    return runs
  }

  /// 1 − D / max(m, n) with the edit distance D (Levenshtein 1966) of two orders of labels.
  private func editScore(_ gold: [Label], _ predicted: [Label]) -> Double {
    let longer = max(gold.count, predicted.count)
    guard longer > 0 else { return 1 }
    var row = Array(0...gold.count)
    for (i, label) in predicted.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in gold.indices {
        let replaced = diagonal + (gold[j] == label ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return 1 - Double(row[gold.count]) / Double(longer)
  }

  /// Each predicted segment is held against the gold segment of its label that it overlaps most, the
  /// first of several; it is right if that overlap suffices and no segment before it has taken it.
  ///
  /// Two segments of no length at one place, which `mstcn2` makes of a last frame that differs from
  /// the one before, overlap wholly; the reference divides 0 by 0 there.
  private func matches(_ gold: [Run], _ predicted: [Run], overlap: Double) -> SpanAgreement {
    var agreement = SpanAgreement(gold: gold.count, predicted: predicted.count)
    var isTaken = [Bool](repeating: false, count: gold.count)
    for segment in predicted {
      var best = 0.0
      var bestIndex = 0
      for (index, other) in gold.enumerated() where other.label == segment.label {
        let union = max(segment.end, other.end) - min(segment.start, other.start)
        let common = min(segment.end, other.end) - max(segment.start, other.start)
        let share = union == 0 ? 1 : Double(common) / Double(union)
        if share > best {
          best = share
          bestIndex = index
        }
      }
      if best >= overlap, !isTaken[bestIndex] {
        isTaken[bestIndex] = true
        agreement.correct += 1
      }
    }
    return agreement
  }
}
