public import SeqCore

/// CRFsuite's attribute files: a label and attributes a line, separated by tabs, a blank line after
/// a sequence.
///
/// Records have the layer `label` and the layer `attributes`, whose values are the rest of each line
/// as it stands; ``CRFsuiteAttributes`` takes it apart. `\:` and `\\` stand for a colon and a
/// backslash, and a backslash before anything else for itself, as in CRFsuite 0.12. Lines that
/// begin with `@weight` stay in the source. See `Docs/Formats/crfsuite.md`.
public struct CRFsuite: RecordFormat {
  /// `crfsuite`.
  public var name: String { Self.formatName }
  static let formatName = "crfsuite"
  /// The layer that labels are written from.
  public let labelLayer: String

  /// Makes the format.
  ///
  /// - Parameter label: the layer that the labels become, and are written from.
  public init(label: String = "label") { labelLayer = label }

  /// The offset after the last record that is whole in `bytes`, or `nil` if none is.
  public func lastBoundary(in bytes: UnsafeRawBufferPointer) -> Int? {
    BlankLines.lastBoundary(in: bytes)
  }

  /// Decodes sequences.
  ///
  /// - Throws: `FormatError.notUTF8`, `.nulByte`, and `.declaration` for a line that begins with `@`
  ///   but not with `@weight`, which CRFsuite refuses too.
  public func decode(_ chunk: Chunk, into receive: (consuming Record) throws -> Void) throws {
    try chunk.bytes.withUnsafeBytes { bytes in
      guard !bytes.isEmpty else { return }
      try TextCheck.check(bytes, of: chunk)
      var labels: [ByteRange] = []
      var attributes: [ByteRange] = []
      var hasEscapes = false
      try BlankLines.forEachRecord(
        in: bytes, of: chunk,
        line: { start, end, line, recordStart, positions in
          // CRFsuite passes over tabs before a field.
          var from = start
          while from < end, bytes[from] == .tab { from += 1 }
          if from == end { return }
          if bytes[from] == UInt8(ascii: "@") {
            let field = bytes[from..<end].prefix { $0 != .tab && $0 != UInt8(ascii: ":") }
            if field.elementsEqual("@weight".utf8) { return }
            throw FormatError.declaration(
              at: Place(source: chunk.provenance.source, line: line, column: from - start + 1),
              found: String(decoding: field, as: UTF8.self))
          }
          // The label ends at a colon that is not escaped; a weight of it means nothing.
          var to = from
          while to < end, bytes[to] != .tab, bytes[to] != UInt8(ascii: ":") {
            if bytes[to] == UInt8(ascii: "\\") {
              hasEscapes = true
              if to + 1 < end, isEscapable(bytes[to + 1]) { to += 1 }
            }
            to += 1
          }
          labels.append(ByteRange(from - recordStart, to - recordStart))
          while to < end, bytes[to] != .tab { to += 1 }
          attributes.append(ByteRange(min(to + 1, end) - recordStart, end - recordStart))
          positions += 1
        },
        record: { range, line, count in
          var record = Record(
            source: Array(UnsafeRawBufferPointer(rebasing: bytes[range])), count: count,
            layers: [
              Layer(name: labelLayer, values: .text(labels), places: labels),
              Layer(name: "attributes", values: .text(attributes), places: attributes),
            ],
            provenance: Provenance(
              source: chunk.provenance.source, line: line,
              byteOffset: chunk.provenance.byteOffset + range.lowerBound),
            format: Self.formatName)
          if hasEscapes {
            record.setText(labelLayer, to: labels.map { unescaped($0, in: &record) })
          }
          try receive(record)
          labels.removeAll(keepingCapacity: true)
          attributes.removeAll(keepingCapacity: true)
          hasEscapes = false
        })
    }
  }

  private func unescaped(_ range: ByteRange, in record: inout Record) -> ByteRange {
    let raw = record.buffer[range.indices]
    return raw.contains(UInt8(ascii: "\\")) ? record.append(unescape(raw)) : range
  }

  private func unescape(_ raw: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var index = raw.startIndex
    while index < raw.endIndex {
      if raw[index] == UInt8(ascii: "\\"), index + 1 < raw.endIndex, isEscapable(raw[index + 1]) {
        index += 1
      }
      result.append(raw[index])
      index += 1
    }
    return result
  }

  /// Appends the sequence: the source with changed labels spliced in, or new lines of the layer
  /// ``labelLayer`` and, if there is one, `attributes`; other layers are not written.
  ///
  /// - Throws: `FormatError.missingLayer` without labels, `.unwritableValue` for a label with a tab
  ///   or a line end, for an empty one and for one that begins with `@`; `.unwritableLayer` for a
  ///   layer added to a record that was read from this format.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    guard let labels = record.ranges(labelLayer) else {
      throw FormatError.missingLayer(at: Place(record.provenance), format: name, layer: labelLayer)
    }
    for (position, range) in labels.enumerated() {
      let value = record.buffer[range.indices]
      if value.isEmpty || value.first == UInt8(ascii: "@")
        || value.contains(where: { $0 == .tab || $0 == .lineFeed || $0 == .carriageReturn })
      {
        throw FormatError.unwritableValue(
          at: Place(record.provenance), format: name, layer: labelLayer, position: position,
          value: record.string(range))
      }
    }
    let attributes = record.ranges("attributes")
    guard record.format == Self.formatName,
      let places = record.layers.first(where: { $0.name == labelLayer })?.places
    else {
      for position in 0..<record.count {
        Self.appendEscaped(record.buffer[labels[position].indices], to: &output)
        if let attributes, !attributes[position].isEmpty {
          output.append(.tab)
          output.append(contentsOf: record.buffer[attributes[position].indices])
        }
        output.append(.lineFeed)
      }
      output.append(.lineFeed)
      return
    }
    for layer in record.layers where layer.isChanged && layer.name != labelLayer {
      throw FormatError.unwritableLayer(
        at: Place(record.provenance), format: name, layer: layer.name,
        known: [labelLayer, "attributes"])
    }
    var done = 0
    for (place, label) in zip(places, labels) {
      // A label that was escaped in the source keeps the bytes it had.
      let raw = record.buffer[place.indices]
      let value = record.buffer[label.indices]
      if place == label || unescape(raw).elementsEqual(value) { continue }
      output.append(contentsOf: record.buffer[done..<Int(place.start)])
      Self.appendEscaped(value, to: &output)
      done = Int(place.end)
    }
    output.append(contentsOf: record.buffer[done..<record.sourceCount])
  }

  /// Appends a label or the name of an attribute, with `\` before colons and backslashes.
  public static func appendEscaped(_ name: some Sequence<UInt8>, to output: inout [UInt8]) {
    for byte in name {
      if isEscapable(byte) { output.append(UInt8(ascii: "\\")) }
      output.append(byte)
    }
  }
}

/// Whether a backslash before this byte stands for the byte alone.
@inline(__always)
private func isEscapable(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: ":") || byte == UInt8(ascii: "\\")
}
