internal import Glibc
public import SeqCore
package import SeqMath

/// The scores of a linear chain over L labels: for starting, for each step, and for ending.
///
/// A path's score is start[y₀] + Σ emission[t][y_t] + Σ step[y_{t−1}][y_t] + end[y_{T−1}], in
/// nats. −∞ forbids. The table is immutable, so threads share it.
public struct Chain: Sendable {
  /// The number of labels, L.
  public let labelCount: Int
  /// The score of a first label, [L].
  public let start: [Float]
  /// The score of a label after another, [L][L], the earlier label first.
  public let step: Matrix
  /// The score of a last label, [L].
  public let end: [Float]

  /// L rounded up to whole vectors; the rows below have this length.
  package let stride: Int
  /// `step` with rows padded by −∞, then its transpose, each L × stride.
  package let padded: AlignedBuffer
  package let transposed: AlignedBuffer
  /// e^(step − stepShift) with rows padded by 0, then its transpose; and e^(end − endShift).
  package let factors: AlignedBuffer
  package let transposedFactors: AlignedBuffer
  package let endFactors: AlignedBuffer
  package let stepShift: Float
  package let endShift: Float

  /// Makes a chain; `mask` forbids what its legality excludes.
  public init(start: [Float], step: Matrix, end: [Float], mask: Legality? = nil) {
    let L = start.count
    precondition(
      L > 0 && step.rows == L && step.columns == L && end.count == L,
      "A chain needs L start scores, L × L step scores and L end scores.")
    labelCount = L
    var start = start
    var step = step
    var end = end
    if let mask {
      precondition(mask.labelCount == L, "The legality must be over the chain's labels.")
      for i in 0..<L {
        if !mask.start[i] { start[i] = -.infinity }
        if !mask.end[i] { end[i] = -.infinity }
        for j in 0..<L where !mask.step[i * L + j] { step[i, j] = -.infinity }
      }
    }
    self.start = start
    self.step = step
    self.end = end
    stride = paddedCount(L)
    padded = AlignedBuffer(count: L * stride, repeating: -.infinity)
    transposed = AlignedBuffer(count: L * stride, repeating: -.infinity)
    for i in 0..<L {
      for j in 0..<L {
        padded.base[i * stride + j] = step[i, j]
        transposed.base[j * stride + i] = step[i, j]
      }
    }
    // Shifts keep the largest factor at 1, so that none overflows.
    let largestStep = step.values.max() ?? 0
    let largestEnd = end.max() ?? 0
    stepShift = largestStep > -.infinity ? largestStep : 0
    endShift = largestEnd > -.infinity ? largestEnd : 0
    factors = AlignedBuffer(count: L * stride)
    transposedFactors = AlignedBuffer(count: L * stride)
    endFactors = AlignedBuffer(count: stride)
    for i in 0..<L {
      for j in 0..<L {
        let factor = exp(step[i, j] - stepShift)
        factors.base[i * stride + j] = factor
        transposedFactors.base[j * stride + i] = factor
      }
      endFactors.base[i] = exp(end[i] - endShift)
    }
  }

  /// A chain whose steps all score 0: each position is labelled by itself.
  public static func independent(labelCount: Int) -> Chain {
    let zeros = [Float](repeating: 0, count: labelCount)
    return Chain(
      start: zeros, step: Matrix(rows: labelCount, columns: labelCount), end: zeros)
  }

  /// The score of a path, in nats; −∞ if it is not legal.
  ///
  /// - Parameter labels: one label a position.
  public func score(of labels: [Label], _ emissions: Emissions) -> Float {
    precondition(labels.count == emissions.count, "One label a position.")
    guard let first = labels.first, let last = labels.last else { return 0 }
    var score = start[Int(first)] + end[Int(last)]
    for (t, label) in labels.enumerated() {
      score += emissions[t, Int(label)]
      if t > 0 { score += step[Int(labels[t - 1]), Int(label)] }
    }
    return score
  }

  /// Whether the chain adds nothing, so that positions can be labelled one by one.
  public var isIndependent: Bool {
    start.allSatisfy { $0 == 0 } && end.allSatisfy { $0 == 0 } && step.values.allSatisfy { $0 == 0 }
  }
}

/// Which labels may start, follow each other and end: rules, not scores.
public struct Legality: Hashable, Sendable {
  /// The number of labels, L.
  public let labelCount: Int
  /// Whether a label may be the first, [L].
  public var start: [Bool]
  /// Whether a label may follow another, [L × L], the earlier label first.
  public var step: [Bool]
  /// Whether a label may be the last, [L].
  public var end: [Bool]

  /// Everything is legal.
  public init(labelCount: Int) {
    self.labelCount = labelCount
    start = Array(repeating: true, count: labelCount)
    step = Array(repeating: true, count: labelCount * labelCount)
    end = start
  }

  /// Forbids `later` right after `earlier`.
  public mutating func forbidStep(from earlier: Label, to later: Label) {
    step[Int(earlier) * labelCount + Int(later)] = false
  }
}
