internal import SeqCore

extension Corpus {
  /// What conversion did, and what it did not carry over.
  public struct Conversion: Hashable, Sendable {
    /// Records that were written.
    public var records = 0
    /// Positions of these records.
    public var positions = 0
    /// What is not in the output, with counts, in order of appearance; empty if nothing was lost.
    public fileprivate(set) var losses: [(what: String, count: Int)] = []

    fileprivate mutating func lose(_ what: String, _ count: Int) {
      guard count > 0 else { return }
      if let index = losses.firstIndex(where: { $0.what == what }) {
        losses[index].count += count
      } else {
        losses.append((what, count))
      }
    }

    /// Whether both are the same.
    public static func == (a: Conversion, b: Conversion) -> Bool {
      a.records == b.records && a.positions == b.positions
        && a.losses.elementsEqual(b.losses) { $0.what == $1.what && $0.count == $1.count }
    }

    /// Feeds what `==` compares to a hasher.
    public func hash(into hasher: inout Hasher) {
      hasher.combine(records)
      hasher.combine(positions)
      for loss in losses {
        hasher.combine(loss.what)
        hasher.combine(loss.count)
      }
    }
  }

  /// Reads records in one format and writes them in another; the sink is finished.
  ///
  /// Values that the output's format has no place for, comments and the like are left out and
  /// counted; a value of `_`, and an empty one, counts as nothing.
  ///
  /// - Throws: what reading and writing throw, such as `FormatError.missingLayer` where the output
  ///   needs a layer that the input does not have.
  public static func convert(
    _ source: ByteSource, as input: any RecordFormat, to sink: ByteSink, as output: any RecordFormat
  ) throws -> Conversion {
    var result = Conversion()
    var reader = RecordReader(source, as: input)
    var writer = RecordWriter(sink, as: output)
    try reader.forEach { record in
      var record = record
      if try adapt(&record, from: input, to: output, &result) {
        try writer.write(record)
        result.records += 1
        result.positions += record.count
      }
    }
    try writer.finish()
    return result
  }

  /// Takes from a record what the output cannot hold.
  ///
  /// - Returns: whether there is something to write.
  private static func adapt(
    _ record: inout Record, from input: any RecordFormat, to output: any RecordFormat,
    _ result: inout Conversion
  ) throws -> Bool {
    if isSame(input, output) { return true }
    if record.count == 0, record.text == nil {
      result.lose("records without positions", 1)
      return false
    }
    if !(input is JSONLines), !(input is PlainText) {
      result.lose("lines that are no positions (comments and the like)", otherLines(of: record))
    }
    for layer in record.layers where !holds(layer.name, output) {
      guard case .text(let values) = layer.values else { continue }
      // The numbers of CoNLL-U's words are made anew.
      if !(input is CoNLLU && layer.name == "id") {
        let count = values.count { range in
          !(range.isEmpty
            || range.count == 1 && record.buffer[Int(range.start)] == UInt8(ascii: "_"))
        }
        result.lose("values of \(layer.name)", count)
      }
      record.removeLayer(layer.name)
    }
    return true
  }

  private static func isSame(_ input: any RecordFormat, _ output: any RecordFormat) -> Bool {
    if let a = input as? Columns, let b = output as? Columns { return a.signature == b.signature }
    return input.name == output.name
  }

  private static func holds(_ layer: String, _ format: any RecordFormat) -> Bool {
    switch format {
    case is CoNLLU: CoNLLU.fields.contains(layer) || CoNLLU.miscKey(layer) != nil
    case let columns as Columns:
      columns.names.contains(layer) || columns.names.contains(layer + "*")
    case let crfsuite as CRFsuite: [crfsuite.labelLayer, "attributes"].contains(layer)
    case let slash as SlashText: ["form", slash.tagLayer].contains(layer)
    case is PlainText: layer == "form"
    case is JSONLines: layer != "id"
    default: true
    }
  }

  /// The number of lines of the source that are neither blank nor a position.
  private static func otherLines(of record: borrowing Record) -> Int {
    let lines = record.buffer[..<record.sourceCount].split(separator: .lineFeed)
      .count { line in line.contains { $0 > .space } }
    return max(0, lines - record.count)
  }
}
