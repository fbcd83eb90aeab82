internal import SeqCore

extension LinearParameters {
  /// The mean of several parameters over the same features; a pair that one of them lacks counts
  /// as 0 there.
  public init(meanOf all: [LinearParameters]) {
    precondition(!all.isEmpty, "The mean of nothing.")
    let first = all[0]
    precondition(
      all.allSatisfy { $0.features == first.features && $0.labelCount == first.labelCount },
      "Parameters over the same features and labels.")
    let share = 1 / Float(all.count)
    let L = first.labelCount
    func mean(_ values: (LinearParameters) -> [Float]) -> [Float] {
      var sum = [Float](repeating: 0, count: values(first).count)
      for parameters in all {
        for (index, value) in values(parameters).enumerated() { sum[index] += value }
      }
      return sum.map { $0 * share }
    }
    var step = Matrix(rows: L, columns: L)
    step.values = mean { $0.step.values }

    var starts: [Int32] = [0]
    var labels: [Label] = []
    var weights: [Float] = []
    starts.reserveCapacity(first.features.count + 1)
    var row = [Float](repeating: 0, count: L)
    for f in first.features.indices {
      for parameters in all {
        for p in Int(parameters.starts[f])..<Int(parameters.starts[f + 1]) {
          row[Int(parameters.labels[p])] += parameters.weights[p]
        }
      }
      for j in 0..<L where row[j] != 0 {
        labels.append(Label(j))
        weights.append(row[j] * share)
        row[j] = 0
      }
      starts.append(Int32(labels.count))
    }
    self.init(
      features: first.features, starts: starts, labels: labels, weights: weights,
      start: mean { $0.start }, step: step, end: mean { $0.end })
  }
}
