internal import Glibc
public import SeqCore

extension StateGraph {
  /// The log-normalizer, and P(label at t | x) of each position.
  ///
  /// Forward and backward over stays, in logarithms: a stay's probability is added to all its positions
  /// through a difference array.
  ///
  /// - Parameter letters: as in ``bestPath(_:letters:)``.
  /// - Returns: the log-normalizer in nats, and [T][labels].
  /// - Throws: `InferenceError.noLegalPath` if every path scores −∞.
  public func marginals(
    _ emissions: Emissions, letters: [UInt8]? = nil
  ) throws(InferenceError) -> (logNormalizer: Double, labels: Matrix) {
    let T = emissions.count
    let S = states.count
    guard T > 0 else { return (0, Matrix(rows: 0, columns: labelCount)) }
    let scores = StateScores(emissions, self, letters: letters)
    func stayScore(_ j: Int, _ start: Int, _ end: Int) -> Double {
      scores.sum(start, end, states[j].column)
        + (states[j].lengths.map { Double($0[end - start - 1]) } ?? 0)
    }
    func longest(_ j: Int, _ last: Int) -> Int {
      min(Int(scores.runs[last * S + j]), states[j].lengths?.count ?? 1)
    }

    // forward[t][j]: all paths whose stay in j ends with t; entry[t][j]: all that may begin one at t.
    var forward = [Double](repeating: -.infinity, count: T * S)
    var entry = forward
    for t in 0..<T {
      for j in 0..<S {
        if t == 0 {
          entry[j] = Double(states[j].start)
        } else {
          var sum = LogSum()
          for index in stepStarts[j]..<stepStarts[j + 1] {
            sum.add(forward[(t - 1) * S + steps[index].from] + Double(steps[index].score))
          }
          entry[t * S + j] = sum.value
        }
        var sum = LogSum()
        for d in 0..<longest(j, t) {
          let before = entry[(t - d) * S + j]
          if before > -.infinity { sum.add(before + stayScore(j, t - d, t + 1)) }
        }
        forward[t * S + j] = sum.value
      }
    }
    var total = LogSum()
    for j in 0..<S { total.add(forward[(T - 1) * S + j] + Double(states[j].end)) }
    let logNormalizer = total.value
    guard logNormalizer > -.infinity else { throw .noLegalPath(positions: T) }

    // exit[t][j]: everything behind a stay in j that ends with t; backward[t][j]: everything from a
    // stay in j on that begins at t.
    var exit = [Double](repeating: -.infinity, count: T * S)
    var backward = [Double](repeating: -.infinity, count: (T + 1) * S)
    var change = [Double](repeating: 0, count: (T + 1) * S)
    // Whether each state may stand on each later position, seen from the front: runs ahead.
    var ahead = [Int32](repeating: 0, count: (T + 1) * S)
    for t in stride(from: T - 1, through: 0, by: -1) {
      if t == T - 1 {
        for j in 0..<S { exit[t * S + j] = Double(states[j].end) }
      } else {
        var sums = [LogSum](repeating: LogSum(), count: S)
        for step in steps {
          sums[step.from].add(backward[(t + 1) * S + step.to] + Double(step.score))
        }
        for j in 0..<S { exit[t * S + j] = sums[j].value }
      }
      for j in 0..<S {
        if scores.runs[t * S + j] > 0 { ahead[t * S + j] = ahead[(t + 1) * S + j] + 1 }
        var sum = LogSum()
        let before = entry[t * S + j]
        for d in 1...max(1, min(Int(ahead[t * S + j]), states[j].lengths?.count ?? 1))
        where d <= Int(ahead[t * S + j]) {
          let way = stayScore(j, t, t + d) + exit[(t + d - 1) * S + j]
          guard way > -.infinity else { continue }
          sum.add(way)
          if before > -.infinity {
            let probability = exp(before + way - logNormalizer)
            change[t * S + j] += probability
            change[(t + d) * S + j] -= probability
          }
        }
        backward[t * S + j] = sum.value
      }
    }
    var labels = Matrix(rows: T, columns: labelCount)
    var running = [Double](repeating: 0, count: S)
    for t in 0..<T {
      for j in 0..<S {
        running[j] += change[t * S + j]
        labels[t, Int(states[j].label)] += Float(max(running[j], 0))
      }
    }
    for index in labels.values.indices { labels.values[index] = min(labels.values[index], 1) }
    return (logNormalizer, labels)
  }
}

/// log Σ e^x of numbers that come one by one.
struct LogSum {
  private var largest = -Double.infinity
  private var sum = 0.0

  @inline(__always)
  mutating func add(_ x: Double) {
    if x == -.infinity { return }
    if x <= largest {
      sum += exp(x - largest)
    } else {
      sum = sum * exp(largest - x) + 1
      largest = x
    }
  }

  var value: Double { largest == -.infinity ? largest : largest + log(sum) }
}
