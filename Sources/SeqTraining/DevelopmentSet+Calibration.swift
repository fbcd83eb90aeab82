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
  /// logarithm of the factor, which the mean log P(gold y_t | x) has one maximum in.
  func calibrationFactor(_ parameters: LinearParameters) -> Float {
    let ratio = (5.0.squareRoot() - 1) / 2
    func fit(_ logFactor: Double) -> Double {
      logProbability(parameters, factor: Float(exp(logFactor)))
    }
    var low = log(1e-4)
    var high = log(10.0)
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
    return Float(exp((low + high) / 2))
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
