public import SeqCore

/// Finds motifs of proteins in the translations of a nucleic acid, in up to six reading frames.
///
/// A frame is translated from end to end; a stop codon is `*`, which no wildcard matches. Anchors
/// hold at the ends of the frame. Hits stand in nucleotides of the strand as written.
public struct TranslatedScanner: MotifScanner {
  private let proteins: any MotifScanner
  private let code: GeneticCode
  private let strands: Set<Strand>

  /// Makes a scanner from one for proteins.
  ///
  /// - Parameter strands: plus for frames 1 to 3, minus for −1 to −3.
  public init(_ proteins: any MotifScanner, code: GeneticCode, strands: Set<Strand>) {
    self.proteins = proteins
    self.code = code
    self.strands = strands
  }

  /// Nucleotides that a window must show on either side of its core.
  public var reach: Int { 3 * proteins.reach + 3 }

  /// Appends the hits that begin in a window's core, by rising start.
  public func scan(
    _ text: UnsafeBufferPointer<UInt8>, _ window: ResidueWindow, into hits: inout [MotifHit]
  ) {
    let before = hits.count
    let sets = text.map { GeneticCode.baseSets[Int($0)] }
    for frame in 0..<3 {
      // The first codon of this frame that is whole in the text.
      let first = ((frame - window.position) % 3 + 3) % 3
      let codons = (sets.count - first) / 3
      guard codons > 0 else { continue }
      for strand in [Strand.plus, .minus] where strands.contains(strand) {
        scan(sets, window, frame, first, codons, strand, &hits)
      }
    }
    if hits.count - before > 1 {
      hits[before...].sort {
        ($0.start, $0.end, $0.motif, $0.frame) < ($1.start, $1.end, $1.motif, $1.frame)
      }
    }
  }

  private func scan(
    _ sets: [UInt8], _ window: ResidueWindow, _ frame: Int, _ first: Int, _ codons: Int,
    _ strand: Strand, _ hits: inout [MotifHit]
  ) {
    let isMinus = strand == .minus
    let residues: [UInt8] = (0..<codons).map { index in
      let place = first + 3 * (isMinus ? codons - 1 - index : index)
      if !isMinus { return code.residue(sets[place], sets[place + 1], sets[place + 2]) }
      return code.residue(
        GeneticCode.complement(sets[place + 2]), GeneticCode.complement(sets[place + 1]),
        GeneticCode.complement(sets[place]))
    }
    let startsRecord = window.position == 0
    // All starts are asked for; which of them are in the core is seen in nucleotides. A window that
    // does not start its record must not look as if it did.
    let shown = ResidueWindow(
      header: 0, text: 0..<codons,
      position: (isMinus ? window.isLast : startsRecord) ? 0 : 1,
      core: 0..<0, isFirst: false, isLast: isMinus ? startsRecord : window.isLast)
    var whole = shown
    whole.core = shown.position..<(shown.position + codons)
    var found: [MotifHit] = []
    residues.withUnsafeBufferPointer { proteins.scan($0, whole, into: &found) }
    for var hit in found {
      let range = (hit.start - shown.position)..<(hit.end - shown.position)
      let codonRange =
        isMinus ? (codons - range.upperBound)..<(codons - range.lowerBound) : range
      hit.start = window.position + first + 3 * codonRange.lowerBound
      hit.end = window.position + first + 3 * codonRange.upperBound
      guard window.core.contains(hit.start) else { continue }
      hit.strand = strand
      hit.frame = isMinus ? -(frame + 1) : frame + 1
      hits.append(hit)
    }
  }
}
