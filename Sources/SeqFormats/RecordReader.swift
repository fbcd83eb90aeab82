public import SeqCore

/// Reads records one after another; memory holds the records of one chunk.
///
/// ```swift
/// var reader = try RecordReader(path: "train.conllu", as: CoNLLU())
/// while let record = try reader.next() { … }
/// ```
public struct RecordReader {
  private var chunks: ChunkReader
  private let format: any RecordFormat
  /// The records of the current chunk that are still to come, the next one last.
  private var waiting: [Record] = []
  /// What went wrong behind the records that wait.
  private var failure: (any Error)?

  /// Reads from a stream.
  public init(
    _ source: ByteSource, as format: any RecordFormat, chunkSize: Int = ChunkReader.defaultSize
  ) {
    chunks = ChunkReader(source, as: format, size: chunkSize)
    self.format = format
  }

  /// Reads a file, or standard input for `-`.
  public init(path: String, as format: any RecordFormat) throws {
    self.init(try ByteSource(path: path), as: format)
  }

  /// The next record, or `nil` at the end.
  ///
  /// - Throws: what the source and the format throw, after the records before the fault.
  public mutating func next() throws -> Record? {
    while waiting.isEmpty {
      if let failure { throw failure }
      guard let chunk = try chunks.nextChunk() else { return nil }
      var records: [Record] = []
      do { try format.decode(chunk) { records.append($0) } } catch { failure = error }
      records.reverse()
      waiting = records
    }
    return waiting.removeLast()
  }

  /// Hands every record that is left to `body`, without keeping the records of a chunk together.
  public mutating func forEach(_ body: (consuming Record) throws -> Void) throws {
    while let record = waiting.popLast() { try body(record) }
    if let failure { throw failure }
    while let chunk = try chunks.nextChunk() { try format.decode(chunk, into: body) }
  }
}
