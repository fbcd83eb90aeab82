internal import Glibc

/// A map from a model's probabilities to probabilities that agree with how often it is right: in
/// log-odds a straight line (Platt 1999; Kull, Silva Filho and Flach 2017 have its properties).
public struct ProbabilityCalibration: Hashable, Sendable, Codable {
  /// What log-odds are multiplied with; positive, so that order stays.
  public var slope: Double
  /// What is added to them, in nats.
  public var offset: Double

  /// Makes a map; the identity by default.
  public init(slope: Double = 1, offset: Double = 0) {
    self.slope = slope
    self.offset = offset
  }

  /// The calibrated probability.
  public func callAsFunction(_ probability: Float) -> Float {
    Float(1 / (1 + exp(-(slope * Self.logOdds(probability) + offset))))
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

  /// The map under which probabilities explain best which predictions are right, by Newton's method
  /// on the penalized log-likelihood.
  ///
  /// However many predictions a set holds, it is one set: what it shows of slope and offset is
  /// weighed as one draw with ``variance`` around those of new text, and the identity as another.
  /// So the map goes about half-way from the identity to what fits the set best.
  ///
  /// - Returns: `nil` if there are fewer than 50 predictions, or the slope would not be positive.
  public init?(fitting predictions: [(probability: Float, isRight: Bool)]) {
    guard predictions.count >= 50 else { return nil }
    let points = predictions.map { (x: Self.logOdds($0.probability), y: $0.isRight ? 1.0 : 0) }
    let information = predictions.reduce(0.0) {
      $0 + Double($1.probability) * (1 - Double($1.probability))
    }
    let weight = 1 / (1 + Self.variance * information)
    let precision = 1 / Self.variance
    var (a, b) = (1.0, 0.0)
    for _ in 0..<50 {
      var (ga, gb) = (precision * (a - 1), precision * b)
      var (haa, hab, hbb) = (precision, 0.0, precision)
      for (x, y) in points {
        let p = 1 / (1 + exp(-(a * x + b)))
        ga += weight * (p - y) * x
        gb += weight * (p - y)
        let w = weight * p * (1 - p)
        haa += w * x * x
        hab += w * x
        hbb += w
      }
      let determinant = haa * hbb - hab * hab
      let da = (hbb * ga - hab * gb) / determinant
      let db = (haa * gb - hab * ga) / determinant
      a -= da
      b -= db
      if abs(da) + abs(db) < 1e-9 { break }
    }
    guard a > 0, a.isFinite, b.isFinite else { return nil }
    self.init(slope: a, offset: b)
  }
}
