/// One sequence as it was read: its bytes unchanged, and layers of values over its positions.
///
/// A record is a sentence, a FASTA entry, a video, a log line. `buffer` begins with the source
/// bytes exactly as read; values added later (tags, probabilities) are appended behind them, so
/// every value of every text layer is one range of one buffer. A writer that knows the places of
/// the original values gives back the same bytes wherever nothing changed.
public struct Record: Sendable {
  /// The source bytes, then the bytes of the values that were added.
  public private(set) var buffer: [UInt8]
  /// The number of bytes of the buffer that are the source.
  public private(set) var sourceCount: Int
  /// The number of positions (words, residues, frames).
  public private(set) var count: Int
  /// The layers, in the order of the source's fields, then in the order they were added.
  public private(set) var layers: [Layer]
  /// The layers of spans, in the order they were added. They stand beside the layers of values:
  /// labels such as `B-PER` are values, the spans that they tell are not made until asked for.
  public internal(set) var spanLayers: [SpanLayer] = []
  /// Whether span layers were set or taken away since the record was read.
  package internal(set) var hasChangedSpans = false
  /// What its reader found and could not keep, with counts; converters report it.
  public package(set) var losses: [RecordLoss] = []
  /// Where the record was read from.
  public var provenance: Provenance
  /// The format that the source bytes are in, as the format that read them names it; empty for a
  /// record made in code. A writer of the same format changes the source where layers changed;
  /// another writer writes anew.
  public var format: String
  /// The running text that the ranges of `form` lie in, if there is one: the source of plain text,
  /// the decoded text of a JSON line. Writers take the gaps between words from it.
  public var text: ByteRange?

  /// Makes a record from its source bytes and the layers read from them.
  ///
  /// - Parameters:
  ///   - source: the bytes of the record, exactly as they stand in the file.
  ///   - count: the number of positions; every layer must have as many values.
  ///   - layers: the layers that the reader found.
  ///   - provenance: the place of the first byte.
  ///   - format: the format of the source bytes; empty if they are in none.
  ///   - text: the running text that the words' ranges lie in.
  public init(
    source: [UInt8], count: Int, layers: [Layer], provenance: Provenance, format: String = "",
    text: ByteRange? = nil
  ) {
    for layer in layers {
      precondition(layer.values.count == count, "A layer must have one value per position.")
    }
    self.buffer = source
    self.sourceCount = source.count
    self.count = count
    self.layers = layers
    self.provenance = provenance
    self.format = format
    self.text = text
  }

  /// The index of the layer called `name`, if there is one.
  public func layerIndex(_ name: String) -> Int? {
    layers.firstIndex { $0.name == name }
  }

  /// The byte ranges of the text layer called `name`, if there is one.
  public func ranges(_ name: String) -> [ByteRange]? {
    guard let index = layerIndex(name), case .text(let ranges) = layers[index].values else {
      return nil
    }
    return ranges
  }

  /// The values of a text layer as strings; bytes that are not UTF-8 become U+FFFD.
  ///
  /// For display, errors and tests: hot code reads `buffer` through the ranges instead.
  public func strings(_ name: String) -> [String]? {
    ranges(name)?.map(string)
  }

  /// The bytes of `range` as a string; bytes that are not UTF-8 become U+FFFD.
  public func string(_ range: ByteRange) -> String {
    String(decoding: buffer[range.indices], as: UTF8.self)
  }

  /// Appends bytes to the buffer and returns their range, for use in a layer.
  public mutating func append(_ bytes: some Collection<UInt8>) -> ByteRange {
    let start = buffer.count
    buffer.append(contentsOf: bytes)
    return ByteRange(start, buffer.count)
  }

  /// Appends bytes to the buffer and returns their range: the fast form, without generics.
  public mutating func append(_ bytes: [UInt8]) -> ByteRange {
    let start = buffer.count
    buffer.append(contentsOf: bytes)
    return ByteRange(start, buffer.count)
  }

  /// Sets the values of the text layer `name`, adding the layer if it is new.
  ///
  /// - Parameter ranges: one range of `buffer` per position, often from ``append(_:)``.
  public mutating func setText(_ name: String, to ranges: [ByteRange]) {
    precondition(ranges.count == count, "A layer must have one value per position.")
    if let index = layerIndex(name) {
      layers[index].values = .text(ranges)
    } else {
      layers.append(Layer(name: name, values: .text(ranges)))
    }
  }

  /// Takes the layer `name` away, if there is one; the source keeps its bytes.
  public mutating func removeLayer(_ name: String) {
    layers.removeAll { $0.name == name }
  }

  /// Sets the text layer `name` to labels of a schema, given by their numbers.
  ///
  /// - Parameter labels: one label id of `schema` per position.
  public mutating func setLabels(
    _ name: String, to labels: some Collection<Label>, of schema: LabelSchema
  ) {
    setLabels(name, to: Array(labels), of: schema)
  }

  /// Sets the text layer `name` to labels of a schema: the fast form, without generics.
  public mutating func setLabels(_ name: String, to labels: [Label], of schema: LabelSchema) {
    // All names are appended, used or not: one copy is quicker than asking of each label whether its
    // name is there.
    let start = UInt32(append(schema.bytes).start)
    let index = layerIndex(name)
    // In the memory of the values that are replaced, if it is theirs alone.
    var ranges: [ByteRange] = []
    if let index {
      precondition(labels.count == count, "A layer must have one value per position.")
      ranges = layers[index].takeRanges()
    }
    ranges.removeAll(keepingCapacity: true)
    schema.ranges.withUnsafeBufferPointer { names in
      ranges.append(addingCapacity: labels.count) { span in
        for label in labels {
          let name = names[Int(label)]
          span.append(ByteRange(unchecked: start &+ name.start, start &+ name.end))
        }
      }
    }
    if let index {
      layers[index].values = .text(ranges)
    } else {
      setText(name, to: ranges)
    }
  }

  /// Makes the record another one of the same reader, in the memory that it has: what was added to
  /// it goes, and every layer is read again.
  ///
  /// - Parameters:
  ///   - source: the bytes of the record.
  ///   - count: the number of its positions.
  ///   - names: the layers, all with places in the source.
  ///   - apart: whether room is made for values that replace those read, in the record's bytes and
  ///     beside the places: for a record that is changed and reloaded again.
  ///   - fill: writes the ranges of the layer of a number, one a position.
  package mutating func reload(
    source: UnsafeRawBufferPointer, count: Int, provenance: Provenance, layers names: [String],
    apart: Bool, fill: (_ layer: Int, _ ranges: UnsafeMutableBufferPointer<ByteRange>) -> Void
  ) {
    buffer.removeAll(keepingCapacity: true)
    if apart { buffer.reserveCapacity(source.count + 256) }
    buffer.append(contentsOf: source)
    sourceCount = source.count
    self.count = count
    self.provenance = provenance
    if !spanLayers.isEmpty { spanLayers.removeAll() }
    hasChangedSpans = false
    if !losses.isEmpty { losses.removeAll() }
    text = nil
    if layers.count > names.count { layers.removeSubrange(names.count...) }
    if layers.count < names.count || zip(layers, names).contains(where: { $0.name != $1 }) {
      layers = names.map { Layer(name: $0, values: .text([])) }
    }
    for index in names.indices {
      layers[index].reload(count: count, apart: apart) { fill(index, $0) }
    }
  }
}
