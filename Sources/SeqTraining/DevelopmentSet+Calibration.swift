internal import Glibc
internal import SeqCore
internal import SeqInference
internal import SeqMath
internal import SeqModel

extension DevelopmentSet {
  /// The factor of all parameters under which marginals fit the set best: 1 / temperature (Guo et
  /// al. 2017, "On Calibration of Modern Neural Networks").
  ///
  /// A perceptron's scores rank labels but are no log-probabilities; scaled by this factor they give
  /// the same labels and P(y_t | x) that mean what they say. Found by golden-section search over the
  /// logarithm of the factor, which the mean log P(gold y_t | x) has one maximum in, unless the scores
  /// are so large that it is flat at both of the first places: the search begins anew around the
  /// best of evenly spaced ones if that is better.
  func calibrationFactor(_ parameters: LinearParameters) -> Float {
    func fit(_ logFactor: Double) -> Double {
      logProbability(parameters, factor: Float(exp(logFactor)))
    }
    let range = log(1e-4)...log(10.0)
    let found = maximum(of: fit, in: range)
    let spacing = (range.upperBound - range.lowerBound) / 16
    let places = (0...16).map { range.lowerBound + Double($0) * spacing }.map { ($0, fit($0)) }
    guard let best = places.max(by: { $0.1 < $1.1 }), best.1 > fit(found) else {
      return Float(exp(found))
    }
    return Float(exp(maximum(of: fit, in: best.0 - spacing...best.0 + spacing)))
  }

  /// Where a function that rises and then falls is highest, by golden-section search, to 0.01.
  private func maximum(of fit: (Double) -> Double, in range: ClosedRange<Double>) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var low = range.lowerBound
    var high = range.upperBound
    var left = high - ratio * (high - low)
    var right = low + ratio * (high - low)
    var leftValue = fit(left)
    var rightValue = fit(right)
    while high - low > 0.02 {
      if leftValue > rightValue {
        high = right
        (right, rightValue) = (left, leftValue)
        left = high - ratio * (high - low)
        leftValue = fit(left)
      } else {
        low = left
        (left, leftValue) = (right, rightValue)
        right = low + ratio * (high - low)
        rightValue = fit(right)
      }
    }
    return (low + high) / 2
  }

  /// Σ log P(gold y_t | x) over the positions whose gold label the model knows, in nats; no
  /// position counts less than log 10⁻⁶.
  private func logProbability(_ parameters: LinearParameters, factor: Float) -> Double {
    var step = parameters.step
    for index in step.values.indices { step.values[index] *= factor }
    let chain = Chain(
      start: parameters.start.map { $0 * factor }, step: step,
      end: parameters.end.map { $0 * factor })
    let L = parameters.labelCount
    let sums = forEachSequence(parameters) { emissions, gold in
      for t in 0..<emissions.count {
        for j in 0..<L { emissions[t, j] *= factor }
      }
      let forwardBackward = ForwardBackward()
      guard (try? forwardBackward.run(on: emissions, chain)) != nil else { return 0 }
      var sum = 0.0
      for (t, label) in gold.enumerated() where Int(label) < L {
        sum += log(max(Double(forwardBackward[t, Int(label)]), 1e-6))
      }
      return sum
    }
    return sums.reduce(0, +)
  }
}
