internal import SeqFormats

/// A change of a file: bytes taken out at a place, and bytes put in.
private struct Edit {
  /// The offset in the file's own bytes.
  var offset: Int
  var removed: Int
  /// What is put in: a stretch of the splicer's `markup`.
  var start: Int
  var end: Int
  /// What comes first at one offset: ends of elements before starts, inner ends before outer ones,
  /// outer starts before inner ones.
  var order: Int

  func comes(before other: Edit) -> Bool {
    offset != other.offset ? offset < other.offset : order < other.order
  }
}

/// Copies a file and makes changes on the way; everything else stays byte for byte.
///
/// Changes may come in any order as long as none comes before an offset that was passed
/// (``advance(to:)``), so memory holds those of a stretch of the file only. The bytes of all that wait
/// stand in one array, and the file is read in large pieces: changes are as many as words.
final class Splicer {
  private let source: ByteSource
  private let pass: ([UInt8]) throws -> Void
  @exclusivity(unchecked) private var edits: [Edit] = []
  /// What the waiting changes put in.
  @exclusivity(unchecked) private var markup: [UInt8] = []
  /// The number of bytes of the file that were copied or left out.
  @exclusivity(unchecked) private var copied = 0
  @exclusivity(unchecked) private var output: [UInt8] = []
  /// What was read of the file and is not copied yet.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  @exclusivity(unchecked) private var unread = 0..<0
  /// The number of changes made.
  @exclusivity(unchecked) private(set) var count = 0

  /// - Parameter pass: takes the bytes of the new file, in order.
  init(_ source: ByteSource, pass: @escaping ([UInt8]) throws -> Void) {
    self.source = source
    self.pass = pass
    output.reserveCapacity(2 << 16)
  }

  deinit { buffer.deallocate() }

  /// Notes a change.
  ///
  /// - Parameters:
  ///   - offset: where, in the file's own bytes.
  ///   - removed: the number of bytes that go.
  ///   - bytes: what is put in their place.
  ///   - order: what comes first at one offset, the lower before the higher.
  func add(at offset: Int, removed: Int = 0, _ bytes: [UInt8] = [], order: Int = 0) {
    let start = markup.count
    markup.append(contentsOf: bytes)
    edits.append(
      Edit(offset: offset, removed: removed, start: start, end: markup.count, order: order))
  }

  /// The number of changes that wait.
  var waiting: Int { edits.count }

  /// Makes the changes before an offset; none before it will come.
  func advance(to offset: Int) throws {
    guard !edits.isEmpty else { return }
    // Attributes come in order, elements nearly so.
    if (1..<edits.count).contains(where: { edits[$0].comes(before: edits[$0 - 1]) }) {
      edits.sort { $0.comes(before: $1) }
    }
    var done = 0
    try markup.withUnsafeBufferPointer { markup in
      while done < edits.count, edits[done].offset < offset {
        let edit = edits[done]
        guard edit.offset >= copied else { throw TEIError.changed(source: source.name) }
        try take(edit.offset - copied, copies: true)
        output.append(contentsOf: UnsafeBufferPointer(rebasing: markup[edit.start..<edit.end]))
        if edit.removed > 0 { try take(edit.removed, copies: false) }
        done += 1
      }
    }
    count += done
    edits.removeFirst(done)
    if done > 0 { keepMarkupOfWaiting() }
  }

  /// Forgets the bytes of changes that were made.
  private func keepMarkupOfWaiting() {
    if edits.isEmpty { return markup.removeAll(keepingCapacity: true) }
    var kept: [UInt8] = []
    for index in edits.indices {
      let bytes = markup[edits[index].start..<edits[index].end]
      edits[index].start = kept.count
      kept += bytes
      edits[index].end = kept.count
    }
    markup = kept
  }

  /// Makes all changes and copies the rest.
  func finish() throws {
    try advance(to: Int.max)
    try take(Int.max, copies: true)
    try pass(output)
    output.removeAll()
  }

  /// Reads bytes of the file, to the end of it for `Int.max`.
  private func take(_ count: Int, copies: Bool) throws {
    var left = count
    while left > 0 {
      if unread.isEmpty {
        unread = 0..<(try source.read(into: buffer))
        if unread.isEmpty {
          if count == Int.max { return }
          throw TEIError.changed(source: source.name)
        }
      }
      let piece = min(left, unread.count)
      if copies {
        let start = buffer.baseAddress! + unread.lowerBound
        output.append(
          contentsOf: UnsafeBufferPointer(
            start: start.assumingMemoryBound(to: UInt8.self), count: piece))
        if output.count >= 1 << 16 {
          try pass(output)
          output.removeAll(keepingCapacity: true)
        }
      }
      unread = (unread.lowerBound + piece)..<unread.upperBound
      copied += piece
      left -= piece
    }
  }
}
