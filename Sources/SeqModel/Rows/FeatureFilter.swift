internal import CProcessor

/// A bit for each value of the low bits of known features' hashes: most combinations of words are
/// unknown to a model, and a bit that stays in the cache says so without a look-up.
///
/// Copies share the memory, which whoever made the filter frees: to count references at every sentence
/// would take longer than to ask it.
struct FeatureFilter {
  private let words: UnsafeMutablePointer<UInt64>
  private let mask: UInt64
  private let shift: UInt64

  /// Reads the features of a model: a fraction of a millisecond.
  init(_ weights: LinearWeights) {
    var bits = 1 << 16
    while bits < weights.featureCount * 8 && bits < 1 << 23 { bits *= 2 }
    mask = UInt64(bits - 1)
    shift = weights.keyShift
    words = .allocate(capacity: bits / 64)
    words.initialize(repeating: 0, count: bits / 64)
    weights.forEachLowHash { hash in
      let bit = Int(hash) & (bits - 1)
      words[bit / 64] |= 1 << UInt64(bit % 64)
    }
  }

  func deallocate() { words.deallocate() }

  /// Whether the feature with `hash` may be known; if not, it is not.
  @inline(__always)
  func mayContain(_ hash: UInt64) -> Bool { bit(of: hash) != 0 }

  /// Asks for the memory that ``bit(of:)`` will read.
  @inline(__always)
  func prefetch(_ hash: UInt64) {
    seqkit_prefetch(words + Int(truncatingIfNeeded: (hash &>> shift & mask) &>> 6))
  }

  /// The same as 1 or 0, for loops without branches.
  @inline(__always)
  func bit(of hash: UInt64) -> UInt64 {
    let bit = hash &>> shift & mask
    return words[Int(truncatingIfNeeded: bit &>> 6)] &>> (bit & 63) & 1
  }
}
