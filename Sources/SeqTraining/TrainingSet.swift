package import SeqCore
package import SeqFeatures

/// Sequences ready for training: features by number, gold labels by number, laid out so that work
/// shared by many positions is done once.
///
/// Two levels: a position has *blocks*, a block has features. A block is what one word brings at
/// one offset (its form, affixes, shape), so all occurrences of the word share it; a feature that
/// joins several words is a block of its own. Memory is linear in positions and distinct blocks.
package struct TrainingSet: Sendable {
  /// The number of sequences.
  package var sequenceCount: Int { sequenceStarts.count - 1 }
  /// The number of positions of all sequences.
  package var positionCount: Int { gold.count }
  /// Sequence s holds positions `sequenceStarts[s]..<sequenceStarts[s + 1]`.
  package var sequenceStarts: [Int32] = [0]
  /// The gold label of each position.
  package var gold: [Label] = []
  /// Position t holds blocks `blockStarts[t]..<blockStarts[t + 1]` of `blocks`.
  package var blockStarts: [Int32] = [0]
  package var blocks: [UInt32] = []
  /// Block b holds features `featureStarts[b]..<featureStarts[b + 1]` of `features`.
  package var featureStarts: [Int32] = [0]
  package var features: [UInt32] = []

  /// The number of distinct blocks.
  package var blockCount: Int { featureStarts.count - 1 }

  package init() {}

  /// The longest sequence, in positions.
  package var longest: Int {
    zip(sequenceStarts.dropFirst(), sequenceStarts).map { Int($0 - $1) }.max() ?? 0
  }
}

/// Makes a training set from records through templates.
package struct TrainingSetBuilder {
  private let program: TemplateProgram
  /// The same with the knowledge that each fold of the training text may have.
  private let folds: [TemplateProgram]
  /// The features seen so far.
  package private(set) var vocabulary: Vocabulary
  /// The number of each feature's template, if features are added.
  package private(set) var featureTemplates: [UInt16] = []
  /// The number of positions added since the last set.
  package var waitingPositions: Int { self.set.positionCount }
  /// Whether features that are new are added, as in training, or left out, as on a dev set.
  private let grows: Bool
  private var set = TrainingSet()

  /// Words by the hash of their bytes; a word's values; its block in each group, once it has one.
  private var words = Vocabulary()
  private var values: [UInt64] = []
  private let wordValues: WordValues
  private let foldValues: [WordValues]
  private var wordBlocks: [UInt32]
  /// Blocks of features that join words, by the feature's number.
  private var spanBlock: [UInt32] = []
  private let boundaryCount: Int

  private static let none = UInt32.max

  /// - Parameter folds: the knowledge that each fold of the training text may have.
  package init(
    program: TemplateProgram, folds: [Knowledge] = [], vocabulary: Vocabulary = Vocabulary(),
    grows: Bool = true
  ) {
    self.program = program
    self.folds = folds.map { knowledge in
      var program = program
      program.knowledge = knowledge
      return program
    }
    self.vocabulary = vocabulary
    self.grows = grows
    boundaryCount = program.boundaryCount
    wordValues = WordValues(program)
    foldValues = self.folds.map { WordValues($0) }
    // The places before and after a sequence are the first words.
    for index in 0..<boundaryCount {
      let distance = index < program.before ? index - program.before : index - program.before + 1
      _ = words.add(UInt64(index + 1))
      values += program.hashes(ofBoundary: distance)
    }
    wordBlocks = Array(repeating: Self.none, count: boundaryCount * program.groups.count)
  }

  /// Adds a record with its gold labels.
  ///
  /// - Parameter fold: the fold that the record is in; `nil` if all knowledge may be used.
  package mutating func add(
    _ record: borrowing Record, gold labels: some Collection<Label>, fold: Int? = nil
  ) throws(FeatureError) {
    let sources = try (fold.map { folds[$0] } ?? program).values(of: record)
    let T = record.count
    guard T > 0 else { return }
    var ids: [Int] = []
    ids.reserveCapacity(T)
    for t in 0..<T { ids.append(wordNumber(record, sources, t, fold)) }
    func word(at position: Int) -> Int {
      if position < 0 { return max(position, -program.before) + program.before }
      if position >= T { return min(position - T, program.after - 1) + program.before }
      return ids[position]
    }
    let G = program.groups.count
    let V = program.values.count
    for t in 0..<T {
      for g in 0..<G {
        let word = word(at: t + program.groups[g].offset)
        if wordBlocks[word * G + g] == Self.none { makeBlock(word, g) }
        set.blocks.append(wordBlocks[word * G + g])
      }
      for span in program.spans {
        var hash = span.seed
        for (value, offset) in span.values {
          let part = values[word(at: t + offset) * V + value]
          if part == 0 {
            hash = 0
            break
          }
          hash = FeatureHash.join(hash, part)
        }
        if hash != 0 { addSpan(hash, span.template) }
      }
      if !program.attributes.isEmpty { try addAttributes(t, record) }
      set.blockStarts.append(Int32(set.blocks.count))
    }
    set.gold.append(contentsOf: labels)
    precondition(set.gold.count == set.blockStarts.count - 1, "One gold label per position.")
    set.sequenceStarts.append(Int32(set.gold.count))
  }

  /// The set of all records added since the last call.
  package mutating func finish() -> TrainingSet {
    defer {
      set = TrainingSet()
      for index in wordBlocks.indices { wordBlocks[index] = Self.none }
      for index in spanBlock.indices { spanBlock[index] = Self.none }
    }
    return set
  }

  private mutating func wordNumber(
    _ record: borrowing Record, _ sources: [TemplateProgram.SourceValues], _ t: Int, _ fold: Int?
  ) -> Int {
    // Words of different folds are different words, since other things are known of them.
    let key = record.buffer.withUnsafeBufferPointer { buffer in
      var key = fold.map { UInt64($0 + 1) } ?? 0
      for source in sources {
        source.withUnsafeBytes(else: buffer) { bytes in
          let range = source.range(t)
          let hash = FeatureHash.hash(bytes.baseAddress! + Int(range.start), count: range.count)
          key = FeatureHash.join(key, hash)
        }
      }
      return key
    }
    let known = words.count
    let number = Int(words.add(key))
    if number == known {
      let wordValues = fold.map { foldValues[$0] } ?? wordValues
      record.buffer.withUnsafeBufferPointer { wordValues.compute(sources, at: t, in: $0) }
      values += UnsafeBufferPointer(start: wordValues.hashes, count: wordValues.count)
      wordBlocks += repeatElement(Self.none, count: program.groups.count)
    }
    return number
  }

  private mutating func makeBlock(_ word: Int, _ group: Int) {
    let V = program.values.count
    values.withUnsafeBufferPointer { values in
      let own = values.baseAddress! + word * V
      for feature in program.groups[group].features {
        let hash = program.hash(of: feature, values: own)
        if hash != 0 { addFeature(hash, feature.template) }
      }
    }
    set.featureStarts.append(Int32(set.features.count))
    wordBlocks[word * program.groups.count + group] = UInt32(set.blockCount - 1)
  }

  /// The number of a feature, which is added if it is new and new ones are wanted.
  @inline(__always)
  private mutating func number(of hash: UInt64, _ template: Int) -> UInt32? {
    guard grows else { return vocabulary.number(of: hash) }
    let number = vocabulary.add(hash)
    if Int(number) == featureTemplates.count { featureTemplates.append(UInt16(template)) }
    return number
  }

  private mutating func addFeature(_ hash: UInt64, _ template: Int) {
    if let number = number(of: hash, template) { set.features.append(number) }
  }

  /// Adds the attributes of a position as a block of its own: hardly two positions have the same.
  private mutating func addAttributes(
    _ position: Int, _ record: borrowing Record
  ) throws(FeatureError) {
    for template in program.attributes {
      try template.forEach(at: position, of: record) { hash, _ in
        addFeature(hash, template.template)
      }
    }
    set.blocks.append(UInt32(set.blockCount))
    set.featureStarts.append(Int32(set.features.count))
  }

  private mutating func addSpan(_ hash: UInt64, _ template: Int) {
    guard let number = number(of: hash, template) else { return }
    if Int(number) >= spanBlock.count {
      spanBlock += repeatElement(Self.none, count: Int(number) + 1 - spanBlock.count)
    }
    if spanBlock[Int(number)] == Self.none {
      set.features.append(number)
      set.featureStarts.append(Int32(set.features.count))
      spanBlock[Int(number)] = UInt32(set.blockCount - 1)
    }
    set.blocks.append(spanBlock[Int(number)])
  }
}
