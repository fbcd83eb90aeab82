internal import SeqCore
internal import SeqMath

/// Sequences with some of their features hidden at random, so that learning does not lean on the
/// strongest feature alone (Wang and Manning 2013 call it feature noising; Søgaard 2013 does it to a
/// perceptron of this kind, ACL P13-2112).
///
/// A word's form explains nearly every training word, so a learner that always sees it learns
/// little about affixes, shapes and neighbours, which are all that an unknown word has.
final class FeatureDropout {
  private let threshold: UInt32
  private(set) var generator: RandomGenerator
  private var starts: UnsafeMutableBufferPointer<UInt32>
  private var middles: UnsafeMutableBufferPointer<UInt32>
  private var slots: UnsafeMutableBufferPointer<UInt32>

  /// - Parameter probability: that a slot of a position is hidden, from 0 to below 1.
  init(probability: Double, seed: UInt64) {
    precondition(probability >= 0 && probability < 1, "A probability below 1.")
    threshold = UInt32(probability * 0x1p32)
    generator = RandomGenerator(seed: ~seed)
    starts = .allocate(capacity: 257)
    middles = .allocate(capacity: 256)
    slots = .allocate(capacity: 1 << 14)
  }

  deinit {
    starts.deallocate()
    middles.deallocate()
    slots.deallocate()
  }

  /// Goes on from a generator's state.
  func restore(_ state: UInt64) { generator = RandomGenerator(seed: state) }

  /// What is left of T positions from `first` on; their numbers begin at 0.
  ///
  /// It is valid until the next call.
  func thin(_ set: SlotPointers, _ first: Int, _ T: Int) -> SlotPointers {
    reserve(T, Int(set.starts[first + T] - set.starts[first]))
    var count = 0
    // Two decisions are drawn from each 64 random bits.
    var bits: UInt64 = 0
    var hasHalf = false
    func keep(_ range: Range<Int>) {
      for index in range {
        if hasHalf { bits &>>= 32 } else { bits = generator.next() }
        hasHalf.toggle()
        slots[count] = set.slots[index]
        if UInt32(truncatingIfNeeded: bits) >= threshold { count += 1 }
      }
    }
    starts[0] = 0
    for t in 0..<T {
      let middle = Int(set.middles[first + t])
      keep(Int(set.starts[first + t])..<middle)
      middles[t] = UInt32(count)
      keep(middle..<Int(set.starts[first + t + 1]))
      starts[t + 1] = UInt32(count)
    }
    return SlotPointers(
      sequenceStarts: set.sequenceStarts, gold: set.gold + first,
      starts: UnsafePointer(starts.baseAddress!), middles: UnsafePointer(middles.baseAddress!),
      slots: UnsafePointer(slots.baseAddress!))
  }

  private func reserve(_ T: Int, _ slotCount: Int) {
    if T > middles.count {
      starts.deallocate()
      middles.deallocate()
      starts = .allocate(capacity: T * 2 + 1)
      middles = .allocate(capacity: T * 2)
    }
    // The last slot is written before it is known whether it stays.
    if slotCount > slots.count {
      slots.deallocate()
      slots = .allocate(capacity: slotCount * 2)
    }
  }
}
