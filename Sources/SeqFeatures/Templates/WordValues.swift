internal import SeqCore

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
    var kind: Kind
    /// The number of characters of `prefix` and `suffix`; the number of a table's ``View``.
    var length: Int
  }
  /// The functions that have a form for ASCII here, and the others.
  private enum Kind: UInt8 {
    case prefix, suffix, lower, normal, shape, shortShape, length, hasDigit, hasHyphen, hasUpper
    case table, other

    init(_ function: WordFunction) {
      self =
        switch function {
        case .prefix: .prefix
        case .suffix: .suffix
        case .lower: .lower
        case .normal: .normal
        case .shape: .shape
        case .shortShape: .shortShape
        case .length: .length
        case .hasDigit: .hasDigit
        case .hasHyphen: .hasHyphen
        case .hasUpper: .hasUpper
        case .table: .table
        }
    }
  }
  /// A value's place in the memory; `end` is −1 if there is none.
  private struct Piece {
    var start: Int
    var end: Int
    var isASCII: Bool

    static let none = Piece(start: 0, end: -1, isASCII: true)
  }

  /// A table's words and the pieces of their values, which lie before all others in the memory.
  private struct View {
    var ignoresCase: Bool
    var words: [UInt64]
    var codes: [UInt16]
    /// The piece of each value, then that of words that are not in the table.
    var pieces: [Piece]
  }

  private let sourceCount: Int
  /// Whether a source is a function of the sequence: where that has no value, nothing has.
  private let mayLack: UnsafeMutablePointer<Bool>
  private let functions: [WordFunction]
  private let tables: [WordTable]
  private let views: [View]
  private let steps: UnsafeMutablePointer<Step>
  private let stepCount: Int
  /// The pieces of the sources' values, then of the steps'.
  private let pieces: UnsafeMutablePointer<Piece>
  /// Each value's piece.
  private let places: UnsafeMutablePointer<Int>
  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity = 1 << 10
  /// The bytes of the tables' values, which stay.
  private let constant: Int
  private var used = 0
  /// Bytes behind the capacity that a hash may read and not use.
  private static let slack = 8

  package init(_ program: TemplateProgram) {
    count = program.values.count
    sourceCount = program.sources.count
    mayLack = .allocate(capacity: max(sourceCount, 1))
    for (index, source) in program.sources.enumerated() {
      mayLack[index] = source.function != nil
    }
    tables = program.knowledge.tables
    // Every beginning of a value's functions is a piece, once.
    var known: [TemplateProgram.Value] = []
    var steps: [Step] = []
    var functions: [WordFunction] = []
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
          let function = value.functions[length]
          var step = Step(parent: place, kind: Kind(function), length: 0)
          if case .prefix(let n) = function { step.length = n }
          if case .suffix(let n) = function { step.length = n }
          if case .table(let name) = function {
            if let index = tables.firstIndex(where: { $0.name == name }) {
              step.length = index
            } else {
              step.kind = .other
            }
          }
          steps.append(step)
          functions.append(function)
          place = sourceCount + known.count - 1
        }
      }
      places.append(place)
    }
    self.functions = functions
    stepCount = steps.count
    self.steps = .allocate(capacity: max(steps.count, 1))
    self.steps.initialize(from: steps, count: steps.count)
    self.places = .allocate(capacity: max(count, 1))
    self.places.initialize(from: places, count: count)
    pieces = .allocate(capacity: max(sourceCount + stepCount, 1))
    pieces.initialize(repeating: .none, count: sourceCount + stepCount)
    hashes = .allocate(capacity: max(count, 1))
    hashes.initialize(repeating: 0, count: count)
    var constants: [UInt8] = []
    views = tables.map { table in
      func piece(_ value: String) -> Piece {
        let start = constants.count
        constants += value.utf8
        return Piece(
          start: start, end: constants.count, isASCII: value.utf8.allSatisfy { $0 < 0x80 })
      }
      return View(
        ignoresCase: table.name.ignoresCase, words: table.words, codes: table.codes,
        pieces: table.values.map(piece) + [table.missing.map(piece) ?? .none])
    }
    constant = constants.count
    capacity = max(capacity, 2 * constant)
    bytes = .allocate(capacity: capacity + Self.slack)
    bytes.initialize(from: constants, count: constant)
  }

  deinit {
    mayLack.deallocate()
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
    used = constant
    for source in 0..<sourceCount {
      let range = sources[source].range(position).indices
      sources[source].withUnsafeBytes(else: buffer) {
        take(source, UnsafeBufferPointer(rebasing: $0[range]))
      }
    }
    computeSteps()
  }

  /// Computes ``hashes`` for a word, which is the value of the program's only source, a layer.
  package func compute(_ word: UnsafeBufferPointer<UInt8>) {
    precondition(sourceCount == 1 && !mayLack[0], "One source, which is a layer.")
    used = constant
    take(0, word)
    computeSteps()
  }

  /// Copies a source's value.
  private func take(_ source: Int, _ word: UnsafeBufferPointer<UInt8>) {
    if word.isEmpty, mayLack[source] {
      pieces[source] = .none
      return
    }
    makeRoom(word.count)
    var high: UInt8 = 0
    for index in 0..<word.count {
      bytes[used &+ index] = word[index]
      high |= word[index]
    }
    pieces[source] = Piece(start: used, end: used + word.count, isASCII: high < 0x80)
    used += word.count
  }

  private func computeSteps() {
    for index in 0..<stepCount {
      let step = steps[index]
      let parent = pieces[step.parent]
      pieces[sourceCount &+ index] =
        parent.end < 0
        ? .none
        : parent.isASCII && step.kind != .other
          ? ofASCII(parent, step.kind, step.length) : plainly(parent, functions[index])
    }
    for value in 0..<count {
      let piece = pieces[places[value]]
      hashes[value] =
        piece.end < 0
        ? 0
        : FeatureHash.hash(
          bytes + piece.start, count: piece.end &- piece.start,
          readable: capacity &+ Self.slack &- piece.start)
    }
  }

  /// A function's value for ASCII.
  private func ofASCII(_ word: Piece, _ kind: Kind, _ n: Int) -> Piece {
    let count = word.end - word.start
    switch kind {
    case .prefix:
      return count < n
        ? .none : Piece(start: word.start, end: word.start + n, isASCII: true)
    case .suffix:
      return count < n ? .none : Piece(start: word.end - n, end: word.end, isASCII: true)
    case .lower, .normal:
      makeRoom(count)
      for index in 0..<count {
        let byte = bytes[word.start &+ index]
        let isUpper = byte &- 0x41 < 26
        let isDigit = kind == .normal && byte &- 0x30 < 10
        bytes[used &+ index] = isUpper ? byte | 0x20 : isDigit ? 0x30 : byte
      }
      return taken(count)
    case .shape, .shortShape:
      makeRoom(count)
      var length = 0
      for index in 0..<count {
        let byte = bytes[word.start &+ index]
        let group: UInt8 =
          byte &- 0x41 < 26 ? 0x58 : byte &- 0x61 < 26 ? 0x78 : byte &- 0x30 < 10 ? 0x30 : byte
        if kind == .shortShape, length > 0, bytes[used &+ length &- 1] == group { continue }
        bytes[used &+ length] = group
        length &+= 1
      }
      return taken(length)
    case .length:
      makeRoom(2)
      let length = UInt8(min(count, 12))
      if length < 10 {
        bytes[used] = 0x30 + length
        return taken(1)
      }
      bytes[used] = 0x31
      bytes[used + 1] = 0x30 + length - 10
      return taken(2)
    case .hasDigit: return yes(if: word) { $0 &- 0x30 < 10 }
    case .hasHyphen: return yes(if: word) { $0 == 0x2D }
    case .hasUpper: return yes(if: word) { $0 &- 0x41 < 26 }
    case .table: return value(of: word, in: n)
    case .other: preconditionFailure("Computed plainly.")
    }
  }

  /// The value of a word of ASCII in a table, by binary search.
  private func value(of word: Piece, in table: Int) -> Piece {
    let count = word.end - word.start
    let readable = capacity &+ Self.slack &- word.start
    let hash =
      views[table].ignoresCase
      ? FeatureHash.hashOfLowercase(bytes + word.start, count: count, readable: readable)
        ?? 0
      : FeatureHash.hash(bytes + word.start, count: count, readable: readable)
    return views[table].words.withUnsafeBufferPointer { words in
      var low = 0
      var high = words.count
      while low < high {
        let middle = (low &+ high) / 2
        if words[middle] < hash { low = middle &+ 1 } else { high = middle }
      }
      let isFound = low < words.count && words[low] == hash
      let pieces = views[table].pieces
      return pieces[isFound ? Int(views[table].codes[low]) : pieces.count - 1]
    }
  }

  /// `yes` if a byte passes the test, else none.
  @inline(__always)
  private func yes(if word: Piece, _ test: (UInt8) -> Bool) -> Piece {
    for index in word.start..<word.end where test(bytes[index]) {
      makeRoom(3)
      bytes[used] = 0x79
      bytes[used + 1] = 0x65
      bytes[used + 2] = 0x73
      return taken(3)
    }
    return .none
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
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Self.slack)
    larger.update(from: bytes, count: used)
    bytes.deallocate()
    bytes = larger
  }
}
