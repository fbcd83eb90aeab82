internal import Glibc
internal import SeqMath

extension ForwardBackward {
  /// Both passes for rows of any number of vectors, summed in memory and not in registers; `nil` if
  /// a scale left the range of normal numbers.
  ///
  /// The recursions are those of the kernel for narrow rows. What a label that cannot be reached
  /// would add is passed over.
  @inline(never)
  func passesAnyWidth(_ chain: Chain, _ expectedSteps: AlignedBuffer?) -> Double? {
    let stride = chain.stride
    let T = count
    let L = chain.labelCount
    let e = UnsafePointer(emission.base)
    let a = alpha.base
    let M = UnsafePointer(chain.factors.base)
    let c = scale.base
    let ends = UnsafePointer(chain.endFactors.base)

    // Forward.
    var logScales = 0.0
    var product = 1.0
    for t in 0..<T {
      let row = a + t * stride
      if t == 0 {
        row.update(from: e, count: stride)
      } else {
        row.update(repeating: 0, count: stride)
        addProducts(UnsafePointer(row) - stride, M, L, stride, to: row)
        for v in Swift.stride(from: 0, to: stride, by: 8) {
          (Vector(loading: row + v) * Vector(loading: e + t * stride + v)).store(to: row + v)
        }
      }
      var total = Vector(repeating: 0)
      for v in Swift.stride(from: 0, to: stride, by: 8) { total += Vector(loading: row + v) }
      let scale = total.laneSum
      guard scale > 1e-30, scale < 1e30 else { return nil }
      c[t] = 1 / scale
      for v in Swift.stride(from: 0, to: stride, by: 8) {
        (Vector(loading: row + v) * c[t]).store(to: row + v)
      }
      product *= Double(scale)
      if product < 1e-200 || product > 1e200 {
        logScales += log(product)
        product = 1
      }
    }
    var total = Vector(repeating: 0)
    for v in Swift.stride(from: 0, to: stride, by: 8) {
      total += Vector(loading: a + (T - 1) * stride + v) * Vector(loading: ends + v)
    }
    let scale = total.laneSum
    guard scale > 1e-30, scale < 1e30 else { return nil }
    logScales += log(product) + log(Double(scale))

    // Backward, with the marginals and the expected steps on the way: `b` is β, `out` what goes
    // into the sums of the position before.
    let transposed = UnsafePointer(chain.transposedFactors.base)
    AlignedBuffer.reserve(2 * stride, in: &beta)
    let b = beta.base
    let out = b + stride
    for v in Swift.stride(from: 0, to: stride, by: 8) {
      (Vector(loading: ends + v) / scale).store(to: b + v)
    }
    for t in Swift.stride(from: T - 1, through: 0, by: -1) {
      let row = t * stride
      for v in Swift.stride(from: 0, to: stride, by: 8) {
        (Vector(loading: a + row + v) * Vector(loading: b + v)).store(to: marginal.base + row + v)
      }
      guard t > 0 else { break }
      for v in Swift.stride(from: 0, to: stride, by: 8) {
        (Vector(loading: e + row + v) * Vector(loading: b + v) * c[t]).store(to: out + v)
      }
      let previous = UnsafePointer(a) + row - stride
      if let steps = expectedSteps?.base {
        for i in 0..<L where previous[i] != 0 {
          let from = Vector(repeating: previous[i])
          let target = steps + i * stride
          for v in Swift.stride(from: 0, to: stride, by: 8) {
            var sum = Vector(loading: target + v)
            sum.addProduct(from, Vector(loading: out + v))
            sum.store(to: target + v)
          }
        }
      }
      b.update(repeating: 0, count: stride)
      addProducts(UnsafePointer(out), transposed, L, stride, to: b)
    }
    return logScales
  }
}

/// target += Σ_i weights[i] · table[i], over rows of `stride` values; four rows at a time, so that
/// the target is loaded and stored a quarter as often.
@inline(__always)
private func addProducts(
  _ weights: UnsafePointer<Float>, _ table: UnsafePointer<Float>, _ L: Int, _ stride: Int,
  to target: UnsafeMutablePointer<Float>
) {
  var i = 0
  while i + 4 <= L {
    let w = SIMD4<Float>(weights[i], weights[i + 1], weights[i + 2], weights[i + 3])
    if w != SIMD4(repeating: 0) {
      let row = table + i * stride
      let (w0, w1) = (Vector(repeating: w[0]), Vector(repeating: w[1]))
      let (w2, w3) = (Vector(repeating: w[2]), Vector(repeating: w[3]))
      var v = 0
      while v < stride {
        var sum = Vector(loading: target + v)
        sum.addProduct(w0, Vector(loading: row + v))
        sum.addProduct(w1, Vector(loading: row + stride + v))
        sum.addProduct(w2, Vector(loading: row + 2 * stride + v))
        sum.addProduct(w3, Vector(loading: row + 3 * stride + v))
        sum.store(to: target + v)
        v += 8
      }
    }
    i += 4
  }
  while i < L {
    let w = Vector(repeating: weights[i])
    var v = 0
    while v < stride {
      var sum = Vector(loading: target + v)
      sum.addProduct(w, Vector(loading: table + i * stride + v))
      sum.store(to: target + v)
      v += 8
    }
    i += 1
  }
}
