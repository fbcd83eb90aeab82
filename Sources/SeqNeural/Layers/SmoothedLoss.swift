internal import Glibc
public import SeqCore
internal import SeqMath

/// MS-TCN's loss of one stage: the mean cross-entropy of the frames, and λ times the mean squared
/// step of the log-probabilities from frame to frame, each cut off at τ² (Farha and Gall 2019, §3.3).
///
/// As published, the earlier frame of a step is taken as given: the gradient moves the later one.
public struct SmoothedLoss: Codable, Hashable, Sendable {
  /// The weight of the smoothing, λ; 0.15 as published.
  public var smoothing: Float = 0.15
  /// Where a squared step is cut off, τ²; 16 as published.
  public var limit: Float = 16

  /// Makes a loss; without smoothing it is the cross-entropy.
  public init(smoothing: Float = 0.15, limit: Float = 16) {
    self.smoothing = smoothing
    self.limit = limit
  }

  /// The label of a frame that is not learnt from.
  public static let ignored = Label.max

  /// The loss, and its gradient in the scores.
  ///
  /// - Parameters:
  ///   - z: scores, [T][L].
  ///   - p: their probabilities.
  ///   - gold: [T]; ``ignored`` where there is none.
  ///   - weight: what the loss and its gradient are multiplied with.
  ///   - dz: ∂loss/∂z, [T][L]; all of it is written.
  /// - Returns: the loss in nats.
  package func gradient(
    _ z: Activations, probabilities p: Activations, gold: [Label], weight: Float = 1,
    to dz: Activations
  ) -> Double {
    let T = z.count
    let L = z.width
    precondition(gold.count == T, "One label for each frame.")
    dz.resize(count: T)
    guard T > 0 else { return 0 }
    let learnt = gold.reduce(0) { $0 + ($1 == Self.ignored ? 0 : 1) }
    let share = weight / Float(max(learnt, 1))
    let stepShare = weight * smoothing / (Float(L) * Float(max(T - 1, 1)))
    var loss = 0.0
    var steps = 0.0
    var before = [Float](repeating: 0, count: L)
    var here = before
    var slope = before
    for t in 0..<T {
      let (scores, probabilities, target) = (z.row(t), p.row(t), dz.row(t))
      for c in L..<dz.stride { target[c] = 0 }
      // log p = z − log Σ e^z, from the largest score, whose probability is never 0.
      var top = 0
      for c in 1..<max(L, 1) where scores[c] > scores[top] { top = c }
      let normalizer = scores[top] - log(probabilities[top])
      for c in 0..<L { here[c] = scores[c] - normalizer }
      var slopes: Float = 0
      for c in 0..<L {
        slope[c] = 0
        let step = here[c] - before[c]
        guard t > 0 else { continue }
        if step * step < limit { slope[c] = 2 * step * stepShare }
        steps += Double(min(step * step, limit))
        slopes += slope[c]
      }
      let label = gold[t]
      if label == Self.ignored {
        for c in 0..<L { target[c] = slope[c] - probabilities[c] * slopes }
      } else {
        loss -= Double(here[Int(label)])
        for c in 0..<L {
          let wanted: Float = c == Int(label) ? 1 : 0
          target[c] = (probabilities[c] - wanted) * share + slope[c] - probabilities[c] * slopes
        }
      }
      swap(&before, &here)
    }
    return loss * Double(share) + steps * Double(stepShare)
  }
}
