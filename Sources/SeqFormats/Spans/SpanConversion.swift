public import SeqCore

/// How conversion treats labels that tell spans.
public struct SpanConversion: Hashable, Sendable {
  /// The layers whose labels tell spans; `nil` for `ner` where the output needs to know, and none
  /// elsewhere.
  public var layers: [String]?
  /// The scheme of the labels in the input, which they are held to; `nil` to read labels of any
  /// scheme as conlleval does.
  public var source: TaggingScheme?
  /// The scheme of labels in the output; `nil` to leave labels as they are, and for spans without labels
  /// IOB2.
  public var target: TaggingScheme?
  /// Whether labels that break the rules of `source` are read all the same and counted, instead of
  /// being an error.
  public var repairs: Bool

  /// Makes options.
  public init(
    layers: [String]? = nil, source: TaggingScheme? = nil, target: TaggingScheme? = nil,
    repairs: Bool = false
  ) {
    self.layers = layers
    self.source = source
    self.target = target
    self.repairs = repairs
  }
}

/// Turns labels into spans, spans into labels, and labels into those of another scheme.
struct SpanConverter {
  private let options: SpanConversion
  private let output: any RecordFormat
  private var readers: [String: SpanLabelReader] = [:]
  /// What is not carried over, and what was changed, by kind.
  private(set) var losses: [RecordLoss] = []
  private(set) var notes: [RecordLoss] = []

  init(_ options: SpanConversion, to output: any RecordFormat) {
    self.options = options
    self.output = output
  }

  /// Whether the output tells spans by offsets.
  private var outputHasOffsets: Bool {
    output is Doccano || output is LabelStudio || output is Brat || output is JSONLines
  }
  private var outputHasLabels: Bool { output is Columns || output is CoNLLU }

  private var layers: [String] {
    options.layers ?? (outputHasOffsets && !(output is JSONLines) ? [OffsetSpans.defaultLayer] : [])
  }

  /// Makes a record's spans or labels those that the output can hold.
  ///
  /// - Throws: `FormatError.spanLabel`.
  mutating func convert(_ record: inout Record, from input: any RecordFormat) throws(FormatError) {
    losses = record.losses
    notes = []
    if input is CoNLLU, let layer = options.layers?.first ?? layers.first {
      var reader = readers[layer] ?? SpanLabelReader(scheme: nil)
      let unread = CoNLLUEntities.addSpans(to: &record, layer: layer, reader: &reader)
      readers[layer] = reader
      lose("entities in MISC that are not closed or no labels", unread)
    }
    for layer in layers where record.ranges(layer) != nil { try convertLabels(layer, &record) }
    noteOverlaps(record)
    if outputHasLabels {
      if record.count > 0 { writeLabels(&record) }
    } else if outputHasOffsets {
      if !(output is JSONLines) { countPlainSpans(record) }
    } else {
      lose("spans", record.spanLayers.reduce(0) { $0 + $1.spans.count })
    }
  }

  private mutating func lose(_ what: String, _ count: Int) {
    if count > 0 { losses.append(RecordLoss(what, count)) }
  }

  private mutating func note(_ what: String, _ count: Int) {
    if count > 0 { notes.append(RecordLoss(what, count)) }
  }

  /// Reads the labels of a layer: they become spans, or labels of the wanted scheme.
  private mutating func convertLabels(
    _ layer: String, _ record: inout Record
  ) throws(FormatError) {
    // CoNLL-U has labels too, but under a key of its own.
    let staysLabels = outputHasLabels && !(output is CoNLLU && !CoNLLU.fields.contains(layer))
    if staysLabels, options.target == nil, options.source == nil { return }
    var reader = readers[layer] ?? SpanLabelReader(scheme: options.source)
    defer { readers[layer] = reader }
    let (malformed, faults) = (reader.malformed, reader.faults)
    let hadFault = reader.firstFault != nil
    guard let tags = reader.tags(of: record, layer: layer) else { return }
    if !options.repairs {
      if !hadFault, let first = reader.firstFault {
        throw .spanLabel(at: Place(source: first.source, line: first.line), first.fault)
      }
      if reader.malformed > malformed, let names = record.strings(layer) {
        let place = names.firstIndex { $0 != "_" && !$0.isEmpty && reader.tag($0) == nil } ?? 0
        throw .spanLabel(
          at: Place(
            source: record.provenance.source, line: record.line(of: place, in: layer)),
          SpanFault(
            position: place, label: names[place], problem: .malformed,
            scheme: options.source ?? .bioes))
      }
    }
    note(
      "labels read otherwise than they stand", reader.malformed - malformed + reader.faults - faults
    )
    let segments = (options.source ?? .bioes).segments(of: tags)
    if staysLabels {
      guard let target = options.target else { return }
      if !target.separatesTouchingSpans {
        let again = target.segments(of: target.tags(of: segments, count: record.count))
        lose("borders between touching spans of one type", segments.count - again.count)
      }
      setLabels(layer, segments, target, reader, on: &record)
    } else {
      let spans = segments.map { LabelledSpan($0) }
      record.setSpans(SpanLayer(name: layer, types: reader.types, spans: spans))
      record.removeLayer(layer)
    }
  }

  private func setLabels(
    _ layer: String, _ segments: [Segment], _ scheme: TaggingScheme, _ reader: SpanLabelReader,
    on record: inout Record
  ) {
    setLabels(
      layer, scheme.tags(of: segments, count: record.count), scheme, reader.style ?? .prefix,
      reader.types, on: &record)
  }

  private func setLabels(
    _ layer: String, _ tags: [SpanTag], _ scheme: TaggingScheme, _ style: SpanLabelStyle,
    _ types: [String], on record: inout Record
  ) {
    var known: [SpanTag: ByteRange] = [:]
    var ranges: [ByteRange] = []
    for tag in tags {
      if let range = known[tag] {
        ranges.append(range)
        continue
      }
      let name = scheme.letter(of: tag.mark).map {
        style.compose($0, tag.mark == .outside ? "" : types[Int(tag.type)])
      }
      let range = record.append(Array((name ?? "O").utf8))
      known[tag] = range
      ranges.append(range)
    }
    // Labels that are the same bytes stay where they were read, so that the record is unchanged.
    if let places = record.layerIndex(layer).flatMap({ record.layers[$0].places }) {
      for (position, place) in places.enumerated()
      where record.buffer[place.indices].elementsEqual(record.buffer[ranges[position].indices]) {
        ranges[position] = place
      }
    }
    record.setText(layer, to: ranges)
  }

  /// Turns span layers into labels.
  private mutating func writeLabels(_ record: inout Record) {
    let scheme = options.target ?? .iob2
    for layer in record.spanLayers {
      let name = labelLayer(layer.name)
      guard let name, record.ranges(name) == nil || name == layer.name else {
        lose("spans of \(layer.name)", layer.spans.count)
        continue
      }
      lose("spans that cover no word", layer.spans.count { $0.positions.isEmpty })
      lose(
        "edges of spans inside words (the words were taken whole)",
        layer.spans.count { !$0.positions.isEmpty && $0.parts.count == 1 })
      lose("gaps of discontinuous spans", layer.spans.count { $0.isDiscontinuous })
      lose(
        "ids, origins and confidences of spans",
        layer.spans.count { $0.id != nil || $0.origin != nil || $0.confidence != nil })
      let segments = layer.segments
      let tags = scheme.tags(of: segments, count: record.count)
      if !scheme.separatesTouchingSpans {
        lose(
          "borders between touching spans of one type",
          segments.count - scheme.segments(of: tags).count)
      }
      setLabels(name, tags, scheme, .prefix, layer.types, on: &record)
    }
    for name in record.spanLayers.map(\.name) { record.removeSpans(name) }
    // A column that no span of this record is in says so.
    if let columns = output as? Columns {
      for name in options.layers ?? [OffsetSpans.defaultLayer]
      where columns.names.contains(name) && record.ranges(name) == nil {
        let outside = [SpanTag](repeating: .outside, count: record.count)
        setLabels(name, outside, scheme, .prefix, [], on: &record)
      }
    }
  }

  /// The layer of labels that spans of a layer are written to; `nil` if there is no place for it.
  private func labelLayer(_ name: String) -> String? {
    if let columns = output as? Columns { return columns.names.contains(name) ? name : nil }
    if name == OffsetSpans.defaultLayer { return "misc.\(CoNLLUEntities.key)" }
    guard !name.contains(where: { "|=.".contains($0) }) else { return nil }
    return "misc.\(name.prefix(1).uppercased())\(name.dropFirst())"
  }

  private mutating func noteOverlaps(_ record: borrowing Record) {
    for layer in record.spanLayers where SpanObjects.baseLayer(layer.name) != layer.name {
      note("spans that overlap others, in the layer \(layer.name)", layer.spans.count)
    }
  }

  /// What formats with one list of spans cannot say.
  private mutating func countPlainSpans(_ record: borrowing Record) {
    for layer in record.spanLayers {
      let base = SpanObjects.baseLayer(layer.name)
      if base != layers.first { lose("names of layers (\(base))", layer.spans.count) }
      if !(output is Brat) {
        lose("gaps of discontinuous spans", layer.spans.count { $0.isDiscontinuous })
      }
      if output is Doccano {
        lose("ids of spans", layer.spans.count { $0.id != nil })
        lose("confidences of spans", layer.spans.count { $0.confidence != nil })
      } else if output is Brat {
        lose("confidences of spans", layer.spans.count { $0.confidence != nil })
      }
      lose("origins of spans", layer.spans.count { $0.origin != nil })
    }
  }
}
