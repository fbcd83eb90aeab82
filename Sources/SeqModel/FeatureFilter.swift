/// A bit for each value of the low bits of known features' hashes: most combinations of words are
/// unknown to a model, and a bit that stays in the cache says so without a look-up.
struct FeatureFilter {
  private let words: [UInt64]
  private let mask: UInt64
  private let shift: UInt64

  /// Reads the features of a model: a fraction of a millisecond.
  init(_ weights: LinearWeights) {
    var bits = 1 << 16
    while bits < weights.featureCount * 8 && bits < 1 << 23 { bits *= 2 }
    mask = UInt64(bits - 1)
    shift = weights.keyShift
    var words = [UInt64](repeating: 0, count: bits / 64)
    words.withUnsafeMutableBufferPointer { words in
      weights.forEachLowHash { hash in
        let bit = Int(hash) & (bits - 1)
        words[bit / 64] |= 1 << UInt64(bit % 64)
      }
    }
    self.words = words
  }

  /// Whether the feature with `hash` may be known; if not, it is not.
  func mayContain(_ hash: UInt64) -> Bool {
    let bit = hash &>> shift & mask
    return words[Int(truncatingIfNeeded: bit &>> 6)] &>> (bit & 63) & 1 != 0
  }
}
