internal import Glibc

/// A map from a model's probabilities to probabilities that agree with how often it is right: in
/// log-odds a straight line (Platt 1999; Kull, Silva Filho and Flach 2017 have its properties), which
/// each type may move up or down.
public struct ProbabilityCalibration: Hashable, Sendable, Codable {
  /// What log-odds are multiplied with; positive, so that order stays within a type.
  public var slope: Double
  /// What is added to them, in nats.
  public var offset: Double
  /// What is added to those of a type besides, in nats; `nil` for nothing.
  public var typeOffsets: [String: Double]?

  /// Makes a map; the identity by default.
  public init(slope: Double = 1, offset: Double = 0, typeOffsets: [String: Double]? = nil) {
    self.slope = slope
    self.offset = offset
    self.typeOffsets = typeOffsets
  }

  /// The calibrated probability.
  ///
  /// - Parameter type: what was predicted, by name; one that the map does not know has no offset of
  ///   its own.
  public func callAsFunction(_ probability: Float, type: String? = nil) -> Float {
    let own = type.flatMap { typeOffsets?[$0] } ?? 0
    return Float(1 / (1 + exp(-(slope * Self.logOdds(probability) + offset + own))))
  }

  /// log(p / (1 − p)), with p kept 10⁻⁶ away from 0 and 1.
  private static func logOdds(_ probability: Float) -> Double {
    let p = min(max(Double(probability), 1e-6), 1 - 1e-6)
    return log(p / (1 - p))
  }

  /// The variance, in squared nats, of what separates one set of texts from the next: how far the
  /// log-odds of being right are off where a model is used, beyond what the set it was fitted on
  /// shows. Accuracies that differ by four points in a hundred, as between parts of one corpus, lie
  /// 0.2 to 0.3 nats apart, of web text and tweets twice that.
  private static let variance = 0.1

  /// A prediction and what became of it.
  public struct Prediction: Hashable, Sendable {
    /// The model's probability, from 0 to 1.
    public var probability: Float
    /// What was predicted, by name.
    public var type: String?
    /// Whether it is right.
    public var isRight: Bool

    /// Makes a prediction.
    public init(probability: Float, type: String? = nil, isRight: Bool) {
      self.probability = probability
      self.type = type
      self.isRight = isRight
    }
  }

  /// The map under which probabilities explain best which predictions are right, without types; see
  /// ``init(fitting:)-(_)``.
  public init?(fitting predictions: [(probability: Float, isRight: Bool)]) {
    self.init(
      fitting: [
        predictions.map { Prediction(probability: $0.probability, isRight: $0.isRight) }
      ])
  }

  /// The map under which probabilities explain best which predictions are right, by Newton's method
  /// on the penalized log-likelihood.
  ///
  /// However many predictions a set of texts holds, it is one set: what it shows of slope and offsets
  /// is weighed as one draw with ``variance`` around those of new text, and the identity as another.
  /// So with one set the map goes about half-way from the identity to what fits it best, and with
  /// more sets further.
  ///
  /// - Parameter sets: the predictions of each set of texts.
  /// - Returns: `nil` if there are fewer than 50 predictions, or the slope would not be positive.
  public init?(fitting sets: [[Prediction]]) {
    guard sets.reduce(0, { $0 + $1.count }) >= 50 else { return nil }
    let types = Set(sets.joined().compactMap(\.type)).sorted()
    let column = Dictionary(uniqueKeysWithValues: types.enumerated().map { ($1, $0 + 2) })
    let n = types.count + 2
    let precision = 1 / Self.variance
    // Each prediction has three coefficients: slope, offset and that of its type.
    var points: [(x: Double, type: Int, y: Double, weight: Double)] = []
    for set in sets {
      let information = set.reduce(0.0) {
        $0 + Double($1.probability) * (1 - Double($1.probability))
      }
      let weight = 1 / (1 + Self.variance * information)
      for prediction in set {
        points.append(
          (
            Self.logOdds(prediction.probability), prediction.type.flatMap { column[$0] } ?? -1,
            prediction.isRight ? 1 : 0, weight
          ))
      }
    }
    var w = [Double](repeating: 0, count: n)
    w[0] = 1
    for _ in 0..<50 {
      var gradient = w.map { precision * $0 }
      gradient[0] -= precision
      var hessian = [Double](repeating: 0, count: n * n)
      for index in 0..<n { hessian[index * n + index] = precision }
      for (x, type, y, weight) in points {
        let p = 1 / (1 + exp(-(w[0] * x + w[1] + (type < 0 ? 0 : w[type]))))
        let error = weight * (p - y)
        let curvature = weight * p * (1 - p)
        let terms: [(place: Int, value: Double)] =
          [(0, x), (1, 1)] + (type < 0 ? [] : [(type, 1)])
        for (i, a) in terms {
          gradient[i] += error * a
          for (j, b) in terms { hessian[i * n + j] += curvature * a * b }
        }
      }
      let step = Self.solution(of: hessian, gradient)
      for index in 0..<n { w[index] -= step[index] }
      if step.reduce(0, { $0 + abs($1) }) < 1e-9 { break }
    }
    guard w[0] > 0, w.allSatisfy(\.isFinite) else { return nil }
    self.init(
      slope: w[0], offset: w[1],
      typeOffsets: types.isEmpty
        ? nil
        : Dictionary(uniqueKeysWithValues: zip(types, w[2...])))
  }

  /// The solution of A x = b for a symmetric positive definite A, [n][n], by elimination.
  private static func solution(of a: [Double], _ b: [Double]) -> [Double] {
    let n = b.count
    var (a, x) = (a, b)
    for pivot in 0..<n {
      for row in (pivot + 1)..<max(n, pivot + 1) {
        let factor = a[row * n + pivot] / a[pivot * n + pivot]
        for column in pivot..<n { a[row * n + column] -= factor * a[pivot * n + column] }
        x[row] -= factor * x[pivot]
      }
    }
    for row in stride(from: n - 1, through: 0, by: -1) {
      for column in (row + 1)..<max(n, row + 1) { x[row] -= a[row * n + column] * x[column] }
      x[row] /= a[row * n + row]
    }
    return x
  }
}
