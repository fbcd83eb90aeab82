internal import Glibc
public import SeqCore

/// P(exactly this span | x) by constrained forward–backward: the log-normalizer over the labelings
/// that have the span, less the one over all (Culotta and McCallum 2004, "Confidence estimation for
/// information extraction", aclanthology.org/N04-4028).
///
/// One thread's scratch: its memory is kept between sequences.
public final class SpanProbabilities {
  private let forwardBackward = ForwardBackward()
  private var kept: [(position: Int, scores: [Float])] = []

  /// Makes the scratch.
  public init() {}

  /// The probability of each span.
  ///
  /// - Parameters:
  ///   - segments: within the sequence; labels are numbers of the schema's types.
  ///   - emissions: of the sequence; unchanged afterwards.
  ///   - chain: has the schema's labels.
  /// - Returns: one probability per segment; 0 for a span that no legal labeling has.
  /// - Throws: `InferenceError.noLegalPath` if nothing is legal.
  /// - Complexity: O(spans · T · L²) time.
  public func probabilities(
    of segments: [Segment], _ emissions: Emissions, _ chain: Chain, _ spans: SpanSchema
  ) throws(InferenceError) -> [Float] {
    guard !segments.isEmpty else { return [] }
    let all = try forwardBackward.run(on: emissions, chain)
    var result: [Float] = []
    for segment in segments {
      var sum = 0.0
      for allowed in spans.labelings(of: segment, count: emissions.count) {
        restrict(emissions, to: allowed)
        if let some = try? forwardBackward.run(on: emissions, chain) { sum += exp(some - all) }
        restore(emissions)
      }
      result.append(Float(min(sum, 1)))
    }
    return result
  }

  private func restrict(_ emissions: Emissions, to allowed: [(position: Int, labels: [Bool])]) {
    for (position, labels) in allowed {
      kept.append((position, (0..<emissions.labelCount).map { emissions[position, $0] }))
      for (label, isAllowed) in labels.enumerated() where !isAllowed {
        emissions[position, label] = -.infinity
      }
    }
  }

  private func restore(_ emissions: Emissions) {
    for (position, scores) in kept {
      for (label, score) in scores.enumerated() { emissions[position, label] = score }
    }
    kept.removeAll(keepingCapacity: true)
  }
}

extension SpanSchema {
  /// The labelings that have a span, as disjoint cases: in each, the labels that are allowed at
  /// some positions; all are at the others.
  ///
  /// In BIOES the labels of a span say it all. Elsewhere a neighbour of the same type would make it
  /// longer, and in IOB1 and IOE1 its own labels depend on one.
  func labelings(
    of segment: Segment, count T: Int
  ) -> [[(position: Int, labels: [Bool])]] {
    let type = segment.label
    func without(_ marks: SpanMark...) -> [Bool] {
      tags.map { $0.mark == .outside || $0.type != type || !marks.contains($0.mark) }
    }
    func only(_ marks: SpanMark...) -> [Bool] {
      tags.map { $0.mark != .outside && $0.type == type && marks.contains($0.mark) }
    }
    let own = scheme.tags(of: [segment], count: T)
    let inside = (segment.start..<segment.end).map { t in (t, only(own[t].mark)) }
    let before = segment.start > 0 ? segment.start - 1 : nil
    let after = segment.end < T ? segment.end : nil
    func at(_ position: Int?, _ labels: [Bool]) -> [(position: Int, labels: [Bool])] {
      position.map { [($0, labels)] } ?? []
    }
    switch scheme {
    case .bioes, .bilou: return [inside]
    case .iob2: return [inside + at(after, without(.inside))]
    case .ioe2: return [at(before, without(.inside)) + inside]
    case .io: return [at(before, without(.inside)) + inside + at(after, without(.inside))]
    case .iob1:
      let end = at(after, without(.inside))
      var cases = [at(before, without(.begin, .inside)) + inside + end]
      if let before {
        let first = [(segment.start, only(.begin))]
        cases.append([(before, only(.begin, .inside))] + first + inside.dropFirst() + end)
      }
      return cases
    case .ioe1:
      let start = at(before, without(.inside))
      var cases = [start + inside + at(after, without(.inside, .end))]
      if let after {
        let last = [(segment.end - 1, only(.end))]
        cases.append(start + inside.dropLast() + last + [(after, only(.inside, .end))])
      }
      return cases
    }
  }
}
