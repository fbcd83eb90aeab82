public import SeqCore

/// Counts predicted segments that agree with the reference's, as transmembrane segments are judged
/// (Bernhofer & Rost 2022, doi 10.1186/s12859-022-04873-x): both ends lie within a tolerance, and the
/// overlap is at least a share of the union.
public struct SegmentMatching: Hashable, Sendable {
  /// The most residues that an end may be off.
  public let tolerance: Int
  /// The least share of the residues of either segment that must be in both.
  public let leastOverlap: Double
  /// Segments of the reference.
  public private(set) var referenceSegments = 0
  /// Predicted segments.
  public private(set) var predictedSegments = 0
  /// Pairs that agree.
  public private(set) var matches = 0
  /// Sequences that were compared and have a segment.
  public private(set) var sequences = 0
  /// Sequences whose segments all agree, with none too many.
  public private(set) var perfectSequences = 0

  /// Nothing yet.
  public init(tolerance: Int = 5, leastOverlap: Double = 0.5) {
    self.tolerance = tolerance
    self.leastOverlap = leastOverlap
  }

  /// Compares the segments of one sequence, both in order and without overlaps among themselves. Each
  /// counts in one pair at most.
  public mutating func add(reference: [Segment], predicted: [Segment]) {
    var used = Array(repeating: false, count: predicted.count)
    var found = 0
    for segment in reference {
      let match = predicted.indices.first { !used[$0] && agree(segment, predicted[$0]) }
      if let match {
        used[match] = true
        found += 1
      }
    }
    matches += found
    referenceSegments += reference.count
    predictedSegments += predicted.count
    if !reference.isEmpty { sequences += 1 }
    if !reference.isEmpty, found == reference.count, found == predicted.count {
      perfectSequences += 1
    }
  }

  private func agree(_ a: Segment, _ b: Segment) -> Bool {
    guard a.label == b.label, abs(a.start - b.start) <= tolerance, abs(a.end - b.end) <= tolerance
    else { return false }
    let shared = min(a.end, b.end) - max(a.start, b.start)
    let joint = max(a.end, b.end) - min(a.start, b.start)
    return Double(shared) >= leastOverlap * Double(joint)
  }

  /// The share of the reference's segments that were found.
  public var recall: Double {
    referenceSegments == 0 ? 0 : Double(matches) / Double(referenceSegments)
  }

  /// The share of the predicted segments that are right.
  public var precision: Double {
    predictedSegments == 0 ? 0 : Double(matches) / Double(predictedSegments)
  }
}
