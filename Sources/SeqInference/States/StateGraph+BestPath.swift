extension StateGraph {
  /// The best path: the state of each position, and the score in nats. Ties go to the shorter stay,
  /// then to the earlier state with the lower number.
  ///
  /// δ_t(j) is the best score of a path whose stay in j ends with position t, and
  /// entry_t(j) = max_i δ_{t−1}(i) + step(i, j), so that
  /// δ_t(j) = max_d entry_{t−d+1}(j) + length_j(d) + Σ emissions of the d positions.
  ///
  /// - Parameter letters: the bytes at the positions, for states that ask for some; `nil` for any.
  /// - Throws: `InferenceError.noLegalPath` if every path scores −∞.
  /// - Complexity: O(T · (steps + Σ longest stays)) time, O(T · states) memory.
  public func bestPath(
    _ emissions: Emissions, letters: [UInt8]? = nil
  ) throws(InferenceError) -> (states: [Int], score: Double) {
    let T = emissions.count
    let S = states.count
    guard T > 0 else { return ([], 0) }
    let scores = StateScores(emissions, self, letters: letters)
    var best = [Double](repeating: -.infinity, count: T * S)
    var entry = best
    var stay = [Int32](repeating: 0, count: T * S)
    var from = [Int32](repeating: -1, count: T * S)
    best.withUnsafeMutableBufferPointer { best in
      entry.withUnsafeMutableBufferPointer { entry in
        for t in 0..<T {
          for j in 0..<S {
            let here = t * S + j
            if t == 0 {
              entry[here] = Double(states[j].start)
            } else {
              let before = (t - 1) * S
              for index in stepStarts[j]..<stepStarts[j + 1] {
                let step = steps[index]
                let score = best[before + step.from] + Double(step.score)
                if score > entry[here] {
                  entry[here] = score
                  from[here] = Int32(truncatingIfNeeded: step.from)
                }
              }
            }
            let run = Int(scores.runs[here])
            if run == 0 { continue }
            let column = states[j].column
            guard let lengths = states[j].lengths else {
              best[here] = entry[here] + scores.sum(t, t + 1, column)
              stay[here] = 1
              continue
            }
            for d in 1...min(run, lengths.count) {
              let score =
                entry[here - (d - 1) * S] + Double(lengths[d - 1])
                + scores.sum(t + 1 - d, t + 1, column)
              if score > best[here] {
                best[here] = score
                stay[here] = Int32(truncatingIfNeeded: d)
              }
            }
          }
        }
      }
    }
    var score = -Double.infinity
    var state = 0
    for j in 0..<S where best[(T - 1) * S + j] + Double(states[j].end) > score {
      score = best[(T - 1) * S + j] + Double(states[j].end)
      state = j
    }
    guard score > -.infinity else { throw .noLegalPath(positions: T) }
    var path = [Int](repeating: 0, count: T)
    var end = T
    while end > 0 {
      let start = end - Int(stay[(end - 1) * S + state])
      for t in start..<end { path[t] = state }
      end = start
      if start > 0 { state = Int(from[start * S + state]) }
    }
    return (path, score)
  }
}
