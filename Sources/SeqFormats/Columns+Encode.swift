public import SeqCore

extension Columns {
  /// Appends the record: the source with changed columns spliced in, and further columns behind each
  /// line, or, for a record of another format, new lines.
  ///
  /// The columns that a record was read with may be the first of those that it is written with;
  /// the others are added at the ends of the lines. New lines have the declared columns and no more;
  /// `_` stands in a column that is no layer.
  ///
  /// - Throws: `FormatError.missingLayer`, `.unwritableLayer` for a changed or added layer without
  ///   a column, `.unwritableValue` for a value with a separator or a line end, and for an empty one
  ///   where white space separates or there is one column.
  public func encode(_ record: borrowing Record, into output: inout [UInt8]) throws {
    if let known = columnsInSource(of: record.format) {
      try splice(record, known, into: &output)
    } else {
      try writeAnew(record, into: &output)
    }
  }

  /// How many of the columns stand in the source of a record of `format` already, or `nil` if the
  /// record must be written anew.
  private func columnsInSource(of format: String) -> Int? {
    if format == signature { return names.count }
    guard !hasRest, format.hasPrefix("columns ") else { return nil }
    return (1..<names.count).last { format == Self.signature(Array(names[..<$0]), separator) }
  }

  private func splice(
    _ record: borrowing Record, _ known: Int, into output: inout [UInt8]
  ) throws {
    var changed: [(column: Int, places: [ByteRange], values: [ByteRange])] = []
    for layer in record.layers where layer.isChanged {
      guard case .text(let values) = layer.values,
        let column = (0..<fixed).first(where: { names[$0] == layer.name }),
        column >= known || layer.places != nil
      else { throw unwritable(layer.name, record) }
      try check(values, layer.name, record)
      if column < known, let places = layer.places { changed.append((column, places, values)) }
    }
    changed.sort { $0.column < $1.column }
    // The added columns go behind the last column; its place is needed, so it must be a layer.
    var added: [[ByteRange]?] = []
    for column in known..<max(known, names.count) {
      if names[column] == "_" {
        added.append(nil)
      } else if let values = record.ranges(names[column]) {
        added.append(values)
      } else {
        throw FormatError.missingLayer(
          at: Place(record.provenance), format: name, layer: names[column])
      }
    }
    let sourceCount = record.sourceCount
    let count = record.count
    if added.isEmpty, changed.count == 1 {
      record.buffer.withUnsafeBufferPointer {
        output.append(
          $0, to: sourceCount, replacing: changed[0].places, with: changed[0].values,
          emptyAs: nil)
      }
      return
    }
    var lineEnds: [Int] = []
    if !added.isEmpty {
      guard let first = record.layers.first(where: { $0.places != nil })?.places else {
        throw FormatError.missingLayer(at: Place(record.provenance), format: name, layer: names[0])
      }
      lineEnds = record.buffer.withUnsafeBufferPointer { buffer in
        first.map { place in
          var index = Int(place.end)
          while index < sourceCount, buffer[index] != .lineFeed { index += 1 }
          if index < sourceCount, index > 0, buffer[index - 1] == .carriageReturn { index -= 1 }
          return index
        }
      }
    }
    let gap: UInt8 = separator == .tab ? .tab : .space
    record.buffer.withUnsafeBufferPointer { buffer in
      var done = 0
      for position in 0..<count {
        for change in changed {
          let place = change.places[position]
          output.append(contentsOf: buffer[rebased: done..<Int(place.start)])
          output.append(contentsOf: buffer[rebased: change.values[position].indices])
          done = Int(place.end)
        }
        if !added.isEmpty {
          output.append(contentsOf: buffer[rebased: done..<lineEnds[position]])
          done = lineEnds[position]
          for values in added {
            output.append(gap)
            if let values {
              output.append(contentsOf: buffer[rebased: values[position].indices])
            } else {
              output.append(UInt8(ascii: "_"))
            }
          }
        }
      }
      output.append(contentsOf: buffer[rebased: done..<sourceCount])
    }
  }

  private func writeAnew(_ record: borrowing Record, into output: inout [UInt8]) throws {
    var columns: [[ByteRange]?] = []
    for column in names.indices {
      if names[column] == "_" {
        columns.append(nil)
      } else if let values = record.ranges(layer(column)) {
        try check(values, layer(column), record)
        columns.append(values)
      } else {
        throw FormatError.missingLayer(
          at: Place(record.provenance), format: name, layer: layer(column))
      }
    }
    let gap: UInt8 = separator == .tab ? .tab : .space
    let count = record.count
    record.buffer.withUnsafeBufferPointer { buffer in
      for position in 0..<count {
        for (index, column) in columns.enumerated() {
          if index > 0 { output.append(gap) }
          if let column {
            output.append(contentsOf: buffer[rebased: column[position].indices])
          } else {
            output.append(UInt8(ascii: "_"))
          }
        }
        output.append(.lineFeed)
      }
      output.append(.lineFeed)
    }
  }

  private func unwritable(_ layer: String, _ record: borrowing Record) -> FormatError {
    .unwritableLayer(
      at: Place(record.provenance), format: name, layer: layer,
      known: names.filter { $0 != "_" })
  }

  private func check(_ values: [ByteRange], _ layer: String, _ record: borrowing Record) throws {
    let mayBeEmpty = separator == .tab && names.count > 1
    let spacesSeparate = separator == .whitespace
    let offence = record.buffer.withUnsafeBufferPointer { buffer in
      values.firstIndex { range in
        if range.isEmpty { return !mayBeEmpty }
        for index in range.indices {
          switch buffer[index] {
          case .tab, .lineFeed, .carriageReturn: return true
          case .space where spacesSeparate: return true
          default: break
          }
        }
        return false
      }
    }
    guard let offence else { return }
    throw FormatError.unwritableValue(
      at: Place(record.provenance), format: name, layer: layer, position: offence,
      value: record.string(values[offence]))
  }
}
