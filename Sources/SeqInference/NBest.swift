public import SeqCore

/// The K best paths through a chain, best first.
///
/// List Viterbi: for each position and label the K best ways to get there, each with its earlier
/// label and that label's rank. Equal scores keep the order of the lower earlier label, so the
/// first path is the one that `Viterbi` finds.
///
/// - Returns: at most `k` labelings with their scores in nats; fewer if fewer paths are legal.
/// - Complexity: O(T·L²·K·log(L·K)) time, O(T·L·K) memory.
public func nBestPaths(_ emissions: Emissions, _ chain: Chain, k: Int) -> [Labeling] {
  struct Way {
    var score: Float
    var label: Int32
    var rank: Int32
  }
  precondition(k > 0, "The number of paths must be positive.")
  let T = emissions.count
  let L = chain.labelCount
  guard T > 0 else { return [Labeling(labels: [], score: 0)] }

  func best(_ ways: inout [Way]) -> [Way] {
    // A stable sort: order of arrival breaks ties.
    let order = ways.indices.sorted {
      ways[$0].score != ways[$1].score ? ways[$0].score > ways[$1].score : $0 < $1
    }
    return order.prefix(k).map { ways[$0] }
  }

  var table: [[Way]] = (0..<L).map { j in
    let score = chain.start[j] + emissions[0, j]
    return score > -.infinity ? [Way(score: score, label: -1, rank: 0)] : []
  }
  table.reserveCapacity(T * L)
  for t in 1..<max(T, 1) {
    for j in 0..<L {
      var ways: [Way] = []
      for i in 0..<L {
        for (rank, way) in table[(t - 1) * L + i].enumerated() {
          let score = way.score + chain.step[i, j]
          if score > -.infinity {
            ways.append(Way(score: score, label: Int32(i), rank: Int32(rank)))
          }
        }
      }
      table.append(
        best(&ways).compactMap {
          let score = $0.score + emissions[t, j]
          return score > -.infinity ? Way(score: score, label: $0.label, rank: $0.rank) : nil
        })
    }
  }
  var ends: [Way] = []
  for j in 0..<L {
    for (rank, way) in table[(T - 1) * L + j].enumerated() {
      let score = way.score + chain.end[j]
      if score > -.infinity { ends.append(Way(score: score, label: Int32(j), rank: Int32(rank))) }
    }
  }
  return best(&ends).map { end in
    var labels = [Label](repeating: 0, count: T)
    var at = end
    for t in stride(from: T - 1, through: 0, by: -1) {
      labels[t] = Label(at.label)
      at = table[t * L + Int(at.label)][Int(at.rank)]
    }
    return Labeling(labels: labels, score: end.score)
  }
}
