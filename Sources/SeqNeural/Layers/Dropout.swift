package import SeqMath

/// Hides values while learning, each with probability p, and scales the others by 1 / (1 − p)
/// (Srivastava et al. 2014, <https://jmlr.org/papers/v15/srivastava14a.html>).
///
/// Which are hidden is a function of the seed and the place: nothing is stored, and the way back sees
/// what the way forward saw, on any number of threads. p is kept in steps of 1/256.
package struct Dropout: Hashable, Sendable {
  private let seed: UInt64
  private let threshold: UInt8
  private let scale: Float

  /// Makes a dropout; each step of training and each layer needs a seed of its own.
  package init(probability: Float, seed: UInt64) {
    precondition(probability >= 0 && probability < 1, "A probability of dropout is below 1.")
    threshold = UInt8(min((probability * 256).rounded(), 255))
    scale = 256 / (256 - Float(threshold))
    self.seed = seed
  }

  /// The factors, 0 or 1 / (1 − p), of eight values.
  ///
  /// - Parameter place: the number of the eight among all.
  @inline(__always)
  package func factors(at place: Int) -> Vector {
    var z = seed &+ UInt64(truncatingIfNeeded: place) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    let bytes = unsafeBitCast(z ^ (z &>> 31), to: SIMD8<UInt8>.self)
    let words = SIMD8<UInt32>(truncatingIfNeeded: bytes)
    return Vector(repeating: scale).replacing(
      with: 0, where: words .< SIMD8(repeating: UInt32(threshold)))
  }
}
