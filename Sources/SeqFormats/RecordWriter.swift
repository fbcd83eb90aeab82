public import SeqCore

/// Writes records in one format to a sink.
public struct RecordWriter {
  private let sink: ByteSink
  private let format: any RecordFormat
  private var output: [UInt8] = []

  /// Writes to a sink.
  public init(_ sink: ByteSink, as format: any RecordFormat) {
    self.sink = sink
    self.format = format
  }

  /// Writes one record; its bytes may wait until enough are together.
  ///
  /// - Throws: what the format and the sink throw. Of a record that cannot be written, nothing is.
  public mutating func write(_ record: borrowing Record) throws {
    let whole = output.count
    do {
      try format.encode(record, into: &output)
    } catch {
      output.removeLast(output.count - whole)
      throw error
    }
    if output.count >= 1 << 16 { try pass() }
  }

  /// Sends what waits on its way.
  public mutating func flush() throws {
    try pass()
    try sink.flush()
  }

  /// Writes what is left and finishes the sink.
  public mutating func finish() throws {
    try pass()
    try sink.finish()
  }

  private mutating func pass() throws {
    try sink.write(output)
    output.removeAll(keepingCapacity: true)
  }
}
