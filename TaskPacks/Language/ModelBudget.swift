package import SeqModel

extension LinearParameters {
  /// The same without the smallest weights, so that a model file with 8-bit weights is no larger than
  /// `bytes`, tables for labels aside.
  ///
  /// The threshold is the lowest multiple of a quarter that does.
  package func fitting(bytes: Int) -> LinearParameters {
    var threshold: Float = 0.25
    var kept = pruned(below: threshold)
    while kept.byteCount > bytes, !kept.features.isEmpty {
      threshold += 0.25
      kept = kept.pruned(below: threshold)
    }
    return kept
  }

  /// The bytes of `linear.keys`, 4 a feature, of `linear.blocks`, 1 for eight features, and of
  /// `linear.pairs` in 8 bits, 2 a row and a row more than weights for each feature.
  private var byteCount: Int {
    features.count * 4 + features.count / 8 + (features.count + labels.count) * 2
  }
}
