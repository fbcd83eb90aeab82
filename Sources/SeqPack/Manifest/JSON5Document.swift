/// A JSON5 text as values with their places, so that what is wrong with one can be said where it is.
///
/// JSON5 is JSON with comments, names without quotes, single quotes, and a comma behind the last
/// element (json5.org). Numbers in hexadecimal, infinities and line continuations are not taken.
struct JSON5Value {
  /// What stands there.
  indirect enum Content {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSON5Value])
    case object([(key: String, line: Int, value: JSON5Value)])
  }

  var content: Content
  /// The line that it begins on, from 1.
  var line: Int

  /// Parses a text.
  ///
  /// - Throws: `PackError.manifest` with the line and what was expected.
  static func parse(_ text: [UInt8], path: String) throws -> JSON5Value {
    var parser = JSON5Parser(bytes: text, path: path)
    return try parser.document()
  }

  /// What it is, for error messages.
  var kind: String {
    switch content {
    case .null: "null"
    case .boolean: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

private struct JSON5Parser {
  let bytes: [UInt8]
  let path: String
  var offset = 0
  var line = 1
  var depth = 0

  init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  mutating func document() throws -> JSON5Value {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    try skipSpace()
    let value = try value()
    try skipSpace()
    if offset < bytes.count { throw fault("the end of the file") }
    return value
  }

  private func fault(_ expected: String) -> PackError {
    .manifest(
      path: path, line: line,
      problem: offset < bytes.count
        ? "expected \(expected), found \(found)" : "the file ends where \(expected) is expected")
  }

  private var found: String {
    let rest = bytes[offset...].prefix(20).prefix { $0 != 10 && $0 != 13 }
    return rest.isEmpty ? "the end of the line" : "`\(String(decoding: rest, as: UTF8.self))`"
  }

  private var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  private mutating func skipSpace() throws {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x0A:
        line += 1
        offset += 1
      case 0x20, 0x09, 0x0D: offset += 1
      case UInt8(ascii: "/"):
        guard offset + 1 < bytes.count else { throw fault("a comment") }
        if bytes[offset + 1] == UInt8(ascii: "/") {
          while offset < bytes.count, bytes[offset] != 0x0A { offset += 1 }
        } else if bytes[offset + 1] == UInt8(ascii: "*") {
          offset += 2
          while offset + 1 < bytes.count,
            bytes[offset] != UInt8(ascii: "*") || bytes[offset + 1] != UInt8(ascii: "/")
          {
            if bytes[offset] == 0x0A { line += 1 }
            offset += 1
          }
          guard offset + 1 < bytes.count else {
            offset = bytes.count
            throw fault("*/ at the end of a comment")
          }
          offset += 2
        } else {
          throw fault("a comment")
        }
      default: return
      }
    }
  }

  private mutating func value() throws -> JSON5Value {
    depth += 1
    defer { depth -= 1 }
    guard depth < 100 else { throw fault("at most 100 values in each other") }
    let line = line
    switch next {
    case UInt8(ascii: "{"): return JSON5Value(content: .object(try members()), line: line)
    case UInt8(ascii: "["): return JSON5Value(content: .array(try elements()), line: line)
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      return JSON5Value(content: .string(try string()), line: line)
    default:
      let word = word()
      switch word {
      case "true": return JSON5Value(content: .boolean(true), line: line)
      case "false": return JSON5Value(content: .boolean(false), line: line)
      case "null": return JSON5Value(content: .null, line: line)
      default:
        guard let number = Double(word), number.isFinite, word.first?.isLetter != true else {
          offset -= word.utf8.count
          throw fault("a value")
        }
        return JSON5Value(content: .number(number), line: line)
      }
    }
  }

  private mutating func word() -> String {
    let start = offset
    while offset < bytes.count {
      let byte = bytes[offset]
      let isLetter = byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
      let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      guard isLetter || isDigit || byte >= 0x80 || "_$+-.".utf8.contains(byte) else { break }
      offset += 1
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func members() throws -> [(key: String, line: Int, value: JSON5Value)] {
    offset += 1
    var members: [(key: String, line: Int, value: JSON5Value)] = []
    while true {
      try skipSpace()
      if next == UInt8(ascii: "}") {
        offset += 1
        return members
      }
      let line = line
      let isQuoted = next == UInt8(ascii: "\"") || next == UInt8(ascii: "'")
      let key = isQuoted ? try string() : word()
      if key.isEmpty, !isQuoted { throw fault("a name or }") }
      if let other = members.first(where: { $0.key == key }) {
        throw PackError.manifest(
          path: path, line: line, problem: "\"\(key)\" stands at line \(other.line) already")
      }
      try skipSpace()
      guard next == UInt8(ascii: ":") else { throw fault(": behind \"\(key)\"") }
      offset += 1
      try skipSpace()
      members.append((key, line, try value()))
      try skipSpace()
      if next == UInt8(ascii: ",") {
        offset += 1
      } else if next != UInt8(ascii: "}") {
        throw fault(", or }")
      }
    }
  }

  private mutating func elements() throws -> [JSON5Value] {
    offset += 1
    var elements: [JSON5Value] = []
    while true {
      try skipSpace()
      if next == UInt8(ascii: "]") {
        offset += 1
        return elements
      }
      elements.append(try value())
      try skipSpace()
      if next == UInt8(ascii: ",") {
        offset += 1
      } else if next != UInt8(ascii: "]") {
        throw fault(", or ]")
      }
    }
  }

  private mutating func string() throws -> String {
    let quote = next
    offset += 1
    var text: [UInt8] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == quote {
        offset += 1
        guard let string = String(validating: text, as: UTF8.self) else { throw fault("UTF-8") }
        return string
      }
      if byte == 0x0A { throw fault("the closing quote") }
      offset += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
    }
    throw fault("the closing quote")
  }

  private mutating func escape(into text: inout [UInt8]) throws {
    let byte = next
    offset += 1
    switch byte {
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "v"): text.append(11)
    case UInt8(ascii: "u"):
      var code = try digits(4)
      if code & 0xFC00 == 0xD800, next == UInt8(ascii: "\\") {
        offset += 2
        let low = try digits(4)
        code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("a Unicode character") }
      text += Array(String(Character(scalar)).utf8)
    case UInt8(ascii: "x"): text += Array(String(Character(Unicode.Scalar(try digits(2))!)).utf8)
    case UInt8(ascii: "1")...UInt8(ascii: "9"), 0, 0x0A, 0x0D:
      offset -= 1
      throw fault("an escape such as \\n, \\\\ or \\u0041")
    default: text.append(byte)
    }
  }

  private mutating func digits(_ count: Int) throws -> UInt32 {
    guard offset + count <= bytes.count,
      let code = UInt32(String(decoding: bytes[offset..<offset + count], as: UTF8.self), radix: 16)
    else { throw fault("\(count) hexadecimal digits") }
    offset += count
    return code
  }
}
