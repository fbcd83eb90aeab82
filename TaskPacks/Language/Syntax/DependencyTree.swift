/// A dependency tree over the words of a sentence: for each word its head and its relation to it.
public struct DependencyTree: Hashable, Sendable {
  /// The head of each word, 0-based; −1 for the root.
  public var heads: [Int]
  /// The relation of each word to its head, as UD names it: `nsubj`, `acl:relcl`.
  public var relations: [String]

  /// Makes a tree.
  ///
  /// - Precondition: one relation per word, and heads are −1 or words of the sentence.
  public init(heads: [Int], relations: [String]) {
    precondition(heads.count == relations.count, "One relation per word.")
    precondition(
      heads.allSatisfy { $0 >= -1 && $0 < heads.count }, "A head is −1 or a word of the sentence.")
    self.heads = heads
    self.relations = relations
  }

  /// The number of words.
  public var count: Int { heads.count }

  /// The dependents of each word, in order.
  package var children: [[Int]] {
    var children = [[Int]](repeating: [], count: count)
    for (word, head) in heads.enumerated() where head >= 0 { children[head].append(word) }
    return children
  }

  /// The words from `word` up to the root, `word` first. A cycle, which a file may hold, ends the
  /// way at the first word that comes again.
  package func ancestors(of word: Int) -> [Int] {
    var way = [word]
    while let head = way.last.map({ heads[$0] }), head >= 0, !way.contains(head) {
      way.append(head)
    }
    return way
  }
}
