internal import Glibc
public import SeqCore
internal import SeqMath

/// A semi-Markov chain: labelled segments with scores for their durations (Sarawagi and Cohen
/// 2004, "Semi-Markov Conditional Random Fields").
///
/// A segment's score is the sum of its positions' emissions, taken from prefix sums, plus its
/// duration's score; a step is scored once per boundary, so the cost is O(T·D·L + T·L²).
public struct SegmentChain: Sendable {
  /// Scores for the first segment, for each boundary and for the last segment.
  public let chain: Chain
  /// The score of a segment of label j that lasts d + 1 positions, [L][D]; −∞ forbids.
  public let durations: Matrix

  /// The longest segment, D, in positions.
  public var longest: Int { durations.columns }

  /// Makes a segment chain. A label may follow itself unless `chain` forbids it.
  public init(chain: Chain, durations: Matrix) {
    precondition(
      durations.rows == chain.labelCount && durations.columns > 0,
      "Durations need one row per label and at least one column.")
    self.chain = chain
    self.durations = durations
  }

  /// The best segmentation and its score in nats. Ties go to the lower label, then to the
  /// shorter segment.
  ///
  /// - Throws: `InferenceError.noLegalPath` if every segmentation scores −∞.
  public func bestSegments(
    _ emissions: Emissions
  ) throws(InferenceError) -> (segments: [Segment], score: Double) {
    let T = emissions.count
    let L = chain.labelCount
    guard T > 0 else { return ([], 0) }
    let sums = PrefixSums(emissions)
    // best[t][j]: the best segmentation of the first t positions whose last segment has label j;
    // entry[t][j]: the best that may be followed by a segment of label j at t.
    var best = [Double](repeating: -.infinity, count: (T + 1) * L)
    var duration = [Int32](repeating: 0, count: (T + 1) * L)
    var entry = [Double](repeating: -.infinity, count: (T + 1) * L)
    var from = [Int32](repeating: -1, count: (T + 1) * L)
    for j in 0..<L { entry[j] = Double(chain.start[j]) }
    for t in 1...T {
      for j in 0..<L {
        for d in 1...min(longest, t) {
          let score =
            entry[(t - d) * L + j] + sums.score(t - d, t, j) + Double(durations[j, d - 1])
          if score > best[t * L + j] {
            best[t * L + j] = score
            duration[t * L + j] = Int32(d)
          }
        }
      }
      for j in 0..<L {
        for i in 0..<L {
          let score = best[t * L + i] + Double(chain.step[i, j])
          if score > entry[t * L + j] {
            entry[t * L + j] = score
            from[t * L + j] = Int32(i)
          }
        }
      }
    }
    var score = -Double.infinity
    var label = 0
    for j in 0..<L where best[T * L + j] + Double(chain.end[j]) > score {
      score = best[T * L + j] + Double(chain.end[j])
      label = j
    }
    guard score > -.infinity else { throw InferenceError.noLegalPath(positions: T) }
    var segments: [Segment] = []
    var t = T
    while t > 0 {
      let start = t - Int(duration[t * L + label])
      segments.append(Segment(start: start, end: t, label: Label(label)))
      if start > 0 { label = Int(from[start * L + label]) }
      t = start
    }
    return (segments.reversed(), score)
  }

  /// The log-normalizer and P(y_t = j | x) of each position, in `Double`.
  ///
  /// - Throws: `InferenceError.noLegalPath` if every segmentation scores −∞.
  public func marginals(
    _ emissions: Emissions
  ) throws(InferenceError) -> (logNormalizer: Double, positions: Matrix) {
    let T = emissions.count
    let L = chain.labelCount
    guard T > 0 else { return (0, Matrix(rows: 0, columns: L)) }
    let sums = PrefixSums(emissions)
    func segment(_ start: Int, _ end: Int, _ j: Int) -> Double {
      sums.score(start, end, j) + Double(durations[j, end - start - 1])
    }
    var forward = [Double](repeating: -.infinity, count: (T + 1) * L)
    var entry = forward
    for j in 0..<L { entry[j] = Double(chain.start[j]) }
    for t in 1...T {
      for j in 0..<L {
        forward[t * L + j] = logSum(
          (1...min(longest, t)).map { entry[(t - $0) * L + j] + segment(t - $0, t, j) })
      }
      for j in 0..<L {
        entry[t * L + j] = logSum((0..<L).map { forward[t * L + $0] + Double(chain.step[$0, j]) })
      }
    }
    // exit[t][i]: everything after a segment of label i that ends at t.
    var exit = [Double](repeating: -.infinity, count: (T + 1) * L)
    var backward = exit  // everything from a segment of label j that starts at t
    for j in 0..<L { exit[T * L + j] = Double(chain.end[j]) }
    let logNormalizer = logSum((0..<L).map { forward[T * L + $0] + exit[T * L + $0] })
    guard logNormalizer > -.infinity else { throw InferenceError.noLegalPath(positions: T) }
    // A segment's probability is added to all its positions through a difference array.
    var change = [Double](repeating: 0, count: (T + 1) * L)
    for start in Swift.stride(from: T - 1, through: 0, by: -1) {
      for j in 0..<L {
        let ways = (1...min(longest, T - start)).map { d in
          segment(start, start + d, j) + exit[(start + d) * L + j]
        }
        backward[start * L + j] = logSum(ways)
        for (index, way) in ways.enumerated() {
          let probability = exp(entry[start * L + j] + way - logNormalizer)
          change[start * L + j] += probability
          change[(start + index + 1) * L + j] -= probability
        }
      }
      for i in 0..<L {
        exit[start * L + i] = logSum(
          (0..<L).map { Double(chain.step[i, $0]) + backward[start * L + $0] })
      }
    }
    var positions = Matrix(rows: T, columns: L)
    var running = [Double](repeating: 0, count: L)
    for t in 0..<T {
      for j in 0..<L {
        running[j] += change[t * L + j]
        positions[t, j] = Float(min(max(running[j], 0), 1))
      }
    }
    return (logNormalizer, positions)
  }
}

/// Sums of emissions over any run of positions in constant time. −∞ is counted apart, because
/// its sums cannot be subtracted.
private struct PrefixSums {
  private let labelCount: Int
  private var sums: [Double]
  private var forbidden: [Int32]

  init(_ emissions: Emissions) {
    let L = emissions.labelCount
    labelCount = L
    sums = [Double](repeating: 0, count: (emissions.count + 1) * L)
    forbidden = [Int32](repeating: 0, count: sums.count)
    for t in 0..<emissions.count {
      for j in 0..<L {
        let score = emissions[t, j]
        let isForbidden = score == -.infinity
        sums[(t + 1) * L + j] = sums[t * L + j] + (isForbidden ? 0 : Double(score))
        forbidden[(t + 1) * L + j] = forbidden[t * L + j] + (isForbidden ? 1 : 0)
      }
    }
  }

  func score(_ start: Int, _ end: Int, _ label: Int) -> Double {
    let a = start * labelCount + label
    let b = end * labelCount + label
    return forbidden[a] == forbidden[b] ? sums[b] - sums[a] : -.infinity
  }
}
