public import SeqCore
internal import SeqFeatures
internal import SeqInference
internal import SeqMath

/// A model ready to run: immutable, shared by threads, each with a ``Workspace`` of its own.
public struct Tagger: Sendable {
  private let shared: Shared

  /// One object, so that a tagger is copied by counting one reference.
  private final class Shared: Sendable {
    let model: Model
    init(_ model: Model) { self.model = model }
  }

  /// Compiles a model.
  public init(_ model: Model) { shared = Shared(model) }

  /// The model that it was made from.
  public var model: Model { shared.model }

  /// The labels that it gives.
  public var schema: LabelSchema { shared.model.schema }

  /// Which labeling is the best one.
  public enum Decoding: String, Hashable, Sendable, CaseIterable {
    /// The likeliest as a whole, which keeps the rules of the labels.
    case viterbi
    /// The likeliest label at each position: most positions right, but neighbours may not go together.
    case posterior
  }

  /// Labels a record.
  ///
  /// - Parameters:
  ///   - marginals: whether to compute P(y_t | x) and log P(y | x) as well.
  ///   - decoding: `posterior` needs a model with probabilities to mean what it says.
  /// - Returns: the best labeling under the model.
  /// - Throws: `FeatureError.missingLayer` if the record lacks a layer that the features read;
  ///   `InferenceError.noLegalPath`.
  public func tag(
    _ record: borrowing Record, marginals: Bool = false, decoding: Decoding = .viterbi,
    in workspace: Workspace
  ) throws -> Labeling {
    try workspace.score(record)
    return try workspace.decode(marginals: marginals, decoding)
  }

  /// Labels a record, of which some labels are given and kept.
  ///
  /// - Parameter given: one entry per position; `nil` where the label is free.
  public func tag(
    _ record: borrowing Record, given: [Label?], marginals: Bool = false,
    decoding: Decoding = .viterbi, in workspace: Workspace
  ) throws -> Labeling {
    precondition(given.count == record.count, "One entry per position.")
    try workspace.score(record)
    for (t, label) in given.enumerated() {
      if let label { workspace.emissions.lock(t, to: label) }
    }
    return try workspace.decode(marginals: marginals, decoding)
  }

  /// The K likeliest labelings, best first.
  ///
  /// A model that prefers spans to `O` beyond their probability (``Model/decision``) does not do so
  /// here.
  ///
  /// - Parameter marginals: whether to give each path its log P(y | x).
  public func nBest(
    _ record: borrowing Record, k: Int, marginals: Bool = false, in workspace: Workspace
  ) throws -> [Labeling] {
    try workspace.score(record)
    var paths = nBestPaths(workspace.emissions, model.chain, k: k)
    if marginals {
      let logNormalizer = try workspace.forwardBackward.run(on: workspace.emissions, model.chain)
      for index in paths.indices {
        paths[index].logProbability = Double(paths[index].score) - logNormalizer
      }
    }
    return paths
  }

  /// P(y_t = j | x) for all labels, [T][L].
  public func marginals(of record: borrowing Record, in workspace: Workspace) throws -> Matrix {
    try workspace.score(record)
    _ = try workspace.forwardBackward.run(on: workspace.emissions, model.chain)
    var matrix = Matrix(rows: record.count, columns: schema.count)
    for t in 0..<record.count {
      for j in 0..<schema.count { matrix[t, j] = workspace.forwardBackward[t, j] }
    }
    return matrix
  }

  /// The best labeling without `label` at `position`, or `nil` if every other label is illegal.
  public func bestPath(
    of record: borrowing Record, avoiding label: Label, at position: Int, in workspace: Workspace
  ) throws -> Labeling? {
    try workspace.score(record)
    workspace.emissions[position, Int(label)] = -.infinity
    return try? workspace.decode(marginals: false)
  }

  /// The [T][L] scores of a record before the chain.
  public func scores(of record: borrowing Record, in workspace: Workspace) throws -> Matrix {
    try workspace.score(record)
    var matrix = Matrix(rows: record.count, columns: schema.count)
    for t in 0..<record.count {
      for j in 0..<schema.count { matrix[t, j] = workspace.emissions[t, j] }
    }
    return matrix
  }
}

/// One thread's scratch for one tagger; its memory is kept between records.
///
/// It remembers words and neighbours: the summed weights of a word's features at each offset, and of
/// the features of words together, are computed when they are first met and added as one row
/// afterwards. Rows depend on the words alone, so the result does not depend on what was met before.
public final class Workspace {
  /// The labels of the last record that was decoded.
  public private(set) var labels: [Label] = []
  let emissions: Emissions
  let forwardBackward = ForwardBackward()
  let spanProbabilities = SpanProbabilities()
  private let viterbi = Viterbi()
  private let rows: Rows
  private let program: TemplateProgram
  private let chain: Chain
  private let weights: LinearWeights
  private let decision: [Float]?

  /// Sums of whole numbers, where the weights are such, and no sum can pass their largest.
  private enum Rows {
    case whole(RowSums<Int16>)
    case floats(RowSums<Float>)
  }

  /// Makes the scratch for a tagger.
  public init(_ tagger: Tagger) {
    emissions = Emissions(labelCount: tagger.schema.count)
    program = tagger.model.program
    chain = tagger.model.chain
    weights = tagger.model.weights
    decision = tagger.model.decision
    let (stride, labelCount) = (emissions.stride, tagger.schema.count)
    rows =
      weights.precision == .int8 && program.templates.count <= Int16.mostWeights
      ? .whole(RowSums(program, weights, stride: stride, labelCount: labelCount))
      : .floats(RowSums(program, weights, stride: stride, labelCount: labelCount))
  }

  /// The scores of all labels at all positions, into `emissions`.
  func score(_ record: borrowing Record) throws(FeatureError) {
    let T = record.count
    emissions.resize(count: T)
    switch rows {
    case .whole(let rows): try rows.score(record, into: emissions)
    case .floats(let rows): try rows.score(record, into: emissions)
    }
    for template in program.attributes {
      for t in 0..<T {
        let row = emissions.row(t)
        try template.forEach(at: t, of: record) { hash, _ in weights.add(hash, to: row) }
      }
    }
  }

  func decode(
    marginals: Bool, _ decoding: Tagger.Decoding = .viterbi
  ) throws(InferenceError) -> Labeling {
    // Probabilities are those of the scores as they are, whatever the choice of labels adds.
    let logNormalizer =
      marginals || decoding == .posterior ? try forwardBackward.run(on: emissions, chain) : 0
    var score: Float
    if decoding == .posterior {
      labels = forwardBackward.likeliestLabels(of: emissions.labelCount)
      score = chain.score(of: labels, emissions)
    } else {
      if let decision { emissions.add(decision) }
      score = try viterbi.bestPath(emissions, chain, into: &labels)
      if let decision {
        for label in labels { score -= decision[Int(label)] }
      }
    }
    var labeling = Labeling(labels: labels, score: score)
    if marginals {
      labeling.marginals = labels.enumerated().map { forwardBackward[$0, Int($1)] }
      labeling.logProbability = Double(score) - logNormalizer
    }
    return labeling
  }
}
