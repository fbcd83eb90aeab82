public import SeqCore
public import SeqFeatures

/// Gathers what the training text tells of its words and spans: the tables and phrases that
/// templates read (``SeqFeatures/Knowledge``).
///
/// Of a word that stands in the text once, the text knows everything, and a learner that sees that
/// learns to believe it. So the text is cut into folds, and each fold gets the knowledge of all
/// others: there, words and names are as new as they will be in new text.
public struct KnowledgeGatherer {
  /// What was gathered.
  public struct Result: Sendable {
    /// What the whole text tells: for new text.
    public var knowledge: Knowledge
    /// What all of the text but one fold tells: for that fold.
    public var folds: [Knowledge]
    let sequenceCount: Int

    /// The fold of a sequence.
    func fold(ofSequence sequence: Int) -> Int {
      min(sequence * folds.count / max(sequenceCount, 1), folds.count - 1)
    }
  }

  /// The number of folds. Neighbouring sequences share one, since they speak of the same things.
  static let foldCount = 20

  private let layer: String
  private let wordLayer: String
  private let minimumCount: Int
  private let names: [(words: [UInt64], type: String)]
  private var reader: SpanTargetReader?
  private var typeNumber: [String: UInt16] = [:]
  private var types: [String] = []

  private var sequenceEnds: [Int32] = []
  /// For each position its word, whether that is written in lower case, and its type: 0 if it is in
  /// no span, or the type's number plus 1.
  private var words: [UInt32] = []
  private var isLower: [Bool] = []
  private var typeOf: [UInt16] = []
  private var vocabulary = Vocabulary()
  private var phrases: [Phrase] = []

  private struct Phrase {
    var key: UInt64
    var start: Int32
    var end: Int32
    var type: UInt16
    var sequence: Int32
  }

  /// Makes a gatherer.
  ///
  /// - Parameters:
  ///   - layer: the layer to learn.
  ///   - wordLayer: the layer that templates look up.
  ///   - spans: that the labels tell spans, and how; if not, a word's type is its label.
  ///   - minimumCount: words and phrases that occur less often are left out.
  ///   - names: further phrases, which all folds may know.
  public init(
    layer: String, wordLayer: String = "form", spans: SpanTargets? = nil, minimumCount: Int = 1,
    names: [(words: [UInt64], type: String)] = []
  ) {
    self.names = names
    self.layer = layer
    self.wordLayer = wordLayer
    self.minimumCount = max(minimumCount, 1)
    reader = spans.map { SpanTargetReader($0) }
  }

  /// Takes in a record. One whose labels are not whole tells of its words only.
  ///
  /// - Throws: `FeatureError.missingLayer` without words; `TrainingError.spanFault`.
  public mutating func add(_ record: borrowing Record) throws {
    guard let forms = record.ranges(wordLayer) else {
      throw FeatureError.missingLayer(
        name: wordLayer, present: record.layers.map(\.name), source: record.provenance.source,
        line: record.provenance.line)
    }
    let first = words.count
    for range in forms {
      var bytes = Array(record.buffer[range.indices])
      let form = bytes
      lowercase(&bytes)
      words.append(vocabulary.add(FeatureHash.hash(bytes)))
      isLower.append(form == bytes)
    }
    typeOf += repeatElement(0, count: forms.count)
    let names = record.strings(layer) ?? []
    if names.count == forms.count, !names.contains(where: { $0 == "_" || $0.isEmpty }) {
      try addTypes(names, first, record)
    }
    // Only sequences that are learnt from have a number; see ``Result/fold(ofSequence:)``.
    sequenceEnds.append(Int32(words.count))
  }

  private mutating func addTypes(
    _ names: [String], _ first: Int, _ record: borrowing Record
  ) throws {
    func number(_ type: String) -> UInt16 {
      if let known = typeNumber[type] { return known }
      types.append(type)
      typeNumber[type] = UInt16(types.count)
      return UInt16(types.count)
    }
    guard reader != nil else {
      for (t, name) in names.enumerated() {
        typeOf[first + t] = number(name)
      }
      return
    }
    let segments: [Segment]
    do {
      let labels = names.map { reader!.number(of: $0) }
      segments = reader!.targets.scheme.segments(of: try reader!.tags(for: labels))
    } catch {
      throw TrainingError.spanFault(
        error, source: record.provenance.source, line: record.line(of: error.position, in: layer))
    }
    for segment in segments {
      let type = number(reader!.typeName(segment.label))
      var key: UInt64 = 0
      for t in segment.start..<segment.end {
        typeOf[first + t] = type
        key = FeatureHash.join(key, vocabulary.hashes[Int(words[first + t])])
      }
      phrases.append(
        Phrase(
          key: key, start: Int32(first + segment.start), end: Int32(first + segment.end),
          type: type, sequence: Int32(sequenceEnds.count)))
    }
  }

  /// What was gathered.
  public func finish() -> Result {
    let n = sequenceEnds.count
    let K = max(1, min(Self.foldCount, n))
    var result = Result(
      knowledge: Knowledge(), folds: Array(repeating: Knowledge(), count: n > 1 ? K : 1),
      sequenceCount: n)
    var foldOf: [UInt8] = []
    foldOf.reserveCapacity(words.count)
    var start = 0
    for (sequence, end) in sequenceEnds.enumerated() {
      foldOf += repeatElement(
        UInt8(result.fold(ofSequence: sequence)), count: Int(end) - start)
      start = Int(end)
    }
    let tables = WordCounting(
      words: words, isLower: isLower, types: typeOf, folds: foldOf, wordCount: vocabulary.count,
      typeNames: types, minimumCount: minimumCount
    ).tables(hashes: vocabulary.hashes, folds: result.folds.count)
    result.knowledge.tables = tables[0]
    for fold in result.folds.indices { result.folds[fold].tables = tables[fold + 1] }
    gatherPhrases(into: &result)
    return result
  }

  // MARK: Phrases

  /// Phrases of the text with the type that they mostly have. A single word that is in no span more
  /// often than in one, such as `Will`, has a type of its own, `PER?`.
  private func gatherPhrases(into result: inout Result) {
    let K = result.folds.count
    var occurrences = [Int32](repeating: 0, count: vocabulary.count)
    for word in words { occurrences[Int(word)] += 1 }
    var foldOccurrences = [[UInt32: Int32]](repeating: [:], count: K)
    var position = 0
    for (sequence, end) in sequenceEnds.enumerated() {
      let fold = result.fold(ofSequence: sequence)
      while position < Int(end) {
        foldOccurrences[fold][words[position], default: 0] += 1
        position += 1
      }
    }
    // Equal phrases one after another, in the order of the text.
    let order = phrases.indices.sorted {
      phrases[$0].key != phrases[$1].key ? phrases[$0].key < phrases[$1].key : $0 < $1
    }
    typealias Entry = (words: [UInt64], type: String)
    var all: [Entry] = names
    var folds = [[Entry]](repeating: names, count: K)
    var first = 0
    while first < order.count {
      var end = first + 1
      while end < order.count, phrases[order[end]].key == phrases[order[first]].key { end += 1 }
      let group = order[first..<end].map { phrases[$0] }
      first = end
      let positions = Int(group[0].start)..<Int(group[0].end)
      let hashes = positions.map { vocabulary.hashes[Int(words[$0])] }
      let only = positions.count == 1 ? words[positions.lowerBound] : nil
      var total = [Int](repeating: 0, count: types.count + 1)
      var inFold: [Int: [Int]] = [:]
      for phrase in group {
        total[Int(phrase.type)] += 1
        let fold = result.fold(ofSequence: Int(phrase.sequence))
        inFold[fold, default: Array(repeating: 0, count: types.count + 1)][Int(phrase.type)] += 1
      }
      func entry(_ counts: [Int], _ occurrences: Int) -> Entry? {
        let sum = counts.reduce(0, +)
        guard sum >= minimumCount, let most = counts.max(), let type = counts.firstIndex(of: most)
        else { return nil }
        let isDoubtful = only != nil && sum * 2 <= occurrences
        return (hashes, types[type - 1] + (isDoubtful ? "?" : ""))
      }
      let occurrencesOfWord = only.map { Int(occurrences[Int($0)]) } ?? 0
      let whole = entry(total, occurrencesOfWord)
      if let whole { all.append(whole) }
      for fold in 0..<K {
        guard let own = inFold[fold] else {
          let rest = only.map { occurrencesOfWord - Int(foldOccurrences[fold][$0] ?? 0) } ?? 0
          if let other = only == nil ? whole : entry(total, rest) { folds[fold].append(other) }
          continue
        }
        let rest = zip(total, own).map { $0 - $1 }
        let restOccurrences =
          only.map { occurrencesOfWord - Int(foldOccurrences[fold][$0] ?? 0) } ?? 0
        if let other = entry(rest, restOccurrences) { folds[fold].append(other) }
      }
    }
    result.knowledge.phrases = PhraseTable(all)
    for fold in 0..<K { result.folds[fold].phrases = PhraseTable(folds[fold]) }
  }
}
