public import SeqCore
internal import SeqFeatures
public import SeqFormats
internal import SeqMath
internal import SeqModel
internal import SeqTraining

/// Looks for what is wrong with annotated files: labels that a model which has not seen them would not
/// give, records that stand twice, in one part or in two, and equal records with other labels.
///
/// Likely errors are found by out-of-fold probabilities: the records are dealt into folds by what they
/// say, not by their labels, so that equal ones are in one fold; each fold is labelled by a model of
/// the others; and positions are listed by P(given label | x), the least likely first (the ranking of
/// C. G. Northcutt et al. 2021, "Confident Learning", doi:10.1613/jair.1.12125, by self-confidence).
public struct CorpusAudit: Sendable {
  /// A position whose label is doubtful.
  public struct Doubt: Hashable, Sendable {
    /// Where its record begins.
    public var place: Place
    /// The position in the record, from 0; of a run of equal labels the first.
    public var position: Int
    /// The positions that it is about: 1 but for runs.
    public var count = 1
    /// Its text; empty without a layer of words.
    public var text: String
    /// The label that it has.
    public var given: String
    /// P(given label | x); of a run the mean.
    public var probability: Float
    /// The likeliest label.
    public var suggestion: String
    /// P(likeliest label | x); of a run the mean.
    public var suggestionProbability: Float
  }

  /// A model of all folds but one.
  public struct FoldModel {
    /// The names of the labels that it knows.
    let names: [String]
    /// P(label | record), [T][L], of a record by its number.
    let probabilities: (Int) throws -> Matrix

    /// Makes a model of what it knows and how it is asked.
    public init(names: [String], probabilities: @escaping (Int) throws -> Matrix) {
      self.names = names
      self.probabilities = probabilities
    }
  }

  /// What a label is of.
  public enum Unit: Sendable {
    /// One position.
    case positions
    /// A run of positions with equal labels.
    case runs
  }

  /// Records that say the same.
  public struct Repetition: Hashable, Sendable {
    /// Where they are, in the order of the files.
    public var places: [Place]
    /// The beginning of what they say.
    public var text: String
    /// Positions where their labels differ, from 0; empty if they are labelled alike.
    public var conflicts: [Int]
    /// Whether they stand in more than one file.
    public var isLeak: Bool
  }

  /// The records, as they were read.
  public let records: [Record]
  private let layer: String
  private let keys: [UInt64]

  /// Prepares an audit.
  ///
  /// - Parameters:
  ///   - records: of all files, in their order.
  ///   - layer: the layer of labels.
  ///   - fields: the layers that say what a record is; all others that are text but `layer` if empty.
  public init(_ records: [Record], layer: String, fields: [String]) {
    self.init(records, layer: layer, keys: records.map { Self.key(of: $0, fields: fields) })
  }

  /// Prepares an audit of records of which a number each tells which are equal.
  public init(_ records: [Record], layer: String, keys: [UInt64]) {
    precondition(keys.count == records.count, "Each record has a key.")
    self.records = records
    self.layer = layer
    self.keys = keys
  }

  /// A hash of what a record says.
  static func key(of record: borrowing Record, fields: [String]) -> UInt64 {
    var key = UInt64(record.count)
    for field in fields {
      guard let ranges = record.ranges(field) else { continue }
      for range in ranges {
        key = FeatureHash.join(key, FeatureHash.hash(record.buffer[range.indices]))
      }
    }
    return key
  }

  /// Records that stand more than once, those in several files first.
  ///
  /// - Parameter minimum: shorter records are let be: `Yes .` stands everywhere.
  public func repetitions(minimum: Int = 3) -> [Repetition] {
    var groups: [UInt64: [Int]] = [:]
    for (index, key) in keys.enumerated() where records[index].count >= minimum {
      groups[key, default: []].append(index)
    }
    let found = groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }.map { group in
      let labels = group.map { records[$0].strings(layer) ?? [] }
      let count = records[group[0]].count
      let conflicts = (0..<count).filter { position in
        Set(labels.compactMap { position < $0.count ? $0[position] : nil }).count > 1
      }
      let forms =
        records[group[0]].strings("form") ?? records[group[0]].strings(
          records[group[0]].layers.first?.name ?? "") ?? []
      return Repetition(
        places: group.map { Place(records[$0].provenance) },
        text: forms.prefix(12).joined(separator: " "), conflicts: conflicts,
        isLeak: Set(group.map { records[$0].provenance.source }).count > 1)
    }
    return found.filter(\.isLeak) + found.filter { !$0.isLeak }
  }

  /// Positions by how unlikely their labels are, the least likely first; of equal ones, in the order
  /// of the files.
  ///
  /// - Parameters:
  ///   - paths: the files that the records were read from.
  ///   - training: how each fold's model is trained; its layer is the audit's.
  ///   - folds: parts, two or more.
  ///   - format: the format of a file.
  ///   - report: called before each fold.
  /// - Throws: what training throws.
  public func doubts(
    paths: [String], training: Training, folds: Int, fields: [String],
    format: @escaping (ByteSource) throws -> any RecordFormat, report: (Int) -> Void = { _ in }
  ) throws -> [Doubt] {
    try doubts(folds: folds) { fold, _ in
      report(fold)
      let model = try training.run(
        on: paths,
        format: { source in
          FoldFormat(try format(source), fields: fields, folds: folds, fold: fold)
        }
      ).model()
      let tagger = Tagger(model)
      let workspace = Workspace(tagger)
      return FoldModel(names: tagger.schema.names) {
        try tagger.marginals(of: records[$0], in: workspace)
      }
    }
  }

  /// The same with models of any kind.
  ///
  /// - Parameters:
  ///   - folds: parts, two or more; those that no record falls into are passed over.
  ///   - unit: what a label is of.
  ///   - train: makes the model of all records but those of a fold, whose numbers it is given.
  /// - Throws: what training and labelling throw.
  public func doubts(
    folds: Int, of unit: Unit = .positions,
    train: (_ fold: Int, _ others: [Int]) throws -> FoldModel
  ) throws -> [Doubt] {
    precondition(folds >= 2, "Out-of-fold probabilities need two folds.")
    var doubts: [Doubt] = []
    for fold in 0..<folds {
      let isIn = { (index: Int) in keys[index] % UInt64(folds) == UInt64(fold) }
      let others = records.indices.filter { !isIn($0) }
      let own = records.indices.filter { isIn($0) && records[$0].count > 0 }
      if own.isEmpty { continue }
      let model = try train(fold, others)
      for index in own {
        guard let labels = records[index].strings(layer) else { continue }
        doubts += self.doubts(
          of: records[index], labels, model, try model.probabilities(index), unit)
      }
    }
    var order: [String: Int] = [:]
    for record in records where order[record.provenance.source] == nil {
      order[record.provenance.source] = order.count
    }
    return doubts.sorted {
      if $0.probability != $1.probability { return $0.probability < $1.probability }
      let (a, b) = (order[$0.place.source] ?? 0, order[$1.place.source] ?? 0)
      return (a, $0.place.line, $0.position) < (b, $1.place.line, $1.position)
    }
  }

  /// A position's word, or the first of its fields with their names.
  private func text(of record: borrowing Record, at position: Int) -> String {
    if let words = record.ranges("form") { return record.string(words[position]) }
    var parts: [String] = []
    for name in record.layers.map(\.name) where name != layer && parts.count < 4 {
      guard let values = record.ranges(name) else { continue }
      parts.append("\(name)=\(record.string(values[position]))")
    }
    return parts.joined(separator: " ")
  }

  /// What a model says of one record's labels.
  private func doubts(
    of record: borrowing Record, _ labels: [String], _ model: FoldModel, _ found: Matrix,
    _ unit: Unit
  ) -> [Doubt] {
    var doubts: [Doubt] = []
    var start = 0
    while start < labels.count {
      var end = start + 1
      if unit == .runs { while end < labels.count, labels[end] == labels[start] { end += 1 } }
      let run = start..<end
      start = end
      if labels[run.lowerBound] == "_" { continue }
      func mean(_ label: Int) -> Float {
        run.reduce(0) { $0 + found[$1, label] } / Float(run.count)
      }
      let means = model.names.indices.map(mean)
      guard let best = means.indices.max(by: { means[$0] < means[$1] }) else { continue }
      // A label that the other folds do not have is as doubtful as can be.
      let given = model.names.firstIndex(of: labels[run.lowerBound])
      doubts.append(
        Doubt(
          place: Place(record.provenance), position: run.lowerBound, count: run.count,
          text: text(of: record, at: run.lowerBound), given: labels[run.lowerBound],
          probability: given.map { means[$0] } ?? 0, suggestion: model.names[best],
          suggestionProbability: means[best]))
    }
    return doubts
  }
}

/// Reads the records of a file but those of one fold.
private struct FoldFormat: RecordFormat {
  let base: any RecordFormat
  let fields: [String]
  let folds: Int
  let fold: Int

  init(_ base: any RecordFormat, fields: [String], folds: Int, fold: Int) {
    self.base = base
    self.fields = fields
    self.folds = folds
    self.fold = fold
  }

  var name: String { base.name }

  func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? { base.lastBoundary(in: bytes) }

  func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try base.decode(chunk) { record in
      if CorpusAudit.key(of: record, fields: fields) % UInt64(folds) != UInt64(fold) {
        try receive(record)
      }
    }
  }

  func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    try base.encode(record, into: &output)
  }
}
