public import SeqCore

/// Writes records in one format to a sink.
public struct RecordWriter {
  private let sink: ByteSink
  private let format: any RecordFormat
  private let frame: RecordFrame?
  private var output: [UInt8] = []
  private var count = 0

  /// Writes to a sink.
  public init(_ sink: ByteSink, as format: any RecordFormat) {
    self.sink = sink
    self.format = format
    frame = format.frame
  }

  /// Writes one record; its bytes may wait until enough are together.
  ///
  /// - Throws: what the format and the sink throw. Of a record that cannot be written, nothing is.
  public mutating func write(_ record: borrowing Record) throws {
    let whole = output.count
    do {
      if let frame { output += count == 0 ? frame.opening : frame.separator }
      try format.encode(record, into: &output)
    } catch {
      output.removeLast(output.count - whole)
      throw error
    }
    count += 1
    if output.count >= 1 << 16 { try pass() }
  }

  /// Sends what waits on its way.
  public mutating func flush() throws {
    try pass()
    try sink.flush()
  }

  /// Writes what is left and finishes the sink.
  public mutating func finish() throws {
    if let frame {
      if count == 0 { output += frame.opening }
      output += frame.closing
    }
    try pass()
    try sink.finish()
  }

  private mutating func pass() throws {
    try sink.write(output)
    output.removeAll(keepingCapacity: true)
  }
}
