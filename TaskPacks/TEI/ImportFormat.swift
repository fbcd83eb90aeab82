public import SeqFormats

/// What an import writes.
public enum ImportFormat: Sendable {
  /// CoNLL-U, straight from the document; MISC may have the bytes that each word comes from.
  case conllu(sources: Bool)
  /// JSON Lines, an object a segment: its text as a whole, its names with all their nesting, its
  /// place and its fields.
  case segments
  /// CWB's vertical format with these columns: form, lemma, upos, xpos, feats, id.
  case vertical(columns: [String])
  /// Records in another format.
  case records(any RecordFormat)
}

extension TEIReader {
  /// Imports one file.
  ///
  /// - Parameter pass: takes what is written, piece by piece.
  /// - Returns: what was read, and what was not.
  /// - Throws: `XMLError`, `TEIError`, `FormatError`, and what `pass` throws.
  public func importFile(
    _ path: String, as format: ImportFormat, pass: @escaping ([UInt8]) throws -> Void
  ) throws -> ImportReport {
    switch format {
    case .conllu(let sources):
      return try importCoNLLU(path: path, writesSources: sources) { try pass($0) }
    case .segments:
      let lines = SegmentLines(pass: pass)
      let report = try run(path: path, receiver: lines)
      try lines.flush()
      return report
    case .vertical(let columns):
      if let wrong = columns.first(where: { !VerticalSentences.columnNames.contains($0) }) {
        throw TEIError.verticalColumn(wrong, known: VerticalSentences.columnNames)
      }
      let sentences = VerticalSentences(columns: columns, pass: pass)
      let report = try run(path: path, receiver: sentences)
      try sentences.finish()
      return report
    case .records(let format):
      var bytes: [UInt8] = []
      let report = try records(path: path) { record in
        try format.encode(record, into: &bytes)
        if bytes.count >= 1 << 16 {
          try pass(bytes)
          bytes.removeAll(keepingCapacity: true)
        }
      }
      try pass(bytes)
      return report
    }
  }
}
