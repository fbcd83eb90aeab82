/// A configuration of the arc-hybrid transition system (Kuhlmann, Gómez-Rodríguez and Satta 2011,
/// "Dynamic Programming Algorithms for Transition-Based Dependency Parsers").
///
/// Words wait in a buffer, unfinished words lie on a stack. `shift` moves the first word of the
/// buffer to the stack; `left` makes the top of the stack a dependent of the first word of the
/// buffer; `right` makes it one of the word below it on the stack. The root stands behind the last
/// word, takes the last word on the stack by `left`, and takes no other.
package struct ParserState: Sendable {
  /// A kind of step; the relation of the arc comes with it.
  package enum Step: Hashable, Sendable {
    case shift
    case left
    case right
  }

  /// The number of words; also the number of the root.
  package let count: Int
  /// The number of words on the stack.
  private(set) var depth = 0
  /// The first word of the buffer; `count` if only the root is left.
  private(set) var next = 0
  /// Nine arrays of `count` + 1 in one, so that a copy is one: the stack, then of each word its
  /// head (`count` is the root, −1 none yet), the number of its relation, its outermost dependents
  /// so far to the left and to the right (−1 for none), how many it has on each side, and the
  /// dependents that are outermost but one.
  private var cells: [Int32]

  package init(count: Int) {
    self.count = count
    cells = Array(repeating: -1, count: 9 * (count + 1))
    for word in 0...count {
      cells[5 * (count + 1) + word] = 0
      cells[6 * (count + 1) + word] = 0
    }
  }

  private func cell(_ array: Int, _ word: Int) -> Int { Int(cells[array * (count + 1) + word]) }

  /// The word at a depth of the stack, 0 the top; −1 if the stack is not so deep.
  package func onStack(_ index: Int) -> Int { index < depth ? cell(0, depth - 1 - index) : -1 }
  /// The word at a place of the buffer, `count` for the root; −1 behind the root.
  package func inBuffer(_ index: Int) -> Int { next + index <= count ? next + index : -1 }
  /// The head of a word: `count` for the root, −1 for none yet.
  package func head(_ word: Int) -> Int { cell(1, word) }
  /// The number of a word's relation; −1 for none yet.
  func relation(_ word: Int) -> Int { cell(2, word) }
  /// The outermost dependent so far to the left; −1 for none.
  func leftmost(_ word: Int) -> Int { cell(3, word) }
  /// The outermost dependent so far to the right; −1 for none.
  func rightmost(_ word: Int) -> Int { cell(4, word) }
  /// The dependent next to the outermost one to the left; −1 for none.
  func secondLeftmost(_ word: Int) -> Int { cell(7, word) }
  /// The dependent next to the outermost one to the right; −1 for none.
  func secondRightmost(_ word: Int) -> Int { cell(8, word) }
  /// How many dependents a word has so far to its left.
  func leftCount(_ word: Int) -> Int { cell(5, word) }
  /// How many dependents a word has so far to its right.
  func rightCount(_ word: Int) -> Int { cell(6, word) }

  /// Whether every word has its head.
  package var isFinished: Bool { next == count && depth == 0 }

  /// Whether a step can be made.
  package func allows(_ step: Step) -> Bool {
    switch step {
    case .shift: next < count
    case .left: depth > 0 && (next < count || depth == 1)
    case .right: depth > 1
    }
  }

  /// Makes a step; `relation` is that of the arc, if it makes one.
  package mutating func make(_ step: Step, relation: Int) {
    precondition(allows(step), "The step is not allowed in this configuration.")
    switch step {
    case .shift:
      cells[depth] = Int32(next)
      depth += 1
      next += 1
    case .left: attachTop(to: next, relation)
    case .right: attachTop(to: onStack(1), relation)
    }
  }

  private mutating func attachTop(to head: Int, _ relation: Int) {
    let word = onStack(0)
    depth -= 1
    let stride = count + 1
    cells[stride + word] = Int32(head)
    cells[2 * stride + word] = Int32(relation)
    // On either side dependents come nearest first, so the last one is the outermost.
    let side = word < head ? 0 : 1
    cells[(7 + side) * stride + head] = cells[(3 + side) * stride + head]
    cells[(3 + side) * stride + head] = Int32(word)
    cells[(5 + side) * stride + head] += 1
  }
}

extension ParserState {
  /// How many arcs of the gold tree a step puts out of reach (Goldberg and Nivre 2013, "Training
  /// Deterministic Parsers with Non-Deterministic Oracles").
  ///
  /// - Parameter gold: the gold head of each word, `count` for the root.
  package func cost(of step: Step, gold: [Int]) -> Int {
    switch step {
    case .shift:
      // The word leaves the buffer: a head below the top and all dependents on the stack are lost.
      var cost = 0
      for index in 0..<depth {
        let word = onStack(index)
        if gold[word] == next || (index > 0 && gold[next] == word) { cost += 1 }
      }
      return cost
    case .left:
      let word = onStack(0)
      let lostHead = gold[word] == onStack(1) || gold[word] > next
      return lostDependents(of: word, gold) + (lostHead ? 1 : 0)
    case .right:
      let word = onStack(0)
      return lostDependents(of: word, gold) + (gold[word] >= next ? 1 : 0)
    }
  }

  /// The dependents of a word that still wait in the buffer.
  private func lostDependents(of word: Int, _ gold: [Int]) -> Int {
    (next..<count).count { gold[$0] == word }
  }

  /// The cheapest step that is allowed; of equal ones an arc before a shift, `left` before `right`.
  /// A tree without crossing arcs is built by these steps exactly.
  package func bestStep(gold: [Int]) -> Step {
    var best = Step.shift
    var least = Int.max
    for step in [Step.left, .right, .shift] where allows(step) {
      let cost = cost(of: step, gold: gold)
      if cost < least {
        least = cost
        best = step
      }
    }
    return best
  }
}
