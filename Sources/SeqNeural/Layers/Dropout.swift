package import SeqMath

/// Hides values while learning, each with probability p, and scales the others by 1 / (1 − p)
/// (Srivastava et al. 2014, <https://jmlr.org/papers/v15/srivastava14a.html>).
///
/// Which are hidden is a function of the seed and the place: nothing is stored, and the way back sees
/// what the way forward saw, on any number of threads. p is kept in steps of 1/256.
package struct Dropout: Hashable, Sendable {
  private let low: UInt32
  private let high: UInt32
  private let threshold: Float
  private let scale: Float

  /// Makes a dropout; each step of training and each layer needs a seed of its own.
  package init(probability: Float, seed: UInt64) {
    precondition(probability >= 0 && probability < 1, "A probability of dropout is below 1.")
    threshold = min((probability * 256).rounded(), 255)
    scale = 256 / (256 - threshold)
    low = UInt32(truncatingIfNeeded: seed)
    high = UInt32(truncatingIfNeeded: seed >> 32)
  }

  /// The factors, 0 or 1 / (1 − p), of eight values.
  ///
  /// - Parameter place: the number of the eight among all.
  @inline(__always)
  package func factors(at place: Int) -> Vector {
    // Eight generators side by side, each a bijective mixture of a 32-bit counter (the finalizer of
    // MurmurHash3, A. Appleby); a word serves four places, a byte each.
    let word = UInt32(truncatingIfNeeded: place &>> 2) &* 8
    var z = (SIMD8(repeating: word) | SIMD8(0, 1, 2, 3, 4, 5, 6, 7)) &+ SIMD8(repeating: low)
    z = (z ^ (z &>> 16)) &* 0x85EB_CA6B
    z ^= SIMD8(repeating: high)
    z = (z ^ (z &>> 13)) &* 0xC2B2_AE35
    z ^= z &>> 16
    let byte = (z &>> (UInt32(truncatingIfNeeded: place & 3) &* 8)) & 255
    // Compared as floating point: a comparison of whole numbers becomes a loop over the lanes, and
    // took ten times as long.
    let value = Vector(unsafeBitCast(byte, to: SIMD8<Int32>.self))
    return Vector(repeating: scale).replacing(with: 0, where: value .< threshold)
  }
}
