/// A labelled argument: the words `start..<end` and the number of its role.
package struct ArgumentSpan: Hashable, Sendable {
  /// The first word.
  package var start: Int
  /// The word behind the last.
  package var end: Int
  /// The number of the role.
  package var role: Int
}

/// Scores of what a frame can have: for each word and role the sum of its features' weights, and the
/// same for each span that does not hold the predicate.
package struct ArgumentScores {
  /// The number of words.
  package let count: Int
  /// The predicate.
  package let predicate: Int
  /// The number of roles; role 0 is none.
  package let roleCount: Int
  /// [T + 1][R]: the sums of word scores before each word, so that a span's are a difference.
  package var sums: [Double]
  /// [spans][R], in the order of `index(_:_:)`.
  package var spans: [Float]
  /// [3][sets][R], of which those of the roles in `once` and of role 0 count: what a numbered role
  /// adds that is given before or behind the predicate when those of a set have been, and under
  /// role 0 what the set adds that the frame has in the end. Empty without such scores.
  package var sets: [Float] = []
  private let stride: Int

  /// Where the next numbered role of a frame stands.
  package enum Next: Int, CaseIterable, Sendable {
    case before
    case behind
    case nowhere
  }

  /// The place of a set's scores.
  package func index(ofSet set: Int, _ next: Next, setCount: Int) -> Int {
    (next.rawValue * setCount + set) * roleCount
  }

  package init(count: Int, predicate: Int, roleCount: Int) {
    self.count = count
    self.predicate = predicate
    self.roleCount = roleCount
    stride = (roleCount + 7) & ~7
    sums = Array(repeating: 0, count: (count + 1) * roleCount)
    let right = count - predicate - 1
    spans = Array(
      repeating: 0,
      count: (predicate * (predicate + 1) / 2 + right * (right + 1) / 2) * stride)
  }

  /// The place of a span's scores.
  package func index(_ start: Int, _ end: Int) -> Int {
    // Spans of one side in the order of their ends, then of their starts.
    let number: Int
    if end <= predicate {
      number = (end - 1) * end / 2 + start
    } else {
      let (s, e) = (start - predicate - 1, end - predicate - 1)
      number = predicate * (predicate + 1) / 2 + (e - 1) * e / 2 + s
    }
    return number * stride
  }

  /// The score of a span under a role, its words' included.
  package func score(_ start: Int, _ end: Int, _ role: Int) -> Double {
    sums[end * roleCount + role] - sums[start * roleCount + role]
      + Double(spans[index(start, end) + role])
  }

  /// The score of a word outside all arguments.
  package func scoreOutside(_ t: Int) -> Double { sums[(t + 1) * roleCount] - sums[t * roleCount] }

  /// The best set of arguments: no two overlap, none holds the predicate, and each role of `once`
  /// is given once at most.
  ///
  /// A recursion from left to right over sets of roles used so far, exact: best[t][U] is the best
  /// score of the words before t with the roles U of `once` used. Täckström, Ganchev and Das 2015,
  /// "Efficient Inference and Structured Learning for Semantic Role Labeling".
  ///
  /// - Parameter offsets: what is added to the score of every span under each role, [R].
  /// - Complexity: O(T²·(R + 2^|once|·|once|)).
  package func best(
    once: [Int], offsets: [Float]? = nil
  ) -> (spans: [ArgumentSpan], score: Double) {
    let offsets = offsets ?? Array(repeating: 0, count: roleCount)
    let sets = 1 << once.count
    var bit = [Int](repeating: -1, count: roleCount)
    for (index, role) in once.enumerated() { bit[role] = index }
    var best = [Double](repeating: -.infinity, count: (count + 1) * sets)
    // The start of the last span and its role, or −1 for a word outside.
    var start = [Int32](repeating: -1, count: best.count)
    var role = [Int32](repeating: 0, count: best.count)
    best[0] = 0
    var core = [Double](repeating: 0, count: once.count)
    let hasSets = !self.sets.isEmpty
    for t in 1...max(count, 1) where count > 0 {
      let outside = t - 1 == predicate ? 0 : scoreOutside(t - 1)
      for set in 0..<sets {
        best[t * sets + set] = best[(t - 1) * sets + set] + outside
      }
      if t - 1 == predicate { continue }
      let lowest = t <= predicate ? 0 : predicate + 1
      let next: Next = t <= predicate ? .before : .behind
      for s in lowest..<t {
        let base = index(s, t)
        var free = -Double.infinity
        var freeRole = 0
        for r in 1..<roleCount {
          let score =
            sums[t * roleCount + r] - sums[s * roleCount + r] + Double(spans[base + r] + offsets[r])
          if bit[r] >= 0 {
            core[bit[r]] = score
          } else if score > free {
            free = score
            freeRole = r
          }
        }
        for set in 0..<sets {
          let before = best[s * sets + set]
          if before == -.infinity { continue }
          if before + free > best[t * sets + set] {
            best[t * sets + set] = before + free
            start[t * sets + set] = Int32(s)
            role[t * sets + set] = Int32(freeRole)
          }
          let row = index(ofSet: set, next, setCount: sets)
          for c in 0..<once.count where set & 1 << c == 0 {
            let at = t * sets + (set | 1 << c)
            let score = before + core[c] + (hasSets ? Double(self.sets[row + once[c]]) : 0)
            if score > best[at] {
              best[at] = score
              start[at] = Int32(s)
              role[at] = Int32(once[c])
            }
          }
        }
      }
    }
    if hasSets {
      for set in 0..<sets {
        best[count * sets + set] += Double(
          self.sets[index(ofSet: set, .nowhere, setCount: sets)])
      }
    }
    var set = 0
    for other in 0..<sets where best[count * sets + other] > best[count * sets + set] {
      set = other
    }
    let score = best[count * sets + set]
    var spans: [ArgumentSpan] = []
    var t = count
    while t > 0 {
      let at = t * sets + set
      guard start[at] >= 0 else {
        t -= 1
        continue
      }
      let span = ArgumentSpan(start: Int(start[at]), end: t, role: Int(role[at]))
      spans.append(span)
      if bit[span.role] >= 0 { set &= ~(1 << bit[span.role]) }
      t = span.start
    }
    return (spans.reversed(), score)
  }
}
