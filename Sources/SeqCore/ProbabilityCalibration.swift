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

  /// The map under which probabilities explain best which predictions are right, by Newton's method
  /// on the penalized log-likelihood; the penalty of half a squared unit to each parameter, around
  /// the identity, keeps few predictions from deciding much.
  ///
  /// - Returns: `nil` if there are fewer than 50 predictions, or the slope would not be positive.
  public init?(fitting predictions: [(probability: Float, isRight: Bool)]) {
    guard predictions.count >= 50 else { return nil }
    var (a, b) = (1.0, 0.0)
    let points = predictions.map { (x: Self.logOdds($0.probability), y: $0.isRight ? 1.0 : 0) }
    for _ in 0..<50 {
      var (ga, gb, haa, hab, hbb) = (a - 1, b, 1.0, 0.0, 1.0)
      for (x, y) in points {
        let p = 1 / (1 + exp(-(a * x + b)))
        ga += (p - y) * x
        gb += p - y
        let w = p * (1 - p)
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
