/// The scalars of a chunk (a run without white space), decoded for the rules, one per index.
///
/// Four sentinels stand before the first and behind the last scalar, so that features look around
/// without asking; scalar i of the chunk is element i + `padding`.
struct ChunkScalars {
  static let padding = 4

  /// The byte offset of every scalar, and of the chunk's end.
  private(set) var offsets: [Int] = []
  private(set) var kinds: [UInt8] = []
  private(set) var marks: [UInt8] = []
  /// Hash of the run (letters, digits or one repeated mark) from its start up to each scalar.
  private(set) var runHashes: [UInt64] = []
  /// The number of scalars of the run up to each scalar, at most 255.
  private(set) var runLengths: [UInt8] = []

  /// The number of scalars.
  var count: Int { marks.count - 2 * ChunkScalars.padding }

  /// Empties the chunk and writes the sentinels before it.
  mutating func begin() {
    offsets.removeAll(keepingCapacity: true)
    kinds.removeAll(keepingCapacity: true)
    marks.removeAll(keepingCapacity: true)
    runHashes.removeAll(keepingCapacity: true)
    runLengths.removeAll(keepingCapacity: true)
    for _ in 0..<ChunkScalars.padding { appendSentinel(Mark.chunkStart, offset: 0) }
  }

  /// Adds a scalar; a mark takes the kind of what it stands on.
  @inline(__always)
  mutating func append(kind: UInt8, mark: UInt8, offset: Int) {
    let last = marks.count - 1
    var kind = kind
    if kind == ScalarKind.extend.rawValue || kind == ScalarKind.joiner.rawValue,
      marks.count > ChunkScalars.padding
    {
      kind =
        kinds[last] & ScalarKind.baseMask | ScalarKind.extends
        | (kind == ScalarKind.joiner.rawValue ? ScalarKind.joins : 0)
    }
    let isSame =
      RunClass.of(kind: kind, mark: mark) == RunClass.of(kind: kinds[last], mark: marks[last])
    offsets.append(offset)
    kinds.append(kind)
    marks.append(mark)
    runHashes.append(MarkHash.adding(mark, to: isSame ? runHashes[last] : MarkHash.empty))
    runLengths.append(isSame ? min(255, runLengths[last] &+ 1) : 1)
  }

  /// Writes the end and the sentinels behind the last scalar.
  mutating func finish(end: Int) {
    for _ in 0..<ChunkScalars.padding { appendSentinel(Mark.chunkEnd, offset: end) }
  }

  private mutating func appendSentinel(_ mark: UInt8, offset: Int) {
    offsets.append(offset)
    kinds.append(ScalarKind.space.rawValue)
    marks.append(mark)
    runHashes.append(MarkHash.empty)
    runLengths.append(0)
  }
}

/// What makes a run: letters, digits, or the repetition of one mark.
enum RunClass {
  static let letter: UInt8 = 1
  static let digit: UInt8 = 2

  @inline(__always)
  static func of(kind: UInt8, mark: UInt8) -> UInt8 {
    let kind = kind & ScalarKind.baseMask
    if ScalarKind.isLetter(kind) || kind == ScalarKind.unspaced.rawValue
      || kind == ScalarKind.katakana.rawValue
    {
      return letter
    }
    return kind == ScalarKind.digit.rawValue ? digit : max(3, mark)
  }
}
