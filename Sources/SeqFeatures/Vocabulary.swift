/// The features of a model by number: from their 64-bit hashes to 0, 1, 2, … in order of
/// appearance.
///
/// An open-addressing table with linear probing, at most three quarters full.
public struct Vocabulary: Sendable {
  private var slots: [UInt32]  // number + 1, 0 empty
  /// The hashes in the order of their numbers.
  public private(set) var hashes: [UInt64] = []

  /// Makes an empty vocabulary.
  public init() { slots = Array(repeating: 0, count: 1 << 10) }

  /// The number of features.
  public var count: Int { hashes.count }

  /// The number of the feature with `hash`, if it is known.
  public func number(of hash: UInt64) -> UInt32? {
    let mask = slots.count - 1
    var at = Int(truncatingIfNeeded: hash &>> 20) & mask
    while slots[at] != 0 {
      if hashes[Int(slots[at]) - 1] == hash { return slots[at] - 1 }
      at = (at + 1) & mask
    }
    return nil
  }

  /// The number of the feature with `hash`, which is added if it is new.
  public mutating func add(_ hash: UInt64) -> UInt32 {
    let mask = slots.count - 1
    var at = Int(truncatingIfNeeded: hash &>> 20) & mask
    while slots[at] != 0 {
      if hashes[Int(slots[at]) - 1] == hash { return slots[at] - 1 }
      at = (at + 1) & mask
    }
    hashes.append(hash)
    slots[at] = UInt32(hashes.count)
    if hashes.count * 4 > slots.count * 3 { grow() }
    return UInt32(hashes.count - 1)
  }

  private mutating func grow() {
    let count = slots.count * 2
    slots = Array(repeating: 0, count: count)
    for (number, hash) in hashes.enumerated() {
      var at = Int(truncatingIfNeeded: hash &>> 20) & (count - 1)
      while slots[at] != 0 { at = (at + 1) & (count - 1) }
      slots[at] = UInt32(number + 1)
    }
  }
}
