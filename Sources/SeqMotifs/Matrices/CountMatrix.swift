#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif
public import SeqCore

/// How often each base was seen at each column of a motif, as a file has it.
public struct CountMatrix: Hashable, Sendable {
  /// What its hits are called.
  public var label: MotifLabel
  /// [width] counts of A, C, G and T (or U), or frequencies.
  public var columns: [SIMD4<Double>]

  /// Makes a matrix.
  public init(label: MotifLabel, columns: [SIMD4<Double>]) {
    self.label = label
    self.columns = columns
  }

  /// The number of columns.
  public var width: Int { columns.count }
}

/// Log-odds scores in bits of the bases at each column of a motif.
///
/// `score = log2((count + b·4·pseudocount) / (sum + 4·pseudocount) / b)` with b the base's background
/// frequency; with the uniform background that is `(count + pseudocount) / (sum + 4·pseudocount)`.
public struct ScoringMatrix: Hashable, Sendable {
  /// What its hits are called.
  public let label: MotifLabel
  /// [width] bits for A, C, G and T.
  public let columns: [SIMD4<Double>]
  /// The frequencies of A, C, G and T that scores are against; they sum to 1.
  public let background: SIMD4<Double>

  /// Scores the counts of a matrix.
  ///
  /// - Parameter pseudocount: what is added for each base, on average; positive, so that a base that
  ///   was not seen has a finite score.
  public init(
    _ counts: CountMatrix, background: SIMD4<Double> = SIMD4(repeating: 0.25),
    pseudocount: Double = 0.1
  ) {
    precondition(pseudocount > 0, "A pseudocount must be positive.")
    label = counts.label
    self.background = background
    columns = counts.columns.map { column in
      let sum = column.sum() + 4 * pseudocount
      var scores = SIMD4<Double>()
      for base in 0..<4 {
        let probability = (column[base] + 4 * pseudocount * background[base]) / sum
        scores[base] = log2(probability / background[base])
      }
      return scores
    }
  }

  /// The matrix of the other strand: columns backwards, bases complemented.
  public var reverseComplement: ScoringMatrix {
    ScoringMatrix(
      label: label, columns: columns.reversed().map { SIMD4($0[3], $0[2], $0[1], $0[0]) },
      background: SIMD4(background[3], background[2], background[1], background[0]))
  }

  private init(label: MotifLabel, columns: [SIMD4<Double>], background: SIMD4<Double>) {
    self.label = label
    self.columns = columns
    self.background = background
  }

  /// The best score that a site can have.
  public var maximum: Double { columns.reduce(0) { $0 + $1.max() } }

  /// The smallest score, in steps of 0.001 bits, that sites reach with probability `pValue` at most, if
  /// each base is drawn from the background and the scores of bases are rounded to these steps.
  ///
  /// The distribution is of *deficits*, the best score minus a site's, from 0 to a limit that doubles
  /// until more than `pValue` of all sites are within it. So only the best sites are counted: a few
  /// thousand grid points where all scores would take hundreds of thousands.
  ///
  /// - Returns: `nil` if even the best score is more frequent than `pValue`.
  /// - Complexity: O(width · deficit / 0.001).
  public func threshold(pValue: Double) -> Double? {
    let rounded = columns.map { column in
      (0..<4).map { Int((column[$0] * Self.stepsPerBit).rounded()) }
    }
    let deficits = rounded.map { column in column.map { column.max()! - $0 } }
    let best = rounded.reduce(0) { $0 + $1.max()! }
    let most = deficits.reduce(0) { $0 + $1.max()! }
    var limit = 4096
    while true {
      let distribution = deficitDistribution(deficits, limit: min(limit, most))
      var tail = 0.0
      for (deficit, probability) in distribution.enumerated() where probability > 0 {
        // Probabilities are sums of rounded products; what is within that of the p-value is in.
        if tail + probability > pValue * (1 + 1e-9) {
          return tail == 0 ? nil : Double(best - deficit + 1) / Self.stepsPerBit
        }
        tail += probability
      }
      if limit >= most { return Double(best - most) / Self.stepsPerBit - 1 }
      limit *= 2
    }
  }

  private static let stepsPerBit = 1000.0

  /// The probabilities of deficits from 0 to `limit`, in steps of the grid.
  private func deficitDistribution(_ deficits: [[Int]], limit: Int) -> [Double] {
    var current = [Double](repeating: 0, count: limit + 1)
    var next = current
    current[0] = 1
    var reached = 0
    for column in deficits {
      let most = min(limit, reached + column.max()!)
      next.withUnsafeMutableBufferPointer { next in
        current.withUnsafeBufferPointer { current in
          next[0...most].update(repeating: 0)
          for base in 0..<4 where column[base] <= limit {
            let shift = column[base]
            let probability = background[base]
            for deficit in 0...min(reached, limit - shift) {
              next[deficit + shift] += current[deficit] * probability
            }
          }
        }
      }
      swap(&current, &next)
      reached = most
    }
    return current
  }
}
