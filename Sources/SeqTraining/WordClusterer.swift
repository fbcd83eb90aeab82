internal import SeqFeatures

/// Sorts the words of unannotated text into classes of words that stand between the same neighbours.
///
/// The classes make the text likeliest as a chain of classes (Brown et al. 1992), found by exchange:
/// word by word, each goes to the class where the likelihood rises most, until few move (Kneser and
/// Ney 1993; Martin, Liermann and Ney 1998, doi:10.1016/S0167-6393(97)00062-9). Then the two classes
/// whose merger costs least are joined until one is left, which gives each class a string of bits:
/// classes with a common beginning are near to each other.
///
/// Words are told apart in lower case and with every digit as 0, as the template function `normal`
/// gives them. Equal text gives equal classes.
///
/// - Complexity: a round takes O(C · Σ over words of the classes next to it).
public struct WordClusterer {
  /// A word with its class.
  public struct Entry: Hashable, Sendable {
    /// The word.
    public var word: String
    /// The class as a string of bits.
    public var bits: String
    /// How often the word occurs.
    public var count: Int
  }

  private let classCount: Int
  private let minimumCount: Int
  private var vocabulary = Vocabulary()
  private var spellings: [[UInt8]] = []
  private var counts: [Int32] = []
  /// The words of all sentences, each sentence closed by `Self.edge`.
  private var text: [Int32] = []
  private static let edge: Int32 = -1

  /// Makes a clusterer.
  ///
  /// - Parameters:
  ///   - classes: the number of classes; fewer if there are fewer words.
  ///   - minimumCount: rarer words get no class.
  public init(classes: Int = 128, minimumCount: Int = 3) {
    precondition(classes >= 1, "At least one class.")
    classCount = classes
    self.minimumCount = max(minimumCount, 1)
  }

  /// Takes in a sentence.
  public mutating func add(_ words: some Sequence<[UInt8]>) {
    for word in words {
      var bytes = word
      guard WordFunction.normal.apply(to: &bytes) else { continue }
      let number = Int(vocabulary.add(FeatureHash.hash(bytes)))
      if number == spellings.count {
        spellings.append(bytes)
        counts.append(0)
      }
      counts[number] += 1
      text.append(Int32(number))
    }
    if text.last != Self.edge { text.append(Self.edge) }
  }

  /// The words with their classes, commonest first.
  ///
  /// - Parameters:
  ///   - rounds: the most rounds of exchange.
  ///   - report: called after each round with its number and how many words moved.
  public func entries(rounds: Int = 10, report: (Int, Int) -> Void = { _, _ in }) -> [Entry] {
    let order = spellings.indices.filter { Int(counts[$0]) >= minimumCount }.sorted {
      counts[$0] != counts[$1]
        ? counts[$0] > counts[$1] : spellings[$0].lexicographicallyPrecedes(spellings[$1])
    }
    guard !order.isEmpty else { return [] }
    let classes = min(classCount, order.count)
    var exchange = ClassExchange(
      bigrams: bigrams(order), wordCount: order.count, classCount: classes)
    for round in 1...max(rounds, 1) {
      let moved = exchange.round()
      report(round, moved)
      if moved <= order.count / 1000 { break }
    }
    let bits = exchange.bitStrings()
    return order.enumerated().map { rank, number in
      Entry(
        word: String(decoding: spellings[number], as: UTF8.self),
        bits: bits[exchange.classOf[rank]], count: Int(counts[number]))
    }
  }

  /// How often each word follows each: words by their rank, then one number for all rare words and
  /// one for the edges of sentences. Ascending.
  private func bigrams(_ order: [Int]) -> [(left: Int32, right: Int32, count: Int32)] {
    let rare = Int32(order.count)
    var rank = [Int32](repeating: rare, count: spellings.count)
    for (index, number) in order.enumerated() { rank[number] = Int32(index) }
    let W = order.count + 2
    var keys: [Int] = []
    keys.reserveCapacity(text.count)
    var last = rare + 1
    for number in text {
      let next = number == Self.edge ? rare + 1 : rank[Int(number)]
      keys.append(Int(last) * W + Int(next))
      last = next
    }
    keys.sort()
    var result: [(left: Int32, right: Int32, count: Int32)] = []
    var at = 0
    while at < keys.count {
      var end = at + 1
      while end < keys.count, keys[end] == keys[at] { end += 1 }
      result.append((Int32(keys[at] / W), Int32(keys[at] % W), Int32(end - at)))
      at = end
    }
    return result
  }
}
