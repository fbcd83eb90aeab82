internal import CProcessor
public import SeqCore

/// Searches windows of nucleotides for sites of many matrices, on both strands.
///
/// A first pass looks at 32 places at once: deficits (the best score of a column minus a base's) are
/// scaled to bytes, rounded down, and summed by byte shuffles, so that no site is missed. What it lets
/// through is scored exactly. A site with a letter that is none of A, C, G, T and U has no score.
public struct MatrixScanner: MotifScanner {
  /// The widest matrix: what windows must show on either side of their core.
  public let reach: Int
  private let probes: [Probe]

  /// A matrix on one strand.
  private struct Probe: Sendable {
    var motif: Int
    var strand: Strand
    /// [width][16] scaled deficits; 255 for what is no base.
    var tables: [UInt8]
    var limit: UInt8
    /// [width] bits.
    var columns: [SIMD4<Double>]
    var threshold: Double
  }

  /// The codes of bases; others have `otherCode`.
  private static let otherCode: UInt8 = 4
  private static let codes: [UInt8] = {
    var codes = [UInt8](repeating: otherCode, count: 256)
    for (letter, code) in zip("ACGTU".utf8, [0, 1, 2, 3, 3] as [UInt8]) {
      codes[Int(letter)] = code
      codes[Int(letter | 0x20)] = code
    }
    return codes
  }()

  /// Makes a scanner.
  ///
  /// - Parameters:
  ///   - matrices: with the score that a site needs; `nil` for none ever.
  ///   - firstMotif: the number of the first matrix's hits.
  public init(
    _ matrices: [(matrix: ScoringMatrix, threshold: Double?)], firstMotif: Int = 0,
    strands: Set<Strand> = [.plus, .minus]
  ) {
    var probes: [Probe] = []
    for (index, (matrix, threshold)) in matrices.enumerated() {
      guard let threshold, threshold <= matrix.maximum + 1e-9 else { continue }
      for strand in [Strand.plus, .minus] where strands.contains(strand) {
        probes.append(
          Self.probe(
            strand == .plus ? matrix : matrix.reverseComplement, threshold,
            motif: firstMotif + index, strand))
      }
    }
    self.probes = probes
    reach = matrices.reduce(0) { max($0, $1.matrix.columns.count) }
  }

  private static func probe(
    _ matrix: ScoringMatrix, _ threshold: Double, motif: Int, _ strand: Strand
  ) -> Probe {
    // The allowed deficit becomes 200; the rest of the byte is what is certainly too much.
    let allowed = max(matrix.maximum - threshold, 1e-6)
    let scale = 200 / allowed
    var tables = [UInt8](repeating: 255, count: matrix.columns.count * 16)
    for (column, scores) in matrix.columns.enumerated() {
      let best = scores.max()
      for base in 0..<4 {
        tables[column * 16 + base] = UInt8(min(((best - scores[base]) * scale).rounded(.down), 255))
      }
    }
    return Probe(
      motif: motif, strand: strand, tables: tables, limit: 201, columns: matrix.columns,
      threshold: threshold)
  }

  /// Appends the hits that begin in a window's core, by rising start.
  public func scan(
    _ text: UnsafeBufferPointer<UInt8>, _ window: ResidueWindow, into hits: inout [MotifHit]
  ) {
    let first = window.core.lowerBound - window.position
    let coreCount = window.core.count
    guard coreCount > 0, let letters = text.baseAddress else { return }
    let count = min(text.count - first, coreCount + reach)
    let before = hits.count
    // Codes behind the last are of no base, so that places there are no sites.
    let padding = reach + 32
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count + padding) { codes in
      Self.codes.withUnsafeBufferPointer { table in
        for index in 0..<count { codes[index] = table[Int(letters[first + index])] }
      }
      for index in count..<(count + padding) { codes[index] = Self.otherCode }
      for probe in probes {
        scan(UnsafePointer(codes.baseAddress!), probe, window.core, &hits)
      }
    }
    if hits.count - before > 1 {
      hits[before...].sort {
        ($0.start, $0.end, $0.motif, $0.strand.rawValue)
          < ($1.start, $1.end, $1.motif, $1.strand.rawValue)
      }
    }
  }

  private func scan(
    _ codes: UnsafePointer<UInt8>, _ probe: Probe, _ core: Range<Int>, _ hits: inout [MotifHit]
  ) {
    let width = probe.columns.count
    probe.tables.withUnsafeBufferPointer { tables in
      let tables = tables.baseAddress!
      var block = 0
      while block < core.count {
        var places = seqkit_places_within(codes + block, tables, width, probe.limit)
        while places != 0 {
          let place = block + places.trailingZeroBitCount
          places &= places &- 1
          guard place < core.count else { break }
          if let score = score(codes + place, probe) {
            let start = core.lowerBound + place
            hits.append(
              MotifHit(
                motif: probe.motif, start: start, end: start + width, strand: probe.strand,
                score: score))
          }
        }
        block += 32
      }
    }
  }

  /// The exact score of a site, if it is enough.
  private func score(_ codes: UnsafePointer<UInt8>, _ probe: Probe) -> Double? {
    var sum = 0.0
    for (column, scores) in probe.columns.enumerated() {
      let code = codes[column]
      guard code < 4 else { return nil }
      sum += scores[Int(code)]
    }
    return sum >= probe.threshold ? sum : nil
  }
}
