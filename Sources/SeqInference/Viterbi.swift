internal import CProcessor
public import SeqCore
import SeqMath

/// The best path through a chain (Viterbi 1967, doi:10.1109/TIT.1967.1054010).
///
/// δ₀[j] = start[j] + e₀[j];  δ_t[j] = e_t[j] + max_i (δ_{t−1}[i] + step[i][j])
///
/// The forward pass keeps only the maxima; the path is found backwards by looking, at each
/// position, for the earlier label that gave the maximum. Ties go to the lower label. One
/// thread's scratch: its memory is kept between sequences.
public final class Viterbi {
  private var delta = AlignedBuffer(count: 0)

  /// Makes the scratch.
  public init() {}

  /// The best labels and their score.
  ///
  /// - Returns: the labels in `labels` (its first T elements); the path's score in nats.
  /// - Throws: `InferenceError.noLegalPath` if every path scores −∞.
  /// - Complexity: O(T·L²) time, O(T·L) memory.
  public func bestPath(
    _ emissions: Emissions, _ chain: Chain, into labels: inout [Label]
  ) throws(InferenceError) -> Float {
    precondition(
      emissions.labelCount == chain.labelCount, "Emissions and chain must have the same labels.")
    let score = chain.start.withUnsafeBufferPointer { start in
      chain.end.withUnsafeBufferPointer { end in
        path(
          emissions, chain.stride, start.baseAddress!, end.baseAddress!, chain.padded.base,
          chain.transposed.base, &labels)
      }
    }
    guard score > -.infinity || emissions.count == 0 else {
      throw InferenceError.noLegalPath(positions: emissions.count)
    }
    return score
  }

  /// The best labels under a chain that is still being learnt; it must leave at least one path legal.
  package func bestPath(_ emissions: Emissions, _ chain: ChainTable, into labels: inout [Label]) {
    precondition(
      emissions.labelCount == chain.labelCount, "Emissions and chain must have the same labels.")
    _ = path(
      emissions, chain.stride, chain.start.base, chain.end.base, chain.padded.base,
      chain.transposed.base, &labels)
  }

  /// - Returns: the score; −∞ if every path's is, and 0 for no positions.
  private func path(
    _ emissions: Emissions, _ stride: Int, _ start: UnsafePointer<Float>,
    _ end: UnsafePointer<Float>, _ steps: UnsafePointer<Float>,
    _ transposed: UnsafePointer<Float>, _ labels: inout [Label]
  ) -> Float {
    let T = emissions.count
    let L = emissions.labelCount
    guard T > 0 else {
      labels.removeAll(keepingCapacity: true)
      return 0
    }
    AlignedBuffer.reserve(T * stride, in: &delta)
    let d = delta.base
    let e = UnsafePointer(emissions.buffer.base)

    for j in 0..<stride { d[j] = -.infinity }
    for j in 0..<L { d[j] = start[j] + e[j] }
    switch stride / 8 {
    case 1: forward(VectorWidth<1>(), T, L, e, steps, d)
    case 2: forward(VectorWidth<2>(), T, L, e, steps, d)
    case 3: forward(VectorWidth<3>(), T, L, e, steps, d)
    case 4: forward(VectorWidth<4>(), T, L, e, steps, d)
    case 5: forward(VectorWidth<5>(), T, L, e, steps, d)
    case 6: forward(VectorWidth<6>(), T, L, e, steps, d)
    case 7: forward(VectorWidth<7>(), T, L, e, steps, d)
    case 8: forward(VectorWidth<8>(), T, L, e, steps, d)
    default: forwardAnyWidth(T, L, stride, e, steps, d)
    }

    // The end, then backwards.
    var best = -Float.infinity
    var bestLabel = 0
    let last = d + (T - 1) * stride
    for j in 0..<L where last[j] + end[j] > best {
      best = last[j] + end[j]
      bestLabel = j
    }
    guard best > -.infinity else { return best }
    // In the memory that is there: a new array costs more than its labels.
    labels.removeAll(keepingCapacity: true)
    for _ in 0..<T { labels.append(0) }
    labels.withUnsafeMutableBufferPointer { labels in
      labels[T - 1] = Label(truncatingIfNeeded: bestLabel)
      for t in Swift.stride(from: T - 1, to: 0, by: -1) {
        // The padding of both rows is −∞, and some predecessor is not.
        bestLabel = seqkit_greatest_sum(
          d + (t - 1) * stride, transposed + bestLabel * stride, stride)
        labels[t - 1] = Label(truncatingIfNeeded: bestLabel)
      }
    }
    return best
  }
}

@inline(never)
private func forward<let N: Int>(
  _: VectorWidth<N>, _ T: Int, _ L: Int, _ emissions: UnsafePointer<Float>,
  _ steps: UnsafePointer<Float>, _ delta: UnsafeMutablePointer<Float>
) {
  let stride = N * 8
  for t in 1..<max(T, 1) {
    let previous = UnsafePointer(delta) + (t - 1) * stride
    var best = InlineArray<N, Vector>(repeating: Vector(repeating: -.infinity))
    for i in 0..<L {
      let from = Vector(repeating: previous[i])
      let row = steps + i * stride
      for v in 0..<N {
        best[v] = Vector.larger(best[v], from + Vector(loading: row + v * 8))
      }
    }
    for v in 0..<N {
      let offset = t * stride + v * 8
      (best[v] + Vector(loading: emissions + offset)).store(to: delta + offset)
    }
  }
}

@inline(never)
private func forwardAnyWidth(
  _ T: Int, _ L: Int, _ stride: Int, _ emissions: UnsafePointer<Float>,
  _ steps: UnsafePointer<Float>, _ delta: UnsafeMutablePointer<Float>
) {
  for t in 1..<max(T, 1) {
    let previous = UnsafePointer(delta) + (t - 1) * stride
    for offset in Swift.stride(from: 0, to: stride, by: 8) {
      var best = Vector(repeating: -.infinity)
      for i in 0..<L {
        best = .larger(
          best, Vector(repeating: previous[i]) + Vector(loading: steps + i * stride + offset))
      }
      (best + Vector(loading: emissions + t * stride + offset))
        .store(to: delta + t * stride + offset)
    }
  }
}
