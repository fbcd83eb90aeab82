internal import SeqCore

/// Cuts a stream into chunks that end where a record ends.
///
/// Memory holds one chunk, which grows past `size` only for a record that is longer. Chunks come in
/// order and may be decoded side by side. Where a pipe or a terminal keeps us waiting, whole records
/// are handed out before the chunk is full.
public struct ChunkReader {
  /// The bytes that chunks have by default: enough to hide the cost of a call, and at home in the
  /// cache of a core.
  public static let defaultSize = 256 << 10

  private var source: ByteSource
  private var isConverted = false
  private let format: any RecordFormat
  private let size: Int
  private var rest: [UInt8] = []
  private var next: Provenance
  private var atEnd = false

  /// Makes a reader of chunks.
  ///
  /// - Parameter size: the bytes to aim at; a chunk is never empty.
  public init(_ source: ByteSource, as format: any RecordFormat, size: Int = defaultSize) {
    precondition(size > 0, "A chunk has at least one byte.")
    self.source = source
    self.format = format
    self.size = size
    self.next = Provenance(source: source.name)
  }

  /// The next chunk, or `nil` at the end.
  ///
  /// - Throws: what the source throws; `FormatError.empty` if it has no byte at all;
  ///   `.recordTooLong` if a record has 4 GiB or more.
  public mutating func nextChunk() throws -> Chunk? {
    if !isConverted {
      isConverted = true
      source = try format.stream(of: source)
    }
    var target = size
    while true {
      try fill(to: target)
      if rest.isEmpty {
        if next.byteOffset == 0 { throw FormatError.empty(source: source.name) }
        return nil
      }
      let boundary = atEnd ? rest.count : rest.withUnsafeBytes { format.lastBoundary(in: $0) } ?? 0
      if boundary > 0 { return take(boundary) }
      // A record longer than the chunk: doubling keeps the work linear in its length.
      target = rest.count * 2
    }
  }

  /// Reads until `rest` has `target` bytes or the stream ends.
  private mutating func fill(to target: Int) throws {
    let source = source
    let format = format
    guard !atEnd, rest.count < target else { return }
    guard target < Int(UInt32.max) else { throw FormatError.recordTooLong(at: Place(next)) }
    let old = rest
    var ended = false
    rest = try Array(unsafeUninitializedCapacity: target) { buffer, count in
      old.withUnsafeBufferPointer { _ = buffer.update(fromContentsOf: $0) }
      count = old.count
      let raw = UnsafeRawBufferPointer(buffer)
      while count < target {
        let free = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        let read = try source.read(into: free)
        if read == 0 {
          ended = true
          break
        }
        count += read
        if !source.isReady,
          format.lastBoundary(in: UnsafeRawBufferPointer(rebasing: raw[..<count])) ?? 0 > 0
        {
          break
        }
      }
    }
    atEnd = ended
  }

  /// Whether the next chunk, or the end, can be had without waiting for a pipe or a terminal.
  package var isReady: Bool { source.isReady }

  private mutating func take(_ count: Int) -> Chunk {
    var bytes = Array(rest[count...])
    swap(&bytes, &rest)
    bytes.removeLast(bytes.count - count)
    let chunk = Chunk(bytes: bytes, provenance: next)
    next.byteOffset += count
    next.line += bytes.withUnsafeBytes { TextCheck.lineCount(in: $0) }
    return chunk
  }
}
