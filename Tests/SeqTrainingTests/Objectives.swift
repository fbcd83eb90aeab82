import SeqCore
import SeqModel
import SeqTraining

/// Objectives in the form that tests use them.
enum Objectives {
  static func evaluate(
    _ objective: ChainObjective, _ x: [Double]
  ) throws -> (value: Double, gradient: [Double]) {
    var gradient = [Double](repeating: .nan, count: x.count)
    let value = try gradient.withUnsafeMutableBufferPointer { gradient in
      try x.withUnsafeBufferPointer {
        try objective.evaluate($0.baseAddress!, gradient: gradient.baseAddress!)
      }
    }
    return (value, gradient)
  }

  /// The objective's parameters that stand for those of a model over the same features.
  static func vector(
    _ parameters: LinearParameters, _ layout: ChainObjective.Layout, _ state: StateFeatures
  ) -> [Double] {
    var x = [Double](repeating: 0, count: layout.count)
    for feature in 0..<(state.starts.count - 1) {
      for p in state.range(of: feature) {
        for q in Int(parameters.starts[feature])..<Int(parameters.starts[feature + 1])
        where parameters.labels[q] == state.labels[p] {
          x[p] = Double(parameters.weights[q])
        }
      }
    }
    for (index, place) in layout.steps.enumerated() {
      x[layout.pairs + index] = Double(parameters.step.values[place])
    }
    if layout.hasBoundaries {
      let base = layout.pairs + layout.steps.count
      for j in 0..<layout.labelCount {
        x[base + j] = Double(parameters.start[j])
        x[base + layout.labelCount + j] = Double(parameters.end[j])
      }
    }
    return x
  }
}
