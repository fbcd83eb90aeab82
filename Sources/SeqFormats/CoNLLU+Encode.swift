public import SeqCore

extension CoNLLU {
  /// Appends the sentence: the source with changed layers spliced in at their places, or, for a
  /// record that was not read from CoNLL-U, new lines.
  ///
  /// An empty value is written `_`. A layer `misc.KEY` becomes `KEY=value` at the end of the word's
  /// MISC field, and nothing where its value is empty; the layer `misc` must have been read for
  /// that. `NAME.probability` is written as the key `NameProbability`. New lines have `# text`, `SpaceAfter=No`
  /// and the lines of multiword tokens (`1-2`) if the record knows its running text.
  ///
  /// - Throws: `FormatError.unwritableLayer` for a layer that CoNLL-U has no field for,
  ///   `.unwritableValue` for a value with a tab or a line end, `.missingLayer` without `form`.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    if record.format == Self.formatName {
      try splice(record, into: &output)
    } else {
      try writeAnew(record, into: &output)
    }
  }

  /// The values that replace the bytes at `places`, word by word.
  private struct Splice {
    var field: Int
    var places: [ByteRange]
    var values: [ByteRange]
  }

  private func splice(_ record: borrowing Record, into output: inout [UInt8]) throws {
    if try spliceOneLayer(record, into: &output) { return }
    let sourceCount = record.sourceCount
    var splices: [Splice] = []
    var hasKeys = false
    for layer in record.layers where layer.isChanged {
      if Self.miscKey(layer.name) != nil {
        hasKeys = true
      } else if let places = layer.places, case .text(let values) = layer.values,
        let field = Self.fields.firstIndex(of: layer.name)
      {
        splices.append(Splice(field: field, places: places, values: values))
      } else {
        throw unwritable(layer.name, record)
      }
    }
    splices.sort { $0.field < $1.field }
    let miscValues = hasKeys ? try assembledMisc(record) : []
    if hasKeys {
      guard let places = record.layers.first(where: { $0.name == "misc" })?.places else {
        throw FormatError.missingLayer(at: Place(record.provenance), format: name, layer: "misc")
      }
      splices.removeAll { $0.field == Self.fields.count - 1 }
      splices.append(Splice(field: Self.fields.count - 1, places: places, values: []))
    }
    for splice in splices where !splice.values.isEmpty {
      try check(splice.values, splice.field, record)
    }
    let count = record.count
    record.buffer.withUnsafeBufferPointer { buffer in
      var done = 0
      if splices.count == 1, !hasKeys {
        output.append(
          buffer, to: sourceCount, replacing: splices[0].places, with: splices[0].values)
        return
      } else if !splices.isEmpty {
        for word in 0..<count {
          for splice in splices {
            let place = splice.places[word]
            output.append(contentsOf: buffer[rebased: done..<Int(place.start)])
            if splice.values.isEmpty {
              output.append(contentsOf: miscValues[word])
            } else {
              output.append(contentsOfValue: buffer[rebased: splice.values[word].indices])
            }
            done = Int(place.end)
          }
        }
      }
      output.append(contentsOf: buffer[rebased: done..<sourceCount])
    }
  }

  /// The usual case, without lists: one field has changed, and the values that it has now are
  /// spliced in.
  ///
  /// - Returns: false, and nothing is written, if it is another case.
  private func spliceOneLayer(
    _ record: borrowing Record, into output: inout [UInt8]
  ) throws -> Bool {
    var changed: Int?
    for index in record.layers.indices where record.layers[index].isChanged {
      guard changed == nil else { return false }
      changed = index
    }
    guard let changed, let places = record.layers[changed].places,
      let field = Self.fields.firstIndex(of: record.layers[changed].name),
      case .text(let values) = record.layers[changed].values
    else { return false }
    try check(values, field, record)
    record.buffer.withUnsafeBufferPointer { buffer in
      output.append(buffer, to: record.sourceCount, replacing: places, with: values)
    }
    return true
  }

  /// Lines for a record that was not read from CoNLL-U.
  private func writeAnew(_ record: borrowing Record, into output: inout [UInt8]) throws {
    guard let forms = record.ranges("form") else {
      throw FormatError.missingLayer(at: Place(record.provenance), format: name, layer: "form")
    }
    var columns = [[ByteRange]?](repeating: nil, count: Self.fields.count)
    var hasKeys = false
    for layer in record.layers {
      if Self.miscKey(layer.name) != nil {
        hasKeys = true
      } else if case .text(let values) = layer.values,
        let field = Self.fields.firstIndex(of: layer.name)
      {
        try check(values, field, record)
        columns[field] = values
      } else if layer.name != TokensOfWords.layer {
        throw unwritable(layer.name, record)
      }
    }
    let spaces = SpacesAfter(record, words: forms)
    if let text = spaces?.text(of: record) {
      output.append(contentsOf: "# text = ".utf8)
      output.append(contentsOf: text)
      output.append(.lineFeed)
    }
    let tokens = spaces == nil ? nil : TokensOfWords(record, words: forms)
    let misc =
      hasKeys || spaces != nil
      ? try assembledMisc(record, spaces: spaces, tokens: tokens) : nil
    for word in 0..<record.count {
      if let tokens, let last = tokens.last(ofTokenFrom: word) {
        output.append(contentsOf: "\(word + 1)-\(last + 1)\t".utf8)
        output.append(contentsOf: record.buffer[tokens.ranges[word].indices])
        output.append(contentsOf: "\t_\t_\t_\t_\t_\t_\t_\t".utf8)
        output.append(
          contentsOf: spaces?.isMissing[last] == true ? "SpaceAfter=No\n".utf8 : "_\n".utf8)
      }
      for field in Self.fields.indices {
        if field > 0 { output.append(.tab) }
        if field == Self.fields.count - 1, let misc {
          output.append(contentsOf: misc[word])
        } else if let column = columns[field] {
          record.buffer.withUnsafeBufferPointer {
            output.append(contentsOfValue: $0[rebased: column[word].indices])
          }
        } else if field == 0 {
          output.append(contentsOf: String(word + 1).utf8)
        } else {
          output.append(UInt8(ascii: "_"))
        }
      }
      output.append(.lineFeed)
    }
    output.append(.lineFeed)
  }

  static let keyPrefix = "misc."

  /// The key in MISC that a layer is written under, if it is: `misc.KEY` under `KEY`, and
  /// `upos.probability` under `UposProbability`.
  static func miscKey(_ layer: String) -> String? {
    if layer.hasPrefix(keyPrefix) { return String(layer.dropFirst(keyPrefix.count)) }
    guard layer.hasSuffix(JSONLines.numberSuffix) else { return nil }
    let name = layer.dropLast(JSONLines.numberSuffix.count)
    return name.prefix(1).uppercased() + name.dropFirst() + "Probability"
  }

  /// The MISC field of every word: what the layer `misc` says, `SpaceAfter=No` where it is due, and
  /// the values of the layers `misc.KEY`.
  private func assembledMisc(
    _ record: borrowing Record, spaces: SpacesAfter? = nil, tokens: TokensOfWords? = nil
  ) throws -> [[UInt8]] {
    var result = [[UInt8]](repeating: [], count: record.count)
    func add(_ bytes: some Collection<UInt8>, to word: Int) {
      if !result[word].isEmpty { result[word].append(UInt8(ascii: "|")) }
      result[word].append(contentsOf: bytes)
    }
    if let misc = record.ranges("misc") {
      for word in 0..<record.count {
        let value = record.buffer[misc[word].indices]
        if !value.isEmpty, !value.elementsEqual([UInt8(ascii: "_")]) { add(value, to: word) }
      }
    }
    if let spaces {
      for word in 0..<record.count where spaces.isMissing[word] && tokens?.isPart[word] != true {
        add("SpaceAfter=No".utf8, to: word)
      }
    }
    for layer in record.layers {
      guard let key = Self.miscKey(layer.name) else { continue }
      guard case .text(let values) = layer.values else { throw unwritable(layer.name, record) }
      try check(values, Self.fields.count - 1, record)
      for word in 0..<record.count where !values[word].isEmpty {
        add(Array("\(key)=".utf8) + record.buffer[values[word].indices], to: word)
      }
    }
    for word in 0..<record.count where result[word].isEmpty { result[word] = [UInt8(ascii: "_")] }
    return result
  }

  private func unwritable(_ layer: String, _ record: borrowing Record) -> FormatError {
    .unwritableLayer(
      at: Place(record.provenance), format: name, layer: layer,
      known: Self.fields + [Self.keyPrefix + "KEY"])
  }

  /// Throws if a value would break the line or the field.
  private func check(_ values: [ByteRange], _ field: Int, _ record: borrowing Record) throws {
    let offence = record.buffer.withUnsafeBufferPointer { buffer in
      firstOffence(values, in: buffer)
    }
    guard let offence else { return }
    throw FormatError.unwritableValue(
      at: Place(record.provenance), format: name, layer: Self.fields[field], position: offence,
      value: record.string(values[offence]))
  }
}
