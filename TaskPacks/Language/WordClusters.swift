internal import SeqFeatures

extension WordTable? {
  /// The hash of the cluster of a word, which is looked up as `normal` writes it; the number 1, which
  /// no hash of text is likely to be, for a word without one and for all words without a table.
  func cluster(of word: String) -> UInt64 {
    guard let self else { return 1 }
    var bytes = Array(word.utf8)
    guard WordFunction.normal.apply(to: &bytes), let cluster = self.value(of: bytes) else {
      return 1
    }
    return FeatureHash.hash(cluster)
  }
}
