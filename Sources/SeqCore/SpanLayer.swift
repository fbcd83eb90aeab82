/// A labelled span of a record: a name in a sentence, a domain in a protein, a gesture in a video.
public struct LabelledSpan: Hashable, Sendable {
  /// The positions that it covers, from the first to behind the last; empty for a record that is not
  /// cut into positions.
  public var positions: Range<Int>
  /// The number of its type in the layer's ``SpanLayer/types``.
  public var type: Label
  /// The parts of the record's buffer that it covers, in order, where its positions do not say it:
  /// because its edges lie inside of positions, or because it is discontinuous. Empty otherwise.
  public var parts: [ByteRange]
  /// P(exactly this span | x), if it was asked for and the model has probabilities.
  public var confidence: Float?
  /// The name that its source gives it, such as brat's `T1`.
  public var id: String?
  /// What made it, such as `model`, `rule:email` or `gazetteer:cities`; `nil` where it was read.
  public var origin: String?

  /// Makes a span; see the properties.
  public init(
    positions: Range<Int>, type: Label, parts: [ByteRange] = [], confidence: Float? = nil,
    id: String? = nil, origin: String? = nil
  ) {
    self.positions = positions
    self.type = type
    self.parts = parts
    self.confidence = confidence
    self.id = id
    self.origin = origin
  }

  /// Makes a span of a segment whose label is a type's number.
  public init(_ segment: Segment, confidence: Float? = nil, origin: String? = nil) {
    self.init(
      positions: segment.start..<segment.end, type: segment.label, confidence: confidence,
      origin: origin)
  }

  /// The positions and the type; `nil` if it covers no position.
  public var segment: Segment? {
    positions.isEmpty
      ? nil : Segment(start: positions.lowerBound, end: positions.upperBound, label: type)
  }

  /// Whether it leaves out text between its first and its last byte.
  public var isDiscontinuous: Bool { parts.count > 1 }
}

/// Spans of one kind over a record, in order and not overlapping. Spans that overlap stand in
/// several layers: `ner`, then `ner.2`, `ner.3`.
public struct SpanLayer: Hashable, Sendable {
  /// The layer's name, such as `ner`.
  public var name: String
  /// The names of the span types; a type's number is its index here.
  public var types: [String]
  /// The spans, in the order of their starts.
  public var spans: [LabelledSpan]

  /// Makes a layer.
  public init(name: String, types: [String], spans: [LabelledSpan] = []) {
    self.name = name
    self.types = types
    self.spans = spans
  }

  /// The spans' positions and types, without the spans that cover no position.
  public var segments: [Segment] { spans.compactMap(\.segment) }

  /// The name of a span's type.
  public func typeName(of span: LabelledSpan) -> String { types[Int(span.type)] }

  /// Deals out spans to as few layers as a greedy choice needs, so that none overlaps in its own:
  /// of spans that begin together the longest comes first, and each goes to the first layer where it
  /// fits. The layers are called `name`, `name.2`, `name.3`, ….
  ///
  /// - Parameter spans: in any order; all with `parts`, or all with positions.
  /// - Returns: at least one layer. More than one means that spans overlap, and all but the first
  ///   hold those that do.
  public static func layers(
    named name: String, types: [String], of spans: [LabelledSpan]
  ) -> [SpanLayer] {
    func extent(_ span: LabelledSpan) -> Range<Int> {
      guard let first = span.parts.first, let last = span.parts.last else { return span.positions }
      return Int(first.start)..<Int(last.end)
    }
    let order = spans.indices.sorted {
      let (a, b) = (extent(spans[$0]), extent(spans[$1]))
      if a.lowerBound != b.lowerBound { return a.lowerBound < b.lowerBound }
      return a.upperBound != b.upperBound ? a.upperBound > b.upperBound : $0 < $1
    }
    var layers = [SpanLayer(name: name, types: types)]
    // A layer is full up to the end of its last span, in bytes and in positions.
    var ends = [(extent: 0, positions: 0)]
    for index in order {
      let span = spans[index]
      let extent = extent(span)
      func fits(_ end: (extent: Int, positions: Int)) -> Bool {
        extent.lowerBound >= end.extent
          && (span.positions.isEmpty || span.positions.lowerBound >= end.positions)
      }
      var place = layers.indices.first { fits(ends[$0]) }
      if place == nil {
        place = layers.count
        layers.append(SpanLayer(name: "\(name).\(layers.count + 1)", types: types))
        ends.append((0, 0))
      }
      layers[place!].spans.append(span)
      ends[place!] = (
        extent.upperBound, max(ends[place!].positions, span.positions.upperBound)
      )
    }
    return layers
  }

  /// Whether `layer` is called `name`, or is one of the further layers of that name.
  public static func isLayer(_ layer: String, of name: String) -> Bool {
    if layer == name { return true }
    guard layer.hasPrefix(name + ".") else { return false }
    return Int(layer.dropFirst(name.count + 1)).map { $0 >= 2 } ?? false
  }
}
