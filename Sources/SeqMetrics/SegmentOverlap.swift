/// How well predicted segments overlap the reference's: SOV'99 (Zemla et al. 1999,
/// doi 10.1002/(SICI)1097-0134(19990201)34:2<220::AID-PROT7>3.0.CO;2-K) and SOV_refine (Liu & Wang 2018,
/// doi 10.1186/s13029-018-0068-7).
///
/// A segment is a longest run of one class. For each pair of segments s₁ of the reference and s₂ of the
/// prediction that are of one class and overlap, with minov the residues in both, maxov those in
/// either, the class gets `(minov + δ) / maxov · |s₁|`; it is divided by the lengths of s₁ summed over
/// these pairs, plus those of the class's segments without a pair.
///
/// The allowance δ is at most maxov − minov. SOV'99 takes
/// `min(maxov − minov, minov, ⌊|s₁| / 2⌋, ⌊|s₂| / 2⌋)`; SOV_refine
/// `min(maxov − minov, λ · K / Σ(|s| / N)² · |s₁| / N · minov / maxov)`, with K the classes and N the
/// residues of the reference, and the sum over all its segments.
public struct SegmentOverlap: Hashable, Sendable {
  /// The sum and what it is divided by.
  public struct Score: Hashable, Sendable {
    /// Σ (minov + δ) / maxov · |s₁|.
    public var sum = 0.0
    /// Σ |s₁| over pairs and unpaired segments.
    public var weight = 0

    /// Nothing yet.
    public init() {}

    /// The score from 0 to 1; `nil` if the reference has no such segment.
    public var value: Double? { weight == 0 ? nil : sum / Double(weight) }
  }

  /// SOV'99 by class of the reference.
  public private(set) var sov99: [UInt8: Score] = [:]
  /// SOV_refine by class of the reference.
  public private(set) var refined: [UInt8: Score] = [:]

  /// Compares two label strings.
  ///
  /// - Parameters:
  ///   - reference: a label a residue.
  ///   - predicted: as many labels.
  ///   - lambda: λ of SOV_refine.
  public init(reference: [UInt8], predicted: [UInt8], lambda: Double = 1) {
    precondition(reference.count == predicted.count, "There must be two labels for each residue.")
    let own = Self.runs(reference)
    let other = Self.runs(predicted)
    let count = Double(reference.count)
    let concentration = own.reduce(0.0) { $0 + ($1.length / count) * ($1.length / count) }
    let allowance = lambda * Double(Set(reference).count) / concentration
    var next = 0
    for segment in own {
      while next < other.count, other[next].end <= segment.start { next += 1 }
      var isPaired = false
      var index = next
      while index < other.count, other[index].start < segment.end {
        let second = other[index]
        index += 1
        guard second.label == segment.label else { continue }
        isPaired = true
        let shared = min(segment.end, second.end) - max(segment.start, second.start)
        let joint = max(segment.end, second.end) - min(segment.start, second.start)
        let classic = min(
          joint - shared, shared, (segment.end - segment.start) / 2, (second.end - second.start) / 2
        )
        let refined = min(
          Double(joint - shared),
          allowance * segment.length / count * Double(shared) / Double(joint))
        func part(_ delta: Double) -> Double {
          (Double(shared) + delta) / Double(joint) * segment.length
        }
        sov99[segment.label, default: Score()].sum += part(Double(classic))
        self.refined[segment.label, default: Score()].sum += part(refined)
        sov99[segment.label]!.weight += segment.end - segment.start
        self.refined[segment.label]!.weight += segment.end - segment.start
      }
      if !isPaired {
        sov99[segment.label, default: Score()].weight += segment.end - segment.start
        self.refined[segment.label, default: Score()].weight += segment.end - segment.start
      }
    }
  }

  /// The score of all classes: their sums by their weights; `nil` of no residues.
  public static func overall(_ scores: [UInt8: Score]) -> Double? {
    // In the order of the classes, so that equal input gives equal output.
    scores.sorted { $0.key < $1.key }.reduce(into: Score()) { total, entry in
      total.sum += entry.value.sum
      total.weight += entry.value.weight
    }.value
  }

  private struct Run {
    var label: UInt8
    var start: Int
    var end: Int
    var length: Double { Double(end - start) }
  }

  private static func runs(_ labels: [UInt8]) -> [Run] {
    var runs: [Run] = []
    for (position, label) in labels.enumerated() {
      if runs.last?.label == label {
        runs[runs.count - 1].end = position + 1
      } else {
        runs.append(Run(label: label, start: position, end: position + 1))
      }
    }
    return runs
  }
}
