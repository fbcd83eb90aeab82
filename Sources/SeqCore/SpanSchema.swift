/// The labels of one layer as a tagging scheme over span types.
///
/// What may follow what is derived from here: see `Legality` in SeqInference.
public struct SpanSchema: Hashable, Sendable {
  /// The scheme.
  public let scheme: TaggingScheme
  /// How the labels' names are put together.
  public let style: SpanLabelStyle
  /// The names of the span types; a type's number is its index here.
  public let types: [String]
  /// The labels.
  public let labels: LabelSchema
  /// The mark and type of each label, by number.
  public let tags: [SpanTag]

  private let numbers: [SpanTag: Label]

  /// Makes the labels of a list of types: `O`, then each type's in the order of the scheme's marks.
  ///
  /// - Parameter types: different from each other.
  public init(
    layer: String, types: [String], scheme: TaggingScheme, style: SpanLabelStyle = .prefix,
    version: String = ""
  ) {
    precondition(Set(types).count == types.count, "The span types must differ.")
    var names = ["O"]
    var tags = [SpanTag.outside]
    for (number, type) in types.enumerated() {
      for mark in scheme.marks.dropFirst() {
        guard let letter = scheme.letter(of: mark) else { continue }
        names.append(style.compose(letter, type))
        tags.append(SpanTag(mark, Label(number)))
      }
    }
    self.init(
      scheme, style, types, LabelSchema(layer: layer, names: names, version: version), tags)
  }

  /// Takes the labels of a layer apart.
  ///
  /// The style is the first under which every name is a label. Types are numbered in the order of
  /// the labels.
  ///
  /// - Throws: `SpanFault` with the number of the first label that is none of the scheme as its
  ///   position.
  public init(labels: LabelSchema, scheme: TaggingScheme) throws(SpanFault) {
    func parse(_ name: String, _ style: SpanLabelStyle) -> (mark: SpanMark, type: String)? {
      guard let (letter, type) = style.parse(name), let mark = scheme.mark(of: letter) else {
        return nil
      }
      return (mark, type)
    }
    let style = SpanLabelStyle.allCases.first { style in
      labels.names.allSatisfy { parse($0, style) != nil }
    }
    guard let style else {
      let place = labels.names.firstIndex { parse($0, .prefix) == nil } ?? 0
      throw SpanFault(
        position: place, label: labels.names[place], problem: .malformed, scheme: scheme)
    }
    var types: [String] = []
    var numberOfType: [String: Label] = [:]
    var tags: [SpanTag] = []
    for name in labels.names {
      guard let (mark, type) = parse(name, style), mark != .outside else {
        tags.append(.outside)
        continue
      }
      let number = numberOfType[type] ?? Label(types.count)
      if Int(number) == types.count {
        types.append(type)
        numberOfType[type] = number
      }
      tags.append(SpanTag(mark, number))
    }
    self.init(scheme, style, types, labels, tags)
  }

  private init(
    _ scheme: TaggingScheme, _ style: SpanLabelStyle, _ types: [String], _ labels: LabelSchema,
    _ tags: [SpanTag]
  ) {
    self.scheme = scheme
    self.style = style
    self.types = types
    self.labels = labels
    self.tags = tags
    var numbers: [SpanTag: Label] = [:]
    for (label, tag) in tags.enumerated() where numbers[tag] == nil { numbers[tag] = Label(label) }
    self.numbers = numbers
  }

  /// The number of labels, L.
  public var count: Int { labels.count }

  /// The label of a tag; `nil` if there is none, as where training never saw it.
  public func label(_ tag: SpanTag) -> Label? { numbers[tag] }

  /// The number of the type called `name`.
  public func type(_ name: some StringProtocol) -> Label? {
    types.firstIndex { $0 == name }.map { Label($0) }
  }

  /// The spans that labels tell, in order; the segments' labels are the types' numbers.
  ///
  /// - Parameter labels: each below L.
  public func segments(of labels: [Label], reading: SpanReading = .conlleval) -> [Segment] {
    scheme.segments(of: labels.map { tags[Int($0)] }, reading: reading)
  }

  /// The labels of spans.
  ///
  /// - Parameters:
  ///   - segments: in order, not overlapping; their labels are the types' numbers.
  ///   - count: T, the number of positions.
  /// - Throws: `SpanFault.Problem.malformed` for a tag that has no label here.
  public func labels(of segments: [Segment], count: Int) throws(SpanFault) -> [Label] {
    var result: [Label] = []
    result.reserveCapacity(count)
    for (t, tag) in scheme.tags(of: segments, count: count).enumerated() {
      guard let label = numbers[tag] else {
        throw SpanFault(position: t, label: name(of: tag), problem: .malformed, scheme: scheme)
      }
      result.append(label)
    }
    return result
  }

  /// The first place where labels break the rules of the scheme; `nil` if all is legal.
  public func firstFault(in labels: [Label]) -> SpanFault? {
    let tags = labels.map { self.tags[Int($0)] }
    return scheme.firstFault(in: tags).map { place in
      scheme.fault(at: place, count: labels.count) { self.labels.names[Int(labels[$0])] }
    }
  }

  /// The name of a tag's label, whether or not the schema has it.
  public func name(of tag: SpanTag) -> String {
    guard tag.mark != .outside, let letter = scheme.letter(of: tag.mark) else { return "O" }
    return style.compose(letter, types[Int(tag.type)])
  }
}

extension TaggingScheme {
  /// The fault at a place that ``firstFault(in:)`` has found in T labels.
  public func fault(at place: Int, count: Int, name: (Int) -> String) -> SpanFault {
    if place == count {
      return SpanFault(position: place - 1, label: name(place - 1), problem: .last, scheme: self)
    }
    let label = name(place)
    let isMalformed = !SpanLabelStyle.allCases.contains { style in
      style.parse(label).flatMap { mark(of: $0.letter) } != nil
    }
    return SpanFault(
      position: place, label: label,
      problem: isMalformed ? .malformed : .follows(place > 0 ? name(place - 1) : nil), scheme: self)
  }
}
