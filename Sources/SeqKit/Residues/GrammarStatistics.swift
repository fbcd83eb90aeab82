internal import Glibc
internal import SeqInference

/// What a grammar's paths over training data were like: how often states start, follow and end, and how
/// long they last. Lengths are pooled over states of one class with the same bounds.
public struct GrammarStatistics: Codable, Hashable, Sendable {
  /// How often each state was first and last.
  public var starts: [Double]
  /// How often each state was last.
  public var ends: [Double]
  /// How often each state was left for each that may follow it, in the order of the grammar's steps.
  public var steps: [[Double]]
  /// How often a state with lengths lasted so many positions, by state; those that lasted longer than
  /// the longest are counted by `excess`, the positions beyond it.
  public var lengths: [[Double]]
  /// How often a state lasted longer than its longest length.
  public var longer: [Double]
  /// The positions beyond the longest length, summed.
  public var excess: [Double]
  /// The share of each class among training positions.
  public var classShares: [Double]

  /// Nothing counted.
  public init(_ grammar: LabelGrammar) {
    let S = grammar.states.count
    starts = Array(repeating: 0, count: S)
    ends = starts
    longer = starts
    excess = starts
    steps = grammar.steps.map { Array(repeating: 0, count: $0.count) }
    lengths = grammar.states.map { state in
      Array(repeating: 0, count: state.lengths?.upperBound ?? 0)
    }
    classShares = Array(repeating: 0, count: grammar.classes.count)
  }

  /// Counts a path. Steps and stays that touch a position that is not assessed are left out, as the
  /// path is a guess there.
  ///
  /// - Parameters:
  ///   - path: the grammar's state of each position.
  ///   - assessed: whether each position had a label.
  public mutating func add(_ path: [Int], assessed: [Bool], grammar: LabelGrammar) {
    guard let first = path.first, let last = path.last else { return }
    if assessed[0] { starts[first] += 1 }
    if assessed[path.count - 1] { ends[last] += 1 }
    for t in 1..<max(path.count, 1) where assessed[t - 1] && assessed[t] {
      if path[t - 1] == path[t], grammar.states[path[t]].lengths != nil { continue }
      if let index = grammar.steps[path[t - 1]].firstIndex(of: path[t]) {
        steps[path[t - 1]][index] += 1
      }
    }
    var start = 0
    while start < path.count {
      let state = path[start]
      var end = start + 1
      while end < path.count, path[end] == state { end += 1 }
      let isWhole =
        (start == 0 || assessed[start - 1]) && (end == path.count || assessed[end])
        && assessed[start..<end].allSatisfy { $0 }
      if isWhole, let longest = grammar.states[state].lengths?.upperBound {
        if end - start <= longest {
          lengths[state][end - start - 1] += 1
        } else {
          longer[state] += 1
          excess[state] += Double(end - start - longest)
        }
      }
      start = end
    }
  }
}

extension LabelGrammar {
  /// The grammar as a graph of states, with scores learnt from training data or, without, none.
  ///
  /// A state that may last longer than its longest length gets a second one behind it, which steps to
  /// itself. Scores are log-probabilities times `weight`; counts are smoothed so that nothing legal is
  /// impossible.
  ///
  /// - Returns: the graph, and for each of its states the number of the grammar's.
  func graph(
    _ statistics: GrammarStatistics?, weight: Double = 1
  ) -> (graph: StateGraph, origin: [Int]) {
    let labels = self.labels
    var nodes: [StateGraph.State] = []
    var origin = Array(states.indices)
    var steps: [StateGraph.Step] = []
    func score(_ probability: Double) -> Float { Float(weight * log(probability)) }
    let startTotal = statistics.map { $0.starts.reduce(0, +) } ?? 0
    let startCount = Double(states.count { $0.starts })
    var tails: [Int: Int] = [:]
    for (index, state) in states.enumerated() {
      let letters = state.letters.map { ByteSet($0 + $0.map { $0 >= 0x41 ? $0 ^ 0x20 : $0 }) }
      var node = StateGraph.State(
        label: UInt16(labels.firstIndex(of: state.label)!), column: state.classNumber,
        letters: letters)
      if state.starts {
        node.start =
          statistics.map { score(($0.starts[index] + 0.5) / (startTotal + 0.5 * startCount)) } ?? 0
      }
      node.end = state.ends ? 0 : -.infinity
      nodes.append(node)
    }
    // Stays: the distribution of lengths, and what lies beyond.
    var leaving = [Float](repeating: 0, count: states.count)
    for (index, state) in states.enumerated() {
      guard let bounds = state.lengths else { continue }
      let stays = statistics.map { pooledLengths(of: index, $0) }
      nodes[index].lengths = (1...bounds.upperBound).map { d in
        guard bounds.contains(d) else { return -.infinity }
        return stays.map { score($0.lengths[d - 1]) } ?? 0
      }
      guard state.isOpen else { continue }
      var tail = nodes[index]
      tail.lengths = nil
      tail.start = -.infinity
      tails[index] = nodes.count
      origin.append(index)
      let node = nodes.count
      nodes.append(tail)
      let stop = stays.map { 1 / (1 + $0.meanExcess) } ?? 0.5
      let into = stays.map { score($0.beyond) - score($0.lengths[bounds.upperBound - 1]) } ?? 0
      steps.append(.init(from: index, to: node, score: into))
      steps.append(
        .init(from: node, to: node, score: statistics == nil ? 0 : score(1 - min(stop, 0.999))))
      leaving[index] = statistics == nil ? 0 : score(stop)
      if state.ends { nodes[node].end = leaving[index] }
    }
    for (from, targets) in self.steps.enumerated() {
      let total = statistics.map { $0.steps[from].reduce(0, +) } ?? 0
      for (index, to) in targets.enumerated() {
        let value =
          statistics.map {
            score(($0.steps[from][index] + 0.5) / (total + 0.5 * Double(targets.count)))
          } ?? 0
        steps.append(.init(from: from, to: to, score: value))
        if let tail = tails[from] {
          steps.append(.init(from: tail, to: to, score: value + leaving[from]))
        }
      }
    }
    return (StateGraph(states: nodes, steps: steps, labelCount: labels.count), origin)
  }

  /// P(length = d), smoothed by a normal kernel and pooled over states alike; what lies beyond the
  /// longest, and by how many positions on average.
  private func pooledLengths(
    of index: Int, _ statistics: GrammarStatistics
  ) -> (lengths: [Double], beyond: Double, meanExcess: Double) {
    let state = states[index]
    let alike = states.indices.filter {
      states[$0].classNumber == state.classNumber && states[$0].lengths == state.lengths
        && states[$0].isOpen == state.isOpen
    }
    let bounds = state.lengths!
    var counts = [Double](repeating: 0, count: bounds.upperBound)
    for other in alike {
      for d in counts.indices { counts[d] += statistics.lengths[other][d] }
    }
    let longer = alike.reduce(0) { $0 + statistics.longer[$1] }
    let excess = alike.reduce(0) { $0 + statistics.excess[$1] }
    let total = counts.reduce(0, +) + longer
    // Half a stay is spread over all lengths; kernels widen where lengths are many.
    let width = max(1, Double(bounds.count) / 40)
    let kernel = (-Int(3 * width)...Int(3 * width)).map { exp(-0.5 * pow(Double($0) / width, 2)) }
    var smooth = [Double](repeating: 0, count: bounds.upperBound)
    for d in bounds {
      var (sum, weights) = (0.0, 0.0)
      for (offset, weight) in kernel.enumerated() {
        let other = d + offset - kernel.count / 2
        guard bounds.contains(other) else { continue }
        sum += weight * counts[other - 1]
        weights += weight
      }
      smooth[d - 1] = sum / weights + 0.5 / Double(bounds.count)
    }
    let beyond = state.isOpen ? longer + 0.5 : 0
    let all = smooth.reduce(0, +) + beyond
    return (
      smooth.map { $0 / all }, beyond / all,
      total == 0 || longer == 0 ? Double(bounds.count) : excess / longer
    )
  }
}
