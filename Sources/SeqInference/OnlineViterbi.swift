public import SeqCore

/// The best path through a chain over a stream, told while it comes (Šrámek, Brejová and Vinař 2007,
/// doi:10.1007/978-3-540-74126-8_23).
///
/// With a lag of k positions, a label is told when k more have come: the one at that place on the path
/// that is best by then. Without, a label is told when all paths that may still become the best agree on
/// it, which is then the label of the best path of the whole stream; how long that takes depends on the
/// data.
public struct OnlineViterbi {
  private let chain: Chain
  /// The positions that a label waits for; `nil` for an exact answer.
  public let lag: Int?
  private var delta: [Double]
  private var scratch: [Double]
  /// For each position that is not told, the label before each label on its best path, [waiting][L].
  private var before: [Label] = []
  private var first = 0
  private var received = 0
  private var nextCheck = 0
  private let longest: Int

  /// Makes a decoder of an endless sequence.
  ///
  /// - Parameter longest: the most positions that wait; then the oldest is told by the path that is best
  ///   by then, so that memory stays bounded. ``forced`` counts them.
  public init(_ chain: Chain, lag: Int?, longest: Int = 100_000) {
    precondition(lag ?? 0 >= 0 && longest > 0, "A lag is not negative.")
    self.chain = chain
    self.lag = lag
    self.longest = longest
    delta = Array(repeating: -.infinity, count: chain.labelCount)
    scratch = delta
  }

  /// Labels that were told before all paths agreed, for so many were waiting.
  public private(set) var forced = 0

  /// The number of positions that have come and are not told.
  public var waiting: Int { received - first }

  /// The label that the newest position has on the path that is best so far; it may change.
  public var provisional: Label { best }

  private var best: Label {
    var top = 0
    for j in 1..<max(delta.count, 1) where delta[j] > delta[top] { top = j }
    return Label(top)
  }

  /// Takes the scores of the next position.
  ///
  /// - Parameters:
  ///   - scores: [L], in nats.
  ///   - tell: positions from 0 and their labels, in order.
  public mutating func push(_ scores: UnsafePointer<Float>, tell: (Int, Label) -> Void) {
    let L = chain.labelCount
    if received == 0 {
      for j in 0..<L { delta[j] = Double(chain.start[j] + scores[j]) }
      before.append(contentsOf: repeatElement(0, count: L))
    } else {
      for j in 0..<L {
        var top = 0
        var value = -Double.infinity
        for i in 0..<L {
          let score = delta[i] + Double(chain.step[i, j])
          if score > value { (value, top) = (score, i) }
        }
        scratch[j] = value + Double(scores[j])
        before.append(Label(top))
      }
      // Only differences matter, and sums over an endless stream would lose them.
      let largest = scratch.max() ?? 0
      for j in 0..<L { delta[j] = largest > -.infinity ? scratch[j] - largest : 0 }
    }
    received += 1
    if let lag {
      while waiting > lag { release(1, from: best, tell) }
    } else if received >= nextCheck {
      releaseAgreed(tell)
    }
    if waiting > longest {
      // Half at a time, for each time costs as many steps as wait.
      let count = max(waiting / 2, 1)
      forced += count
      release(count, from: best, tell)
    }
  }

  /// Tells the rest: no more positions come.
  public mutating func finish(tell: (Int, Label) -> Void) {
    for j in delta.indices { delta[j] += Double(chain.end[j]) }
    release(waiting, from: best, tell)
    (first, received, nextCheck, forced) = (0, 0, 0, 0)
  }

  /// Tells the oldest positions as they are on the best path that ends in a label now.
  private mutating func release(_ count: Int, from end: Label, _ tell: (Int, Label) -> Void) {
    guard count > 0 else { return }
    let path = path(to: end)
    for index in 0..<count { tell(first + index, path[index]) }
    drop(count)
  }

  private func path(to end: Label) -> [Label] {
    let L = chain.labelCount
    var path = [Label](repeating: end, count: waiting)
    for index in stride(from: waiting - 1, to: 0, by: -1) {
      path[index - 1] = before[index * L + Int(path[index])]
    }
    return path
  }

  /// Tells what all labels' best paths have in common.
  private mutating func releaseAgreed(_ tell: (Int, Label) -> Void) {
    let L = chain.labelCount
    var labels = Set((0..<L).filter { delta[$0] > -.infinity }.map { Label($0) })
    var index = waiting - 1
    while labels.count > 1, index > 0 {
      labels = Set(labels.map { before[index * L + Int($0)] })
      index -= 1
    }
    if labels.count == 1, let label = labels.first, index >= 0 {
      // Everything up to `index` is the same on all of them.
      var path = [Label](repeating: label, count: index + 1)
      for t in stride(from: index, to: 0, by: -1) { path[t - 1] = before[t * L + Int(path[t])] }
      for (t, label) in path.enumerated() { tell(first + t, label) }
      drop(index + 1)
    }
    // Looking back costs as many steps as wait; so it is done after some share of them.
    nextCheck = received + 1 + waiting / 16
  }

  private mutating func drop(_ count: Int) {
    before.removeFirst(count * chain.labelCount)
    first += count
  }
}
