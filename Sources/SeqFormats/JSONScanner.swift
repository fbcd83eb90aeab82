/// Where a JSON text departs from RFC 8259, and what was expected there.
struct JSONFault: Error {
  var offset: Int
  var expected: String
}

/// Steps through the values of a JSON text in memory, without building them.
///
/// Every method begins and ends outside white space that stands before the next value.
struct JSONScanner {
  let bytes: UnsafeRawBufferPointer
  private(set) var offset: Int
  let end: Int

  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
    skipSpace()
  }

  /// The next byte, or 0 at the end.
  var next: UInt8 { offset < end ? bytes[offset] : 0 }

  func fault(_ expected: String) -> JSONFault { JSONFault(offset: offset, expected: expected) }

  private mutating func skipSpace() {
    while offset < end {
      switch bytes[offset] {
      case .space, .tab, .lineFeed, .carriageReturn: offset += 1
      default: return
      }
    }
  }

  /// Passes over a byte if it comes next.
  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    offset += 1
    skipSpace()
    return true
  }

  mutating func expect(_ byte: UInt8, _ name: String) throws {
    if !take(byte) { throw fault(name) }
  }

  /// Hands over the members of an object: the key, with the scanner before the value.
  mutating func members(_ body: (_ key: String, inout JSONScanner) throws -> Void) throws {
    try expect(UInt8(ascii: "{"), "{")
    if take(UInt8(ascii: "}")) { return }
    repeat {
      var key: [UInt8] = []
      try string(into: &key)
      try expect(UInt8(ascii: ":"), ":")
      try body(String(decoding: key, as: UTF8.self), &self)
    } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"), ", or }")
  }

  /// Hands over the elements of an array, with the scanner before each.
  mutating func elements(_ body: (inout JSONScanner) throws -> Void) throws {
    try expect(UInt8(ascii: "["), "[")
    if take(UInt8(ascii: "]")) { return }
    repeat { try body(&self) } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"), ", or ]")
  }

  /// Reads a string.
  ///
  /// - Returns: the range of its bytes if they stand for themselves; otherwise `nil`, and the decoded
  ///   bytes are appended to `output`.
  @discardableResult
  mutating func plainString(orInto output: inout [UInt8]) throws -> Range<Int>? {
    guard next == UInt8(ascii: "\"") else { throw fault("a string") }
    let start = offset + 1
    var place = start
    while place < end {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\"") {
        offset = place + 1
        skipSpace()
        return start..<place
      }
      if byte == UInt8(ascii: "\\") { break }
      if byte < 0x20 {
        offset = place
        throw fault("no control character in a string")
      }
      place += 1
    }
    output.append(contentsOf: bytes[start..<place])
    offset = place
    while offset < end {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        offset += 1
        skipSpace()
        return nil
      }
      if byte < 0x20 { throw fault("no control character in a string") }
      offset += 1
      if byte == UInt8(ascii: "\\") {
        try escape(into: &output)
      } else {
        output.append(byte)
      }
    }
    throw fault("\" at the end of a string")
  }

  /// Reads a string and appends its bytes to `output`.
  mutating func string(into output: inout [UInt8]) throws {
    if let range = try plainString(orInto: &output) { output.append(contentsOf: bytes[range]) }
  }

  private mutating func escape(into output: inout [UInt8]) throws {
    let byte = next
    let simple: UInt8? =
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
      case UInt8(ascii: "b"): 8
      case UInt8(ascii: "f"): 12
      case UInt8(ascii: "n"): 10
      case UInt8(ascii: "r"): 13
      case UInt8(ascii: "t"): 9
      default: nil
      }
    if let simple {
      output.append(simple)
      offset += 1
      return
    }
    guard byte == UInt8(ascii: "u") else { throw fault("an escape such as \\n or \\u0041") }
    offset += 1
    var code = try fourDigits()
    if code & 0xFC00 == 0xD800, offset + 1 < end, bytes[offset] == UInt8(ascii: "\\"),
      bytes[offset + 1] == UInt8(ascii: "u")
    {
      offset += 2
      let low = try fourDigits()
      guard low & 0xFC00 == 0xDC00 else { throw fault("the second half of a surrogate pair") }
      code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
    }
    guard let scalar = Unicode.Scalar(code), code != 0 else {
      throw fault("a character of Unicode other than NUL")
    }
    output.append(contentsOf: UTF8.encode(scalar)!)
  }

  private mutating func fourDigits() throws -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(next)).hexDigitValue, next < 0x80 else {
        throw fault("four hexadecimal digits")
      }
      code = code << 4 + UInt32(digit)
      offset += 1
    }
    return code
  }

  /// Reads a number and returns the range of its bytes.
  mutating func number() throws -> Range<Int> {
    let start = offset
    func digits() throws {
      guard next &- UInt8(ascii: "0") < 10 else { throw fault("a digit") }
      while next &- UInt8(ascii: "0") < 10 { offset += 1 }
    }
    if next == UInt8(ascii: "-") { offset += 1 }
    if next == UInt8(ascii: "0") { offset += 1 } else { try digits() }
    if next == UInt8(ascii: ".") {
      offset += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      offset += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
      try digits()
    }
    let range = start..<offset
    skipSpace()
    return range
  }

  /// Passes over a value and returns the range of its bytes.
  mutating func skipValue(depth: Int = 0) throws -> Range<Int> {
    guard depth < 200 else { throw fault("at most 200 values in each other") }
    let start = offset
    switch next {
    case UInt8(ascii: "{"):
      try members { _, scanner in _ = try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["): try elements { scanner in _ = try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""):
      var unused: [UInt8] = []
      try plainString(orInto: &unused)
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
    default: throw fault("a value")
    }
    var last = offset
    while last > start, bytes[last - 1] <= .space { last -= 1 }
    return start..<last
  }

  mutating func word(_ word: StaticString) throws {
    for index in 0..<word.utf8CodeUnitCount {
      guard next == word.utf8Start[index] else { throw fault("true, false, null or a value") }
      offset += 1
    }
    skipSpace()
  }
}

extension [UInt8] {
  /// Appends a JSON string of UTF-8 bytes.
  mutating func appendJSON(_ text: some Sequence<UInt8>) {
    append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case .lineFeed: append(contentsOf: "\\n".utf8)
      case .carriageReturn: append(contentsOf: "\\r".utf8)
      case .tab: append(contentsOf: "\\t".utf8)
      case ..<0x20:
        append(contentsOf: (byte < 16 ? "\\u000" : "\\u00").utf8)
        append(contentsOf: String(byte, radix: 16).utf8)
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }
}
