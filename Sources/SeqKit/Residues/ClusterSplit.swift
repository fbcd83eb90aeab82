internal import SeqMath

/// Deals whole clusters out to the parts of a data set.
public enum ClusterSplit {
  /// The part of each record.
  ///
  /// Clusters are shuffled, put in order of falling size (by powers of two), and each given to the part
  /// that lacks most of its share: so the big ones find room, and the parts come out as wanted unless one cluster is
  /// larger than a part.
  ///
  /// - Parameters:
  ///   - clusters: the cluster of each record, numbered from 0.
  ///   - sizes: the residues of each record.
  ///   - fractions: of all residues, one a part; scaled to sum to 1.
  ///   - seed: equal seeds give equal parts.
  public static func parts(
    clusters: [Int], sizes: [Int], fractions: [Double], seed: UInt64
  ) -> [Int] {
    precondition(clusters.count == sizes.count, "Every record has a cluster and a size.")
    let sum = fractions.reduce(0, +)
    precondition(
      sum > 0 && fractions.allSatisfy { $0 >= 0 }, "No fraction is negative, and one is positive.")
    var weights = [Int](repeating: 0, count: (clusters.max() ?? -1) + 1)
    // Records without residues count a little, so that they are dealt out too.
    for (cluster, size) in zip(clusters, sizes) { weights[cluster] += max(size, 1) }
    let total = Double(weights.reduce(0, +))
    var order = Array(weights.indices)
    var generator = RandomGenerator(seed: seed)
    generator.shuffle(&order)
    // By powers of two, so that clusters of about one size stay as shuffled.
    func magnitude(_ cluster: Int) -> Int { Int.bitWidth - weights[cluster].leadingZeroBitCount }
    let ranked = order.enumerated().sorted {
      (-magnitude($0.element), $0.offset) < (-magnitude($1.element), $1.offset)
    }
    var lacks = fractions.map { $0 / sum * total }
    var partOf = [Int](repeating: 0, count: weights.count)
    for (_, cluster) in ranked {
      let part = lacks.indices.filter { fractions[$0] > 0 }.max { lacks[$0] < lacks[$1] } ?? 0
      partOf[cluster] = part
      lacks[part] -= Double(weights[cluster])
    }
    return clusters.map { partOf[$0] }
  }
}
