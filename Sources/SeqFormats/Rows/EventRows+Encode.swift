public import SeqCore

extension EventRows {
  /// Appends the record's lines with the written layers in them: in their place where the line has
  /// the field, else as a last one.
  ///
  /// - Throws: `FormatError.unwritableLayer` for a record of another format, `.unwritableValue`.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    guard record.format == signature else {
      throw FormatError.unwritableLayer(
        at: Place(record.provenance), format: name, layer: record.layers.first?.name ?? "form",
        known: written)
    }
    let added = written.filter { record.layerIndex($0) != nil && !names.contains($0) }
    let replaced = written.filter { record.layerIndex($0) != nil && names.contains($0) }
    let values = Dictionary(
      uniqueKeysWithValues: (added + replaced).map { ($0, record.ranges($0) ?? []) })
    var row = 0
    var needsHeader = hasHeader && record.provenance.byteOffset == 0
    let sourceCount = record.sourceCount
    try record.buffer.withUnsafeBytes { bytes in
      var start = 0
      while start < sourceCount {
        var end = start
        while end < sourceCount, bytes[end] != .lineFeed { end += 1 }
        let next = min(end + 1, sourceCount)
        if end > start, bytes[end - 1] == .carriageReturn { end -= 1 }
        if end == start {
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<next]))
        } else if needsHeader {
          needsHeader = false
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
          for name in added { appendField(Array(name.utf8), to: &output) }
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[end..<next]))
        } else {
          func value(_ layer: String) -> [UInt8] {
            guard let range = values[layer]?[row] else { return [] }
            return Array(UnsafeRawBufferPointer(rebasing: bytes[range.indices]))
          }
          if case .json = syntax {
            appendObject(bytes, start, end, added + replaced, value, to: &output)
          } else {
            try appendLine(bytes, start, end, replaced, value, to: &output)
            for name in added { appendField(value(name), to: &output) }
          }
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[end..<next]))
          row += 1
        }
        start = next
      }
    }
    if sourceCount > 0, output.last != .lineFeed { output.append(.lineFeed) }
  }

  /// The separator and a value, in quotes if it needs them.
  private func appendField(_ value: [UInt8], to output: inout [UInt8]) {
    var separator = UInt8.tab
    if case .delimited(let byte) = syntax { separator = byte }
    output.append(separator)
    append(value, separator, to: &output)
  }

  private func append(_ value: [UInt8], _ separator: UInt8, to output: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    guard value.contains(where: { $0 == separator || $0 == quote }) else {
      output += value
      return
    }
    output.append(quote)
    for byte in value {
      if byte == quote { output.append(quote) }
      output.append(byte)
    }
    output.append(quote)
  }

  private func appendLine(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ replaced: [String],
    _ value: (String) -> [UInt8], to output: inout [UInt8]
  ) throws {
    guard !replaced.isEmpty, case .delimited(let separator) = syntax else {
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      return
    }
    let places = try Self.places(bytes, start, end, separator)
    for (index, place) in places.enumerated() {
      if index > 0 { output.append(separator) }
      if replaced.contains(names[index]) {
        append(value(names[index]), separator, to: &output)
      } else {
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[place]))
      }
    }
  }

  /// An object without the members that are written, and with them at its end.
  private func appendObject(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ layers: [String],
    _ value: (String) -> [UInt8], to output: inout [UInt8]
  ) {
    let members = layers.map { layer in names.firstIndex(of: layer).map { paths[$0] } ?? layer }
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    func separate() {
      if !isFirst { output.append(UInt8(ascii: ",")) }
      isFirst = false
    }
    var scanner = JSONScanner(bytes, start..<end)
    // The line was read already, so that it is an object.
    try? scanner.members { key, scanner in
      let range = try scanner.skipValue()
      if members.contains(key) { return }
      separate()
      output.appendJSON(key.utf8)
      output.append(UInt8(ascii: ":"))
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
    for (layer, member) in zip(layers, members) {
      separate()
      output.appendJSON(member.utf8)
      output.append(UInt8(ascii: ":"))
      let text = value(layer)
      if layer.hasSuffix(JSONLines.numberSuffix) {
        output += text
      } else {
        output.appendJSON(text)
      }
    }
    output.append(UInt8(ascii: "}"))
  }

  /// The names on the first line of a delimited file, made into names of layers: what is neither
  /// letter nor digit becomes `_`.
  public static func header(_ line: [UInt8], separator: UInt8) throws -> [String] {
    try line.withUnsafeBytes { bytes in
      var end = bytes.count
      if end > 0, bytes[end - 1] == .carriageReturn { end -= 1 }
      let places: [Range<Int>]
      do {
        places = try Self.places(bytes, min(ByteOrderMark.length(in: bytes), end), end, separator)
      } catch {
        throw FormatError.rows(source: "header", line: 1, problem: "\(error)")
      }
      return places.map { place in
        let text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[place]), as: UTF8.self)
        var name = ""
        for scalar in text.unicodeScalars where scalar != "\"" {
          let isKept =
            scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_")
          name.unicodeScalars.append(isKept ? scalar : "_")
        }
        if let first = name.unicodeScalars.first, ("0"..."9").contains(first) { name = "_" + name }
        return name
      }
    }
  }
}
