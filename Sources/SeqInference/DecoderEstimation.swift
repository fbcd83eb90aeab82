internal import Glibc
public import SeqCore
internal import SeqMath

/// Estimates decoders from label sequences: how often labels follow each other and how long they last.
public struct DecoderEstimation: Sendable {
  /// The number of labels, L.
  public let labelCount: Int
  /// The label sequences.
  private let sequences: [[Segment]]
  private let positions: Int

  /// Takes sequences of labels, one a position.
  public init(labelCount: Int, labels sequences: [[Label]]) {
    self.labelCount = labelCount
    self.sequences = sequences.map { runs(of: $0) }
    positions = sequences.reduce(0) { $0 + $1.count }
  }

  /// −log of each label's share of the positions, [L], times `weight`: what turns posteriors into
  /// likelihoods, up to a constant.
  public func offsets(weight: Float) -> [Float] {
    var counts = [Double](repeating: 0.5, count: labelCount)
    for segment in sequences.joined() {
      counts[Int(segment.label)] += Double(segment.end - segment.start)
    }
    let total = counts.reduce(0, +)
    return counts.map { -weight * Float(log($0 / total)) }
  }

  /// The chain of first labels, of steps from position to position and of last labels, in nats.
  ///
  /// - Parameter smoothing: what is added to each count of a change from label to label.
  public func chain(smoothing: Double = 0.1) -> Chain {
    let L = labelCount
    var step = [Double](repeating: smoothing, count: L * L)
    var start = [Double](repeating: smoothing, count: L)
    for segments in sequences {
      if let first = segments.first { start[Int(first.label)] += 1 }
      for segment in segments {
        step[Int(segment.label) * (L + 1)] += Double(segment.end - segment.start - 1)
      }
      for (a, b) in zip(segments, segments.dropFirst()) {
        step[Int(a.label) * L + Int(b.label)] += 1
      }
    }
    return Chain(
      start: logShares(start), step: logShares(rows: step),
      end: Array(repeating: 0, count: L))
  }

  /// The chain of segments, which change their label at each boundary, with durations.
  ///
  /// Lengths of a label follow a log-normal distribution with the mean and deviation of its segments'
  /// logarithms, drawn towards those of all segments where there are few.
  ///
  /// - Parameters:
  ///   - smoothing: what is added to each count of a change.
  ///   - longest: the longest segment admitted, in positions.
  public func segments(smoothing: Double = 0.1, longest limit: Int = 4096) -> SegmentChain {
    let L = labelCount
    var step = [Double](repeating: smoothing, count: L * L)
    var start = [Double](repeating: smoothing, count: L)
    var logs = [[Double]](repeating: [], count: L)
    var longest = 1
    for segments in sequences {
      if let first = segments.first { start[Int(first.label)] += 1 }
      for segment in segments {
        logs[Int(segment.label)].append(log(Double(segment.end - segment.start)))
        longest = max(longest, segment.end - segment.start)
      }
      for (a, b) in zip(segments, segments.dropFirst()) {
        step[Int(a.label) * L + Int(b.label)] += 1
      }
    }
    longest = min(longest + longest / 2, limit)
    // A label follows itself only where one segment is not enough for so long a stretch.
    for label in 0..<L { step[label * (L + 1)] = smoothing }
    let all = logs.flatMap { $0 }
    let (allMean, allVariance) = moments(all, weight: 0, mean: 0, variance: 1)
    var durations = Matrix(rows: L, columns: longest)
    for label in 0..<L {
      let (mean, variance) = moments(
        logs[label], weight: 2, mean: allMean, variance: max(allVariance, 0.05))
      for d in 1...longest {
        let x = log(Double(d))
        // The density of d itself, not of its logarithm, hence − x.
        durations[label, d - 1] = Float(
          -(x - mean) * (x - mean) / (2 * variance) - x - 0.5 * log(2 * .pi * variance))
      }
    }
    return SegmentChain(
      chain: Chain(
        start: logShares(start), step: logShares(rows: step),
        end: Array(repeating: 0, count: L)),
      durations: durations)
  }

  /// Mean and variance, drawn towards given ones as if these had been seen `weight` times.
  private func moments(
    _ values: [Double], weight: Double, mean: Double, variance: Double
  ) -> (Double, Double) {
    let n = Double(values.count) + weight
    guard n > 0 else { return (mean, variance) }
    let m = (values.reduce(0, +) + weight * mean) / n
    let squares = values.reduce(0) { $0 + ($1 - m) * ($1 - m) }
    return (m, max((squares + weight * (variance + (mean - m) * (mean - m))) / n, 0.02))
  }

  private func logShares(_ counts: [Double]) -> [Float] {
    let total = counts.reduce(0, +)
    return counts.map { total > 0 ? Float(log($0 / total)) : 0 }
  }

  private func logShares(rows: [Double]) -> Matrix {
    var result = Matrix(rows: labelCount, columns: labelCount)
    for i in 0..<labelCount {
      let row = logShares(Array(rows[i * labelCount..<(i + 1) * labelCount]))
      for j in 0..<labelCount { result[i, j] = row[j] }
    }
    return result
  }
}

/// The longest runs of one label, in order.
///
/// - Parameter breaks: positions that no run goes over to, rising: the first behind a gap.
public func runs(of labels: [Label], breaks: [Int] = []) -> [Segment] {
  var segments: [Segment] = []
  var start = 0
  var ahead = breaks[...]
  for end in 1..<labels.count + 1 {
    while let next = ahead.first, next < end { ahead.removeFirst() }
    guard end == labels.count || labels[end] != labels[start] || ahead.first == end else {
      continue
    }
    segments.append(Segment(start: start, end: end, label: labels[start]))
    start = end
  }
  return segments
}
