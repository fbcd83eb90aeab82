internal import SeqCore

/// Decodes one line of JSON Lines.
struct JSONLineDecoder {
  private let bytes: UnsafeRawBufferPointer
  private let range: Range<Int>
  private let skipped: Int
  private let provenance: Provenance
  /// The line, then the strings that had escapes.
  private var buffer: [UInt8]

  private var text: ByteRange?
  private var forms: [ByteRange?] = []
  private var starts: [Int?] = []
  private var ends: [Int?] = []
  private var layers: [(name: String, values: [ByteRange])] = []
  private var spans: [OffsetSpan] = []
  private var count: Int?

  init(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, skipping skipped: Int,
    _ provenance: Provenance
  ) {
    self.bytes = bytes
    self.range = range
    self.skipped = skipped
    self.provenance = provenance
    buffer = Array(UnsafeRawBufferPointer(rebasing: bytes[range]))
  }

  mutating func decode() throws -> Record {
    var scanner = JSONScanner(bytes, (range.lowerBound + skipped)..<range.upperBound)
    var unit = OffsetUnit.bytes
    if scanner.offset < scanner.end {
      // Arrays beside the tokens are layers only if they are as long, which is known at the end.
      var arrays: [(name: String, scanner: JSONScanner)] = []
      try scanner.members { key, scanner in
        switch key {
        case "text": text = try value(&scanner)
        case "tokens": try tokens(&scanner)
        case "offsets":
          let at = scanner
          let name = String(decoding: buffer[try value(&scanner).indices], as: UTF8.self)
          guard let known = OffsetUnit(name: name) else {
            throw at.fault("\"bytes\", \"codepoints\" (or \"characters\") or \"utf16\"")
          }
          unit = known
        case "spans" where SpanObjects.areNext(scanner): spans = try SpanObjects.read(&scanner)
        default:
          if scanner.next == UInt8(ascii: "[") { arrays.append((key, scanner)) }
          _ = try scanner.skipValue()
        }
      }
      if scanner.offset < scanner.end { throw scanner.fault("the end of the line") }
      if count != nil {
        for array in arrays {
          var scanner = array.scanner
          try parallelArray(array.name, &scanner)
        }
      }
    }
    return try record(unit)
  }

  /// A string, number, true or false as the range of its bytes; null as an empty range.
  private mutating func value(_ scanner: inout JSONScanner) throws -> ByteRange {
    let origin = range.lowerBound
    if scanner.next == UInt8(ascii: "\"") {
      let start = buffer.count
      if let plain = try scanner.plainString(orInto: &buffer) {
        return ByteRange(plain.lowerBound - origin, plain.upperBound - origin)
      }
      return ByteRange(start, buffer.count)
    }
    let isNull = scanner.next == UInt8(ascii: "n")
    let value = try scanner.skipValue()
    return isNull
      ? ByteRange(0, 0) : ByteRange(value.lowerBound - origin, value.upperBound - origin)
  }

  private mutating func tokens(_ scanner: inout JSONScanner) throws {
    var count = 0
    try scanner.elements { scanner in
      forms.append(nil)
      starts.append(nil)
      ends.append(nil)
      if scanner.next == UInt8(ascii: "{") {
        try scanner.members { key, scanner in
          switch key {
          case "start": starts[count] = try offset(&scanner)
          case "end": ends[count] = try offset(&scanner)
          case "form", "text": forms[count] = try value(&scanner)
          default: set(key, at: count, to: try value(&scanner))
          }
        }
      } else if scanner.next == UInt8(ascii: "\"") {
        forms[count] = try value(&scanner)
      } else {
        throw scanner.fault("a token: a string or an object")
      }
      count += 1
    }
    self.count = count
    for index in layers.indices { pad(index, to: count) }
  }

  private mutating func set(_ name: String, at position: Int, to value: ByteRange) {
    var index = layers.firstIndex { $0.name == name }
    if index == nil {
      layers.append((name, []))
      index = layers.count - 1
    }
    pad(index!, to: position)
    // The later of two members of one name holds.
    if layers[index!].values.count > position {
      layers[index!].values[position] = value
    } else {
      layers[index!].values.append(value)
    }
  }

  private mutating func pad(_ index: Int, to count: Int) {
    while layers[index].values.count < count { layers[index].values.append(ByteRange(0, 0)) }
  }

  private func offset(_ scanner: inout JSONScanner) throws -> Int {
    let at = scanner
    let digits = try scanner.number()
    guard let value = Int(String(decoding: bytes[digits], as: UTF8.self)), value >= 0 else {
      throw at.fault("a whole number from 0")
    }
    return value
  }

  private mutating func parallelArray(_ name: String, _ scanner: inout JSONScanner) throws {
    var probe = scanner
    var length = 0
    var isFlat = true
    try probe.elements { scanner in
      if scanner.next == UInt8(ascii: "{") || scanner.next == UInt8(ascii: "[") { isFlat = false }
      _ = try scanner.skipValue()
      length += 1
    }
    guard isFlat, length == count, length > 0, name != "form",
      !layers.contains(where: { $0.name == name })
    else { return }
    var values: [ByteRange] = []
    try scanner.elements { values.append(try value(&$0)) }
    layers.append((name, values))
  }

  private mutating func record(_ unit: OffsetUnit) throws -> Record {
    let count = count ?? 0
    var places: [ByteRange] = []
    if let text {
      let offsets = TextOffsets(buffer[text.indices], unit)
      var done = Int(text.start)
      for position in 0..<count {
        let place = try place(position, in: text, after: done, offsets)
        done = Int(place.end)
        places.append(place)
      }
    } else {
      for position in 0..<count {
        guard let form = forms[position] else { throw fault(position, .noText) }
        places.append(form)
      }
    }
    var all: [Layer] = []
    if count > 0 { all.append(Layer(name: "form", values: .text(places), places: places)) }
    for layer in layers {
      all.append(Layer(name: layer.name, values: .text(layer.values), places: layer.values))
    }
    // Values that had escapes stand behind the source, as values that were added do.
    var record = Record(
      source: Array(buffer[..<range.count]), count: count, layers: all, provenance: provenance,
      format: JSONLines.formatName, text: text)
    if buffer.count > range.count { _ = record.append(Array(buffer[range.count...])) }
    try OffsetSpans.set(spans, on: &record, unit: unit, place: Place(provenance))
    return record
  }

  /// Where a token stands: at its offsets, or behind the last one and white space.
  private func place(
    _ position: Int, in text: ByteRange, after done: Int, _ offsets: TextOffsets
  ) throws -> ByteRange {
    let form = forms[position].map { buffer[$0.indices] }
    if let start = starts[position], let end = ends[position] {
      guard start <= end, end <= offsets.count else { throw fault(position, .outside) }
      guard let first = offsets.byte(of: start), let last = offsets.byte(of: end) else {
        throw fault(position, .insideCharacter)
      }
      let from = Int(text.start) + first
      let to = Int(text.start) + last
      guard from >= done else { throw fault(position, .overlap) }
      if let form, !form.elementsEqual(buffer[from..<to]) { throw fault(position, .otherText) }
      for edge in [from, to] where edge < Int(text.end) && buffer[edge] & 0xC0 == 0x80 {
        throw fault(position, .insideCharacter)
      }
      return ByteRange(from, to)
    }
    guard let form else { throw fault(position, .noText) }
    var from = done
    while from < Int(text.end), buffer[from] <= .space { from += 1 }
    guard from + form.count <= Int(text.end),
      buffer[from..<(from + form.count)].elementsEqual(form)
    else { throw fault(position, .notInText) }
    return ByteRange(from, from + form.count)
  }

  private func fault(_ position: Int, _ fault: FormatError.TokenFault) -> FormatError {
    .token(at: Place(provenance), position: position, fault: fault)
  }
}
