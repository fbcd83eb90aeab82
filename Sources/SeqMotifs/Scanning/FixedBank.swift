/// Searches patterns of fixed length, up to 64 positions each, all at once: Shift-And
/// (Baeza-Yates & Gonnet 1992, doi 10.1145/135239.135243), several patterns packed into each word.
///
/// Bit i of the state says that the first i + 1 letters of its pattern stand before here:
/// `D ← ((D << 1) | first bits) & mask of the letter`. What a shift carries from one pattern's last
/// bit to the next one's first does no harm, since first bits are set anyway.
struct FixedBank: Sendable {
  /// The patterns; those of a word are neighbours.
  let probes: [Probe]
  /// The number of words, W, rounded up to whole groups of four if there are more than two.
  private let words: Int
  /// [256][W] the positions that a letter fits.
  private let masks: [UInt64]
  /// [W] first bits, and last bits.
  private let firsts: [UInt64]
  private let lasts: [UInt64]
  /// [W][64] the probe whose last bit this is.
  private let owners: [Int32]

  init(_ probes: [Probe], capitalOnly: Bool) {
    self.probes = probes
    let packing = BitPacking(probes.map { $0.pattern.positions.count })
    words = packing.words <= 2 ? packing.words : (packing.words + 3) & ~3
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
          masks[byte * words + place.word] |= 1 << UInt64(place.bit + offset)
        }
      }
    }
    self.masks = masks
    self.firsts = firsts
    self.lasts = lasts
    self.owners = owners
  }

  /// Calls `report` with each match of `letters`, the number of its probe first. Ends rise, within a
  /// group of four words.
  func scan(
    _ letters: UnsafeBufferPointer<UInt8>, report: (_ probe: Int, _ match: RawMatch) -> Void
  ) {
    switch words {
    case 0: break
    case 1: scanOne(letters, report)
    case 2: scanTwo(letters, report)
    default: for group in 0..<(words / 4) { scanFour(letters, group, report) }
    }
  }

  @inline(__always)
  private func tell(
    _ found: UInt64, word: Int, at offset: Int, _ report: (Int, RawMatch) -> Void
  ) {
    var found = found
    while found != 0 {
      let owner = Int(owners[word * 64 + found.trailingZeroBitCount])
      let length = probes[owner].pattern.positions.count
      report(owner, RawMatch(start: offset + 1 - length, end: offset + 1))
      found &= found &- 1
    }
  }

  private func scanOne(
    _ letters: UnsafeBufferPointer<UInt8>, _ report: (Int, RawMatch) -> Void
  ) {
    guard let text = letters.baseAddress else { return }
    masks.withUnsafeBufferPointer { masks in
      var state: UInt64 = 0
      var offset = 0
      while Self.advance(
        &state, &offset, text, letters.count, masks.baseAddress!, firsts[0], lasts[0])
      {
        tell(state & lasts[0], word: 0, at: offset - 1, report)
      }
    }
  }

  private func scanTwo(
    _ letters: UnsafeBufferPointer<UInt8>, _ report: (Int, RawMatch) -> Void
  ) {
    guard let text = letters.baseAddress else { return }
    let first = (firsts[0], firsts[1])
    let last = (lasts[0], lasts[1])
    masks.withUnsafeBufferPointer { masks in
      var state: (UInt64, UInt64) = (0, 0)
      var offset = 0
      while Self.advance(
        &state, &offset, text, letters.count, masks.baseAddress!, first, last)
      {
        tell(state.0 & last.0, word: 0, at: offset - 1, report)
        tell(state.1 & last.1, word: 1, at: offset - 1, report)
      }
    }
  }

  private func scanFour(
    _ letters: UnsafeBufferPointer<UInt8>, _ group: Int, _ report: (Int, RawMatch) -> Void
  ) {
    guard let text = letters.baseAddress else { return }
    let base = group * 4
    let first = SIMD4(firsts[base], firsts[base + 1], firsts[base + 2], firsts[base + 3])
    let last = SIMD4(lasts[base], lasts[base + 1], lasts[base + 2], lasts[base + 3])
    masks.withUnsafeBytes { masks in
      var state = SIMD4<UInt64>()
      var offset = 0
      while Self.advance(
        &state, &offset, text, letters.count, masks.baseAddress! + base * 8, words * 8, first, last)
      {
        let found = state & last
        for lane in 0..<4 { tell(found[lane], word: base + lane, at: offset - 1, report) }
      }
    }
  }

  // MARK: Steps

  // Each steps over letters until one ends a match, and says whether one did; `offset` is then behind
  // that letter. They stand apart from what reports a match so that the states stay in registers.

  @inline(never)
  private static func advance(
    _ state: inout UInt64, _ offset: inout Int, _ text: UnsafePointer<UInt8>, _ count: Int,
    _ masks: UnsafePointer<UInt64>, _ first: UInt64, _ last: UInt64
  ) -> Bool {
    var (here, position) = (state, offset)
    defer { (state, offset) = (here, position) }
    while position < count {
      here = ((here << 1) | first) & masks[Int(text[position])]
      position &+= 1
      if here & last != 0 { return true }
    }
    return false
  }

  @inline(never)
  private static func advance(
    _ state: inout (UInt64, UInt64), _ offset: inout Int, _ text: UnsafePointer<UInt8>,
    _ count: Int, _ masks: UnsafePointer<UInt64>, _ first: (UInt64, UInt64),
    _ last: (UInt64, UInt64)
  ) -> Bool {
    var (here, position) = (state, offset)
    defer { (state, offset) = (here, position) }
    while position < count {
      let row = masks + 2 &* Int(text[position])
      here.0 = ((here.0 << 1) | first.0) & row[0]
      here.1 = ((here.1 << 1) | first.1) & row[1]
      position &+= 1
      if (here.0 & last.0) | (here.1 & last.1) != 0 { return true }
    }
    return false
  }

  /// - Parameter stride: bytes from one letter's masks to the next one's.
  @inline(never)
  private static func advance(
    _ state: inout SIMD4<UInt64>, _ offset: inout Int, _ text: UnsafePointer<UInt8>, _ count: Int,
    _ masks: UnsafeRawPointer, _ stride: Int, _ first: SIMD4<UInt64>, _ last: SIMD4<UInt64>
  ) -> Bool {
    var (here, position) = (state, offset)
    defer { (state, offset) = (here, position) }
    while position < count {
      let row = (masks + Int(text[position]) &* stride).loadUnaligned(as: SIMD4<UInt64>.self)
      here = ((here &<< 1) | first) & row
      position &+= 1
      let found = here & last
      if found[0] | found[1] | found[2] | found[3] != 0 { return true }
    }
    return false
  }
}

/// Places for patterns in words of 64 bits: first fit, in the order given.
struct BitPacking {
  private(set) var places: [(word: Int, bit: Int)] = []
  private(set) var words = 0

  init(_ lengths: [Int]) {
    var used: [Int] = []
    for length in lengths {
      precondition(length <= 64, "A pattern in a word has at most 64 positions.")
      let word = used.firstIndex { $0 + length <= 64 } ?? used.count
      if word == used.count { used.append(0) }
      places.append((word, used[word]))
      used[word] += length
    }
    words = used.count
  }
}
