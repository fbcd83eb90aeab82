internal import SeqCore

/// Templates compiled for extraction: what to compute once per word, and how features join it.
///
/// A *value* is a layer's bytes passed through functions; a word's values are computed once and
/// kept by their hashes. Templates that read one position only are grouped by its offset: the
/// features of a group depend on one word, so their sum can be shared by all its occurrences.
/// Templates over several positions join the values of several words at each position.
public struct TemplateProgram: Sendable {
  /// The templates in the order of the manifest.
  public let templates: [FeatureTemplate]
  /// The layers that the templates read.
  public let layers: [String]
  /// What the templates know of words and phrases beforehand.
  public var knowledge: Knowledge

  /// Where values come from: a layer as it stands, or through a function of the whole sequence.
  package struct Source: Hashable, Sendable {
    package var layer: String
    package var function: SequenceFunction?
  }
  /// A layer's value through functions.
  package struct Value: Hashable, Sendable {
    package var source: Int
    package var functions: [WordFunction]
  }
  /// A feature of one word.
  package struct WordFeature: Sendable {
    package var template: Int
    package var seed: UInt64
    package var values: [Int]
  }
  /// The features of the word at an offset.
  package struct Group: Sendable {
    package var offset: Int
    package var features: [WordFeature]
  }
  /// A feature that joins values of several words.
  package struct SpanFeature: Sendable {
    package var template: Int
    package var seed: UInt64
    package var values: [(value: Int, offset: Int)]
  }

  package let sources: [Source]
  package let values: [Value]
  package let groups: [Group]
  package let spans: [SpanFeature]
  /// The templates that make a feature of every attribute of a value.
  package let attributes: [AttributeFeatures]
  /// How far templates look before and after a position.
  package let before: Int
  package let after: Int

  /// Compiles templates.
  ///
  /// - Parameter knowledge: what the functions that look words up know.
  public init(_ templates: [FeatureTemplate], knowledge: Knowledge = Knowledge()) {
    self.templates = templates
    self.knowledge = knowledge
    var layers: [String] = []
    var sources: [Source] = []
    var values: [Value] = []
    var groups: [Group] = []
    var spans: [SpanFeature] = []
    var attributes: [AttributeFeatures] = []
    // Two functions and not a generic one, which asks the runtime for `==` at each comparison.
    func index(of source: Source) -> Int {
      if let index = sources.firstIndex(where: { $0 == source }) { return index }
      sources.append(source)
      return sources.count - 1
    }
    func index(of value: Value) -> Int {
      if let index = values.firstIndex(where: {
        $0.source == value.source && $0.functions == value.functions
      }) {
        return index
      }
      values.append(value)
      return values.count - 1
    }
    for (number, template) in templates.enumerated() {
      if let layer = template.attributeLayer {
        attributes.append(AttributeFeatures(template, index: number, layer: layer))
        continue
      }
      let seed = FeatureHash.hash(template.description.utf8)
      let terms = template.terms.map { term in
        if !layers.contains(term.layer) { layers.append(term.layer) }
        let source = Source(layer: term.layer, function: term.sequenceFunction)
        let value = Value(source: index(of: source), functions: term.functions)
        return (value: index(of: value), offset: term.offset)
      }
      let offsets = Set(terms.map(\.offset))
      if offsets.count <= 1 {
        let offset = offsets.first ?? 0
        let feature = WordFeature(template: number, seed: seed, values: terms.map(\.value))
        if let group = groups.firstIndex(where: { $0.offset == offset }) {
          groups[group].features.append(feature)
        } else {
          groups.append(Group(offset: offset, features: [feature]))
        }
      } else {
        spans.append(SpanFeature(template: number, seed: seed, values: terms))
      }
    }
    self.layers = layers
    self.sources = sources
    self.values = values
    self.groups = groups
    self.spans = spans
    self.attributes = attributes
    let offsets = templates.flatMap { $0.terms.map(\.offset) }
    before = max(0, -(offsets.min() ?? 0))
    after = max(0, offsets.max() ?? 0)
  }

  /// Compiles the texts of templates.
  public init(
    parsing texts: [String], knowledge: Knowledge = Knowledge()
  ) throws(FeatureError) {
    var templates: [FeatureTemplate] = []
    for text in texts { templates.append(try FeatureTemplate(parsing: text)) }
    self.init(templates, knowledge: knowledge)
  }

  /// The functions of the templates whose table or phrases ``knowledge`` has not, by name.
  public var unknownNeeds: [String] {
    var names = tableNames.filter { knowledge.table($0) == nil }.map(\.rawValue)
    if needsPhrases && knowledge.phrases == nil {
      names.append(SequenceFunction.gazetteer.rawValue)
    }
    return names
  }

  /// The tables that the templates read.
  public var tableNames: [WordTable.Name] {
    WordTable.Name.allCases.filter { name in
      values.contains { $0.functions.contains(.table(name)) }
    }
  }

  /// Whether the templates look for phrases.
  public var needsPhrases: Bool { sources.contains { $0.function == .gazetteer } }

  /// The layers whose words are looked up in tables and phrases.
  public var layersLookedUp: [String] {
    var layers: [String] = []
    for value in values {
      let source = sources[value.source]
      let looksUp =
        source.function == .gazetteer
        || value.functions.contains { if case .table = $0 { true } else { false } }
      if looksUp, !layers.contains(source.layer) { layers.append(source.layer) }
    }
    return layers
  }

  /// The number of words that one position's values can be asked of: itself, and the marks for
  /// places before and after the sequence.
  package var boundaryCount: Int { before + after }

  /// The bytes of a value of a word, or `nil` if it has none.
  package func bytes(of value: Value, word: [ArraySlice<UInt8>]) -> [UInt8]? {
    var bytes = Array(word[value.source])
    // A word that a function of the sequence has no value for.
    if bytes.isEmpty, sources[value.source].function != nil { return nil }
    for function in value.functions {
      guard function.apply(to: &bytes, tables: knowledge.tables) else { return nil }
    }
    return bytes
  }

  /// The hashes of a word's values; 0 where it has none.
  ///
  /// - Parameter word: the bytes of each of `sources`.
  package func hashes(ofWord word: [ArraySlice<UInt8>]) -> [UInt64] {
    values.map { value in
      bytes(of: value, word: word).map { FeatureHash.hash($0) } ?? 0
    }
  }

  /// The text that stands for the place `distance` before the first (negative) or after the last
  /// position.
  package static func boundaryText(_ distance: Int) -> String {
    distance < 0 ? "<start\(distance)>" : "<end+\(distance)>"
  }

  /// The hashes of the values of the place at `distance`, as ``boundaryText(_:)`` counts it.
  package func hashes(ofBoundary distance: Int) -> [UInt64] {
    let mark = FeatureHash.hash(Self.boundaryText(distance).utf8, seed: 1)
    return values.map { keepsBoundary($0) ? mark : 0 }
  }

  /// Whether the marks for places outside the sequence are values too.
  func keepsBoundary(_ value: Value) -> Bool {
    sources[value.source].function == nil && value.functions.allSatisfy(\.keepsBoundary)
  }

  /// Whether a value is a word as a whole, in whatever case; most words of a language are rare.
  package func isWholeWord(_ value: Int) -> Bool { keepsBoundary(values[value]) }

  /// Whether many words share all that a feature reads: up to three characters, shapes, what a table
  /// says of a word.
  package func isShared(_ feature: WordFeature) -> Bool {
    var characters = 0
    for value in feature.values {
      if isWholeWord(value) { return false }
      let functions = values[value].functions
      if functions.contains(where: { if case .table = $0 { true } else { false } }) { continue }
      if case .prefix(let n)? = functions.last { characters += n }
      if case .suffix(let n)? = functions.last { characters += n }
    }
    return characters <= 3
  }

  /// The hash of a word's feature from the hashes of its values; 0 if it does not fire.
  @inline(__always)
  package func hash(of feature: WordFeature, values: UnsafePointer<UInt64>) -> UInt64 {
    var hash = feature.seed
    for value in feature.values {
      guard values[value] != 0 else { return 0 }
      hash = FeatureHash.join(hash, values[value])
    }
    return hash
  }
}
