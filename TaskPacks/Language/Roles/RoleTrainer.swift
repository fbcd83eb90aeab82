internal import SeqCore
internal import SeqFeatures
internal import SeqMath
internal import SeqModel

/// Scores of all labels for features.
protocol FeatureScorer {
  /// Adds the weights of features to a row of scores, which has one for every label.
  func addScores(_ hashes: [UInt64], to scores: UnsafeMutableBufferPointer<Float>)
}

extension ArgumentScores {
  /// Fills in the scores of a frame.
  ///
  /// - Parameter sharesWeights: whether the scorer has one label more than there are roles, whose
  ///   scores are added to those of every role but none.
  mutating func fill(
    _ frame: FrameValues, _ features: FrameFeatures, _ scorer: some FeatureScorer,
    sharesWeights: Bool = false, once: [Int] = []
  ) {
    fillSets(frame, features, scorer, sharesWeights: sharesWeights, once: once)
    var hashes: [UInt64] = []
    let labelCount = roleCount + (sharesWeights ? 1 : 0)
    var row = [Float](repeating: 0, count: (labelCount + 7) & ~7)
    for t in 0..<count {
      for role in row.indices { row[role] = 0 }
      if t != predicate {
        features.hashes(ofWord: t, frame, into: &hashes)
        row.withUnsafeMutableBufferPointer { scorer.addScores(hashes, to: $0) }
        if sharesWeights { for role in 1..<roleCount { row[role] += row[roleCount] } }
      }
      for role in 0..<roleCount {
        sums[(t + 1) * roleCount + role] = sums[t * roleCount + role] + Double(row[role])
      }
    }
    var values: [UInt64] = []
    for end in 1..<(count + 1) where end - 1 != predicate {
      for start in (end <= predicate ? 0 : predicate + 1)..<end {
        frame.fill(&values, start: start, end: end)
        features.hashes(ofSpan: values, into: &hashes)
        let base = index(start, end)
        let count = roleCount
        spans.withUnsafeMutableBufferPointer { spans in
          guard sharesWeights else {
            let width = (count + 7) & ~7
            scorer.addScores(
              hashes, to: UnsafeMutableBufferPointer(rebasing: spans[base..<base + width]))
            return
          }
          row.withUnsafeMutableBufferPointer { row in
            row.update(repeating: 0)
            scorer.addScores(hashes, to: row)
            for role in 1..<count { spans[base + role] = row[role] + row[count] }
          }
        }
      }
    }
  }
}

extension ArgumentScores {
  private mutating func fillSets(
    _ frame: FrameValues, _ features: FrameFeatures, _ scorer: some FeatureScorer,
    sharesWeights: Bool, once: [Int]
  ) {
    sets = []
    guard features.scoresSets else { return }
    let setCount = 1 << once.count
    sets = Array(repeating: 0, count: Next.allCases.count * setCount * roleCount)
    var row = [Float](repeating: 0, count: (roleCount + 8) & ~7)
    var values: [UInt64] = []
    var hashes: [UInt64] = []
    for next in Next.allCases {
      for set in 0..<setCount {
        frame.fill(&values, set: set, next: next)
        features.hashes(ofSet: values, into: &hashes)
        for role in row.indices { row[role] = 0 }
        row.withUnsafeMutableBufferPointer { scorer.addScores(hashes, to: $0) }
        let base = index(ofSet: set, next, setCount: setCount)
        for role in 0..<roleCount { sets[base + role] = row[role] }
      }
    }
  }
}

/// Learns the weights of roles: the averaged structured perceptron over whole sets of arguments,
/// with a margin in spans.
struct RoleTrainer {
  /// A predicate with its gold arguments.
  struct Example: Sendable {
    var frame: FrameValues
    var arguments: [ArgumentSpan]
  }

  let features: FrameFeatures
  let roleCount: Int
  /// The roles that a predicate gives once.
  let once: [Int]
  /// How much a wrong span is favoured while learning, and a missing one.
  var margin: Float = 1
  /// Whether label `roleCount` stands for any role.
  let sharesWeights: Bool
  var weights: PerceptronWeights

  init(_ features: FrameFeatures, roleCount: Int, once: [Int], sharesWeights: Bool = false) {
    self.features = features
    self.roleCount = roleCount
    self.once = once
    self.sharesWeights = sharesWeights
    weights = PerceptronWeights(labelCount: roleCount + (sharesWeights ? 1 : 0))
  }

  /// Changes the weights of a role, and of what all roles share.
  private mutating func add(_ change: Float, to role: Int, of hashes: [UInt64]) {
    weights.add(change, to: role, of: hashes)
    if sharesWeights, role > 0 {
      weights.add(change, to: roleCount, of: hashes, counts: false)
    }
  }

  /// One pass; gives the fraction of predicates whose arguments were all right.
  mutating func pass(_ examples: [Example], order: [Int]) -> Double {
    var right = 0
    for index in order {
      weights.tick()
      if learn(examples[index]) { right += 1 }
    }
    return Double(right) / Double(max(order.count, 1))
  }

  private mutating func learn(_ example: Example) -> Bool {
    let frame = example.frame
    var scores = ArgumentScores(
      count: frame.count, predicate: frame.predicate, roleCount: roleCount)
    scores.fill(frame, features, weights, sharesWeights: sharesWeights, once: once)
    if margin > 0 { scores.favourMistakes(example.arguments, by: margin) }
    let (found, _) = scores.best(once: once)
    let gold = Set(example.arguments)
    let other = Set(found)
    if gold == other { return true }
    var hashes: [UInt64] = []
    var values: [UInt64] = []
    func roles(_ spans: [ArgumentSpan]) -> [Int] {
      var roles = [Int](repeating: 0, count: frame.count)
      for span in spans { for t in span.start..<span.end { roles[t] = span.role } }
      return roles
    }
    let (goldRoles, foundRoles) = (roles(example.arguments), roles(found))
    for t in 0..<frame.count where t != frame.predicate && goldRoles[t] != foundRoles[t] {
      features.hashes(ofWord: t, frame, into: &hashes)
      add(1, to: goldRoles[t], of: hashes)
      add(-1, to: foundRoles[t], of: hashes)
    }
    for (spans, change) in [(gold.subtracting(other), Float(1)), (other.subtracting(gold), -1)] {
      for span in spans.sorted(by: { ($0.start, $0.role) < ($1.start, $1.role) }) {
        frame.fill(&values, start: span.start, end: span.end)
        features.hashes(ofSpan: values, into: &hashes)
        add(change, to: span.role, of: hashes)
      }
    }
    if features.scoresSets {
      for (spans, change) in [(example.arguments, Float(1)), (found, -1)] {
        addSets(of: spans, of: frame, change)
      }
    }
    return false
  }

  /// Changes the weights of the sets of numbered roles that a frame goes through.
  private mutating func addSets(of spans: [ArgumentSpan], of frame: FrameValues, _ change: Float) {
    var values: [UInt64] = []
    var hashes: [UInt64] = []
    var set = 0
    for span in spans.sorted(by: { $0.start < $1.start }) {
      guard let bit = once.firstIndex(of: span.role) else { continue }
      frame.fill(&values, set: set, next: span.end <= frame.predicate ? .before : .behind)
      features.hashes(ofSet: values, into: &hashes)
      weights.add(change, to: span.role, of: hashes)
      set |= 1 << bit
    }
    frame.fill(&values, set: set, next: .nowhere)
    features.hashes(ofSet: values, into: &hashes)
    weights.add(change, to: 0, of: hashes)
  }
}

extension ArgumentScores {
  /// Adds `margin` to every span that is not gold and takes it from every one that is.
  mutating func favourMistakes(_ gold: [ArgumentSpan], by margin: Float) {
    for at in spans.indices { spans[at] += margin }
    for span in gold { spans[index(span.start, span.end) + span.role] -= 2 * margin }
  }
}
