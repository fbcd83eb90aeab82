/// Searches patterns of fixed length, up to 64 positions each, with up to k letters that differ
/// (Wu & Manber 1992, doi 10.1145/135239.135244; substitutions only).
///
/// State j says which prefixes stand before here with j mismatches at most:
/// `Rⱼ ← (((Rⱼ << 1) | first bits) & mask) | (Rⱼ₋₁ << 1) | first bits`.
struct MismatchBank: Sendable {
  let probes: [Probe]
  private let mismatches: Int
  private let words: Int
  /// [W][256] the positions that a letter fits.
  private let masks: [UInt64]
  private let firsts: [UInt64]
  private let lasts: [UInt64]
  private let owners: [Int32]

  init(_ probes: [Probe], mismatches: Int, capitalOnly: Bool) {
    self.probes = probes
    self.mismatches = mismatches
    let packing = BitPacking(probes.map { $0.pattern.positions.count })
    words = packing.words
    var masks = [UInt64](repeating: 0, count: 256 * words)
    var firsts = [UInt64](repeating: 0, count: words)
    var lasts = firsts
    var owners = [Int32](repeating: -1, count: words * 64)
    for (number, (probe, place)) in zip(probes, packing.places).enumerated() {
      let last = place.bit + probe.pattern.positions.count - 1
      firsts[place.word] |= 1 << UInt64(place.bit)
      lasts[place.word] |= 1 << UInt64(last)
      owners[place.word * 64 + last] = Int32(number)
      for (offset, position) in probe.pattern.positions.enumerated() {
        for (byte, isIn) in position.letters.bytes(capitalOnly: capitalOnly).enumerated() where isIn
        {
          masks[place.word * 256 + byte] |= 1 << UInt64(place.bit + offset)
        }
      }
    }
    self.masks = masks
    self.firsts = firsts
    self.lasts = lasts
    self.owners = owners
  }

  /// Calls `report` with each match; ends rise within a word.
  func scan(
    _ letters: UnsafeBufferPointer<UInt8>, report: (_ probe: Int, _ match: RawMatch) -> Void
  ) {
    for word in 0..<words {
      switch mismatches {
      case 1: scanOne(letters, word, report)
      case 2: scanTwo(letters, word, report)
      default: scanMany(letters, word, report)
      }
    }
  }

  private func tell(
    _ found: UInt64, word: Int, at offset: Int, _ report: (Int, RawMatch) -> Void,
    mismatches: (_ bit: UInt64) -> Int
  ) {
    var found = found
    while found != 0 {
      let bit = found & (0 &- found)
      let owner = Int(owners[word * 64 + found.trailingZeroBitCount])
      let start = offset + 1 - probes[owner].pattern.positions.count
      // A prefix of mismatches may begin before the text does.
      if start >= 0 {
        report(owner, RawMatch(start: start, end: offset + 1, mismatches: mismatches(bit)))
      }
      found ^= bit
    }
  }

  private func scanOne(
    _ letters: UnsafeBufferPointer<UInt8>, _ word: Int, _ report: (Int, RawMatch) -> Void
  ) {
    guard let text = letters.baseAddress else { return }
    let (first, last) = (firsts[word], lasts[word])
    masks.withUnsafeBufferPointer { masks in
      let masks = masks.baseAddress! + word * 256
      var (r0, r1): (UInt64, UInt64) = (0, 0)
      for offset in 0..<letters.count {
        let mask = masks[Int(text[offset])]
        let s0 = (r0 << 1) | first
        r1 = (((r1 << 1) | first) & mask) | s0
        r0 = s0 & mask
        if r1 & last != 0 {
          tell(r1 & last, word: word, at: offset, report) { r0 & $0 != 0 ? 0 : 1 }
        }
      }
    }
  }

  private func scanTwo(
    _ letters: UnsafeBufferPointer<UInt8>, _ word: Int, _ report: (Int, RawMatch) -> Void
  ) {
    guard let text = letters.baseAddress else { return }
    let (first, last) = (firsts[word], lasts[word])
    masks.withUnsafeBufferPointer { masks in
      let masks = masks.baseAddress! + word * 256
      var (r0, r1, r2): (UInt64, UInt64, UInt64) = (0, 0, 0)
      for offset in 0..<letters.count {
        let mask = masks[Int(text[offset])]
        let s0 = (r0 << 1) | first
        let s1 = (r1 << 1) | first
        r2 = (((r2 << 1) | first) & mask) | s1
        r1 = (s1 & mask) | s0
        r0 = s0 & mask
        if r2 & last != 0 {
          tell(r2 & last, word: word, at: offset, report) {
            r0 & $0 != 0 ? 0 : r1 & $0 != 0 ? 1 : 2
          }
        }
      }
    }
  }

  private func scanMany(
    _ letters: UnsafeBufferPointer<UInt8>, _ word: Int, _ report: (Int, RawMatch) -> Void
  ) {
    guard let text = letters.baseAddress else { return }
    let (first, last) = (firsts[word], lasts[word])
    let k = mismatches
    var states = [UInt64](repeating: 0, count: k + 1)
    masks.withUnsafeBufferPointer { masks in
      let masks = masks.baseAddress! + word * 256
      for offset in 0..<letters.count {
        let mask = masks[Int(text[offset])]
        var fewer: UInt64 = 0
        for j in 0...k {
          let shifted = (states[j] << 1) | first
          states[j] = (shifted & mask) | fewer
          fewer = shifted
        }
        if states[k] & last != 0 {
          tell(states[k] & last, word: word, at: offset, report) { bit in
            states.firstIndex { $0 & bit != 0 } ?? k
          }
        }
      }
    }
  }
}
