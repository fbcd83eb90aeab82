package import SeqCore

/// Computes the hashes of a word's values, each from the value that it is made of, so that what
/// several templates begin with (`lower(form[0])`) is computed once. One thread's scratch.
///
/// A hot path for text with many new words: the values of a word lie one after another in one
/// memory, prefixes and suffixes are pieces of what they are cut from, and ASCII, known from the
/// word's bytes, needs no look at Unicode. `TemplateProgram.hashes(ofWord:)` is the plain version
/// that tests hold it to.
package final class WordValues {
  /// The hashes of the last word's values, in the program's order; 0 where it has none.
  package let hashes: UnsafeMutablePointer<UInt64>
  /// The number of values.
  package let count: Int

  /// A value that is made of another by a function.
  private struct Step {
    var parent: Int
    var function: WordFunction
  }
  /// A value's place in the memory; `end` is −1 if there is none.
  private struct Piece {
    var start: Int
    var end: Int
    var isASCII: Bool

    static let none = Piece(start: 0, end: -1, isASCII: true)
  }

  private let sourceCount: Int
  /// Whether a source is a function of the sequence: where that has no value, nothing has.
  private let mayLack: [Bool]
  private let tables: [WordTable]
  private let steps: UnsafeMutablePointer<Step>
  private let stepCount: Int
  /// The pieces of the sources' values, then of the steps'.
  private let pieces: UnsafeMutablePointer<Piece>
  /// Each value's piece.
  private let places: UnsafeMutablePointer<Int>
  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity = 1 << 10
  private var used = 0

  package init(_ program: TemplateProgram) {
    count = program.values.count
    sourceCount = program.sources.count
    mayLack = program.sources.map { $0.function != nil }
    tables = program.knowledge.tables
    // Every beginning of a value's functions is a piece, once.
    var known: [TemplateProgram.Value] = []
    var steps: [Step] = []
    var places: [Int] = []
    for value in program.values {
      var place = value.source
      for length in value.functions.indices {
        let part = TemplateProgram.Value(
          source: value.source, functions: Array(value.functions[...length]))
        if let index = known.firstIndex(of: part) {
          place = sourceCount + index
        } else {
          known.append(part)
          steps.append(Step(parent: place, function: value.functions[length]))
          place = sourceCount + known.count - 1
        }
      }
      places.append(place)
    }
    stepCount = steps.count
    self.steps = .allocate(capacity: max(steps.count, 1))
    self.steps.initialize(from: steps, count: steps.count)
    self.places = .allocate(capacity: max(count, 1))
    self.places.initialize(from: places, count: count)
    pieces = .allocate(capacity: max(sourceCount + stepCount, 1))
    pieces.initialize(repeating: .none, count: sourceCount + stepCount)
    hashes = .allocate(capacity: max(count, 1))
    hashes.initialize(repeating: 0, count: count)
    bytes = .allocate(capacity: capacity)
  }

  deinit {
    steps.deinitialize(count: stepCount)
    steps.deallocate()
    places.deallocate()
    pieces.deallocate()
    hashes.deallocate()
    bytes.deallocate()
  }

  /// Computes ``hashes`` for the word at a position.
  ///
  /// - Parameters:
  ///   - sources: the values of the program's sources, each [T].
  ///   - buffer: the record's.
  package func compute(
    _ sources: [TemplateProgram.SourceValues], at position: Int,
    in buffer: UnsafeBufferPointer<UInt8>
  ) {
    precondition(sources.count == sourceCount, "The values of each of the program's sources.")
    used = 0
    for source in 0..<sourceCount {
      let range = sources[source].ranges[position].indices
      if range.isEmpty, mayLack[source] {
        pieces[source] = .none
        continue
      }
      makeRoom(range.count)
      var high: UInt8 = 0
      sources[source].withUnsafeBytes(else: buffer) { buffer in
        for (index, byte) in buffer[range].enumerated() {
          bytes[used + index] = byte
          high |= byte
        }
      }
      pieces[source] = Piece(start: used, end: used + range.count, isASCII: high < 0x80)
      used += range.count
    }
    for index in 0..<stepCount {
      let parent = pieces[steps[index].parent]
      pieces[sourceCount + index] =
        parent.end < 0
        ? .none
        : parent.isASCII
          ? ofASCII(parent, steps[index].function) : plainly(parent, steps[index].function)
    }
    for value in 0..<count {
      let piece = pieces[places[value]]
      hashes[value] =
        piece.end < 0
        ? 0 : FeatureHash.hash(bytes + piece.start, count: piece.end &- piece.start)
    }
  }

  /// A function's value for ASCII.
  private func ofASCII(_ word: Piece, _ function: WordFunction) -> Piece {
    let count = word.end - word.start
    switch function {
    case .prefix(let n):
      return count < n
        ? .none : Piece(start: word.start, end: word.start + n, isASCII: true)
    case .suffix(let n):
      return count < n ? .none : Piece(start: word.end - n, end: word.end, isASCII: true)
    case .lower, .normal:
      makeRoom(count)
      let isNormal = function == .normal
      for index in 0..<count {
        let byte = bytes[word.start + index]
        let isUpper = byte &- 0x41 < 26
        let isDigit = isNormal && byte &- 0x30 < 10
        bytes[used + index] = isUpper ? byte | 0x20 : isDigit ? 0x30 : byte
      }
      return taken(count)
    case .shape, .shortShape:
      makeRoom(count)
      let isShort = function == .shortShape
      var length = 0
      for index in 0..<count {
        let byte = bytes[word.start + index]
        let kind: UInt8 =
          byte &- 0x41 < 26 ? 0x58 : byte &- 0x61 < 26 ? 0x78 : byte &- 0x30 < 10 ? 0x30 : byte
        if isShort, length > 0, bytes[used + length - 1] == kind { continue }
        bytes[used + length] = kind
        length += 1
      }
      return taken(length)
    default:
      return plainly(word, function)
    }
  }

  /// A function's value as the function itself makes it.
  private func plainly(_ word: Piece, _ function: WordFunction) -> Piece {
    var value = Array(UnsafeBufferPointer(start: bytes + word.start, count: word.end - word.start))
    guard function.apply(to: &value, tables: tables) else { return .none }
    makeRoom(value.count)
    for (index, byte) in value.enumerated() { bytes[used + index] = byte }
    var piece = taken(value.count)
    piece.isASCII = value.allSatisfy { $0 < 0x80 }
    return piece
  }

  /// The next bytes of the memory, which have been written.
  private func taken(_ count: Int) -> Piece {
    used += count
    return Piece(start: used - count, end: used, isASCII: true)
  }

  private func makeRoom(_ more: Int) {
    guard used + more > capacity else { return }
    capacity = max(capacity * 2, used + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: bytes, count: used)
    bytes.deallocate()
    bytes = larger
  }
}
