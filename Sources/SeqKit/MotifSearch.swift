internal import SeqCore
public import SeqFormats
internal import SeqMath
public import SeqMotifs

/// Searches a stream of sequences for motifs: read ‖ search ‖ write, in memory that does not grow with
/// the stream, the order kept for any number of threads.
public struct MotifSearch: Sendable {
  /// How much was found.
  public struct Summary: Hashable, Sendable {
    /// Hits.
    public var hits = 0
    /// For each motif, its hits.
    public var hitsOfMotif: [Int]
    /// Hits as long as a match without a limit may be, which could have been longer.
    public var cutHits = 0

    /// Nothing yet.
    public init(motifs: Int) { hitsOfMotif = Array(repeating: 0, count: motifs) }

    /// Adds another part.
    public mutating func add(_ other: Summary) {
      hits += other.hits
      cutHits += other.cutHits
      for motif in hitsOfMotif.indices { hitsOfMotif[motif] += other.hitsOfMotif[motif] }
    }
  }

  private let scanners: [any MotifScanner]
  private let motifs: Int
  private let format: any HitFormat
  private let longestMatch: Int
  private let bestOnly: Range<Int>?

  /// Makes a search.
  ///
  /// - Parameters:
  ///   - scanners: what to look for; together they number motifs from 0.
  ///   - motifs: the number of motifs.
  ///   - format: how hits are written.
  ///   - longestMatch: the most residues of a match where a pattern sets no limit.
  ///   - bestOnly: motifs of which only the hit with the highest score in each record is reported, the
  ///     first of equals. Records are then held in memory whole.
  public init(
    _ scanners: [any MotifScanner], motifs: Int, format: any HitFormat,
    longestMatch: Int = .max, bestOnly: Range<Int>? = nil
  ) {
    self.scanners = scanners
    self.motifs = motifs
    self.format = format
    self.longestMatch = longestMatch
    self.bestOnly = bestOnly
  }

  /// The options that a reader must have for this search.
  public func readerOptions(_ options: FASTAOptions) -> FASTAOptions {
    var options = options
    options.context = scanners.reduce(0) { max($0, $1.reach) }
    if format.needsWholeRecords || bestOnly != nil { options.window = nil }
    return options
  }

  /// Searches everything that a reader gives, which was made with ``readerOptions(_:)``.
  ///
  /// - Throws: what reading and writing throw; the hits of records before the fault are written.
  public func run(_ reader: FASTAReader, to sink: ByteSink, threads: Int) throws -> Summary {
    var summary = Summary(motifs: motifs)
    do {
      try inOrder(
        threads: threads, next: { try reader.nextBatch() }, work: search,
        finish: { (part: Part) in
          try sink.write(part.output)
          summary.add(part.summary)
        })
    } catch {
      try? sink.flush()
      throw error
    }
    return summary
  }

  /// The hits of a batch, encoded.
  private struct Part {
    var output: [UInt8] = []
    var summary: Summary
  }

  /// Drops the hits of these motifs that are not their best.
  private func keepBest(of motifs: Range<Int>, in hits: inout [MotifHit]) {
    var best: [Int: Int] = [:]
    for (index, hit) in hits.enumerated() where motifs.contains(hit.motif) {
      if let other = best[hit.motif], (hits[other].score ?? 0) >= (hit.score ?? 0) { continue }
      best[hit.motif] = index
    }
    let kept = Set(best.values)
    hits = hits.enumerated().filter {
      !motifs.contains($0.element.motif) || kept.contains($0.offset)
    }
    .map(\.element)
  }

  private func search(_ batch: ResidueBatch) -> Part {
    var part = Part(summary: Summary(motifs: motifs))
    var hits: [MotifHit] = []
    let skipsEmptyParts = format.skipsEmptyParts
    for window in batch.windows {
      hits.removeAll(keepingCapacity: true)
      let text = batch.text(of: window)
      for scanner in scanners { scanner.scan(text, window, into: &hits) }
      if let bestOnly { keepBest(of: bestOnly, in: &hits) }
      if scanners.count > 1 {
        hits.sort { ($0.start, $0.end, $0.motif) < ($1.start, $1.end, $1.motif) }
      }
      part.summary.hits += hits.count
      for hit in hits {
        part.summary.hitsOfMotif[hit.motif] += 1
        if hit.end - hit.start >= longestMatch { part.summary.cutHits += 1 }
      }
      if hits.isEmpty, skipsEmptyParts { continue }
      format.encode(
        HitPart(header: batch.headers[window.header], window: window, text: text, hits: hits[...]),
        into: &part.output)
    }
    return part
  }
}
