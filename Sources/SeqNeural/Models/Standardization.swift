internal import SeqMath

/// (x − mean) / deviation for each column, with means and deviations of the training rows.
public struct Standardization: Hashable, Sendable {
  /// The mean of each column, [D].
  public let mean: [Float]
  /// What differences from the mean are multiplied with, [D]: 1 / deviation, and 0 for a column that
  /// was constant in training, of which nothing can be learnt.
  public let factor: [Float]

  /// Makes a standardization of given numbers.
  public init(mean: [Float], factor: [Float]) {
    precondition(mean.count == factor.count, "Every column has a mean and a factor.")
    self.mean = mean
    self.factor = factor
  }

  /// Measures all rows of some sequences, which have one width.
  public init(of sequences: [any InputRows]) {
    let D = sequences.first?.width ?? 0
    var sum = [Double](repeating: 0, count: D)
    var squares = sum
    var shift = sum
    var rows = 0
    forBlocks(of: sequences) { block, count in
      // Sums around the first row's values lose no precision to a mean far from 0.
      if rows == 0 { for d in 0..<D { shift[d] = Double(block[d]) } }
      for t in 0..<count {
        for d in 0..<D {
          let value = Double(block[t * D + d]) - shift[d]
          sum[d] += value
          squares[d] += value * value
        }
      }
      rows += count
    }
    let n = Double(max(rows, 1))
    mean = (0..<D).map { Float(shift[$0] + sum[$0] / n) }
    factor = (0..<D).map { d in
      let variance = max(squares[d] / n - (sum[d] / n) * (sum[d] / n), 0)
      // What rounding leaves of a constant column is no deviation.
      let least = 1e-10 * (shift[d] * shift[d] + squares[d] / n)
      return variance > least ? Float(1 / variance.squareRoot()) : 0
    }
  }

  /// Standardizes rows in place.
  func apply(to rows: UnsafeMutablePointer<Float>, count: Int, stride: Int) {
    mean.withUnsafeBufferPointer { mean in
      factor.withUnsafeBufferPointer { factor in
        for t in 0..<count {
          let row = rows + t * stride
          for d in 0..<mean.count { row[d] = (row[d] - mean[d]) * factor[d] }
        }
      }
    }
  }
}

/// Hands over all rows of some sequences in blocks [n][D], in order.
func forBlocks(
  of sequences: [any InputRows], _ body: (UnsafePointer<Float>, Int) -> Void
) {
  for rows in sequences {
    let size = 512
    let block = AlignedBuffer(count: size * rows.width)
    for from in stride(from: 0, to: rows.count, by: size) {
      let to = min(from + size, rows.count)
      rows.write(from..<to, to: block.base, stride: rows.width)
      body(UnsafePointer(block.base), to - from)
    }
  }
}
