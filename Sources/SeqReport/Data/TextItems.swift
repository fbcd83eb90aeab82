internal import SeqCore
internal import SeqFormats
internal import SeqMetrics

/// Words with labels, spans or arguments, in any format of text that has records.
struct TextItems: ItemFiles {
  /// What of a record is scored.
  enum Content: Sendable {
    /// The labels of a layer, one a word.
    case labels(layer: String)
    /// The spans of a layer, told by labels of a scheme or as spans.
    case spans(layer: String, scheme: TaggingScheme?)
    /// The arguments of predicates.
    case arguments
  }

  let content: Content
  /// The format's name; `nil` if the file's name and first bytes tell.
  let format: String?
  /// The columns of column files, and what separates them.
  let options: FormatOptions

  func open(_ path: String) throws -> (ByteSource, any RecordFormat) {
    let source = try ByteSource(path: path)
    if case .arguments = content {
      if path.hasSuffix(".jsonl") { return (source, FrameLines()) }
      if format == "conllu" || format == nil && Formats.name(forPath: path) == "conllu" {
        return (source, FrameMisc())
      }
      return (source, try FrameColumns(options.columns ?? FrameColumns.names))
    }
    var options = options
    let isColumns = (format ?? Formats.name(forPath: path)) == "columns"
    if !isColumns { options.columns = nil }
    return (source, try Formats.format(named: format, for: source, options))
  }

  func forEach(_ path: String, _ body: (consuming Record) throws -> Void) throws {
    let (source, format) = try open(path)
    var reader = RecordReader(source, as: format)
    try reader.forEach(body)
  }

  func items(of path: String, names: inout NameTable, wanted: [String]?) throws -> [TestItem] {
    var items: [TestItem] = []
    var hasLayer = false
    var spans: SpanLabelReader?
    if case .spans(_, let scheme) = content { spans = SpanLabelReader(scheme: scheme) }
    try forEach(path) { record in
      var item = TestItem(
        name: Self.name(of: record) ?? "\(items.count + 1)", line: record.provenance.line,
        tokens: record.strings("form") ?? [])
      switch content {
      case .labels(let layer):
        if let labels = record.strings(layer) {
          hasLayer = true
          item.labels = labels.map { names.number(of: $0) }
          item.confidences = Self.confidences(of: record, layer: layer)
        } else {
          item.labels = item.tokens.map { _ in names.number(of: "") }
        }
      case .spans(let layer, _):
        if let found = record.spanLayer(layer) ?? spans?.spans(of: record, layer: layer) {
          hasLayer = true
          let confidences = Self.confidences(of: record, layer: layer)
          item.marks = found.spans.filter { !$0.positions.isEmpty }.map { span in
            Mark(
              pieces: [span.positions], type: names.number(of: found.typeName(of: span)),
              confidence: span.confidence ?? confidences?[span.positions.lowerBound])
          }
        }
      case .arguments:
        for frame in record.frames ?? [] {
          hasLayer = true
          item.predicates.append(frame.predicate)
          for argument in ArgumentScore.joined(frame.arguments) {
            item.marks.append(
              Mark(
                predicate: frame.predicate, pieces: argument.pieces,
                type: names.number(of: argument.role)))
          }
        }
        item.marks.sort {
          ($0.predicate, $0.pieces[0].lowerBound) < ($1.predicate, $1.pieces[0].lowerBound)
        }
      }
      items.append(item)
    }
    if !hasLayer {
      throw ReportError.nothingToScore(path: path, layer: layerName)
    }
    return items
  }

  private var layerName: String {
    switch content {
    case .labels(let layer), .spans(let layer, _): layer
    case .arguments: Frame.predicateLayer
    }
  }

  /// The name that comments give a record.
  private static func name(of record: borrowing Record) -> String? {
    let source = record.buffer[..<record.sourceCount]
    let key = Array("# sent_id = ".utf8)
    var start = 0
    while start < source.count, source[start] == UInt8(ascii: "#") {
      let end = source[start...].firstIndex(of: 0x0A) ?? source.count
      if source[start..<end].starts(with: key) {
        let value = source[(start + key.count)..<end]
        return String(decoding: value.last == 0x0D ? value.dropLast() : value, as: UTF8.self)
      }
      start = end + 1
    }
    return nil
  }

  /// The probabilities that stand beside a layer's labels: as a layer `NAME.probability`, or in MISC
  /// of CoNLL-U as `NameProbability=…`.
  private static func confidences(of record: borrowing Record, layer: String) -> [Float]? {
    if let values = record.strings(layer + ".probability") {
      return values.map { Float($0) ?? .nan }
    }
    guard let misc = record.strings("misc") else { return nil }
    let key = layer.prefix(1).uppercased() + layer.dropFirst() + "Probability="
    let values = misc.map { value -> Float in
      let field = value.split(separator: "|").first { $0.hasPrefix(key) }
      return field.flatMap { Float($0.dropFirst(key.count)) } ?? .nan
    }
    return values.contains { !$0.isNaN } ? values : nil
  }

  func writeBlind(_ path: String, to output: String, layers: [String], limit: Int?) throws {
    let (source, format) = try open(path)
    var writer = RecordWriter(try ByteSink(path: output), as: format)
    var reader = RecordReader(source, as: format)
    var count = 0
    while let read = try reader.next() {
      if let limit, count >= limit { break }
      var record = read
      switch content {
      case .labels, .spans:
        for layer in layers {
          if record.layerIndex(layer) != nil {
            let nothing = record.append([UInt8(ascii: "_")])
            record.setText(layer, to: Array(repeating: nothing, count: record.count))
          }
          if let spans = record.spanLayer(layer) {
            record.setSpans(SpanLayer(name: layer, types: spans.types))
          }
        }
      case .arguments:
        if let frames = record.frames {
          record.setFrames(frames.map { Frame(predicate: $0.predicate, sense: $0.sense) })
        }
      }
      if record.count > 0 { count += 1 }
      try writer.write(record)
    }
    try writer.finish()
  }

  func writeSubset(_ path: String, to output: String, chosen: [Int]) throws {
    let (source, format) = try open(path)
    var writer = RecordWriter(try ByteSink(path: output), as: format)
    var reader = RecordReader(source, as: format)
    var index = 0
    var next = 0
    while next < chosen.count, let record = try reader.next() {
      if chosen[next] == index {
        try writer.write(record)
        next += 1
      }
      index += 1
    }
    try writer.finish()
  }
}
