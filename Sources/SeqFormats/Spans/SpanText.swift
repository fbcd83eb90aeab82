internal import SeqCore

/// A record as its running text with spans by offsets: what formats with offsets write.
struct SpanText {
  /// A span by the bytes of the text.
  struct Span {
    /// The layer's name.
    var layer: String
    /// The type's name.
    var type: String
    /// The parts, in order, in bytes of the text.
    var parts: [Range<Int>]
    /// Where confidence, id and origin are taken from.
    var source: LabelledSpan
  }

  /// Where a span begins and ends, in bytes and in characters of the text.
  ///
  /// - Throws: `FormatError.token` if an edge lies inside a character.
  func bounds(
    of span: Span, _ offsets: TextOffsets, _ record: borrowing Record
  ) throws(FormatError) -> (bytes: Range<Int>, start: Int, end: Int) {
    guard let first = span.parts.first, let last = span.parts.last,
      let start = offsets.offset(ofByte: first.lowerBound),
      let end = offsets.offset(ofByte: last.upperBound)
    else { throw .token(at: Place(record.provenance), position: 0, fault: .insideCharacter) }
    return (first.lowerBound..<last.upperBound, start, end)
  }

  /// The running text: the record's, or its words with a space between them where `SpaceAfter=No`
  /// does not forbid it.
  private(set) var text: [UInt8] = []
  /// The start of each word in the text; empty for a record without words.
  private(set) var starts: [Int] = []
  /// The spans of all layers, in the order of layers.
  private(set) var spans: [Span] = []

  /// Reads a record.
  ///
  /// - Throws: `FormatError.token` if a word does not lie in the running text.
  init(_ record: borrowing Record) throws(FormatError) {
    if let forms = record.ranges("form") {
      let gaps = SpacesAfter(record, words: forms)
      if let gaps {
        text = Array(record.buffer[gaps.text.indices])
        starts = forms.map { Int($0.start) - Int(gaps.text.start) }
      } else if record.text != nil {
        throw .token(at: Place(record.provenance), position: 0, fault: .notInText)
      } else {
        let misc = record.ranges("misc")
        for (position, form) in forms.enumerated() {
          starts.append(text.count)
          text.append(contentsOf: record.buffer[form.indices])
          let isTight = misc.map { forbidsSpace(record.buffer[$0[position].indices]) }
          if position + 1 < forms.count, isTight != true { text.append(.space) }
        }
      }
    } else if let range = record.text {
      text = Array(record.buffer[range.indices])
    }
    let origin = record.text ?? ByteRange(0, 0)
    let forms = record.ranges("form") ?? []
    for layer in record.spanLayers {
      for span in layer.spans {
        var parts: [Range<Int>] = []
        if !span.parts.isEmpty, record.text != nil {
          for part in span.parts {
            guard part.start >= origin.start, part.end <= origin.end else {
              throw .token(
                at: Place(record.provenance), position: span.positions.lowerBound,
                fault: .notInText)
            }
            parts.append(Int(part.start - origin.start)..<Int(part.end - origin.start))
          }
        } else if !span.positions.isEmpty, !starts.isEmpty {
          let last = span.positions.upperBound - 1
          parts = [starts[span.positions.lowerBound]..<(starts[last] + forms[last].count)]
        }
        if parts.isEmpty { continue }
        spans.append(
          Span(layer: layer.name, type: layer.typeName(of: span), parts: parts, source: span))
      }
    }
  }

  /// The bytes of a span's parts, with a space between them.
  func bytes(of span: Span) -> [UInt8] {
    Array(span.parts.map { text[$0] }.joined(separator: [UInt8.space]))
  }
}

/// Collects spans that were read by offsets into a text, and gives a record its layers.
struct SpanCollector {
  private var types: [String] = []
  private var numbers: [String: Label] = [:]
  private var layers: [(name: String, spans: [LabelledSpan])] = []

  /// Adds a span whose parts are ranges of the record's buffer.
  mutating func add(
    _ parts: [ByteRange], type: String, layer: String, id: String? = nil, confidence: Float? = nil,
    origin: String? = nil
  ) {
    let number = numbers[type] ?? Label(types.count)
    if Int(number) == types.count {
      types.append(type)
      numbers[type] = number
    }
    var index = layers.firstIndex { $0.name == layer }
    if index == nil {
      index = layers.count
      layers.append((layer, []))
    }
    layers[index!].spans.append(
      LabelledSpan(
        positions: 0..<0, type: number, parts: parts, confidence: confidence, id: id,
        origin: origin))
  }

  /// Sets the layers of a record; spans that overlap go to layers of their own. Words, if the record
  /// has any, tell the positions.
  func setLayers(of record: inout Record) {
    let words = record.ranges("form")
    for (name, spans) in layers {
      let aligned = spans.map { span in
        var span = span
        if let words, let first = span.parts.first, let last = span.parts.last {
          let hull = ByteRange(Int(first.start), Int(last.end))
          let (positions, isExact) = SpanPositions.covering(hull, in: words)
          span.positions = positions
          if isExact, span.parts.count == 1 { span.parts = [] }
        }
        return span
      }
      for layer in SpanLayer.layers(named: name, types: types, of: aligned) {
        record.setSpans(layer)
      }
    }
  }
}
