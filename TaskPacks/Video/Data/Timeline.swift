public import SeqCore
public import SeqNeural

/// When the frames of a recording were taken, in whole milliseconds: clocks of sensors and cameras are
/// neither even nor without gaps.
public struct Timeline: Hashable, Sendable {
  /// Frames between which nothing was recorded.
  public struct Gap: Hashable, Sendable {
    /// The last frame before it.
    public var frame: Int
    /// Its length in milliseconds.
    public var milliseconds: Int
  }

  /// The time of each frame, [T], rising.
  public let times: [Int]
  /// The median of the steps from frame to frame, in milliseconds.
  public let step: Int

  /// A step is a gap if it is longer than so many median steps.
  public static let tolerance = 5

  /// Takes times.
  ///
  /// - Returns: `nil` unless each is later than the one before.
  public init?(_ times: [Int]) {
    let steps = zip(times.dropFirst(), times).map { $0 - $1 }
    guard steps.allSatisfy({ $0 > 0 }) else { return nil }
    self.times = times
    step = steps.isEmpty ? 1 : steps.sorted()[steps.count / 2]
  }

  /// Reads the times of a recording's frames: whole milliseconds, a line a frame, rising.
  ///
  /// - Throws: `FrameError.file` or `.line`, also if there are more or fewer times than frames.
  public init(path: String, frames: Int) throws(FrameError) {
    var times: [Int] = []
    for (index, line) in try readLines(path).enumerated() {
      guard let time = Int(trimmed(line)) else {
        throw .line(
          path: path, line: index + 1, found: String(line.prefix(80)),
          expected: "a time in whole milliseconds")
      }
      if let last = times.last, time <= last {
        throw .line(
          path: path, line: index + 1, found: "\(time)", expected: "a time after \(last) ms")
      }
      times.append(time)
    }
    guard times.count == frames, let line = Timeline(times) else {
      throw .file(path: path, problem: "\(times.count) times for \(frames) frames")
    }
    self = line
  }

  /// Steps of more than ``tolerance`` median steps, in order.
  public var gaps: [Gap] {
    (1..<max(times.count, 1)).compactMap { t in
      let length = times[t] - times[t - 1]
      return length > Self.tolerance * step ? Gap(frame: t - 1, milliseconds: length) : nil
    }
  }

  /// Where the frames of an even rate lie between the recorded ones, from the first time on.
  ///
  /// Nothing is made up in gaps: after one, the count of frames goes on at the first recorded frame.
  ///
  /// - Returns: for each frame the recorded one at or before it, and the share of the way to the next,
  ///   from 0 to below 1.
  public func places(at rate: FrameRate) -> [(frame: Int, share: Float)] {
    var places: [(frame: Int, share: Float)] = []
    var start = 0
    for end in gaps.map({ $0.frame + 1 }) + [times.count] {
      guard start < end else { break }
      var (t, k) = (start, 0)
      while true {
        let time = times[start] + rate.milliseconds(ofFrame: k)
        guard time <= times[end - 1] else { break }
        while t + 1 < end, times[t + 1] <= time { t += 1 }
        let share =
          t + 1 < end ? Float(time - times[t]) / Float(times[t + 1] - times[t]) : 0
        places.append((t, share))
        k += 1
      }
      start = end
    }
    return places
  }

  /// When the frames of ``places(at:)`` are, in milliseconds from the first time on: each lasts until the
  /// next of the rate would come, or comes after a gap.
  public func spans(at rate: FrameRate) -> [Range<Int>] {
    var spans: [Range<Int>] = []
    var start = 0
    for end in gaps.map({ $0.frame + 1 }) + [times.count] {
      guard start < end else { break }
      let from = times[start] - times[0]
      var k = 0
      while times[start] + rate.milliseconds(ofFrame: k) <= times[end - 1] {
        let begin = from + rate.milliseconds(ofFrame: k)
        let next = from + rate.milliseconds(ofFrame: k + 1)
        spans.append(begin..<(end < times.count ? min(next, times[end] - times[0]) : next))
        k += 1
      }
      start = end
    }
    return spans
  }

  /// The frames, rising, that do not begin when the one before ends: no segment goes over to them.
  ///
  /// - Parameter spans: as ``spans(at:)`` gives them.
  public static func breaks(of spans: [Range<Int>]) -> [Int] {
    (1..<max(spans.count, 1)).filter { spans[$0 - 1].upperBound < spans[$0].lowerBound }
  }

  /// A recording at an even rate: numbers on the line between the recorded ones, and the label of the
  /// nearer frame, the earlier of two.
  ///
  /// - Parameter gold: empty or as long as `rows`.
  public func resampled(
    _ rows: any InputRows, _ gold: [Label], at rate: FrameRate
  ) -> (rows: DenseRows, gold: [Label]) {
    precondition(rows.count == times.count, "Every frame has a time.")
    let (D, places) = (rows.width, places(at: rate))
    var source = [Float](repeating: 0, count: rows.count * D)
    source.withUnsafeMutableBufferPointer { source in
      guard let base = source.baseAddress else { return }
      rows.write(0..<rows.count, to: base, stride: D)
    }
    var values: [Float] = []
    values.reserveCapacity(places.count * D)
    for (t, share) in places {
      let next = share > 0 ? t + 1 : t
      for d in 0..<D {
        values.append(source[t * D + d] * (1 - share) + source[next * D + d] * share)
      }
    }
    let labels = gold.isEmpty ? [] : places.map { gold[$0.share > 0.5 ? $0.frame + 1 : $0.frame] }
    return (DenseRows(rows: places.count, width: D, values: values), labels)
  }

  /// For people: the median step, and gaps with their places.
  public var summary: String {
    let shown = gaps.prefix(3).map { gap in
      "\(gap.milliseconds / 1000).\(gap.milliseconds % 1000 / 100) s after frame \(gap.frame)"
    }
    let more = gaps.count > 3 ? " and \(gaps.count - 3) more" : ""
    return "a frame every \(step) ms"
      + (gaps.isEmpty ? "" : "; gaps of " + shown.joined(separator: ", ") + more)
  }
}
