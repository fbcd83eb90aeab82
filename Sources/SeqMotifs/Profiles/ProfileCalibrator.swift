internal import SeqMath

extension ProfileCalibration {
  /// Measures the best scores of random sequences and fits Gumbel's distribution to them by maximum
  /// likelihood (Lawless 1982, *Statistical Models and Methods for Lifetime Data*, §4.1).
  ///
  /// Scores of whole profiles are not exactly Gumbel's; its tail is the heavier one, so that E-values
  /// are rather too large than too small.
  ///
  /// - Parameters:
  ///   - sequences: how many are drawn.
  ///   - seed: equal seeds give equal calibrations.
  public init(_ model: ProfileModel, sequences: Int = 500, seed: UInt64) {
    let scores = ProfileScores(model)
    let length = max(200, 2 * model.length)
    let longest = ProfileScanner.longestHit(of: model)
    var cumulative: [Double] = []
    for frequency in model.alphabet.background {
      cumulative.append((cumulative.last ?? 0) + frequency)
    }
    var generator = RandomGenerator(seed: seed)
    var viterbi: [Double] = []
    var forward: [Double] = []
    for _ in 0..<sequences {
      let codes = (0..<length).map { _ -> UInt8 in
        let draw = generator.nextUnit()
        return UInt8(cumulative.firstIndex { draw < $0 } ?? cumulative.count - 1)
      }
      codes.withUnsafeBufferPointer { codes in
        let best = scores.candidates(codes, threshold: -.greatestFiniteMagnitude)
          .filter { $0.end - $0.start <= longest }.max { $0.score < $1.score }
        guard let best else { return }
        viterbi.append(Double(best.score))
        forward.append(scores.forward(UnsafeBufferPointer(rebasing: codes[best.start..<best.end])))
      }
    }
    self.init(
      viterbi: Gumbel(fitting: viterbi), forward: Gumbel(fitting: forward), length: length)
  }
}

extension ProfileCalibration.Gumbel {
  /// Fits a distribution to values: λ solves `1/λ = mean(x) − Σ x·e^(−λx) / Σ e^(−λx)`, which falls
  /// in λ, and `μ = −ln(mean(e^(−λx))) / λ`.
  ///
  /// Fewer than two different values give a decay of ln 2 a bit, at their mean.
  public init(fitting values: [Double]) {
    guard let least = values.min(), let most = values.max(), least < most else {
      self.init(location: values.first ?? 0, decay: logarithm(2))
      return
    }
    let mean = values.reduce(0, +) / Double(values.count)
    func excess(_ decay: Double) -> Double {
      var (sum, weighted) = (0.0, 0.0)
      for value in values {
        // Relative to the least value, so that nothing overflows.
        let weight = exponential(-decay * (value - least))
        sum += weight
        weighted += value * weight
      }
      return 1 / decay - mean + weighted / sum
    }
    var (low, high) = (1e-3, 1e3)
    for _ in 0..<200 {
      let middle = (low * high).squareRoot()
      if excess(middle) > 0 { low = middle } else { high = middle }
    }
    let decay = (low * high).squareRoot()
    let sum = values.reduce(0) { $0 + exponential(-decay * ($1 - least)) }
    self.init(
      location: least - logarithm(sum / Double(values.count)) / decay, decay: decay)
  }
}
