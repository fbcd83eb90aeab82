internal import SeqCore
internal import SeqFeatures

/// The features of a parser's configuration: templates over what stands around it.
///
/// `s0`, `s1`, `s2` are the words on the stack from the top, `b0` … `b3` those in the buffer; `l`
/// and `r` behind them are their outermost dependents so far.
///
/// | value | |
/// | --- | --- |
/// | `s0form` …, `s0ending` …, `s0upos` …, `s0xpos` … | form in lower case, its last three characters, tags |
/// | `s0cluster` … | the cluster of the form, if the model has clusters |
/// | `s0lrel`, `s0lxpos`, `s0rrel` … | relation and tag of outermost dependents of s0, s1 and b0 |
/// | `s0l2rel`, `s0l2xpos`, `s0r2rel` … | the same of those that are outermost but one |
/// | `s0count`, `s1count`, `b0count` | dependents so far to the left and to the right, at most 3 |
/// | `s0b0`, `s1s0` | distances in words: 1, 2, 3, 4, 5–7, 8 and more |
///
/// A template is written as all templates are, with offset 0: `s0form[0] & b0xpos[0]`; a value that
/// is not there is a value of its own. Numbers of features are made as
/// Docs/Formats/templates.md says.
struct ParserFeatures: Sendable {
  /// The names of the values.
  static let names: [String] = {
    var names: [String] = []
    for word in ["s0", "s1", "s2", "b0", "b1", "b2", "b3"] {
      names += [
        word + "form", word + "ending", word + "upos", word + "xpos", word + "cluster",
      ]
    }
    for dependent in ["s0l", "s0r", "s1l", "s1r", "b0l", "s0l2", "s0r2", "s1l2", "s1r2", "b0l2"] {
      names += [dependent + "rel", dependent + "xpos"]
    }
    return names + ["s0count", "s1count", "b0count", "s0b0", "s1s0"]
  }()

  /// A template's seed and the numbers of its values `first..<end` in `values`.
  private struct Template {
    var seed: UInt64
    var first: Int
    var end: Int
  }
  private var templates: [Template] = []
  private var values: [Int] = []

  /// The number of templates: every configuration has so many features.
  var count: Int { templates.count }

  /// Compiles templates.
  ///
  /// - Throws: `FeatureError.template` for one that reads something else.
  init(_ texts: [String]) throws(FeatureError) {
    for text in texts {
      let template = try FeatureTemplate(parsing: text)
      let first = values.count
      for term in template.terms {
        guard let value = Self.names.firstIndex(of: term.layer), term.offset == 0,
          term.functions.isEmpty
        else {
          let nearest = nearestName(to: term.layer, among: Self.names)
          throw .template(
            text: text, column: 1, problem: "“\(term)” is no value of a parser's configuration",
            hint: nearest.map { "Did you mean “\($0)[0]”?" } ?? "Offsets are 0, without functions.")
        }
        values.append(value)
      }
      templates.append(
        Template(
          seed: FeatureHash.hash(template.description.utf8), first: first, end: values.count))
    }
  }

  /// The hashes of the features of a configuration, in the order of the templates.
  ///
  /// - Parameters:
  ///   - values: scratch.
  ///   - hashes: `count` numbers.
  func hashes(
    _ state: ParserState, of sentence: ParserSentence, values scratch: inout [UInt64],
    into hashes: inout [UInt64]
  ) {
    sentence.fill(&scratch, state)
    precondition(
      scratch.count == Self.names.count && hashes.count == templates.count,
      "One value a name and one hash a template.")
    scratch.withUnsafeBufferPointer { scratch in
      values.withUnsafeBufferPointer { values in
        for (index, template) in templates.enumerated() {
          var hash = template.seed
          for at in template.first..<template.end {
            hash = FeatureHash.join(hash, scratch[values[at]])
          }
          hashes[index] = hash
        }
      }
    }
  }
}

/// A sentence to parse: the hashes of its words' values.
struct ParserSentence: Sendable {
  /// The number of words.
  let count: Int
  private var words: [[UInt64]] = []
  private let relations: [UInt64]
  private let none = FeatureHash.hash("<none>".utf8, seed: 1)
  private let root = FeatureHash.hash("<root>".utf8, seed: 1)
  private let numbers: [UInt64]

  /// Reads a sentence.
  ///
  /// - Parameters:
  ///   - words: the words and their tags.
  ///   - relations: the hashes of the relations' names, by number.
  ///   - clusters: of words; all have the same one without it.
  init(_ sentence: TaggedSentence, relations: [UInt64], clusters: WordTable? = nil) {
    count = sentence.count
    self.relations = relations
    numbers = (0..<16).map { FeatureHash.hash("\($0)".utf8) }
    for word in sentence.words {
      words.append([
        FeatureHash.hash(word.lower.utf8), FeatureHash.hash(word.lower.suffix(3).utf8),
        FeatureHash.hash(word.upos.utf8), FeatureHash.hash(word.xpos.utf8),
        clusters.cluster(of: word.lower),
      ])
    }
    words.append(Array(repeating: root, count: 5))
  }

  /// The hashes of all values in a configuration, in the order of `ParserFeatures.names`.
  func fill(_ values: inout [UInt64], _ state: ParserState) {
    values.removeAll(keepingCapacity: true)
    let (s0, s1, b0) = (state.onStack(0), state.onStack(1), state.next)
    func add(_ word: Int) {
      for kind in 0..<5 { values.append(word < 0 ? none : words[word][kind]) }
    }
    add(s0)
    add(s1)
    add(state.onStack(2))
    for index in 0..<4 { add(state.inBuffer(index)) }
    func addDependent(_ dependent: Int) {
      values.append(dependent < 0 ? none : relations[state.relation(dependent)])
      values.append(dependent < 0 ? none : words[dependent][3])
    }
    addDependent(s0 < 0 ? -1 : state.leftmost(s0))
    addDependent(s0 < 0 ? -1 : state.rightmost(s0))
    addDependent(s1 < 0 ? -1 : state.leftmost(s1))
    addDependent(s1 < 0 ? -1 : state.rightmost(s1))
    addDependent(state.leftmost(b0))
    addDependent(s0 < 0 ? -1 : state.secondLeftmost(s0))
    addDependent(s0 < 0 ? -1 : state.secondRightmost(s0))
    addDependent(s1 < 0 ? -1 : state.secondLeftmost(s1))
    addDependent(s1 < 0 ? -1 : state.secondRightmost(s1))
    addDependent(state.secondLeftmost(b0))
    func addCount(_ word: Int) {
      values.append(
        word < 0
          ? none : numbers[min(state.leftCount(word), 3) * 4 + min(state.rightCount(word), 3)])
    }
    addCount(s0)
    addCount(s1)
    addCount(b0)
    func addDistance(_ earlier: Int, _ later: Int) {
      guard earlier >= 0 else { return values.append(none) }
      let distance = later - earlier
      values.append(numbers[distance < 5 ? distance : distance < 8 ? 5 : 8])
    }
    addDistance(s0, b0)
    addDistance(s1, s0)
  }
}
