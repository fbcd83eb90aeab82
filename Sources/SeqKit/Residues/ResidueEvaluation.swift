public import SeqCore
public import SeqMetrics

/// How well labels of residues were predicted: by residue, by class, by segment, by exon and gene.
///
/// Residues whose reference label is unassessed are left out everywhere. Segments and exons are runs
/// of one label in the reference as it stands and in the prediction as it stands, so unassessed
/// residues end a segment of the reference.
public struct ResidueEvaluation: Sendable {
  /// What is scored.
  public struct Options: Hashable, Sendable {
    /// Reference labels that say nothing: their residues are not scored.
    public var unassessed: Set<UInt8> = [UInt8(ascii: "-"), UInt8(ascii: "U")]
    /// Labels that are taken for others, on both sides, before anything is compared.
    public var merged: [UInt8: UInt8] = [:]
    /// Labels whose segments are matched; none if empty.
    public var segments: Set<UInt8> = []
    /// The greatest distance of the ends of two segments that agree.
    public var tolerance = 5
    /// The least share of their union that both must cover.
    public var leastOverlap = 0.5
    /// The label of coding residues, whose runs are scored as exons and whose records as genes.
    public var exon: UInt8?

    /// Residues and classes only; `-` and `U` are unassessed.
    public init() {}
  }

  /// Exons and genes, counted as Burset and Guigó 1996 do (doi:10.1006/geno.1996.0298): an exon is right
  /// if both of its ends are, a gene if all exons of its record are and there is no other.
  public struct GeneScore: Hashable, Sendable {
    /// Exons of the reference, predicted ones, and those that are exactly right.
    public var referenceExons = 0
    /// Predicted exons.
    public var predictedExons = 0
    /// Exons with both ends right.
    public var exactExons = 0
    /// Exons of the reference that no predicted one overlaps, and the other way round.
    public var missedExons = 0
    /// Predicted exons that overlap none of the reference.
    public var wrongExons = 0
    /// Records with an exon in the reference, in the prediction, and with all exons right.
    public var referenceGenes = 0
    /// Records with a predicted exon.
    public var predictedGenes = 0
    /// Records with all exons right and none too many.
    public var exactGenes = 0
  }

  /// A segment overlap of all records.
  public struct OverlapScore: Hashable, Sendable {
    var sums: [UInt8: SegmentOverlap.Score] = [:]
    var total = 0.0
    var records = 0

    /// The mean over records of the score of all classes.
    public var mean: Double? { records == 0 ? nil : total / Double(records) }
    /// The score of a class, its sums taken over all records.
    public func value(of label: UInt8) -> Double? { sums[label]?.value }

    mutating func add(_ scores: [UInt8: SegmentOverlap.Score]) {
      guard let value = SegmentOverlap.overall(scores) else { return }
      total += value
      records += 1
      for (label, score) in scores {
        sums[label, default: .init()].sum += score.sum
        sums[label]!.weight += score.weight
      }
    }
  }

  /// What is scored.
  public let options: Options
  /// Records and residues compared.
  public private(set) var records = 0
  /// Residues.
  public private(set) var residues = 0
  /// Residues left out because their reference label is unassessed.
  public private(set) var unassessed = 0
  /// For each record with an assessed residue, how many there are and how many are right.
  public private(set) var tallies: [Tally] = []
  /// SOV'99 and SOV_refine over the assessed residues of each record, joined.
  public private(set) var sov99 = OverlapScore()
  /// SOV_refine over the assessed residues of each record, joined.
  public private(set) var sovRefined = OverlapScore()
  /// Segments that agree.
  public private(set) var matching: SegmentMatching
  /// Records with a segment in the reference, and those of them with one in the prediction.
  public private(set) var detected = Tally()
  /// Exons and genes.
  public private(set) var genes = GeneScore()
  /// How often each reference label was predicted as each label.
  private var confusions: [UInt16: Int] = [:]
  /// The labels that probabilities were given for, and for each of them each residue's.
  private var ranked: [UInt8: [(score: Double, isPositive: Bool)]] = [:]

  /// Nothing yet.
  public init(_ options: Options = Options()) {
    self.options = options
    matching = SegmentMatching(tolerance: options.tolerance, leastOverlap: options.leastOverlap)
  }

  /// Compares the labels of one record.
  ///
  /// - Parameters:
  ///   - reference: [T].
  ///   - predicted: [T].
  ///   - probabilities: the labels that there are probabilities of, and they, [T][those labels].
  public mutating func add(
    reference: [UInt8], predicted: [UInt8],
    probabilities: (labels: [UInt8], values: Matrix)? = nil
  ) {
    precondition(reference.count == predicted.count, "There are two labels for each residue.")
    let merge = { (label: UInt8) in options.merged[label] ?? label }
    let gold = reference.map(merge)
    let found = predicted.map(merge)
    let assessed = reference.indices.filter { !options.unassessed.contains(reference[$0]) }
    records += 1
    residues += reference.count
    unassessed += reference.count - assessed.count
    var tally = Tally()
    for t in assessed {
      confusions[UInt16(gold[t]) << 8 | UInt16(found[t]), default: 0] += 1
      tally += Tally(count: 1, correct: gold[t] == found[t] ? 1 : 0)
    }
    if tally.count > 0 {
      tallies.append(tally)
      let overlap = SegmentOverlap(
        reference: assessed.map { gold[$0] }, predicted: assessed.map { found[$0] })
      sov99.add(overlap.sov99)
      sovRefined.add(overlap.refined)
    }
    if let probabilities { rank(gold, assessed, probabilities) }
    if !options.segments.isEmpty { match(gold, found) }
    if let exon = options.exon { compareGenes(runs(of: exon, in: gold), runs(of: exon, in: found)) }
  }

  private mutating func rank(
    _ gold: [UInt8], _ assessed: [Int], _ probabilities: (labels: [UInt8], values: Matrix)
  ) {
    let merged = probabilities.labels.map { options.merged[$0] ?? $0 }
    for label in Set(merged) {
      let columns = merged.indices.filter { merged[$0] == label }
      var cases = ranked.removeValue(forKey: label) ?? []
      for t in assessed {
        let score = columns.reduce(0.0) { $0 + Double(probabilities.values[t, $1]) }
        cases.append((score, gold[t] == label))
      }
      ranked[label] = cases
    }
  }

  private mutating func match(_ gold: [UInt8], _ found: [UInt8]) {
    func segments(_ labels: [UInt8]) -> [Segment] {
      LabelRun.all(in: labels).filter { options.segments.contains($0.label) }.map {
        Segment(start: $0.range.lowerBound, end: $0.range.upperBound, label: Label($0.label))
      }
    }
    let (own, other) = (segments(gold), segments(found))
    matching.add(reference: own, predicted: other)
    if !own.isEmpty { detected += Tally(count: 1, correct: other.isEmpty ? 0 : 1) }
  }

  private func runs(of label: UInt8, in labels: [UInt8]) -> [Range<Int>] {
    LabelRun.all(in: labels).filter { $0.label == label }.map(\.range)
  }

  private mutating func compareGenes(_ own: [Range<Int>], _ found: [Range<Int>]) {
    let exact = Set(own).intersection(found).count
    genes.referenceExons += own.count
    genes.predictedExons += found.count
    genes.exactExons += exact
    genes.missedExons += own.count { exon in !found.contains { $0.overlaps(exon) } }
    genes.wrongExons += found.count { exon in !own.contains { $0.overlaps(exon) } }
    if !own.isEmpty { genes.referenceGenes += 1 }
    if !found.isEmpty { genes.predictedGenes += 1 }
    if !own.isEmpty, own == found { genes.exactGenes += 1 }
  }

  // MARK: Scores

  /// The labels of reference and prediction, in order.
  public var labels: [UInt8] {
    Set(confusions.keys.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }).sorted()
  }

  /// How often residues with one label in the reference were predicted as another.
  public func count(reference: UInt8, predicted: UInt8) -> Int {
    confusions[UInt16(reference) << 8 | UInt16(predicted)] ?? 0
  }

  /// Assessed residues, and those that are right; Q3 or Q8 where there are three or eight labels.
  public var accuracy: Tally { tallies.reduce(into: Tally()) { $0 += $1 } }

  /// One label against the rest.
  public func score(of label: UInt8) -> BinaryScore {
    var score = BinaryScore()
    for (pair, count) in confusions {
      switch (UInt8(pair >> 8) == label, UInt8(pair & 255) == label) {
      case (true, true): score.truePositives += count
      case (true, false): score.falseNegatives += count
      case (false, true): score.falsePositives += count
      case (false, false): score.trueNegatives += count
      }
    }
    return score
  }

  /// How well a label's probabilities rank residues; `nil` if there are none.
  public func ranking(of label: UInt8) -> RankingScore? { ranked[label].map { RankingScore($0) } }
}
