internal import SeqCore
internal import SeqKit
internal import VideoPack

/// An audit of a data set of frames: the features are what is equal, and windows doubt actions.
struct FrameAudit {
  let audit: CorpusAudit
  let recordings: [Recording]
  /// What was read beside the recordings.
  let notices: FrameDataSet.Notices
  private let set: FrameDataSet

  /// Reads the recordings of a split, those of its training list first.
  ///
  /// - Throws: `FrameError`.
  init(folder: String, split: String) throws {
    let set = try FrameDataSet(folder: folder)
    var notices = FrameDataSet.Notices()
    var recordings: [Recording] = []
    var records: [Record] = []
    for part in FrameDataSet.Part.allCases {
      let path = "\(set.folder)/splits/\(part.rawValue).split\(split).bundle"
      let found = try set.recordings(try set.names(part, split: split), notices: &notices)
      for (index, recording) in found.enumerated() {
        records.append(
          LabelledSequences.record(
            ofFrames: recording.gold.map { set.labels[Int($0)] }, name: recording.name, of: path,
            line: index + 1))
      }
      recordings += found
    }
    self.set = set
    self.recordings = recordings
    self.notices = notices
    audit = CorpusAudit(
      records, layer: LabelledSequences.layer, keys: recordings.map(\.fingerprint))
  }

  /// Doubtful actions by logistic regression on windows.
  ///
  /// - Parameters:
  ///   - epochs: passes of each training; `nil` for the usual ones.
  ///   - report: called before each fold.
  func doubts(
    folds: Int, epochs: Int?, threads: Int, report: (Int) -> Void
  ) throws -> [CorpusAudit.Doubt] {
    var options = FrameTraining.Options()
    options.recipe = "linear"
    options.changes.epochs = epochs
    options.threads = threads
    let manifest = ModelManifest(
      name: "audit", pack: "frames", layer: "action", labels: set.labels, templates: [],
      tokenizer: "", provenance: .init(algorithm: "linear", trainingFiles: []))
    return try audit.doubts(folds: folds, of: .runs) { fold, others in
      report(fold)
      let trained = try FrameTraining(
        others.map { recordings[$0] }, labels: set.labels, options: options, note: { _ in },
        report: { _ in true }
      ).run(manifest)
      let tagger = FrameTagger(try FrameModel(trained.model, path: "audit"), threads: threads)
      return .init(names: set.labels) {
        let found = try tagger.tags(of: recordings[$0].rows, probabilities: true).probabilities
        return found ?? Matrix(rows: 0, columns: 0)
      }
    }
  }
}

extension Recording {
  /// A number that equal features share: FNV-1a over their bits.
  fileprivate var fingerprint: UInt64 {
    var row = [Float](repeating: 0, count: rows.width)
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for t in 0..<rows.count {
      row.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { rows.write(t..<t + 1, to: base, stride: buffer.count) }
      }
      for value in row { hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01B3 }
    }
    return hash
  }
}
