internal import SeqCore
internal import SeqKit

/// An audit of labelled residues: the letters are what is equal, and networks doubt.
struct ResidueAudit {
  let audit: CorpusAudit
  private let records: [LabeledResidues]
  private let kind: ResidueKind

  /// Reads files of three lines a record, or of a row a residue.
  ///
  /// - Throws: what reading throws; `ResidueModelError.kind` for files of different kinds.
  init(_ paths: [String]) throws {
    let files = try paths.map { try LabeledFile(try ByteSource(path: $0)) }
    kind = files[0].kind
    for file in files where file.kind != kind {
      throw ResidueModelError.kind(source: file.path, found: "\(file.kind)", expected: "\(kind)")
    }
    records = files.flatMap(\.records)
    audit = CorpusAudit(
      files.flatMap { file in file.records.map { LabelledSequences.record($0, of: file.path) } },
      layer: LabelledSequences.layer, fields: ["form"])
  }

  /// Doubtful labels by networks of the usual size.
  ///
  /// - Parameters:
  ///   - epochs: passes of each training; `nil` for the usual ones.
  ///   - report: called before each fold.
  func doubts(
    folds: Int, epochs: Int?, threads: Int, report: (Int) -> Void
  ) throws -> [CorpusAudit.Doubt] {
    var training = ResidueTraining(kind: kind)
    training.options.epochs = epochs ?? training.options.epochs
    training.threads = threads
    return try audit.doubts(folds: folds) { fold, others in
      report(fold)
      let model = try training.run(on: others.map { records[$0] }).model
      let labeler = try ResidueLabeler(model, decoder: .posterior, probabilities: true)
      return .init(names: model.labels.map { String(UnicodeScalar($0)) }) {
        let found = try labeler.label(records[$0].letters).probabilities
        return found ?? Matrix(rows: 0, columns: 0)
      }
    }
  }
}
