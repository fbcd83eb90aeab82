public import SeqCore

/// That the labels to learn tell spans: the scheme that they come in, and the one that is learnt.
///
/// A model that is trained so gives no labeling that its scheme forbids, and is trained under the
/// same rule.
public struct SpanTargets: Codable, Hashable, Sendable {
  /// The scheme of the labels that are learnt and given.
  public var scheme: TaggingScheme
  /// The scheme of the labels in the training data.
  public var source: TaggingScheme
  /// Whether labels that break the rules of `source` are read as conlleval reads them, and counted;
  /// if not, they are an error.
  public var repairs: Bool

  /// Makes targets.
  ///
  /// - Parameter source: the scheme of the data; the same unless given.
  public init(_ scheme: TaggingScheme, source: TaggingScheme? = nil, repairs: Bool = false) {
    self.scheme = scheme
    self.source = source ?? scheme
    self.repairs = repairs
  }
}

/// Turns the labels of the data, which become known on the way, into labels of the scheme to learn.
struct SpanTargetReader {
  let targets: SpanTargets
  /// The labels whose name or place was changed by repairs.
  private(set) var repaired = 0
  private var reader: SpanLabelReader
  /// Each label of the data, by number: its name, and its tag if it has one.
  private var names: [String] = []
  private var tags: [SpanTag?] = []
  private var numbers: [String: Label] = [:]

  init(_ targets: SpanTargets) {
    self.targets = targets
    reader = SpanLabelReader(scheme: targets.source)
  }

  /// Takes in a label of the data that is new.
  ///
  /// - Returns: its number.
  mutating func add(_ name: String) -> Label {
    names.append(name)
    tags.append(reader.tag(name))
    return Label(names.count - 1)
  }

  /// The number of a label of the data, which is taken in if it is new.
  mutating func number(of name: String) -> Label {
    if let known = numbers[name] { return known }
    let number = add(name)
    numbers[name] = number
    return number
  }

  /// The name of a type by its number.
  func typeName(_ type: Label) -> String { reader.types[Int(type)] }

  /// The tags to learn.
  ///
  /// - Parameter labels: numbers that ``add(_:)`` gave.
  mutating func tags(for labels: [Label]) throws(SpanFault) -> [SpanTag] {
    let source = targets.source
    let found = labels.map { tags[Int($0)] ?? .outside }
    if !targets.repairs {
      let malformed = labels.firstIndex { tags[Int($0)] == nil }
      if let place = malformed ?? source.firstFault(in: found) {
        throw source.fault(at: place, count: labels.count) { names[Int(labels[$0])] }
      }
    }
    let segments = source.segments(of: found)
    if targets.repairs {
      let repairedTags = source.tags(of: segments, count: labels.count)
      for (t, label) in labels.enumerated() where tags[Int(label)] != repairedTags[t] {
        repaired += 1
      }
    }
    return targets.scheme.tags(of: segments, count: labels.count)
  }

  /// The name of a tag's label in the scheme to learn.
  func name(of tag: SpanTag) -> String {
    guard tag.mark != .outside, let letter = targets.scheme.letter(of: tag.mark) else { return "O" }
    return (reader.style ?? .prefix).compose(letter, reader.types[Int(tag.type)])
  }
}
