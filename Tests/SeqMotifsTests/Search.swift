import SeqCore
import SeqFormats
import SeqMotifs

/// A hit with the name of its sequence.
struct NamedHit: Hashable, Comparable, CustomStringConvertible {
  var sequence: String
  var motif: String
  var start: Int
  var end: Int
  var strand = "."

  static func < (a: NamedHit, b: NamedHit) -> Bool {
    (a.sequence, a.motif, a.start, a.end, a.strand)
      < (b.sequence, b.motif, b.start, b.end, b.strand)
  }
  var description: String { "\(sequence) \(motif) \(start)-\(end) \(strand)" }
}

/// All hits in a source, read in windows.
func hits(
  in source: ByteSource, _ scanner: some MotifScanner, names: [String], kind: ResidueKind,
  window: Int?
) throws -> [NamedHit] {
  var options = FASTAOptions()
  options.kind = kind
  options.window = window
  options.context = scanner.reach
  let reader = FASTAReader(source, options: options)
  var result: [NamedHit] = []
  while let batch = try reader.nextBatch() {
    for window in batch.windows {
      var found: [MotifHit] = []
      scanner.scan(batch.text(of: window), window, into: &found)
      let sequence = String(decoding: batch.headers[window.header].name, as: UTF8.self)
      result += found.map {
        NamedHit(
          sequence: sequence, motif: names[$0.motif], start: $0.start, end: $0.end,
          strand: String(Unicode.Scalar($0.strand.symbol)))
      }
    }
  }
  return result
}

/// The patterns of a library file.
func patterns(_ bytes: [UInt8], kind: ResidueKind) throws -> [MotifPattern] {
  try MotifLibrary(bytes, source: "patterns.tsv").patterns(for: kind).patterns
}
