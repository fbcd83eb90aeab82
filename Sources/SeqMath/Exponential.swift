public import Glibc

/// e^x in each lane, with a relative error below 2·10⁻⁷; 0 below −87, as for −∞.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; e^r by a polynomial of degree 6 (the coefficients of
/// Cephes' `expf`, S. L. Moshier 1992), 2ⁿ by its exponent bits. Arguments above 88 give e^88.
@inlinable @inline(__always)
public func exponential(_ x: Vector) -> Vector {
  let limited = x.replacing(with: 88, where: x .> 88)
  let small = limited .< -87
  let safe = limited.replacing(with: 0, where: small)
  // Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low bits.
  let magic = Vector(repeating: 12_582_912)
  let shifted = safe * 1.442_695_04 + magic
  let n = shifted - magic
  let r = (safe - n * 0.693_359_375) - n * -2.121_944_4e-4
  var p = r * 1.987_569_15e-4 + 1.398_199_95e-3
  p = p * r + 8.333_451_9e-3
  p = p * r + 4.166_579_6e-2
  p = p * r + 1.666_666_55e-1
  p = p * r + 5.000_000_1e-1
  let er = p * r * r + r + 1
  let bits = unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &<< 23
  let power = unsafeBitCast(bits &+ 0x3F80_0000, to: Vector.self)
  return (er * power).replacing(with: 0, where: small)
}

/// The larger of `a` and `b` plus log(1 + e^−|a−b|): log(e^a + e^b) without overflow, in nats.
@inlinable
public func logAdd(_ a: Double, _ b: Double) -> Double {
  if a == -.infinity { return b }
  if b == -.infinity { return a }
  return a > b ? a + log1p(exp(b - a)) : b + log1p(exp(a - b))
}

/// log Σ e^x over `values`, in nats; −∞ if there are none.
public func logSum(_ values: some Collection<Double>) -> Double {
  guard let maximum = values.max(), maximum > -.infinity else { return -.infinity }
  return maximum + log(values.reduce(0) { $0 + exp($1 - maximum) })
}
