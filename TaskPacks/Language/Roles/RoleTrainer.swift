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
  mutating func fill(
    _ frame: FrameValues, _ features: FrameFeatures, _ scorer: some FeatureScorer
  ) {
    var hashes: [UInt64] = []
    var row = [Float](repeating: 0, count: (roleCount + 7) & ~7)
    for t in 0..<count {
      for role in row.indices { row[role] = 0 }
      if t != predicate {
        features.hashes(ofWord: t, frame, into: &hashes)
        row.withUnsafeMutableBufferPointer { scorer.addScores(hashes, to: $0) }
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
        let width = row.count
        spans.withUnsafeMutableBufferPointer { spans in
          scorer.addScores(
            hashes, to: UnsafeMutableBufferPointer(rebasing: spans[base..<base + width]))
        }
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
  var weights: PerceptronWeights

  init(_ features: FrameFeatures, roleCount: Int, once: [Int]) {
    self.features = features
    self.roleCount = roleCount
    self.once = once
    weights = PerceptronWeights(labelCount: roleCount)
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
    scores.fill(frame, features, weights)
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
      weights.add(1, to: goldRoles[t], of: hashes)
      weights.add(-1, to: foundRoles[t], of: hashes)
    }
    for (spans, change) in [(gold.subtracting(other), Float(1)), (other.subtracting(gold), -1)] {
      for span in spans.sorted(by: { ($0.start, $0.role) < ($1.start, $1.role) }) {
        frame.fill(&values, start: span.start, end: span.end)
        features.hashes(ofSpan: values, into: &hashes)
        weights.add(change, to: span.role, of: hashes)
      }
    }
    return false
  }
}

extension ArgumentScores {
  /// Adds `margin` to every span that is not gold and takes it from every one that is.
  mutating func favourMistakes(_ gold: [ArgumentSpan], by margin: Float) {
    for at in spans.indices { spans[at] += margin }
    for span in gold { spans[index(span.start, span.end) + span.role] -= 2 * margin }
  }
}
