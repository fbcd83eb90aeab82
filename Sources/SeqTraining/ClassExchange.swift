internal import Glibc

/// Classes of words and the counts that their likelihood is made of; see ``WordClusterer``.
///
/// The log-likelihood is Σ n(c, d) log n(c, d) − 2 Σ n(c) log n(c) up to a constant, with n the
/// counts of classes, alone and one after another. Two numbers follow those of the words, one for
/// all rare words and one for the edges of sentences; each keeps a class of its own.
package struct ClassExchange {
  /// The class of each word.
  package private(set) var classOf: [Int]
  private let wordCount: Int
  /// The classes that words can be in, and those with the two special ones.
  private let C: Int
  private let K: Int
  /// For each word the words before and after it, without itself, with counts.
  private let before: [[(word: Int32, count: Int32)]]
  private let after: [[(word: Int32, count: Int32)]]
  private let selfCount: [Int32]
  private let total: [Int32]
  /// n(c, d) at c·K + d, the same with rows and columns exchanged, and n(c).
  private var joint: [Int32]
  private var transposed: [Int32]
  private var single: [Int32]
  private let logs: NLogN

  /// Words begin in classes by their rank: each of the commonest has one to itself.
  package init(
    bigrams: [(left: Int32, right: Int32, count: Int32)], wordCount: Int, classCount: Int
  ) {
    self.wordCount = wordCount
    C = classCount
    K = classCount + 2
    let W = wordCount + 2
    var classOf = (0..<wordCount).map { $0 < classCount ? $0 : classCount - 1 - $0 % classCount }
    classOf += [C, C + 1]
    var before = [[(word: Int32, count: Int32)]](repeating: [], count: W)
    var after = before
    var selfCount = [Int32](repeating: 0, count: W)
    var total = selfCount
    joint = Array(repeating: 0, count: K * K)
    transposed = joint
    single = Array(repeating: 0, count: K)
    for (left, right, count) in bigrams {
      let (l, r) = (Int(left), Int(right))
      total[l] += count
      single[classOf[l]] += count
      joint[classOf[l] * K + classOf[r]] += count
      transposed[classOf[r] * K + classOf[l]] += count
      if l == r {
        selfCount[l] = count
      } else {
        after[l].append((right, count))
        before[r].append((left, count))
      }
    }
    self.classOf = classOf
    self.before = before
    self.after = after
    self.selfCount = selfCount
    self.total = total
    logs = NLogN()
  }

  /// The log-likelihood up to a constant, in nats.
  package var score: Double {
    joint.reduce(0) { $0 + logs(Int($1)) } - 2 * single.reduce(0) { $0 + logs(Int($1)) }
  }

  /// Gives each word, commonest first, the class where the likelihood is highest; of equals the one
  /// that it has, then the lowest.
  ///
  /// - Returns: how many moved.
  package mutating func round() -> Int {
    var moved = 0
    var leftCounts = [Int32](repeating: 0, count: K)
    var rightCounts = leftCounts
    var gains = [Double](repeating: 0, count: C)
    for word in 0..<wordCount {
      let own = classOf[word]
      for (other, count) in before[word] { leftCounts[classOf[Int(other)]] += count }
      for (other, count) in after[word] { rightCounts[classOf[Int(other)]] += count }
      add(word, to: own, leftCounts, rightCounts, sign: -1)
      score(word, leftCounts, rightCounts, into: &gains)
      var best = own
      for candidate in 0..<C where gains[candidate] > gains[best] + 1e-9 { best = candidate }
      if best != own { moved += 1 }
      classOf[word] = best
      add(word, to: best, leftCounts, rightCounts, sign: 1)
      for (other, _) in before[word] { leftCounts[classOf[Int(other)]] = 0 }
      for (other, _) in after[word] { rightCounts[classOf[Int(other)]] = 0 }
    }
    return moved
  }

  private mutating func add(
    _ word: Int, to own: Int, _ left: [Int32], _ right: [Int32], sign: Int32
  ) {
    for k in 0..<K {
      if left[k] != 0 {
        joint[k * K + own] += sign * left[k]
        transposed[own * K + k] += sign * left[k]
      }
      if right[k] != 0 {
        joint[own * K + k] += sign * right[k]
        transposed[k * K + own] += sign * right[k]
      }
    }
    joint[own * K + own] += sign * selfCount[word]
    transposed[own * K + own] += sign * selfCount[word]
    single[own] += sign * total[word]
  }

  /// What the likelihood gains if a word that is in no class joins each of them.
  private func score(
    _ word: Int, _ left: [Int32], _ right: [Int32], into gains: inout [Double]
  ) {
    let n = Int(total[word])
    for b in 0..<C {
      gains[b] = -2 * (logs(Int(single[b]) + n) - logs(Int(single[b])))
      // The class's own cell gets the counts of both sides at once.
      let x = Int(joint[b * K + b])
      let (l, r) = (Int(left[b]), Int(right[b]))
      gains[b] += logs(x + l + r + Int(selfCount[word])) - logs(x)
      if l > 0 { gains[b] -= logs(x + l) - logs(x) }
      if r > 0 { gains[b] -= logs(x + r) - logs(x) }
    }
    for k in 0..<K {
      let (l, r) = (Int(left[k]), Int(right[k]))
      if l > 0 { addGains(joint, row: k, l, into: &gains) }
      if r > 0 { addGains(transposed, row: k, r, into: &gains) }
    }
  }

  private func addGains(
    _ table: [Int32], row: Int, _ count: Int, into gains: inout [Double]
  ) {
    for b in 0..<C {
      let x = Int(table[row * K + b])
      gains[b] += logs(x + count) - logs(x)
    }
  }

  /// Joins the two classes whose merger costs least until one is left.
  ///
  /// - Returns: for each class the turns that lead to it from the last merger.
  func bitStrings() -> [String] {
    var bits = [String](repeating: "", count: C)
    var members = (0..<C).map { [$0] }
    var active = Array(0..<C)
    var n = joint.map(Double.init)
    var sums = single.map(Double.init)
    func f(_ x: Double) -> Double { x > 0 ? x * log(x) : 0 }
    func cost(_ i: Int, _ j: Int) -> Double {
      var gain = -2 * (f(sums[i] + sums[j]) - f(sums[i]) - f(sums[j]))
      for k in active + [C, C + 1] where k != i && k != j {
        let (a, b) = (n[i * K + k], n[j * K + k])
        if a > 0 && b > 0 { gain += f(a + b) - f(a) - f(b) }
        let (c, d) = (n[k * K + i], n[k * K + j])
        if c > 0 && d > 0 { gain += f(c + d) - f(c) - f(d) }
      }
      let inner = [n[i * K + i], n[i * K + j], n[j * K + i], n[j * K + j]]
      gain += f(inner.reduce(0, +))
      for x in inner { gain -= f(x) }
      return -gain
    }
    while active.count > 1 {
      var best = (cost: Double.infinity, i: 0, j: 0)
      for (index, i) in active.enumerated() {
        for j in active[(index + 1)...] {
          let cost = cost(i, j)
          if cost < best.cost { best = (cost, i, j) }
        }
      }
      let (i, j) = (best.i, best.j)
      for member in members[i] { bits[member] = "0" + bits[member] }
      for member in members[j] { bits[member] = "1" + bits[member] }
      members[i] += members[j]
      for k in 0..<K { n[i * K + k] += n[j * K + k] }
      for k in 0..<K { n[k * K + i] += n[k * K + j] }
      sums[i] += sums[j]
      active.removeAll { $0 == j }
    }
    return bits
  }
}

/// n log n of whole numbers; the small ones from a table.
package struct NLogN {
  private let table: [Double]

  package init() { table = (0..<65_536).map { $0 > 1 ? Double($0) * log(Double($0)) : 0 } }

  @inline(__always)
  package func callAsFunction(_ n: Int) -> Double {
    n < table.count ? table[max(n, 0)] : Double(n) * log(Double(n))
  }
}
