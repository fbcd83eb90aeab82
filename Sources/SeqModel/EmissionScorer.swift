public import SeqCore

/// What a scorer needs of a feature sequence: a column of a kind and width.
public struct FeatureRequirement: Hashable, Sendable {
  /// The kinds of columns with what must fit.
  public enum Kind: Hashable, Sendable {
    /// Feature numbers below a vocabulary's size.
    case sparse(below: Int)
    /// Codes of an alphabet.
    case symbols(alphabetSize: Int)
    /// Vectors of a width.
    case dense(width: Int)
  }

  /// The column's name.
  public var column: String
  /// What it must be.
  public var kind: Kind

  /// Makes a requirement.
  public init(column: String, kind: Kind) {
    self.column = column
    self.kind = kind
  }

  /// Checks a feature sequence, once, before it is scored.
  ///
  /// - Throws: `ModelError.requirement` with what was found and what is needed.
  public func check(_ sequence: FeatureSequence) throws(ModelError) {
    let found: String
    switch (sequence[column], kind) {
    case (nil, _):
      let names = sequence.columns.map(\.name)
      found = names.isEmpty ? "no columns" : "only \(names.joined(separator: ", "))"
    case (.sparse(let rows)?, .sparse(let below)):
      guard let largest = rows.ids.max(), largest >= UInt32(below) else { return }
      found = "sparse features up to number \(largest)"
    case (.symbols(let codes, let size)?, .symbols(let alphabetSize)):
      guard size != alphabetSize || codes.contains(where: { Int($0) >= size }) else { return }
      found =
        size == alphabetSize
        ? "a code outside its alphabet of \(size)" : "symbols of an alphabet of \(size)"
    case (.dense(let rows)?, .dense(let width)):
      guard rows.width != width else { return }
      found = "vectors of width \(rows.width)"
    case (.sparse?, _): found = "sparse features"
    case (.symbols(_, let size)?, _): found = "symbols of an alphabet of \(size)"
    case (.dense(let rows)?, _): found = "vectors of width \(rows.width)"
    }
    throw .requirement(column: column, found: found, expected: description)
  }

  /// The kind and width in words.
  private var description: String {
    switch kind {
    case .sparse(let below): "sparse features numbered below \(below)"
    case .symbols(let size): "symbols of an alphabet of \(size)"
    case .dense(let width): "vectors of width \(width)"
    }
  }
}

/// Turns columns into log-scores, [T][L]; the scores of several scorers add up.
///
/// A scorer is its parameters' shape; the parameters are handed to it, so that an optimizer can
/// keep those of all scorers in one vector. One dynamic call per sequence; no checks within.
public protocol EmissionScorer: Sendable {
  /// The number of labels, L.
  var labelCount: Int { get }
  /// The number of parameters.
  var parameterCount: Int { get }
  /// The columns that it reads.
  var requirements: [FeatureRequirement] { get }

  /// Adds each position's scores to `scores`.
  ///
  /// - Parameters:
  ///   - sequence: T positions that meet the requirements.
  ///   - parameters: `parameterCount` values.
  ///   - scores: [T][L].
  func addScores(
    for sequence: FeatureSequence, parameters: UnsafePointer<Float>, to scores: inout Matrix)

  /// Adds ∂f/∂parameters to `gradient`, given ∂f/∂scores.
  ///
  /// - Parameters:
  ///   - upstream: [T][L] the derivative in each score.
  ///   - gradient: `parameterCount` sums.
  func addGradient(
    for sequence: FeatureSequence, upstream: Matrix, to gradient: UnsafeMutablePointer<Double>)
}

/// Sums of the weights of a sparse column's features, [features][L].
public struct LinearScorer: EmissionScorer {
  /// The number of labels, L.
  public let labelCount: Int
  /// The number of features.
  public let featureCount: Int
  private let column: String

  /// Makes a scorer of the features of `column`.
  public init(column: String, featureCount: Int, labelCount: Int) {
    self.column = column
    self.featureCount = featureCount
    self.labelCount = labelCount
  }

  /// The number of parameters.
  public var parameterCount: Int { featureCount * labelCount }
  /// The columns that it reads.
  public var requirements: [FeatureRequirement] {
    [FeatureRequirement(column: column, kind: .sparse(below: featureCount))]
  }

  /// Adds the scores of each position; see ``EmissionScorer``.
  public func addScores(
    for sequence: FeatureSequence, parameters: UnsafePointer<Float>, to scores: inout Matrix
  ) {
    guard case .sparse(let rows)? = sequence[column] else { return }
    let L = labelCount
    for t in 0..<rows.rows {
      for index in Int(rows.starts[t])..<Int(rows.starts[t + 1]) {
        let value = rows.values.isEmpty ? 1 : rows.values[index]
        let weights = parameters + Int(rows.ids[index]) * L
        for j in 0..<L { scores.values[t * L + j] += value * weights[j] }
      }
    }
  }

  /// Adds the gradient of the parameters; see ``EmissionScorer``.
  public func addGradient(
    for sequence: FeatureSequence, upstream: Matrix, to gradient: UnsafeMutablePointer<Double>
  ) {
    guard case .sparse(let rows)? = sequence[column] else { return }
    let L = labelCount
    for t in 0..<rows.rows {
      for index in Int(rows.starts[t])..<Int(rows.starts[t + 1]) {
        let value = rows.values.isEmpty ? 1 : rows.values[index]
        let target = gradient + Int(rows.ids[index]) * L
        for j in 0..<L { target[j] += Double(value * upstream.values[t * L + j]) }
      }
    }
  }
}

/// A score for each symbol of a column under each label, [alphabet][L]: a profile without gaps.
public struct TableScorer: EmissionScorer {
  /// The number of labels, L.
  public let labelCount: Int
  /// The number of symbols.
  public let alphabetSize: Int
  private let column: String

  /// Makes a scorer of the symbols of `column`.
  public init(column: String, alphabetSize: Int, labelCount: Int) {
    self.column = column
    self.alphabetSize = alphabetSize
    self.labelCount = labelCount
  }

  /// The number of parameters.
  public var parameterCount: Int { alphabetSize * labelCount }
  /// The columns that it reads.
  public var requirements: [FeatureRequirement] {
    [FeatureRequirement(column: column, kind: .symbols(alphabetSize: alphabetSize))]
  }

  /// Adds the scores of each position; see ``EmissionScorer``.
  public func addScores(
    for sequence: FeatureSequence, parameters: UnsafePointer<Float>, to scores: inout Matrix
  ) {
    guard case .symbols(let codes, _)? = sequence[column] else { return }
    let L = labelCount
    for (t, code) in codes.enumerated() {
      let weights = parameters + Int(code) * L
      for j in 0..<L { scores.values[t * L + j] += weights[j] }
    }
  }

  /// Adds the gradient of the parameters; see ``EmissionScorer``.
  public func addGradient(
    for sequence: FeatureSequence, upstream: Matrix, to gradient: UnsafeMutablePointer<Double>
  ) {
    guard case .symbols(let codes, _)? = sequence[column] else { return }
    let L = labelCount
    for (t, code) in codes.enumerated() {
      let target = gradient + Int(code) * L
      for j in 0..<L { target[j] += Double(upstream.values[t * L + j]) }
    }
  }
}

/// An affine map of a dense column's vectors: weights [D][L], then the bias [L].
public struct DenseScorer: EmissionScorer {
  /// The number of labels, L.
  public let labelCount: Int
  /// The width of the vectors, D.
  public let width: Int
  private let column: String

  /// Makes a scorer of the vectors of `column`.
  public init(column: String, width: Int, labelCount: Int) {
    self.column = column
    self.width = width
    self.labelCount = labelCount
  }

  /// The number of parameters.
  public var parameterCount: Int { (width + 1) * labelCount }
  /// The columns that it reads.
  public var requirements: [FeatureRequirement] {
    [FeatureRequirement(column: column, kind: .dense(width: width))]
  }

  /// Adds the scores of each position; see ``EmissionScorer``.
  public func addScores(
    for sequence: FeatureSequence, parameters: UnsafePointer<Float>, to scores: inout Matrix
  ) {
    guard case .dense(let rows)? = sequence[column] else { return }
    let L = labelCount
    let D = width
    for t in 0..<rows.rows {
      for j in 0..<L { scores.values[t * L + j] += parameters[D * L + j] }
      for d in 0..<D {
        let value = rows.values[t * D + d]
        let weights = parameters + d * L
        for j in 0..<L { scores.values[t * L + j] += value * weights[j] }
      }
    }
  }

  /// Adds the gradient of the parameters; see ``EmissionScorer``.
  public func addGradient(
    for sequence: FeatureSequence, upstream: Matrix, to gradient: UnsafeMutablePointer<Double>
  ) {
    guard case .dense(let rows)? = sequence[column] else { return }
    let L = labelCount
    let D = width
    for t in 0..<rows.rows {
      for j in 0..<L { gradient[D * L + j] += Double(upstream.values[t * L + j]) }
      for d in 0..<D {
        let value = rows.values[t * D + d]
        let target = gradient + d * L
        for j in 0..<L { target[j] += Double(value * upstream.values[t * L + j]) }
      }
    }
  }
}
