/// Tells the scheme of a corpus by its labels.
///
/// A scheme is possible if it has every mark that occurs. Of the possible ones that whose rules are
/// broken least often wins; of equal ones the first of: IO (nothing but `I` and `O` occurs, so that
/// IOB1 and IOE1 would mean the same), IOB2, BIOES, BILOU, IOB1, IOE2, IOE1.
public struct SchemeDetector: Sendable {
  private static let order: [TaggingScheme] = [
    .io, .iob2, .bioes, .bilou, .iob1, .ioe2, .ioe1,
  ]

  private var reader = SpanLabelReader(scheme: nil)
  private var letters: Set<Character> = []
  private var letterOf: [String: Character] = [:]
  private var faults = [Int](repeating: 0, count: order.count)
  /// The labels that are none of any scheme; empty ones and `_` are not counted.
  public private(set) var malformed = 0

  /// Makes a detector that has seen nothing.
  public init() {}

  /// Takes in the labels of a sequence.
  public mutating func add(_ names: some Sequence<String>) {
    var tags: [SpanTag] = []
    for name in names {
      guard let tag = reader.tag(name) else {
        if !name.isEmpty, name != "_" { malformed += 1 }
        tags.append(.outside)
        continue
      }
      tags.append(tag)
      if tag.mark != .outside, let style = reader.style ?? SpanLabelStyle.allCases.first,
        letterOf[name] == nil, let letter = style.parse(name)?.letter
      {
        letterOf[name] = letter
        letters.insert(letter)
      }
    }
    for (index, scheme) in Self.order.enumerated() {
      // What a scheme lacks a mark for is ruled out by its letters.
      faults[index] += scheme.faults(in: tags).count
    }
  }

  /// The scheme, and how many labels break its rules; `nil` if no scheme has all the letters that
  /// occur.
  public var best: (scheme: TaggingScheme, faults: Int)? {
    Self.order.indices.filter { index in
      let scheme = Self.order[index]
      return letters.allSatisfy { scheme.mark(of: $0) != nil }
    }.min { faults[$0] < faults[$1] }.map { (Self.order[$0], faults[$0]) }
  }
}
