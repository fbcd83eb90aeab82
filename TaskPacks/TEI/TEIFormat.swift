public import SeqCore
public import SeqFormats

/// TEI and the other formats of the reading profiles as a format of records, so that taggers are
/// trained and evaluated on them as on any other.
///
/// A document has no border before its end, so chunks are not cut from it: ``stream(of:)`` imports it on
/// a thread of its own, and hands out lines of records with their places. Memory does not grow with
/// the file. What is written is not TEI (``TEIWriter`` does that); records become CoNLL-U.
public struct TEIFormat: RecordFormat {
  /// `tei`.
  public var name: String { "tei" }
  private let reader: TEIReader
  private let reports: ImportReports?

  /// Makes the format of a reader.
  ///
  /// - Parameter reports: takes what was read, and what was not, of each file at its end.
  public init(_ reader: TEIReader, reports: ImportReports? = nil) {
    self.reader = reader
    self.reports = reports
  }

  /// The records of a document, a line each: the line and byte of its start, a tab, and JSON.
  public func stream(of source: ByteSource) throws -> ByteSource {
    let input =
      try source.isFile
      ? XMLInput(path: source.name) : XMLInput(bytes: source.readAll(), name: source.name)
    let (reader, reports, lines) = (reader, reports, JSONLines())
    let pipe = ProducerPipe { write in
      var bytes: [UInt8] = []
      let report = try reader.run(
        input,
        receiver: RecordBuilder { record in
          bytes += "\(record.provenance.line) \(record.provenance.byteOffset)\t".utf8
          try lines.encode(record, into: &bytes)
          if bytes.last != 0x0A { bytes.append(0x0A) }
          if bytes.count >= 1 << 16 {
            try write(bytes)
            bytes.removeAll(keepingCapacity: true)
          }
        })
      try write(bytes)
      reports?.add(report, of: input.name)
    }
    return ByteSource(name: source.name) { try pipe.read(into: $0) }
  }

  /// The end of the last line of ``stream(of:)``.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    bytes.lastIndex(of: 0x0A).map { $0 + 1 }
  }

  /// Decodes lines of ``stream(of:)``.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    for line in chunk.bytes.split(separator: 0x0A) {
      guard let tab = line.firstIndex(of: 0x09) else { continue }
      let numbers = line[..<tab].split(separator: 0x20).map {
        Int(String(decoding: $0, as: UTF8.self)) ?? 0
      }
      let provenance = Provenance(
        source: chunk.provenance.source, line: numbers.first ?? 1, byteOffset: numbers.last ?? 0)
      let json = Chunk(bytes: Array(line[(tab + 1)...]), provenance: provenance)
      try JSONLines().decode(json) { record in
        var record = record
        Self.setLabels(&record)
        try receive(record)
      }
    }
  }

  /// Gives the words the labels of the outermost names in IOB2, as taggers are trained on.
  private static func setLabels(_ record: inout Record) {
    let layer = record.spanLayers.first { $0.name == "ner" }
    var labels = [String](repeating: "O", count: record.count)
    for span in layer?.spans ?? [] {
      for position in span.positions where position < labels.count {
        let isFirst = position == span.positions.lowerBound
        labels[position] = (isFirst ? "B-" : "I-") + layer!.typeName(of: span)
      }
    }
    record.setText("ner", to: labels.map { record.append(Array($0.utf8)) })
  }

  /// Appends the record as CoNLL-U.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    try CoNLLU().encode(record, into: &output)
  }
}
