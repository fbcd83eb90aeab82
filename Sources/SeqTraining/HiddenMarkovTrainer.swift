internal import Glibc
internal import SeqCore
package import SeqModel

/// A hidden Markov model over words by counting, with TnT's smoothing (Brants 2000,
/// doi:10.3115/974147.974178), over steps of two labels.
///
/// Steps: log(λ₁·P(t₂) + λ₂·P(t₂|t₁)), the λ by deleted interpolation. Words that are not known:
/// P(t | suffix) is interpolated from the shortest suffix to the longest one seen in words that
/// occur at most ten times, and turned round, P(w|t) ~ P(t|w)/P(t). The suffixes of a word contain
/// each other, so weights log P_k(t) − log P_{k−1}(t) for the suffix of length k add up to exactly
/// this. A known word's own weight is log P(w|t) minus what its suffixes bring; its P(t|w) are
/// counts to which the suffixes' guess is added as half an occurrence.
///
/// The templates must tell words apart (`form[0]`) and have suffixes of them; others get no weight.
package struct HiddenMarkovTrainer: Trainer {
  private let result: LinearParameters
  private let loss: Double

  private static let rareLimit = 10
  private static let guessWeight = 0.5

  package init(_ source: some TrainingSource, options: TrainingOptions) throws {
    let words = try WordCounts(source, algorithm: "hmm", needsSuffixes: true)
    let L = source.schema.count
    let N = Double(words.positionCount)
    let prior = words.labels.map { (Double($0) + 0.5) / (N + 0.5 * Double(L)) }

    // The labels of rare words, in all and by suffix.
    var root = prior
    var ofSuffix: [UInt32: [Double]] = [:]
    for word in words.words.indices {
      let counts = words.counts(of: word).map { Double($0) }
      guard counts.reduce(0, +) <= Double(Self.rareLimit) else { continue }
      for j in 0..<L { root[j] += counts[j] }
      for suffix in words.suffixes(of: word) {
        var sums = ofSuffix[suffix] ?? Array(repeating: 0, count: L)
        for j in 0..<L { sums[j] += counts[j] }
        ofSuffix[suffix] = sums
      }
    }
    let rootSum = root.reduce(0, +)
    root = root.map { $0 / rootSum }
    let mean = 1 / Double(L)
    let theta =
      (prior.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(L - 1, 1)))
      .squareRoot()

    var rows = LabelRows(labelCount: L)
    var loss = 0.0
    for word in words.words.indices {
      // The guess from the suffixes, their rows made on the way.
      var guess = root
      var before = prior
      var brought = [Double](repeating: 0, count: L)
      for suffix in words.suffixes(of: word) {
        guard let counts = ofSuffix[suffix] else { break }
        let sum = counts.reduce(0, +)
        for j in 0..<L { guess[j] = (counts[j] / sum + theta * guess[j]) / (1 + theta) }
        var row = [Float](repeating: 0, count: L)
        for j in 0..<L {
          row[j] = Float(log(guess[j] / before[j]))
          brought[j] += Double(row[j])
        }
        rows[suffix] = row
        before = guess
      }
      let counts = words.counts(of: word)
      let sum = Double(counts.reduce(0) { $0 + Int($1) })
      var row = [Float](repeating: 0, count: L)
      for (j, count) in counts.enumerated() {
        let probability = (Double(count) + Self.guessWeight * guess[j]) / (sum + Self.guessWeight)
        let emission = log(probability * (sum / N) / prior[j])
        row[j] = Float(emission - brought[j])
        loss -= Double(count) * emission
      }
      rows[words.words[word]] = row
    }
    let steps = Self.steps(words.chain)
    result = rows.parameters(
      source.features, start: options.boundaries ? steps.start : Array(repeating: 0, count: L),
      step: steps.step, end: options.boundaries ? steps.end : Array(repeating: 0, count: L))
    for i in 0..<L {
      loss -= Double(words.chain.starts[i]) * Double(result.start[i])
      loss -= Double(words.chain.ends[i]) * Double(result.end[i])
      for j in 0..<L {
        loss -= Double(words.chain.steps[i * L + j]) * Double(result.step[i, j])
      }
    }
    self.loss = loss
  }

  /// The steps' log-probabilities; the place before the first position is an earlier label, the
  /// place after the last a later one.
  private static func steps(
    _ counts: ChainCounts
  ) -> (start: [Float], step: Matrix, end: [Float]) {
    let L = counts.labelCount
    // [L + 1][L + 1]: the last row is the place before, the last column the place after.
    let W = L + 1
    var pairs = [Double](repeating: 0, count: W * W)
    for i in 0..<L {
      for j in 0..<L { pairs[i * W + j] = Double(counts.steps[i * L + j]) }
      pairs[i * W + L] = Double(counts.ends[i])
      pairs[L * W + i] = Double(counts.starts[i])
    }
    let earlier = (0..<W).map { i in (0..<W).reduce(0.0) { $0 + pairs[i * W + $1] } }
    let later = (0..<W).map { j in (0..<W).reduce(0.0) { $0 + pairs[$1 * W + j] } }
    let N = later.reduce(0, +)
    // Each pair votes, as often as it occurs, for the estimate that predicts it better when one
    // occurrence of it is left out.
    var votes = (single: 1.0, pair: 1.0)
    for i in 0..<W {
      for j in 0..<W where pairs[i * W + j] > 0 {
        let pair = earlier[i] > 1 ? (pairs[i * W + j] - 1) / (earlier[i] - 1) : 0
        let single = N > 1 ? (later[j] - 1) / (N - 1) : 0
        if pair > single {
          votes.pair += pairs[i * W + j]
        } else {
          votes.single += pairs[i * W + j]
        }
      }
    }
    let pairShare = votes.pair / (votes.single + votes.pair)
    func score(_ i: Int, _ j: Int) -> Float {
      let single = (later[j] + 0.5) / (N + 0.5 * Double(W))
      let pair = earlier[i] > 0 ? pairs[i * W + j] / earlier[i] : single
      return Float(log(pairShare * pair + (1 - pairShare) * single))
    }
    var step = Matrix(rows: L, columns: L)
    for i in 0..<L { for j in 0..<L { step[i, j] = score(i, j) } }
    return ((0..<L).map { score(L, $0) }, step, (0..<L).map { score($0, L) })
  }

  /// There is one step, and the model is ready before it. The objective is −log P(words, labels).
  package func step() -> StepReport { StepReport(objective: loss, isConverged: true) }

  package func parameters() -> LinearParameters { result }

  /// Counting again takes less time than reading the counts.
  package func save(to file: inout SafetensorsWriter) {}

  package func restore(from file: SafetensorsFile) {}
}
