internal import SeqCore
internal import SeqMath

/// Features that fire at exactly the same positions, joined into classes.
///
/// Rare words make many: a word seen once brings its form, affixes and context all at one position.
/// The members of a class of k features have equal gradients, so at the optimum of a penalized
/// objective they share the class's weight W equally: c2·Σw² = (c2/k)·W², c1·Σ|w| = c1·|W|.
/// Training with one weight per class and these penalties therefore finds the same model as
/// training with all, with about half of the parameters and none of the directions in which only
/// the penalty is curved.
package struct FeatureClasses: Sendable {
  /// The class of each feature.
  package let ofFeature: [UInt32]
  /// The number of features in each class.
  package let sizes: [Int32]
  /// The training set over classes in place of features.
  package let set: TrainingSet

  /// Finds the classes of the features of a set.
  ///
  /// Positions are told apart by 64-bit random numbers whose sums stand for sets of positions; two
  /// different sets have equal sums with a probability of 2⁻⁶⁴.
  package init(_ set: TrainingSet, featureCount: Int) {
    var blockSums = [UInt64](repeating: 0, count: set.blockCount)
    for t in 0..<set.positionCount {
      var generator = RandomGenerator(seed: UInt64(t))
      let number = generator.next()
      for index in Int(set.blockStarts[t])..<Int(set.blockStarts[t + 1]) {
        blockSums[Int(set.blocks[index])] &+= number
      }
    }
    var featureSums = [UInt64](repeating: 0, count: featureCount)
    for block in 0..<set.blockCount {
      for index in Int(set.featureStarts[block])..<Int(set.featureStarts[block + 1]) {
        featureSums[Int(set.features[index])] &+= blockSums[block]
      }
    }

    // The first member seen stands for its class: it keeps its blocks, the others lose theirs.
    // Blocks come in the order of the text and a word's own block before those that join words,
    // so representatives gather in few blocks.
    var classes: [UInt64: UInt32] = [:]
    classes.reserveCapacity(featureCount / 2)
    var ofFeature = [UInt32](repeating: 0, count: featureCount)
    var sizes: [Int32] = []
    var isRepresentative = [Bool](repeating: false, count: featureCount)
    for feature in 0..<featureCount {
      let known = classes[featureSums[feature]]
      let number = known ?? UInt32(sizes.count)
      if known == nil {
        classes[featureSums[feature]] = number
        sizes.append(0)
        isRepresentative[feature] = true
      }
      sizes[Int(number)] += 1
      ofFeature[feature] = number
    }

    // Blocks without their duplicates; a block that becomes empty leaves its positions.
    var reduced = TrainingSet()
    reduced.sequenceStarts = set.sequenceStarts
    reduced.gold = set.gold
    var newBlock = [UInt32](repeating: .max, count: set.blockCount)
    for block in 0..<set.blockCount {
      let before = reduced.features.count
      for index in Int(set.featureStarts[block])..<Int(set.featureStarts[block + 1]) {
        let feature = Int(set.features[index])
        if isRepresentative[feature] { reduced.features.append(ofFeature[feature]) }
      }
      if reduced.features.count > before {
        newBlock[block] = UInt32(reduced.blockCount)
        reduced.featureStarts.append(Int32(reduced.features.count))
      }
    }
    for t in 0..<set.positionCount {
      for index in Int(set.blockStarts[t])..<Int(set.blockStarts[t + 1]) {
        let block = newBlock[Int(set.blocks[index])]
        if block != .max { reduced.blocks.append(block) }
      }
      reduced.blockStarts.append(Int32(reduced.blocks.count))
    }
    self.ofFeature = ofFeature
    self.sizes = sizes
    self.set = reduced
  }
}
