internal import SeqFormats

/// A change of a file: bytes taken out at a place, and bytes put in.
struct Edit {
  /// The offset in the file's own bytes.
  var offset: Int
  var removed = 0
  var bytes: [UInt8] = []
  /// What comes first at one offset: ends of elements before starts, inner ends before outer ones,
  /// outer starts before inner ones.
  var order = 0
}

/// Copies a file and makes changes on the way; everything else stays byte for byte.
///
/// Changes may come in any order as long as none comes before an offset that was passed
/// (``advance(to:)``), so memory holds those of a stretch of the file only.
final class Splicer {
  private let source: ByteSource
  private let pass: ([UInt8]) throws -> Void
  private var edits: [Edit] = []
  private var copied = 0
  private var output: [UInt8] = []
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  /// The number of changes made.
  private(set) var count = 0

  /// - Parameter pass: takes the bytes of the new file, in order.
  init(_ source: ByteSource, pass: @escaping ([UInt8]) throws -> Void) {
    self.source = source
    self.pass = pass
  }

  deinit { buffer.deallocate() }

  /// Notes a change.
  func add(_ edit: Edit) { edits.append(edit) }

  /// The number of changes that wait.
  var waiting: Int { edits.count }

  /// Makes the changes before an offset; none before it will come.
  func advance(to offset: Int) throws {
    guard !edits.isEmpty else { return }
    edits.sort { $0.offset != $1.offset ? $0.offset < $1.offset : $0.order < $1.order }
    var done = 0
    while done < edits.count, edits[done].offset < offset {
      let edit = edits[done]
      guard edit.offset >= copied else { throw TEIError.changed(source: source.name) }
      try copy(edit.offset - copied)
      output += edit.bytes
      try skip(edit.removed)
      count += 1
      done += 1
    }
    edits.removeFirst(done)
  }

  /// Makes all changes and copies the rest.
  func finish() throws {
    try advance(to: Int.max)
    try copy(Int.max)
    try pass(output)
    output.removeAll()
  }

  private func copy(_ count: Int) throws {
    try read(count) { piece in
      output.append(contentsOf: piece)
      if output.count >= 1 << 16 {
        try pass(output)
        output.removeAll(keepingCapacity: true)
      }
    }
  }

  private func skip(_ count: Int) throws { try read(count) { _ in } }

  private func read(_ count: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var left = count
    while left > 0 {
      let read = try source.read(
        into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)]))
      if read == 0 {
        if count == Int.max { return }
        throw TEIError.changed(source: source.name)
      }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<read]))
      left -= read
      copied += read
    }
  }
}
