public import SeqCore

extension Legality {
  /// What the scheme of a span schema allows: which labels may start, follow each other and end.
  public init(_ schema: SpanSchema) {
    self.init(labelCount: schema.count)
    let scheme = schema.scheme
    for (i, earlier) in schema.tags.enumerated() {
      start[i] = scheme.allows(earlier, after: .outside)
      end[i] = scheme.allows(.outside, after: earlier)
      for (j, later) in schema.tags.enumerated() {
        step[i * labelCount + j] = scheme.allows(later, after: earlier)
      }
    }
  }

  /// Whether a path is legal.
  public func allows(_ labels: [Label]) -> Bool {
    guard let first = labels.first, let last = labels.last else { return true }
    return start[Int(first)] && end[Int(last)]
      && zip(labels, labels.dropFirst()).allSatisfy { step[Int($0) * labelCount + Int($1)] }
  }
}
