public import SeqCore

/// What turns the scores of positions into labels: scale · score + offset for each label, and a
/// structure over the positions.
public struct ScoreDecoder: Sendable {
  /// How labels depend on each other.
  public enum Structure: Sendable {
    /// Not at all: each position takes its best label.
    case independent
    /// A step between neighbours has a score.
    case chain(Chain)
    /// Segments have scores for their durations, and steps between segments.
    case segments(SegmentChain)
  }

  /// What scores are multiplied with.
  public var scale: Float
  /// What is added to each label's score, [L]: such as the negative logarithm of how frequent it is.
  public var offsets: [Float]
  /// How labels depend on each other.
  public var structure: Structure

  /// Makes a decoder.
  public init(scale: Float = 1, offsets: [Float], structure: Structure) {
    let L = offsets.count
    switch structure {
    case .independent: break
    case .chain(let chain): precondition(chain.labelCount == L, "One offset per label.")
    case .segments(let chain): precondition(chain.chain.labelCount == L, "One offset per label.")
    }
    self.scale = scale
    self.offsets = offsets
    self.structure = structure
  }

  /// Takes the best label of each position.
  public static func independent(labelCount: Int) -> ScoreDecoder {
    ScoreDecoder(offsets: Array(repeating: 0, count: labelCount), structure: .independent)
  }

  /// The best labels, [T]. Ties go to the lower label.
  ///
  /// - Throws: `InferenceError.noLegalPath`.
  public func labels(of scores: Emissions) throws(InferenceError) -> [Label] {
    let emissions = weighted(scores)
    switch structure {
    case .independent:
      return (0..<emissions.count).map { t in
        let row = emissions.row(t)
        var best = 0
        for j in 1..<max(offsets.count, 1) where row[j] > row[best] { best = j }
        return Label(best)
      }
    case .chain(let chain):
      var labels: [Label] = []
      _ = try Viterbi().bestPath(emissions, chain, into: &labels)
      return Array(labels.prefix(emissions.count))
    case .segments(let chain):
      return try chain.bestSegments(emissions).segments.flatMap {
        Array(repeating: $0.label, count: $0.end - $0.start)
      }
    }
  }

  /// P(label at t | sequence) under the structure, [T][L].
  ///
  /// - Throws: `InferenceError.noLegalPath`.
  public func marginals(of scores: Emissions) throws(InferenceError) -> Matrix {
    let emissions = weighted(scores)
    switch structure {
    case .independent: return try positions(emissions, .independent(labelCount: offsets.count))
    case .chain(let chain): return try positions(emissions, chain)
    case .segments(let chain): return try chain.marginals(emissions).positions
    }
  }

  private func positions(_ emissions: Emissions, _ chain: Chain) throws(InferenceError) -> Matrix {
    let lattice = ForwardBackward()
    _ = try lattice.run(on: emissions, chain)
    var result = Matrix(rows: emissions.count, columns: offsets.count)
    for t in 0..<emissions.count {
      for j in 0..<offsets.count { result[t, j] = Float(lattice[t, j]) }
    }
    return result
  }

  /// scale · score + offset.
  package func weighted(_ scores: Emissions) -> Emissions {
    precondition(scores.labelCount == offsets.count, "Scores and decoder have the same labels.")
    let result = Emissions(labelCount: offsets.count)
    result.reset(count: scores.count)
    for t in 0..<scores.count {
      let (from, row) = (scores.row(t), result.row(t))
      // 0 · −∞ would be no number: what is forbidden stays so.
      for j in 0..<offsets.count {
        row[j] = from[j] == -.infinity ? -.infinity : from[j] * scale + offsets[j]
      }
    }
    return result
  }
}
