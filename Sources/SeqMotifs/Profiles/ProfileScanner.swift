public import SeqCore

/// Finds where whole profiles match.
///
/// For each place the best path that ends there is known; those that reach the threshold are taken by
/// falling score, each unless it overlaps one that is taken (on its strand). A hit has at most
/// ``longestHit(of:)`` residues; longer paths are not seen.
public struct ProfileScanner: MotifScanner {
  /// Residues that windows show on either side of their core: room for two of the longest hits.
  public let reach: Int
  private let probes: [Probe]
  private let strands: [Strand]
  private let measure: ProfileScore

  private struct Probe: Sendable {
    var motif: Int
    var scores: ProfileScores
    var codes: [UInt8]
    var longest: Int
    var threshold: Double
    var calibration: ProfileCalibration?
    /// The residues that E-values are for.
    var searchSpace: Double
  }

  /// The most residues of a hit: insertions can treble a profile, and 100 more.
  public static func longestHit(of model: ProfileModel) -> Int { 3 * model.length + 100 }

  /// Makes a scanner.
  ///
  /// - Parameters:
  ///   - models: with the score in bits that a hit needs.
  ///   - firstMotif: the number of the first profile's hits.
  ///   - searchSpace: the residues (of all strands) that E-values are for.
  public init(
    _ models: [(model: ProfileModel, threshold: Double)], firstMotif: Int = 0,
    strands: Set<Strand> = [.plus, .minus], measure: ProfileScore = .viterbi, searchSpace: Double
  ) {
    let isNucleic = models.first?.model.kind.isNucleic ?? false
    self.strands = isNucleic ? [.plus, .minus].filter { strands.contains($0) } : [.none]
    self.measure = measure
    probes = models.enumerated().map { index, entry in
      Probe(
        motif: firstMotif + index, scores: ProfileScores(entry.model),
        codes: entry.model.alphabet.codes(), longest: Self.longestHit(of: entry.model),
        threshold: entry.threshold, calibration: entry.model.calibration, searchSpace: searchSpace)
    }
    reach = 2 * (probes.map(\.longest).max() ?? 0)
  }

  /// Appends the hits that begin in a window's core, by rising start.
  public func scan(
    _ text: UnsafeBufferPointer<UInt8>, _ window: ResidueWindow, into hits: inout [MotifHit]
  ) {
    guard !text.isEmpty, !window.core.isEmpty else { return }
    let before = hits.count
    for probe in probes {
      let codes = text.map { probe.codes[Int($0)] }
      for strand in strands {
        let oriented = strand == .minus ? Self.reverseComplement(codes) : codes
        oriented.withUnsafeBufferPointer { codes in
          for candidate in Self.best(
            codes, probe.scores, probe.threshold, probe.longest, measure)
          {
            let (start, end) =
              strand == .minus
              ? (codes.count - candidate.end, codes.count - candidate.start)
              : (candidate.start, candidate.end)
            let position = window.position + start
            guard window.core.contains(position) else { continue }
            hits.append(
              MotifHit(
                motif: probe.motif, start: position, end: window.position + end, strand: strand,
                score: candidate.score,
                eValue: probe.calibration?.eValue(
                  candidate.score, measure, residues: probe.searchSpace)))
          }
        }
      }
    }
    if hits.count - before > 1 {
      hits[before...].sort {
        ($0.start, $0.end, $0.motif, $0.strand.rawValue)
          < ($1.start, $1.end, $1.motif, $1.strand.rawValue)
      }
    }
  }

  /// The hits among the letters of one strand, by falling score.
  static func best(
    _ codes: UnsafeBufferPointer<UInt8>, _ scores: ProfileScores, _ threshold: Double,
    _ longest: Int,
    _ measure: ProfileScore
  ) -> [(start: Int, end: Int, score: Double)] {
    // All paths score at least what the best one does, and rarely three bits more: paths near the
    // threshold are looked at.
    let margin = measure == .forward ? 8.0 : 0
    let candidates = scores.candidates(codes, threshold: Float(threshold - margin)).filter {
      $0.end - $0.start <= longest
    }
    let ranked = candidates.sorted { (-$0.score, $0.start, $0.end) < (-$1.score, $1.start, $1.end) }
    var taken: [(start: Int, end: Int, score: Double)] = []
    for candidate in ranked
    where !taken.contains(where: { $0.start < candidate.end && candidate.start < $0.end }) {
      var score = Double(candidate.score)
      if measure == .forward {
        score = scores.forward(
          UnsafeBufferPointer(rebasing: codes[candidate.start..<candidate.end]))
      }
      if score >= threshold { taken.append((candidate.start, candidate.end, score)) }
    }
    return taken
  }

  /// The codes of the other strand, read in its direction.
  static func reverseComplement(_ codes: [UInt8]) -> [UInt8] {
    let alphabet = ProfileAlphabet(.dna)
    let complements = (0..<ProfileAlphabet.codeCount).map { code -> UInt8 in
      let residues = Set(alphabet.residues(ofCode: code).map { 3 - $0 })
      return UInt8(
        (0..<ProfileAlphabet.codeCount).first {
          Set(alphabet.residues(ofCode: $0)) == residues && !residues.isEmpty
        } ?? Int(ProfileAlphabet.noCode))
    }
    return codes.reversed().map { complements[Int($0)] }
  }
}
