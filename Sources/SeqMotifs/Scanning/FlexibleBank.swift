/// Finds where matches of patterns with optional and repeatable positions begin, all patterns at
/// once: Extended Shift-And (Navarro & Raffinot 2002, *Flexible Pattern Matching in Strings*, §4.2),
/// over the text read backwards with the patterns reversed.
///
/// Each pattern has one bit before its positions that is always set, its empty prefix. After each
/// letter, runs of optional positions whose prefix stands are passed over by one subtraction: with
/// I the bits before such runs, F their last bits, A all of their bits and `E = D | F`,
/// `D ← D | (A & (~(E − I) ^ E))`.
struct FlexibleBank: Sendable {
  let probes: [Probe]
  private let words: [Word]

  /// Positions of a pattern that fit; of a longer one, the first so many are looked for.
  static let positionLimit = 63

  private struct Word: Sendable {
    var automaton = FlexibleAutomaton()
    /// [64] the probe whose last bit this is.
    var owners = [Int32](repeating: -1, count: 64)
  }

  init(_ probes: [Probe], capitalOnly: Bool) {
    self.probes = probes
    let patterns = probes.map { $0.pattern.prefix(Self.positionLimit).reversed }
    let packing = BitPacking(patterns.map { $0.positions.count + 1 })
    var words = [Word](repeating: Word(), count: packing.words)
    for (number, (pattern, place)) in zip(patterns, packing.places).enumerated() {
      let last = words[place.word].automaton.add(
        pattern, at: place.bit, capitalOnly: capitalOnly)
      words[place.word].owners[last] = Int32(number)
    }
    self.words = words
  }

  /// Calls `report` with each probe and each offset where a match of it (or of its first 63
  /// positions) begins, offsets falling within a word.
  func scan(
    _ letters: UnsafeBufferPointer<UInt8>, report: (_ probe: Int, _ start: Int) -> Void
  ) {
    guard let text = letters.baseAddress else { return }
    for word in words {
      let automaton = word.automaton
      automaton.masks.withUnsafeBufferPointer { masks in
        let masks = masks.baseAddress!
        var state = automaton.closure(automaton.empty)
        var offset = letters.count - 1
        while offset >= 0 {
          let mask = masks[Int(text[offset])]
          state = automaton.closure(
            ((state << 1) & mask) | (state & automaton.repeatable & mask) | automaton.empty)
          var found = state & automaton.last
          while found != 0 {
            report(Int(word.owners[found.trailingZeroBitCount]), offset)
            found &= found &- 1
          }
          offset -= 1
        }
      }
    }
  }
}

/// The masks of Extended Shift-And for the patterns of one word.
struct FlexibleAutomaton: Sendable {
  /// [256] the positions that a letter fits.
  private(set) var masks = [UInt64](repeating: 0, count: 256)
  /// The bits of empty prefixes, of last positions, of repeatable positions.
  private(set) var empty: UInt64 = 0
  private(set) var last: UInt64 = 0
  private(set) var repeatable: UInt64 = 0
  /// Of runs of optional positions: all bits, the bit before, the last bit.
  private var optional: UInt64 = 0
  private var before: UInt64 = 0
  private var runEnds: UInt64 = 0

  /// Adds a pattern whose empty prefix is bit `first`.
  ///
  /// - Returns: the bit of its last position.
  mutating func add(_ pattern: LinearPattern, at first: Int, capitalOnly: Bool) -> Int {
    precondition(first + pattern.positions.count < 64, "A pattern must fit into its word.")
    empty |= 1 << UInt64(first)
    for (offset, position) in pattern.positions.enumerated() {
      let bit: UInt64 = 1 << UInt64(first + 1 + offset)
      for (byte, isIn) in position.letters.bytes(capitalOnly: capitalOnly).enumerated() where isIn {
        masks[byte] |= bit
      }
      if position.isRepeatable { repeatable |= bit }
      if position.isOptional {
        optional |= bit
        if offset == 0 || !pattern.positions[offset - 1].isOptional { before |= bit >> 1 }
        if offset + 1 == pattern.positions.count || !pattern.positions[offset + 1].isOptional {
          runEnds |= bit
        }
      }
    }
    let end = first + pattern.positions.count
    last |= 1 << UInt64(end)
    return end
  }

  /// Adds the prefixes that end in optional positions which are left out.
  @inline(__always)
  func closure(_ state: UInt64) -> UInt64 {
    let ends = state | runEnds
    return state | (optional & (~(ends &- before) ^ ends))
  }
}
