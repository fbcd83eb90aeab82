internal import CProcessor

/// Numbers under 64-bit keys, in one open-addressing table that is at most half full.
///
/// Keys are hashes already: their low bits choose the slot. One thread's scratch; a class because it
/// owns memory.
final class KeyTable {
  @exclusivity(unchecked) private var slots: UnsafeMutablePointer<Slot>
  @exclusivity(unchecked) private var mask: Int
  /// The number of keys.
  @exclusivity(unchecked) private(set) var count = 0

  private struct Slot {
    var key: UInt64
    var number: Int  // + 1; 0 is an empty slot
  }

  init() {
    mask = 1 << 7 - 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(key: 0, number: 0), count: mask + 1)
  }

  deinit { slots.deallocate() }

  /// The number under `key`, or −1.
  @inline(__always)
  func number(of key: UInt64) -> Int {
    let slots = slots
    let mask = mask
    var at = Int(truncatingIfNeeded: key) & mask
    while true {
      let slot = slots[at]
      if slot.key == key || slot.number == 0 { return slot.number &- 1 }
      at = (at &+ 1) & mask
    }
  }

  /// Asks for the memory that ``number(of:)`` will read.
  @inline(__always)
  func prefetch(_ key: UInt64) { seqkit_prefetch(slots + Int(truncatingIfNeeded: key) & mask) }

  /// Puts a number under a key that has none; the key is not 0.
  func insert(_ number: Int, under key: UInt64) {
    count += 1
    if count * 2 > mask { grow() }
    put(Slot(key: key, number: number + 1))
  }

  /// Takes all keys out.
  func removeAll() {
    slots.update(repeating: Slot(key: 0, number: 0), count: mask + 1)
    count = 0
  }

  private func put(_ slot: Slot) {
    var at = Int(truncatingIfNeeded: slot.key) & mask
    while slots[at].number != 0 { at = (at + 1) & mask }
    slots[at] = slot
  }

  private func grow() {
    let old = UnsafeMutableBufferPointer(start: slots, count: mask + 1)
    mask = old.count * 2 - 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(key: 0, number: 0), count: mask + 1)
    for slot in old where slot.number != 0 { put(slot) }
    old.deallocate()
  }
}
