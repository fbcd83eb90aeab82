/// Weights of a hashed linear model, stored as the printable characters of a string literal: the
/// program reads them where they were loaded, without decoding, so they cost no start-up time.
///
/// Rows of 128 characters are separated by line feeds; character c is the weight c − 80.
struct LinearTable {
  let weights: UnsafePointer<UInt8>
  let bias: Int32

  init(_ literal: StaticString, bias: Int32 = 0) {
    weights = literal.utf8Start
    self.bias = bias
  }

  /// Σ weights of `slots` + bias.
  @inline(__always)
  func score(_ slots: borrowing FeatureSlots) -> Int32 {
    var sum = bias
    for index in 0..<slots.count {
      let slot = Int(slots.base[index])
      sum &+= Int32(weights[slot + slot >> 7]) &- 80
    }
    return sum
  }
}

/// The feature numbers of one decision, in a buffer that every decision of a text uses again.
package struct FeatureSlots: ~Copyable {
  /// The number of bits of a feature number.
  package static let bits: UInt64 = 15
  /// The number of weights of a table.
  package static let tableSize = 1 << Int(bits)
  static let capacity = 48

  package let base: UnsafeMutablePointer<UInt32>
  package var count = 0

  init() { base = .allocate(capacity: FeatureSlots.capacity) }
  deinit { base.deallocate() }

  /// Adds the feature `value` of a template; templates are told apart by their number.
  @inline(__always)
  mutating func add(_ template: UInt64, _ value: UInt64) {
    var x = (value &+ template &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
    x ^= x >> 29
    x = x &* 0xBF58_476D_1CE4_E5B9
    base[count] = UInt32(truncatingIfNeeded: x >> (64 - FeatureSlots.bits))
    count &+= 1
  }

  @inline(__always)
  mutating func removeAll() { count = 0 }
}

/// FNV-1a over marks, 64 bits.
enum MarkHash {
  static let empty: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always)
  static func adding(_ mark: UInt8, to hash: UInt64) -> UInt64 {
    (hash ^ UInt64(mark)) &* 0x100_0000_01B3
  }
}
