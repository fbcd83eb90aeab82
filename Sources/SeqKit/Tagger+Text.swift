internal import SeqCore
public import SeqFeatures
public import SeqModel

/// A word with its label.
public struct TaggedWord: Hashable, Sendable {
  /// The word as it stands in the text.
  public var form: String
  /// Its label.
  public var label: String
  /// P(label | sentence), if the model has probabilities.
  public var probability: Float?
  /// Its place in the text's UTF-8, in bytes.
  public var bytes: Range<Int>
}

extension Tagger {
  /// Opens a model file and compiles it.
  ///
  /// - Throws: `SafetensorsError` and `ModelError` for what is wrong with the file.
  public init(path: String) throws { try self.init(Model(path: path)) }

  /// The tokenizer that the model's training text was prepared by; `nil` if this program does not
  /// have it.
  public var tokenizer: Tokenizer? {
    Tokenizer.Language.allCases.map { Tokenizer(language: $0) }
      .first { $0.identity == model.manifest.tokenizer }
  }

  /// Splits a text into sentences and words, and labels them.
  ///
  /// - Returns: the sentences in order, each with its words.
  /// - Throws: `KitError.tokenizer` if the model belongs to a tokenizer that this program does not
  ///   have.
  public func tag(_ text: String) throws -> [[TaggedWord]] {
    guard let tokenizer else {
      throw KitError.tokenizer(
        model: model.file.path, expected: model.manifest.tokenizer, found: Tokenizer().identity)
    }
    let workspace = Workspace(self)
    let hasProbabilities = model.manifest.probabilities != .none
    var sentences: [[TaggedWord]] = []
    try tokenizer.records(of: Array(text.utf8), provenance: Provenance(source: "text")) { record in
      let labeling = try tag(record, marginals: hasProbabilities, in: workspace)
      let ranges = record.ranges("form") ?? []
      sentences.append(
        labeling.labels.enumerated().map { t, label in
          TaggedWord(
            form: record.string(ranges[t]), label: schema.names[Int(label)],
            probability: labeling.marginals?[t],
            bytes: record.provenance.byteOffset + ranges[t].indices.lowerBound..<record.provenance
              .byteOffset + ranges[t].indices.upperBound)
        })
    }
    return sentences
  }
}
