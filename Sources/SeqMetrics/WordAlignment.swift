public import SeqCore

/// Pairs the words of two segmentations of one text, as the CoNLL 2018 shared task does.
///
/// Words that are tokens of their own are paired if their spans are equal. Where a token of either
/// side has several words, all words of both sides under the tokens that overlap there are compared
/// by their forms, case aside, and those of a longest common subsequence are paired (Zeman et al.
/// 2018, doi:10.18653/v1/K18-2001, §5).
public enum WordAlignment {
  /// A word as the alignment sees it.
  public struct Word: Hashable, Sendable {
    /// The span of the token that it belongs to.
    public var token: ByteRange
    /// Whether its token has other words.
    public var isPart: Bool
    /// Its form in lower case.
    public var form: [UInt8]

    /// Makes a word.
    public init(token: ByteRange, isPart: Bool, form: [UInt8]) {
      self.token = token
      self.isPart = isPart
      self.form = form
    }
  }

  /// The pairs of words, as indices into `gold` and `predicted`, rising in both.
  ///
  /// - Complexity: O(gold + predicted), but quadratic in the words of overlapping contractions.
  public static func pairs(gold: [Word], predicted: [Word]) -> [(gold: Int, predicted: Int)] {
    var pairs: [(gold: Int, predicted: Int)] = []
    var (g, p) = (0, 0)
    while g < gold.count, p < predicted.count {
      let (a, b) = (gold[g], predicted[p])
      if !a.isPart, !b.isPart {
        if a.token == b.token {
          pairs.append((g, p))
          g += 1
          p += 1
        } else if a.token.start <= b.token.start {
          g += 1
        } else {
          p += 1
        }
        continue
      }
      // The region begins with the contraction; a plain word before it belongs to no pair.
      if a.isPart, !b.isPart, b.token.start < a.token.start {
        p += 1
        continue
      }
      if b.isPart, !a.isPart, a.token.start < b.token.start {
        g += 1
        continue
      }
      var end = a.isPart ? a.token.end : b.token.end
      let (firstGold, firstPredicted) = (g, p)
      while true {
        let takesGold = g < gold.count && isInside(gold[g], end)
        let takesPredicted = p < predicted.count && isInside(predicted[p], end)
        if takesGold, !takesPredicted || gold[g].token.start <= predicted[p].token.start {
          if gold[g].isPart { end = max(end, gold[g].token.end) }
          g += 1
        } else if takesPredicted {
          if predicted[p].isPart { end = max(end, predicted[p].token.end) }
          p += 1
        } else {
          break
        }
      }
      pairs += commonSubsequence(gold, firstGold..<g, predicted, firstPredicted..<p)
    }
    return pairs
  }

  /// Whether a word belongs to the region that ends at `end`: a contraction if it begins before, a
  /// plain word if it lies wholly before.
  private static func isInside(_ word: Word, _ end: UInt32) -> Bool {
    word.isPart ? word.token.start < end : word.token.end <= end
  }

  private static func commonSubsequence(
    _ gold: [Word], _ a: Range<Int>, _ predicted: [Word], _ b: Range<Int>
  ) -> [(gold: Int, predicted: Int)] {
    let (n, m) = (a.count, b.count)
    // lengths[i][j]: the longest common subsequence of what is left from i and j on.
    var lengths = [Int](repeating: 0, count: (n + 1) * (m + 1))
    for i in (0..<n).reversed() {
      for j in (0..<m).reversed() {
        lengths[i * (m + 1) + j] =
          gold[a.lowerBound + i].form == predicted[b.lowerBound + j].form
          ? lengths[(i + 1) * (m + 1) + j + 1] + 1
          : max(lengths[(i + 1) * (m + 1) + j], lengths[i * (m + 1) + j + 1])
      }
    }
    var pairs: [(gold: Int, predicted: Int)] = []
    var (i, j) = (0, 0)
    while i < n, j < m {
      if gold[a.lowerBound + i].form == predicted[b.lowerBound + j].form {
        pairs.append((a.lowerBound + i, b.lowerBound + j))
        i += 1
        j += 1
      } else if lengths[(i + 1) * (m + 1) + j] > lengths[i * (m + 1) + j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    return pairs
  }
}
