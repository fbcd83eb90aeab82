internal import Glibc
internal import SeqCore
internal import SeqMath

/// Gaussian distributions of the rows of each label, with independent columns: the emissions of a
/// hidden Markov model, whose steps a decoder gives.
///
/// log N(x; μ, σ²) = Σ_d −x_d² / (2σ_d²) + x_d μ_d / σ_d² − μ_d² / (2σ_d²) − log σ_d − ½ log 2π is linear
/// in x and x², so the model is a linear network over both.
public struct GaussianFit: Sendable {
  private let preparation: RowPreparation
  /// [2D][L], and [L].
  private let weights: [[Float]]
  private let bias: [Float]

  /// Estimates means and variances.
  ///
  /// - Parameters:
  ///   - components: what rows become before all else.
  ///   - expansion: what is put beside each row.
  ///   - floor: the least variance, as a part of the variance of all rows.
  ///   - pooling: by how many rows of the common variance each label's is steadied.
  /// - Throws: `NetworkError` for examples that do not fit.
  public init(
    _ examples: [NetworkExample], labels L: Int, components: PrincipalComponents? = nil,
    expansion: FeatureExpansion = FeatureExpansion(),
    floor: Double = 0.02, pooling: Double = 20
  ) throws(NetworkError) {
    guard let columns = examples.first?.rows.width,
      examples.contains(where: { $0.assessed > 0 })
    else { throw .noExamples }
    for (index, example) in examples.enumerated() where example.rows.width != columns {
      throw .width(sequence: index, found: example.rows.width, expected: columns)
    }
    if let components, components.columns != columns {
      throw .width(sequence: 0, found: columns, expected: components.columns)
    }
    let plain = RowPreparation(
      fitting: examples.map(\.rows), columns: columns, components: components,
      expansion: expansion, standardizes: true)
    let D = plain.width
    var count = [Double](repeating: 0, count: L)
    var sum = [Double](repeating: 0, count: L * D)
    var squares = sum
    for example in examples {
      let input = Activations(count: 0, width: D)
      plain.fill(input, from: example.rows)
      for (t, label) in example.gold.enumerated() where label != NetworkExample.unassessed {
        let row = input.row(t)
        let place = Int(label) * D
        count[Int(label)] += 1
        for d in 0..<D {
          sum[place + d] += Double(row[d])
          squares[place + d] += Double(row[d]) * Double(row[d])
        }
      }
    }
    // The variance within labels, over all of them.
    let n = max(count.reduce(0, +), 1)
    let common = (0..<D).map { d in
      let within = (0..<L).reduce(0.0) { total, l in
        let place = l * D + d
        return total + squares[place] - sum[place] * sum[place] / max(count[l], 1)
      }
      return max(within / n, floor)
    }
    var weights = [[Float]](repeating: [Float](repeating: 0, count: L), count: 2 * D)
    var bias = [Float](repeating: 0, count: L)
    for l in 0..<L {
      var constant = 0.0
      for d in 0..<D {
        let place = l * D + d
        // A label without rows has mean 0, that of all rows, and twice the common variance.
        let mean = count[l] > 0 ? sum[place] / count[l] : 0
        let own = count[l] > 0 ? squares[place] / count[l] - mean * mean : 2 * common[d]
        let variance = max(
          (own * count[l] + common[d] * pooling) / (count[l] + pooling), floor)
        weights[d][l] = Float(mean / variance)
        weights[D + d][l] = Float(-0.5 / variance)
        constant -= mean * mean / (2 * variance) + 0.5 * log(2 * .pi * variance)
      }
      bias[l] = Float(constant)
    }
    preparation = RowPreparation(
      columns: columns, components: components, expansion: expansion,
      standardization: plain.standardization, appendsSquares: true)
    self.weights = weights
    self.bias = bias
  }

  /// The distributions as a network.
  func network() -> (TemporalNetwork, RowPreparation) {
    let L = bias.count
    let network = TemporalNetwork(.linear(inputs: preparation.width, labels: L), seed: 0)
    let (first, second) = (network.parameters.slots[0], network.parameters.slots[1])
    for (row, values) in weights.enumerated() {
      for l in 0..<L {
        network.parameters.values.base[first.offset + row * first.shape.last! + l] = values[l]
      }
    }
    for l in 0..<L { network.parameters.values.base[second.offset + l] = bias[l] }
    return (network, preparation)
  }
}
