internal import SeqCore
internal import SeqFeatures
internal import SeqModel

/// How often each word has each label, for the models that count; words are told apart by the
/// feature that a template such as `form[0]` makes, and come with their suffix features.
struct WordCounts {
  let labelCount: Int
  /// The feature of each word.
  private(set) var words: [UInt32] = []
  /// [words][L]
  private(set) var counts: [Int32] = []
  /// [words][S], the shortest suffix first; `none` where the word is shorter.
  private(set) var suffixes: [UInt32] = []
  /// The number of suffix templates, S.
  let suffixCount: Int
  private(set) var labels: [Int]
  private(set) var chain: ChainCounts

  static let none = UInt32.max

  /// Counts the words of a source.
  ///
  /// - Throws: `TrainingError.templates` if the source's templates do not tell words apart, or
  ///   `needsSuffixes` and there are none.
  init(_ source: some TrainingSource, algorithm: String, needsSuffixes: Bool) throws {
    let roles = try Self.roles(source.templates, algorithm: algorithm, needsSuffixes)
    let L = source.schema.count
    let S = roles.reduce(0) { max($0, $1) }
    labelCount = L
    suffixCount = S
    labels = Array(repeating: 0, count: L)
    chain = ChainCounts(labelCount: L)
    var number = [Int32](repeating: -1, count: source.features.count)
    var own = [UInt32](repeating: Self.none, count: S)
    let featureTemplates = source.featureTemplates
    try source.forEachBatch { set in
      chain.add(set)
      for t in 0..<set.positionCount {
        var word = Self.none
        for index in own.indices { own[index] = Self.none }
        for b in Int(set.blockStarts[t])..<Int(set.blockStarts[t + 1]) {
          let block = Int(set.blocks[b])
          for f in Int(set.featureStarts[block])..<Int(set.featureStarts[block + 1]) {
            let feature = set.features[f]
            let role = roles[Int(featureTemplates[Int(feature)])]
            if role == 0 { word = feature }
            if role > 0 { own[role - 1] = feature }
          }
        }
        precondition(word != Self.none, "A template without functions fires at every position.")
        if number[Int(word)] < 0 {
          number[Int(word)] = Int32(words.count)
          words.append(word)
          counts += repeatElement(0, count: L)
          suffixes += own
        }
        counts[Int(number[Int(word)]) * L + Int(set.gold[t])] += 1
        labels[Int(set.gold[t])] += 1
      }
    }
  }

  var positionCount: Int { labels.reduce(0, +) }

  func counts(of word: Int) -> ArraySlice<Int32> {
    counts[(word * labelCount)..<((word + 1) * labelCount)]
  }

  /// The suffix features of a word, the shortest first.
  func suffixes(of word: Int) -> ArraySlice<UInt32> {
    suffixes[(word * suffixCount)..<((word + 1) * suffixCount)].prefix { $0 != Self.none }
  }

  /// What each template is to the model: 0 the word, 1, 2, … a suffix, the shortest first, −1
  /// nothing.
  private static func roles(
    _ templates: [FeatureTemplate], algorithm: String, _ needsSuffixes: Bool
  ) throws -> [Int] {
    func term(_ template: FeatureTemplate) -> FeatureTemplate.Term? {
      template.terms.count == 1 && template.terms[0].offset == 0 ? template.terms[0] : nil
    }
    // The length of a suffix, with or without regard to case.
    func suffixLength(_ functions: [WordFunction]) -> Int? {
      var found: Int?
      for function in functions {
        switch function {
        case .suffix(let length): found = length
        case .lower: continue
        default: return nil
        }
      }
      return found
    }
    guard
      let word = templates.firstIndex(where: { term($0)?.functions.isEmpty ?? false })
    else {
      throw TrainingError.templates(
        algorithm: algorithm, missing: "the word itself, such as form[0]",
        present: templates.map(\.description))
    }
    var roles = templates.map { _ in -1 }
    roles[word] = 0
    guard needsSuffixes else { return roles }
    var lengths: [(index: Int, length: Int)] = []
    for (index, template) in templates.enumerated() {
      if let term = term(template), term.layer == templates[word].terms[0].layer,
        let length = suffixLength(term.functions)
      {
        lengths.append((index, length))
      }
    }
    guard !lengths.isEmpty else {
      throw TrainingError.templates(
        algorithm: algorithm,
        missing: "suffixes of the word, such as suffix(\(templates[word]), 3)",
        present: templates.map(\.description))
    }
    lengths.sort { ($0.length, $0.index) < ($1.length, $1.index) }
    var previous = 0
    var role = 0
    for (index, length) in lengths where length != previous {
      role += 1
      roles[index] = role
      previous = length
    }
    return roles
  }
}

/// Parameters written row by row: some features have a weight for every label, the others none.
struct LabelRows {
  let labelCount: Int
  private var rows: [UInt32: [Float]] = [:]

  init(labelCount: Int) { self.labelCount = labelCount }

  subscript(feature: UInt32) -> [Float]? {
    get { rows[feature] }
    set { rows[feature] = newValue }
  }

  func parameters(
    _ features: [UInt64], start: [Float], step: Matrix, end: [Float]
  ) -> LinearParameters {
    var starts: [Int32] = [0]
    var labels: [Label] = []
    var weights: [Float] = []
    for feature in features.indices {
      if let row = rows[UInt32(feature)] {
        for (label, weight) in row.enumerated() where weight != 0 {
          labels.append(Label(label))
          weights.append(weight)
        }
      }
      starts.append(Int32(labels.count))
    }
    return LinearParameters(
      features: features, starts: starts, labels: labels, weights: weights, start: start,
      step: step, end: end)
  }
}
