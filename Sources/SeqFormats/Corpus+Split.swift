internal import SeqCore
internal import SeqMath

extension Corpus {
  /// What is drawn as one when a corpus is split.
  public enum SplitUnit: String, Hashable, CaseIterable, Sendable {
    /// Documents if the first record begins one, else records.
    case automatic
    /// Documents: from a `# newdoc` or `-DOCSTART-` to the next.
    case document
    /// Records.
    case record
  }

  /// The size of one part of a split corpus.
  public struct Part: Hashable, Sendable {
    /// Documents (or records, if those are drawn).
    public var units = 0
    /// Records.
    public var records = 0
    /// Positions.
    public var positions = 0
  }

  /// Deals documents out to parts; order is kept within a part, and the sinks are finished.
  ///
  /// In one pass: each document goes to a part that is drawn with weights of what the parts lack to
  /// their fractions of all positions so far (and this document's). So the parts are random, and
  /// their sizes are right within a few documents. A document is held in memory while it is read.
  ///
  /// - Parameters:
  ///   - fractions: of the positions, one for each sink; they are scaled to sum to 1. None may be
  ///     negative, and one must be positive.
  ///   - seed: equal seeds give equal parts.
  /// - Throws: what reading and writing throw.
  public static func split(
    _ source: ByteSource, as format: any RecordFormat, into sinks: [ByteSink],
    fractions: [Double], by unit: SplitUnit = .automatic, seed: UInt64
  ) throws -> [Part] {
    let sum = fractions.reduce(0, +)
    precondition(
      sinks.count == fractions.count && sum > 0 && fractions.allSatisfy { $0 >= 0 },
      "Every part has one fraction; none is negative, and one is positive.")
    var parts = [Part](repeating: Part(), count: sinks.count)
    var random = RandomGenerator(seed: seed)
    var unit = unit
    var document: [UInt8] = []
    var size = Part()
    var total = 0.0
    func deal() throws {
      guard size.records > 0 else { return }
      // Records without positions count a little, so that they are dealt out too.
      let weight = Double(max(size.positions, 1))
      total += weight
      let lacks = parts.indices.map { part in
        max(0, fractions[part] / sum * total - Double(parts[part].positions))
      }
      var draw = random.nextUnit() * lacks.reduce(0, +)
      var chosen = lacks.indices.last { lacks[$0] > 0 } ?? 0
      for part in lacks.indices where lacks[part] > 0 {
        draw -= lacks[part]
        if draw < 0 {
          chosen = part
          break
        }
      }
      try sinks[chosen].write(document)
      parts[chosen].units += 1
      parts[chosen].records += size.records
      parts[chosen].positions += size.positions
      document.removeAll(keepingCapacity: true)
      size = Part()
    }
    var reader = RecordReader(source, as: format)
    try reader.forEach { record in
      let starts = record.startsDocument
      if unit == .automatic { unit = starts ? .document : .record }
      if starts || unit == .record { try deal() }
      // The last record of a file may lack its last line end and blank line; more records may
      // follow it in its part.
      try format.encode(record, into: &document)
      size.records += 1
      size.positions += record.count
    }
    try deal()
    for sink in sinks { try sink.finish() }
    return parts
  }
}
