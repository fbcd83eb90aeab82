internal import SeqCore
internal import SeqFeatures

/// The features of a frame: templates over the values of words and of spans (`FrameValues`).
///
/// A template reads either values of words, at offsets, or values of a span, at offset 0. Functions
/// are not taken: what they would compute are values of their own.
struct FrameFeatures: Sendable {
  private struct Template {
    var seed: UInt64
    var terms: [(value: Int, offset: Int)]
  }
  private var words: [Template] = []
  private var spans: [Template] = []
  private var sets: [Template] = []

  /// The texts of the templates over words, in the order of a word's features.
  private(set) var wordTexts: [String] = []
  /// The texts of the templates over spans, in the order of a span's features.
  private(set) var spanTexts: [String] = []

  /// The texts of the templates over sets of roles, in the order of a set's features.
  private(set) var setTexts: [String] = []
  /// Whether sets of roles have features.
  var scoresSets: Bool { !sets.isEmpty }

  private enum Kind: String {
    case word
    case span
    case set
    var names: [String] {
      switch self {
      case .word: FrameValues.wordNames
      case .span: FrameValues.spanNames
      case .set: FrameValues.setNames
      }
    }
  }

  /// Compiles templates.
  ///
  /// - Throws: `FeatureError.template` for one that reads something else.
  init(_ texts: [String]) throws(FeatureError) {
    for text in texts {
      let template = try FeatureTemplate(parsing: text)
      let kind =
        [Kind.span, .set].first { kind in
          template.terms.contains { kind.names.contains($0.layer) }
        } ?? .word
      let names = kind.names
      var terms: [(Int, Int)] = []
      for term in template.terms {
        guard let value = names.firstIndex(of: term.layer), term.functions.isEmpty,
          kind == .word || term.offset == 0
        else {
          let nearest = nearestName(to: term.layer, among: names)
          throw .template(
            text: text, column: 1,
            problem: "“\(term)” is no value of a \(kind.rawValue) of a frame",
            hint: nearest.map { "Did you mean “\($0)[0]”?" } ?? "")
        }
        terms.append((value, term.offset))
      }
      let compiled = Template(seed: FeatureHash.hash(template.description.utf8), terms: terms)
      switch kind {
      case .word:
        words.append(compiled)
        wordTexts.append(template.description)
      case .span:
        spans.append(compiled)
        spanTexts.append(template.description)
      case .set:
        sets.append(compiled)
        setTexts.append(template.description)
      }
    }
  }

  /// The hashes of the features of a word.
  func hashes(ofWord t: Int, _ frame: FrameValues, into hashes: inout [UInt64]) {
    hashes.removeAll(keepingCapacity: true)
    for template in words {
      var hash = template.seed
      for term in template.terms {
        let at = t + term.offset
        let value: UInt64
        if at < 0 {
          value = FeatureHash.fold(UInt64(bitPattern: Int64(at)), 0x5EED)
        } else if at >= frame.count {
          value = FeatureHash.fold(UInt64(at - frame.count + 1), 0xE4D)
        } else {
          value = frame.words[at][term.value]
        }
        hash = FeatureHash.join(hash, value)
      }
      hashes.append(hash)
    }
  }

  /// The hashes of the features of a span with the values `values`.
  func hashes(ofSpan values: [UInt64], into hashes: inout [UInt64]) {
    fill(&hashes, spans, values)
  }

  /// The hashes of the features of a set of roles with the values `values`.
  func hashes(ofSet values: [UInt64], into hashes: inout [UInt64]) {
    fill(&hashes, sets, values)
  }

  private func fill(_ hashes: inout [UInt64], _ templates: [Template], _ values: [UInt64]) {
    hashes.removeAll(keepingCapacity: true)
    for template in templates {
      var hash = template.seed
      for term in template.terms { hash = FeatureHash.join(hash, values[term.value]) }
      hashes.append(hash)
    }
  }
}
