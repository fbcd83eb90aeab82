/// What columns look like before any sequence was seen: pseudocounts.
public struct ProfilePrior: Sendable {
  /// Where emission pseudocounts come from.
  public enum Kind: String, CaseIterable, Sendable {
    /// A mixture of nine Dirichlet densities, trained on columns of the Blocks database
    /// (Sjölander et al. 1996, doi 10.1093/bioinformatics/12.4.327); proteins only.
    case dirichlet
    /// The background frequencies, `weight` in all.
    case background
  }

  /// The components of the mixture: how probable each is, and its parameters in the alphabet's order.
  let components: [(weight: Double, parameters: [Double])]
  /// Single Dirichlet densities for steps out of match, insert and delete states: those that G.
  /// Mitchison fitted to early Pfam and HMMER 3 uses (`p7_prior.c`).
  let matchSteps = [0.7939, 0.0278, 0.0135]
  let insertSteps = [0.1551, 0.1331]
  let deleteSteps = [0.9002, 0.5630]

  /// Makes a prior.
  ///
  /// - Parameter weight: pseudocounts of a background prior in all. For nucleotides 0.8 is a good one
  ///   (Nishida, Frith & Nakai 2009, doi 10.1093/nar/gkn1019).
  public init(_ kind: Kind, alphabet: ProfileAlphabet, weight: Double) {
    if kind == .dirichlet, !alphabet.isNucleic {
      components = zip(Self.blocks9Weights, Self.blocks9).map { ($0, $1) }
    } else {
      components = [(1, alphabet.background.map { $0 * weight })]
    }
  }

  /// The mean of the posterior: probabilities of letters given (weighted) counts of them.
  ///
  /// Component j has the posterior weight w_j · B(c + α_j) / B(α_j), B the multivariate beta function,
  /// and adds (c_a + α_ja) / Σ(c + α_j).
  package func emission(_ counts: [Double]) -> [Double] {
    let total = counts.reduce(0, +)
    let logs = components.map { component -> Double in
      let sum = component.parameters.reduce(0, +)
      var value = logarithm(component.weight) + logGamma(sum) - logGamma(sum + total)
      for (count, parameter) in zip(counts, component.parameters) where count > 0 {
        value += logGamma(count + parameter) - logGamma(parameter)
      }
      return value
    }
    let largest = logs.max()!
    let weights = logs.map { exponential($0 - largest) }
    let sum = weights.reduce(0, +)
    var result = [Double](repeating: 0, count: counts.count)
    for (weight, component) in zip(weights, components) {
      let whole = total + component.parameters.reduce(0, +)
      for letter in result.indices {
        result[letter] += weight / sum * (counts[letter] + component.parameters[letter]) / whole
      }
    }
    return result
  }

  /// Probabilities of steps given counts of them.
  static func steps(_ counts: [Double], _ parameters: [Double]) -> [Double] {
    let sum = counts.reduce(0, +) + parameters.reduce(0, +)
    return zip(counts, parameters).map { ($0 + $1) / sum }
  }

  private static let blocks9Weights = [
    0.178091, 0.056591, 0.0960191, 0.0781233, 0.0834977, 0.0904123, 0.114468, 0.0682132, 0.234585,
  ]

  /// In the order ACDEFGHIKLMNPQRSTVWY.
  private static let blocks9: [[Double]] = [
    [
      0.270671, 0.039848, 0.017576, 0.016415, 0.014268, 0.131916, 0.012391, 0.022599, 0.020358,
      0.030727, 0.015315, 0.048298, 0.053803, 0.020662, 0.023612, 0.216147, 0.147226, 0.065438,
      0.003758, 0.009621,
    ],
    [
      0.021465, 0.010300, 0.011741, 0.010883, 0.385651, 0.016416, 0.076196, 0.035329, 0.013921,
      0.093517, 0.022034, 0.028593, 0.013086, 0.023011, 0.018866, 0.029156, 0.018153, 0.036100,
      0.071770, 0.419641,
    ],
    [
      0.561459, 0.045448, 0.438366, 0.764167, 0.087364, 0.259114, 0.214940, 0.145928, 0.762204,
      0.247320, 0.118662, 0.441564, 0.174822, 0.530840, 0.465529, 0.583402, 0.445586, 0.227050,
      0.029510, 0.121090,
    ],
    [
      0.070143, 0.011140, 0.019479, 0.094657, 0.013162, 0.048038, 0.077000, 0.032939, 0.576639,
      0.072293, 0.028240, 0.080372, 0.037661, 0.185037, 0.506783, 0.073732, 0.071587, 0.042532,
      0.011254, 0.028723,
    ],
    [
      0.041103, 0.014794, 0.005610, 0.010216, 0.153602, 0.007797, 0.007175, 0.299635, 0.010849,
      0.999446, 0.210189, 0.006127, 0.013021, 0.019798, 0.014509, 0.012049, 0.035799, 0.180085,
      0.012744, 0.026466,
    ],
    [
      0.115607, 0.037381, 0.012414, 0.018179, 0.051778, 0.017255, 0.004911, 0.796882, 0.017074,
      0.285858, 0.075811, 0.014548, 0.015092, 0.011382, 0.012696, 0.027535, 0.088333, 0.944340,
      0.004373, 0.016741,
    ],
    [
      0.093461, 0.004737, 0.387252, 0.347841, 0.010822, 0.105877, 0.049776, 0.014963, 0.094276,
      0.027761, 0.010040, 0.187869, 0.050018, 0.110039, 0.038668, 0.119471, 0.065802, 0.025430,
      0.003215, 0.018742,
    ],
    [
      0.452171, 0.114613, 0.062460, 0.115702, 0.284246, 0.140204, 0.100358, 0.550230, 0.143995,
      0.700649, 0.276580, 0.118569, 0.097470, 0.126673, 0.143634, 0.278983, 0.358482, 0.661750,
      0.061533, 0.199373,
    ],
    [
      0.005193, 0.004039, 0.006722, 0.006121, 0.003468, 0.016931, 0.003647, 0.002184, 0.005019,
      0.005990, 0.001473, 0.004158, 0.009055, 0.003630, 0.006583, 0.003172, 0.003690, 0.002967,
      0.002772, 0.002686,
    ],
  ]
}
