internal import Glibc
internal import SeqCore
package import SeqMath

/// Forward–backward over a chain with per-position scaling (Rabiner 1989, §V.A,
/// doi:10.1109/5.18626): the inner loops multiply probabilities, with one exponential per score.
///
/// α_t[j] = e_t[j] · Σ_i α_{t−1}[i] · M[i][j] / c_t, with Σ_j α_t[j] = 1;
/// β_{t−1}[i] = Σ_j M[i][j] · e_t[j] · β_t[j] / c_t;  P(y_t = j | x) = α_t[j] · β_t[j].
///
/// If a scale leaves the range of `Float` (scores hundreds of nats apart), the sequence is done
/// again with sums of logarithms in `Double`. One thread's scratch: its memory is kept.
public final class ForwardBackward {
  // Read for every sequence, so that checks of exclusive access would cost a fiftieth of training.
  /// The number of positions of the last sequence.
  @exclusivity(unchecked) public private(set) var count = 0
  @exclusivity(unchecked) private var stride = 0
  // Scratch of both kernels.
  @exclusivity(unchecked) var emission = AlignedBuffer(count: 0)
  @exclusivity(unchecked) var alpha = AlignedBuffer(count: 0)
  @exclusivity(unchecked) var beta = AlignedBuffer(count: 0)
  @exclusivity(unchecked) var marginal = AlignedBuffer(count: 0)
  @exclusivity(unchecked) var scale = AlignedBuffer(count: 0)

  /// Makes the scratch.
  public init() {}

  /// P(y_t = label | x) of the last sequence.
  public subscript(position: Int, label: Int) -> Float {
    precondition(position < count && label < stride, "Outside the table of marginals.")
    return marginal.base[position * stride + label]
  }

  /// The marginals of the last sequence, [T][stride], padding 0.
  package var marginals: UnsafeMutablePointer<Float> { marginal.base }

  /// Computes the marginals of a sequence.
  ///
  /// - Parameter expectedSteps: [L][stride] sums to which Σ_t α_{t−1}[i] · e_t[j] · β_t[j] / c_t is
  ///   added: the expected counts of steps, still to be multiplied by the chain's `factors`.
  /// - Returns: the log-normalizer log Z, in nats.
  /// - Throws: `InferenceError.noLegalPath` if every path scores −∞.
  /// - Complexity: O(T·L²) time, O(T·L) memory.
  package func run(
    _ emissions: Emissions, _ chain: Chain, expectedSteps: AlignedBuffer? = nil
  ) throws(InferenceError) -> Double {
    precondition(
      emissions.labelCount == chain.labelCount, "Emissions and chain must have the same labels.")
    count = emissions.count
    stride = chain.stride
    let T = count
    guard T > 0 else { return 0 }
    AlignedBuffer.reserve(T * stride, in: &emission)
    AlignedBuffer.reserve(T * stride, in: &alpha)
    AlignedBuffer.reserve(stride, in: &beta)
    AlignedBuffer.reserve(T * stride, in: &marginal)
    AlignedBuffer.reserve(T, in: &scale)
    var logNormalizer = 0.0
    let stride = stride
    let N = stride / 8

    // e_t = exp(score − row maximum): the maxima are added back to the log-normalizer.
    let e = emission.base
    let rows = UnsafePointer(emissions.row(0))
    for t in 0..<T {
      let source = rows + t * stride
      let target = e + t * stride
      if t == 0 {
        for j in 0..<chain.labelCount { target[j] = source[j] + chain.start[j] }
        for j in chain.labelCount..<stride { target[j] = -.infinity }
      }
      let scores = t == 0 ? UnsafePointer(target) : source
      var largest = Vector(repeating: -.infinity)
      for v in 0..<N { largest = .larger(largest, Vector(loading: scores + v * 8)) }
      let maximum = largest.laneMaximum
      guard maximum > -.infinity else { throw InferenceError.noLegalPath(positions: T) }
      for v in 0..<N {
        exponential(Vector(loading: scores + v * 8) - maximum).store(to: target + v * 8)
      }
      logNormalizer += Double(maximum)
    }
    logNormalizer += Double(chain.stepShift) * Double(T - 1) + Double(chain.endShift)

    let scales: Double?
    switch N {
    case 1: scales = passes(VectorWidth<1>(), chain, expectedSteps)
    case 2: scales = passes(VectorWidth<2>(), chain, expectedSteps)
    case 3: scales = passes(VectorWidth<3>(), chain, expectedSteps)
    case 4: scales = passes(VectorWidth<4>(), chain, expectedSteps)
    case 5: scales = passes(VectorWidth<5>(), chain, expectedSteps)
    case 6: scales = passes(VectorWidth<6>(), chain, expectedSteps)
    case 7: scales = passes(VectorWidth<7>(), chain, expectedSteps)
    case 8: scales = passes(VectorWidth<8>(), chain, expectedSteps)
    default: scales = passesAnyWidth(chain, expectedSteps)
    }
    if let scales { return logNormalizer + scales }
    return try runInLogarithms(emissions, chain, expectedSteps: expectedSteps)
  }

  /// Both passes; `nil` if a scale left the range of normal numbers.
  @inline(never)
  private func passes<let N: Int>(
    _: VectorWidth<N>, _ chain: Chain, _ expectedSteps: AlignedBuffer?
  ) -> Double? {
    let stride = N * 8
    let T = count
    let L = chain.labelCount
    let e = UnsafePointer(emission.base)
    let a = alpha.base
    let M = UnsafePointer(chain.factors.base)
    let c = scale.base
    let zero = InlineArray<N, Vector>(repeating: Vector(repeating: 0))

    // Forward. The product of the scales is kept in a Double and its logarithm taken when it
    // nears the end of the range.
    var logScales = 0.0
    var product = 1.0
    for t in 0..<T {
      var sum = zero
      if t == 0 {
        for v in 0..<N { sum[v] = Vector(loading: e + v * 8) }
      } else {
        let previous = UnsafePointer(a) + (t - 1) * stride
        for i in 0..<L {
          let from = Vector(repeating: previous[i])
          for v in 0..<N {
            sum[v].addProduct(from, Vector(loading: M + i * stride + v * 8))
          }
        }
        for v in 0..<N { sum[v] *= Vector(loading: e + t * stride + v * 8) }
      }
      var total = Vector(repeating: 0)
      for v in 0..<N { total += sum[v] }
      let scale = total.laneSum
      guard scale > 1e-30, scale < 1e30 else { return nil }
      c[t] = 1 / scale
      for v in 0..<N { (sum[v] * c[t]).store(to: a + t * stride + v * 8) }
      product *= Double(scale)
      if product < 1e-200 || product > 1e200 {
        logScales += log(product)
        product = 1
      }
    }
    let ends = UnsafePointer(chain.endFactors.base)
    var total = Vector(repeating: 0)
    for v in 0..<N {
      total += Vector(loading: a + (T - 1) * stride + v * 8) * Vector(loading: ends + v * 8)
    }
    let scale = total.laneSum
    guard scale > 1e-30, scale < 1e30 else { return nil }
    logScales += log(product) + log(Double(scale))

    // Backward, with the marginals and the expected steps on the way.
    let transposed = UnsafePointer(chain.transposedFactors.base)
    let p = marginal.base
    let out = beta.base
    let expected = expectedSteps?.base
    var b = zero
    for v in 0..<N { b[v] = Vector(loading: ends + v * 8) / scale }
    for t in Swift.stride(from: T - 1, through: 0, by: -1) {
      let row = t * stride
      for v in 0..<N {
        (Vector(loading: a + row + v * 8) * b[v]).store(to: p + row + v * 8)
      }
      guard t > 0 else { break }
      for v in 0..<N {
        b[v] = Vector(loading: e + row + v * 8) * b[v] * c[t]
        b[v].store(to: out + v * 8)
      }
      let previous = UnsafePointer(a) + row - stride
      if let steps = expected {
        for i in 0..<L {
          let from = Vector(repeating: previous[i])
          let target = steps + i * stride
          for v in 0..<N {
            var sum = Vector(loading: target + v * 8)
            sum.addProduct(from, b[v])
            sum.store(to: target + v * 8)
          }
        }
      }
      var next = zero
      for j in 0..<L {
        let to = Vector(repeating: out[j])
        for v in 0..<N {
          next[v].addProduct(to, Vector(loading: transposed + j * stride + v * 8))
        }
      }
      b = next
    }
    return logScales
  }

  /// The plain version, in logarithms and `Double`: for any number of labels and any scores.
  package func runInLogarithms(
    _ emissions: Emissions, _ chain: Chain, expectedSteps: AlignedBuffer? = nil
  ) throws(InferenceError) -> Double {
    let T = emissions.count
    let L = chain.labelCount
    count = T
    stride = chain.stride
    AlignedBuffer.reserve(T * stride, in: &marginal)
    guard T > 0 else { return 0 }
    func step(_ i: Int, _ j: Int) -> Double { Double(chain.step[i, j]) }
    var forward = [Double](repeating: -.infinity, count: T * L)
    var backward = forward
    for j in 0..<L { forward[j] = Double(chain.start[j]) + Double(emissions[0, j]) }
    for t in 1..<max(T, 1) {
      for j in 0..<L {
        let sum = logSum((0..<L).map { forward[(t - 1) * L + $0] + step($0, j) })
        forward[t * L + j] = sum + Double(emissions[t, j])
      }
    }
    let logNormalizer = logSum((0..<L).map { forward[(T - 1) * L + $0] + Double(chain.end[$0]) })
    guard logNormalizer > -.infinity else { throw InferenceError.noLegalPath(positions: T) }
    for j in 0..<L { backward[(T - 1) * L + j] = Double(chain.end[j]) }
    for t in Swift.stride(from: T - 1, to: 0, by: -1) {
      for i in 0..<L {
        backward[(t - 1) * L + i] = logSum(
          (0..<L).map { step(i, $0) + Double(emissions[t, $0]) + backward[t * L + $0] })
      }
    }
    for t in 0..<T {
      for j in 0..<stride {
        marginal.base[t * stride + j] =
          j < L ? Float(exp(forward[t * L + j] + backward[t * L + j] - logNormalizer)) : 0
      }
    }
    if let steps = expectedSteps?.base {
      // Divided by the factor that the caller multiplies with.
      for t in 1..<max(T, 1) {
        for i in 0..<L {
          for j in 0..<L {
            let factor = chain.factors.base[i * stride + j]
            guard factor > 0 else { continue }
            let logExpected =
              forward[(t - 1) * L + i] + step(i, j) + Double(emissions[t, j])
              + backward[t * L + j] - logNormalizer
            steps[i * stride + j] += Float(exp(logExpected) / Double(factor))
          }
        }
      }
    }
    return logNormalizer
  }
}
