/// Reads spans from labels whose names become known on the way, as in the files of a corpus.
///
/// Types are numbered in the order of appearance. The style of the first label that has a type is
/// that of all: `B-PER`, `B_PER` or `PER-B`.
public struct SpanLabelReader: Sendable {
  /// The scheme that the labels are in; `nil` if it is not known. Strict reading needs it.
  public let scheme: TaggingScheme?
  /// How spans are read from labels that break the rules.
  public let reading: SpanReading
  /// The names of the types so far.
  public private(set) var types: [String] = []
  /// The style of the labels, once it is known.
  public private(set) var style: SpanLabelStyle?
  /// The labels read so far that are no label of any scheme (and not empty or `_`); they count as
  /// `O`.
  public private(set) var malformed = 0
  /// The places where labels break the rules of `scheme`; 0 if it is not known.
  public private(set) var faults = 0
  /// The first of them, with where its record comes from.
  public private(set) var firstFault: (fault: SpanFault, source: String, line: Int)?

  private var numberOfType: [String: Label] = [:]
  private var known: [String: SpanTag?] = [:]

  /// Makes a reader.
  public init(scheme: TaggingScheme?, reading: SpanReading = .conlleval) {
    precondition(scheme != nil || reading != .strict, "Strict reading needs a scheme.")
    self.scheme = scheme
    self.reading = reading
  }

  /// The tag of a label; `nil` if it is none. Letters of other schemes are taken too: whether the
  /// scheme has a mark is among its rules.
  public mutating func tag(_ name: String) -> SpanTag? {
    if let tag = known[name] { return tag }
    let tag = parse(name)
    known[name] = .some(tag)
    return tag
  }

  private mutating func parse(_ name: String) -> SpanTag? {
    if name == "O" { return .outside }
    for style in self.style.map({ [$0] }) ?? SpanLabelStyle.allCases {
      guard let (letter, type) = style.parse(name), let mark = SpanMark(letter: letter) else {
        continue
      }
      if !type.isEmpty { self.style = style }
      return SpanTag(mark, number(ofType: type))
    }
    return nil
  }

  /// The number of a type, which is added if it is new.
  public mutating func number(ofType type: String) -> Label {
    if let number = numberOfType[type] { return number }
    let number = Label(types.count)
    types.append(type)
    numberOfType[type] = number
    return number
  }

  /// The tags of a record's layer; `nil` if it does not have the layer. Faults are counted.
  public mutating func tags(of record: borrowing Record, layer: String) -> [SpanTag]? {
    guard let ranges = record.ranges(layer) else { return nil }
    var tags: [SpanTag] = []
    tags.reserveCapacity(ranges.count)
    for range in ranges {
      let name = record.string(range)
      if let tag = tag(name) {
        tags.append(tag)
      } else {
        tags.append(.outside)
        if name != "_", !name.isEmpty { malformed += 1 }
      }
    }
    if let scheme {
      let places = scheme.faults(in: tags)
      faults += places.count
      if firstFault == nil, let place = places.first {
        let fault = scheme.fault(at: place, count: tags.count) { record.string(ranges[$0]) }
        firstFault = (fault, record.provenance.source, record.line(of: fault.position, in: layer))
      }
    }
    return tags
  }

  /// The spans that a record's layer tells; `nil` if it does not have the layer.
  ///
  /// - Returns: a layer of the same name, with the types that are known so far.
  public mutating func spans(of record: borrowing Record, layer: String) -> SpanLayer? {
    guard let tags = tags(of: record, layer: layer) else { return nil }
    let segments = (scheme ?? .bioes).segments(of: tags, reading: reading)
    return SpanLayer(name: layer, types: types, spans: segments.map { LabelledSpan($0) })
  }
}

extension SpanMark {
  /// The mark that a letter stands for in any scheme.
  public init?(letter: Character) {
    switch letter {
    case "O": self = .outside
    case "I": self = .inside
    case "B": self = .begin
    case "E", "L": self = .end
    case "S", "U": self = .single
    default: return nil
    }
  }
}
