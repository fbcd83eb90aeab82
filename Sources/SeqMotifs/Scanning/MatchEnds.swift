/// Gives the ends of all matches of one pattern that begin at a place.
enum MatchEnds: Sendable {
  /// Up to 63 positions in one word.
  case flexible(FlexibleAutomaton)
  /// More positions: a truth value each.
  case wide(LinearPattern, letters: [[Bool]])
  /// An expression with groups.
  case expression(GlushkovAutomaton)

  init(_ pattern: LinearPattern, capitalOnly: Bool) {
    if pattern.positions.count <= FlexibleBank.positionLimit {
      var automaton = FlexibleAutomaton()
      _ = automaton.add(pattern, at: 0, capitalOnly: capitalOnly)
      self = .flexible(automaton)
    } else {
      self = .wide(
        pattern, letters: pattern.positions.map { $0.letters.bytes(capitalOnly: capitalOnly) })
    }
  }

  /// Calls `report` with each end, rising.
  ///
  /// - Parameter longest: the most letters of a match.
  func from(
    _ start: Int, in letters: UnsafeBufferPointer<UInt8>, longest: Int, report: (Int) -> Void
  ) {
    let stop = min(letters.count, start + longest)
    switch self {
    case .flexible(let automaton):
      // The empty prefix stands at the start only.
      var state = automaton.closure(automaton.empty)
      for offset in start..<stop {
        let mask = automaton.masks[Int(letters[offset])]
        state = automaton.closure(((state << 1) & mask) | (state & automaton.repeatable & mask))
        if state == 0 { return }
        if state & automaton.last != 0 { report(offset + 1) }
      }
    case .expression(let automaton):
      var state = automaton.start(letters[start])
      var offset = start
      while state != 0 {
        if state & automaton.last != 0 { report(offset + 1) }
        offset += 1
        if offset >= stop { return }
        state = automaton.step(state, letters[offset])
      }
    case .wide(let pattern, let table):
      wideEnds(pattern, table, start..<stop, letters, report)
    }
  }

  /// The plain way: `prefix[i]` says that the first i positions stand before here.
  private func wideEnds(
    _ pattern: LinearPattern, _ table: [[Bool]], _ range: Range<Int>,
    _ letters: UnsafeBufferPointer<UInt8>, _ report: (Int) -> Void
  ) {
    let count = pattern.positions.count
    var prefix = [Bool](repeating: false, count: count + 1)
    prefix[0] = true
    func passOverOptional() {
      for i in 0..<count where pattern.positions[i].isOptional && prefix[i] { prefix[i + 1] = true }
    }
    passOverOptional()
    for offset in range {
      let byte = Int(letters[offset])
      for i in stride(from: count, to: 0, by: -1) {
        prefix[i] =
          table[i - 1][byte]
          && (prefix[i - 1] || (pattern.positions[i - 1].isRepeatable && prefix[i]))
      }
      prefix[0] = false
      passOverOptional()
      if !prefix.contains(true) { return }
      if prefix[count] { report(offset + 1) }
    }
  }
}

/// A regular expression as an automaton without empty steps, one bit a position
/// (Glushkov 1961; Navarro & Raffinot 2002, §5.2.2).
struct GlushkovAutomaton: Sendable {
  /// [256] the positions that a letter fits.
  private var masks = [UInt64](repeating: 0, count: 256)
  /// The positions that can come after each.
  private var follow: [UInt64] = []
  /// The positions that a match can begin and end with.
  private var first: UInt64 = 0
  private(set) var last: UInt64 = 0

  init(_ expression: Expression, capitalOnly: Bool) {
    let ends = add(expression.root, capitalOnly)
    first = ends.first
    last = ends.last
  }

  /// The state after the first letter of a match; 0 if none begins with it.
  @inline(__always)
  func start(_ byte: UInt8) -> UInt64 { first & masks[Int(byte)] }

  /// The state after another letter.
  @inline(__always)
  func step(_ state: UInt64, _ byte: UInt8) -> UInt64 {
    var rest = state
    var next: UInt64 = 0
    while rest != 0 {
      next |= follow[rest.trailingZeroBitCount]
      rest &= rest &- 1
    }
    return next & masks[Int(byte)]
  }

  private mutating func add(_ node: ExpressionNode, _ capitalOnly: Bool) -> (
    first: UInt64, last: UInt64, isNullable: Bool
  ) {
    switch node {
    case .letters(let letters):
      precondition(follow.count < 64, "An expression has at most 63 positions.")
      let bit: UInt64 = 1 << UInt64(follow.count)
      follow.append(0)
      for (byte, isIn) in letters.bytes(capitalOnly: capitalOnly).enumerated() where isIn {
        masks[byte] |= bit
      }
      return (bit, bit, false)
    case .alternatives(let nodes):
      return nodes.reduce((0, 0, false)) { ends, node in
        let other = add(node, capitalOnly)
        return (ends.0 | other.first, ends.1 | other.last, ends.2 || other.isNullable)
      }
    case .sequence(let nodes):
      return nodes.reduce((0, 0, true)) { ends, node in
        joined(ends, add(node, capitalOnly))
      }
    case .repeated(let node, let minimum, let maximum):
      var ends: (UInt64, UInt64, Bool) = (0, 0, true)
      for count in 0..<max(maximum ?? minimum, 1) {
        var next = add(node, capitalOnly)
        if count >= minimum { next.isNullable = true }
        if maximum == nil, count == max(minimum, 1) - 1 { connect(next.last, to: next.first) }
        ends = joined(ends, next)
      }
      return ends
    }
  }

  private mutating func joined(
    _ a: (first: UInt64, last: UInt64, isNullable: Bool),
    _ b: (first: UInt64, last: UInt64, isNullable: Bool)
  ) -> (UInt64, UInt64, Bool) {
    connect(a.last, to: b.first)
    return (
      a.isNullable ? a.first | b.first : a.first, b.isNullable ? a.last | b.last : b.last,
      a.isNullable && b.isNullable
    )
  }

  private mutating func connect(_ ends: UInt64, to starts: UInt64) {
    for position in 0..<follow.count where ends >> UInt64(position) & 1 == 1 {
      follow[position] |= starts
    }
  }
}
