internal import SeqCore

/// Which rows and single weights make each position's scores, worked out once before training.
///
/// A block with a row is *heavy*. A block of one feature that stands in no other block and has few
/// pairs is *light*: its pairs are added one by one, in the order in which the text brings them, so
/// that rare features are read almost in sequence.
struct RowPlan: Sendable {
  /// Position t adds rows `heavyStarts[t]..<heavyStarts[t + 1]` of `heavy`.
  private(set) var heavyStarts: [Int32] = [0]
  private(set) var heavy: [UInt32] = []
  /// Row r is the sum of features `featureStarts[r]..<featureStarts[r + 1]` of `features`.
  private(set) var featureStarts: [Int32] = [0]
  private(set) var features: [UInt32] = []

  /// Position t adds light pairs `lightStarts[t]..<lightStarts[t + 1]` of `light`.
  private(set) var lightStarts: [Int32] = [0]
  private(set) var light: [UInt32] = []
  /// The label and the parameter of each light pair.
  private(set) var lightLabels: [Label] = []
  private(set) var lightParameters: [UInt32] = []

  /// The positions of each row, the positions of each light pair, the rows of each feature.
  let positionsOfRow: InvertedIndex
  let positionsOfLightPair: InvertedIndex
  let rowsOfFeature: InvertedIndex

  var rowCount: Int { featureStarts.count - 1 }

  /// A light block has at most this many pairs.
  private static let lightLimit = 4

  init(_ set: TrainingSet, _ state: StateFeatures) {
    let featureCount = state.starts.count - 1
    var blocksOfFeature = [UInt8](repeating: 0, count: featureCount)
    for feature in set.features where blocksOfFeature[Int(feature)] < 2 {
      blocksOfFeature[Int(feature)] += 1
    }

    // A block's row, or light pairs from `number` on: told apart by `pairCount`.
    var number = [UInt32](repeating: 0, count: set.blockCount)
    var pairCount = [Int8](repeating: -1, count: set.blockCount)
    for block in 0..<set.blockCount {
      let list = set.features[
        Int(set.featureStarts[block])..<Int(set.featureStarts[block + 1])]
      if list.count == 1, let only = list.first, blocksOfFeature[Int(only)] == 1 {
        let pairs = Int(state.starts[Int(only)])..<Int(state.starts[Int(only) + 1])
        if pairs.count <= Self.lightLimit {
          number[block] = UInt32(lightLabels.count)
          pairCount[block] = Int8(pairs.count)
          for p in pairs {
            lightLabels.append(state.labels[p])
            lightParameters.append(UInt32(p))
          }
          continue
        }
      }
      number[block] = UInt32(featureStarts.count - 1)
      features.append(contentsOf: list)
      featureStarts.append(Int32(features.count))
    }
    heavyStarts.reserveCapacity(set.positionCount + 1)
    lightStarts.reserveCapacity(set.positionCount + 1)
    for t in 0..<set.positionCount {
      for index in Int(set.blockStarts[t])..<Int(set.blockStarts[t + 1]) {
        let block = Int(set.blocks[index])
        if pairCount[block] < 0 {
          heavy.append(number[block])
        } else {
          for pair in 0..<UInt32(pairCount[block]) { light.append(number[block] + pair) }
        }
      }
      heavyStarts.append(Int32(heavy.count))
      lightStarts.append(Int32(light.count))
    }
    positionsOfRow = InvertedIndex(
      starts: heavyStarts, values: heavy, count: featureStarts.count - 1)
    positionsOfLightPair = InvertedIndex(
      starts: lightStarts, values: light, count: lightLabels.count)
    rowsOfFeature = InvertedIndex(starts: featureStarts, values: features, count: featureCount)
  }
}
