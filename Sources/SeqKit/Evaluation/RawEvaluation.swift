internal import FoundationEssentials
internal import SeqCore
public import SeqFeatures
internal import SeqFormats
public import SeqMetrics
public import SeqModel

/// What tagging is worth from raw text on, as the CoNLL 2018 shared task scores it: the raw text of
/// a gold file is rebuilt, tokenized and tagged, and the tags count where the words are right.
public struct RawEvaluation: Hashable, Sendable {
  /// The scores of one layer of tags over aligned words.
  public struct LayerAgreement: Hashable, Sendable {
    /// The layer's name.
    public var name: String
    /// Gold words, predicted words, and aligned words whose tags are equal.
    public var agreement: SpanAgreement
  }

  /// Surface tokens: contractions are one.
  public var tokens = SpanAgreement()
  /// Sentences.
  public var sentences = SpanAgreement()
  /// Words: those aligned count as correct.
  public var words = SpanAgreement()
  /// One for each tagger.
  public var layers: [LayerAgreement]
  /// The models' names.
  public var models: [String]
  /// The files, in the order they were added.
  public var paths: [String] = []

  private let taggers: [Tagger]
  private let tokenizer: Tokenizer

  /// Prepares the scoring of taggers, each on its own layer.
  public init(_ taggers: [Tagger], tokenizer: Tokenizer) {
    self.taggers = taggers
    self.tokenizer = tokenizer
    models = taggers.map(\.model.manifest.name)
    layers = taggers.map { LayerAgreement(name: $0.schema.layer, agreement: SpanAgreement()) }
  }

  /// Two are equal if their counts are.
  public static func == (a: RawEvaluation, b: RawEvaluation) -> Bool {
    a.tokens == b.tokens && a.sentences == b.sentences && a.words == b.words
      && a.layers == b.layers && a.models == b.models && a.paths == b.paths
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(tokens)
    hasher.combine(sentences)
    hasher.combine(words)
    hasher.combine(layers)
    hasher.combine(models)
    hasher.combine(paths)
  }

  /// Scores one gold file, and adds the counts.
  ///
  /// - Throws: what decoding CoNLL-U, tokenizing and tagging throw; `KitError.nothingToScore` if a
  ///   tagger's layer has no value.
  public mutating func add(conllu bytes: [UInt8], path: String) throws {
    let text = try RunningText(conllu: bytes, source: path)
    var gold = WordTable(layerCount: taggers.count)
    gold.tokenNumbers = Self.tokens(of: text.words, in: text.tokens)
    gold.words = gold.tokenNumbers.map {
      .init(token: text.tokens[$0], isPart: false, form: [])
    }
    var index = 0
    var labels = [Bool](repeating: false, count: taggers.count)
    let chunk = Chunk(bytes: bytes, provenance: Provenance(source: path))
    try CoNLLU(layers: ["form"] + taggers.map(\.schema.layer)).decode(chunk) { record in
      let forms = record.ranges("form") ?? []
      for (t, form) in forms.enumerated() {
        gold.words[index + t].form = Self.lowercased(record.buffer[form.indices])
      }
      for (number, tagger) in taggers.enumerated() {
        for range in record.ranges(tagger.schema.layer) ?? [] {
          let name = record.string(range)
          if name != "_", !name.isEmpty { labels[number] = true }
          gold.labels[number].append(name)
        }
      }
      index += forms.count
    }
    for (number, tagger) in taggers.enumerated() where !labels[number] {
      throw KitError.nothingToScore(source: path, layer: tagger.schema.layer)
    }
    gold.markParts()

    var predicted = WordTable(layerCount: taggers.count)
    var predictedTokens: [ByteRange] = []
    var predictedSentences: [ByteRange] = []
    let workspaces = taggers.map { Workspace($0) }
    try tokenizer.records(
      of: text.bytes, provenance: Provenance(source: path), marksTokens: true
    ) { record in
      let offset = record.provenance.byteOffset
      func moved(_ range: ByteRange) -> ByteRange {
        ByteRange(Int(range.start) + offset, Int(range.end) + offset)
      }
      let forms = record.ranges("form") ?? []
      let tokens = record.ranges(Tokenizer.tokenLayer) ?? forms
      for (form, token) in zip(forms, tokens) {
        let token = moved(token)
        if predictedTokens.last != token { predictedTokens.append(token) }
        predicted.words.append(
          .init(
            token: token, isPart: false, form: Self.lowercased(record.buffer[form.indices])))
        predicted.tokenNumbers.append(predictedTokens.count - 1)
      }
      if let first = forms.first, let last = forms.last {
        predictedSentences.append(
          ByteRange(Int(first.start) + offset, Int(last.end) + offset))
      }
      for (number, tagger) in taggers.enumerated() {
        let labeling = try tagger.tag(record, in: workspaces[number])
        predicted.labels[number] += labeling.labels.map { tagger.schema.names[Int($0)] }
      }
    }
    predicted.markParts()

    let pairs = WordAlignment.pairs(gold: gold.words, predicted: predicted.words)
    tokens += SpanAgreement(gold: text.tokens, predicted: predictedTokens)
    sentences += SpanAgreement(gold: text.sentences, predicted: predictedSentences)
    func agreement(_ correct: Int) -> SpanAgreement {
      var agreement = SpanAgreement(gold: gold.words.count, predicted: predicted.words.count)
      agreement.correct = correct
      return agreement
    }
    words += agreement(pairs.count)
    for number in layers.indices {
      let right = pairs.reduce(0) {
        $0 + (gold.labels[number][$1.gold] == predicted.labels[number][$1.predicted] ? 1 : 0)
      }
      layers[number].agreement += agreement(right)
    }
    paths.append(path)
  }

  /// One side's words with their labels in each layer.
  private struct WordTable {
    var words: [WordAlignment.Word] = []
    var tokenNumbers: [Int] = []
    var labels: [[String]]

    init(layerCount: Int) { labels = Array(repeating: [], count: layerCount) }

    /// Marks the words whose token has others.
    mutating func markParts() {
      for index in words.indices.dropFirst() where tokenNumbers[index] == tokenNumbers[index - 1] {
        words[index].isPart = true
        words[index - 1].isPart = true
      }
    }
  }

  /// For each word, the number of the token that it lies in.
  private static func tokens(of words: [ByteRange], in tokens: [ByteRange]) -> [Int] {
    var token = 0
    return words.map { word in
      // A word of a contraction may have no bytes of its own left at the token's end.
      while token + 1 < tokens.count, word.start >= tokens[token].end, word.count > 0 {
        token += 1
      }
      return token
    }
  }

  private static func lowercased(_ form: ArraySlice<UInt8>) -> [UInt8] {
    Array(String(decoding: form, as: UTF8.self).lowercased().utf8)
  }
}

extension RawEvaluation {
  private var rows: [(name: String, agreement: SpanAgreement)] {
    [("tokens", tokens), ("sentences", sentences), ("words", words)]
      + layers.map { ($0.name, $0.agreement) }
  }

  private var table: ReportTable {
    var table = ReportTable(heading: [
      "", "precision", "recall", "F1", "gold", "predicted", "right",
    ])
    for (name, agreement) in rows {
      table.rows.append([
        .init(name), .init(percent(agreement.precision)), .init(percent(agreement.recall)),
        .init(percent(agreement.f1), .strong), .init(grouped(agreement.gold)),
        .init(grouped(agreement.predicted)), .init(grouped(agreement.correct)),
      ])
    }
    return table
  }

  private var identity: [(key: String, value: String)] {
    [
      ("model", models.joined(separator: " + ")),
      ("data", "\(paths.joined(separator: ", ")), from raw text"),
      ("tokenizer", tokenizer.identity),
    ]
  }

  /// The scores for people at a terminal.
  public func text(color: Bool = false) -> String {
    ReportTable(
      heading: [], rows: identity.map { [.init($0.key, .faint), .init($0.value)] }, leftColumns: 2
    ).text(color: color) + "\n" + table.text(color: color)
  }

  /// The scores as Markdown.
  public func markdown() -> String {
    identity.map { "- \($0.key): \(markdownEscaped(printable($0.value)))\n" }.joined() + "\n"
      + table.markdown()
  }

  /// The scores as a JSON object (Docs/Formats/evaluation.md).
  public func json() throws -> String {
    struct Scores: Encodable {
      var precision: Double
      var recall: Double
      var f1: Double
      var gold: Int
      var predicted: Int
      var correct: Int
    }
    struct Report: Encodable {
      var format = "seqkit.raw-evaluation.v1"
      var models: [String]
      var tokenizer: String
      var paths: [String]
      var scores: [String: Scores]
    }
    var scores: [String: Scores] = [:]
    for (name, agreement) in rows {
      scores[name] = Scores(
        precision: agreement.precision, recall: agreement.recall, f1: agreement.f1,
        gold: agreement.gold, predicted: agreement.predicted, correct: agreement.correct)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let report = Report(
      models: models, tokenizer: tokenizer.identity, paths: paths, scores: scores)
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }
}
