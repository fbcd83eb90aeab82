public import SeqCore
internal import SeqFeatures
public import SeqFormats
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
    /// The position in the record, from 0.
    public var position: Int
    /// Its text; empty without a layer of words.
    public var text: String
    /// The label that it has.
    public var given: String
    /// P(given label | x).
    public var probability: Float
    /// The likeliest label.
    public var suggestion: String
    /// P(likeliest label | x).
    public var suggestionProbability: Float
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
    self.records = records
    self.layer = layer
    keys = records.map { Self.key(of: $0, fields: fields) }
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
    precondition(folds >= 2, "Out-of-fold probabilities need two folds.")
    var doubts: [Doubt] = []
    for fold in 0..<folds {
      report(fold)
      let model = try training.run(
        on: paths,
        format: { source in
          FoldFormat(try format(source), fields: fields, folds: folds, fold: fold)
        }
      ).model()
      let tagger = Tagger(model)
      let workspace = Workspace(tagger)
      for (index, record) in records.enumerated()
      where keys[index] % UInt64(folds) == UInt64(fold) && record.count > 0 {
        guard let labels = record.strings(layer) else { continue }
        let marginals = try tagger.marginals(of: record, in: workspace)
        let forms = record.strings("form")
        for position in 0..<record.count where labels[position] != "_" {
          var best = 0
          for label in 1..<max(1, tagger.schema.count)
          where marginals[position, label] > marginals[position, best] {
            best = label
          }
          // A label that the other folds do not have is as doubtful as can be.
          let probability =
            tagger.schema.label(labels[position]).map { marginals[position, Int($0)] } ?? 0
          doubts.append(
            Doubt(
              place: Place(record.provenance), position: position, text: forms?[position] ?? "",
              given: labels[position], probability: probability,
              suggestion: tagger.schema.names[best],
              suggestionProbability: marginals[position, best]))
        }
      }
    }
    let order = Dictionary(
      paths.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return doubts.sorted {
      if $0.probability != $1.probability { return $0.probability < $1.probability }
      let (a, b) = (order[$0.place.source] ?? 0, order[$1.place.source] ?? 0)
      return (a, $0.place.line, $0.position) < (b, $1.place.line, $1.position)
    }
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
