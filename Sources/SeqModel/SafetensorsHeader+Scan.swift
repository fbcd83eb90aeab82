extension SafetensorsHeader {
  /// Reads a header of the usual form without the JSON library, which takes several times as long for
  /// its first value: a program that opens a model for one sentence waits for little else.
  ///
  /// `nil` for whatever is unusual: other keys, a key twice, characters by number, numbers that are not
  /// whole, and all that is no JSON. The library reads those, or says what is wrong.
  init?(scanning bytes: UnsafeRawBufferPointer) {
    var scanner = HeaderScanner(bytes: bytes)
    metadata = [:]
    entries = [:]
    guard scanner.take("{") else { return nil }
    repeat {
      guard let key = scanner.string(), scanner.take(":") else { return nil }
      if key == Self.metadataKey {
        guard metadata.isEmpty, let found = scanner.strings() else { return nil }
        metadata = found
      } else {
        guard entries[key] == nil, let entry = scanner.entry() else { return nil }
        entries[key] = entry
      }
    } while scanner.take(",")
    guard scanner.take("}"), scanner.isAtEnd else { return nil }
  }
}

/// Steps through a header; what a step does not find as expected, it leaves to the library.
private struct HeaderScanner {
  let bytes: UnsafeRawBufferPointer
  var at = 0

  var isAtEnd: Bool { at == bytes.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    skipSpace()
    return true
  }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): at += 1
      default: return
      }
    }
  }

  mutating func string() -> String? {
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return nil }
    at += 1
    var text: [UInt8] = []
    while at < bytes.count {
      var byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\"") { return String(validating: text, as: UTF8.self) }
      if byte == UInt8(ascii: "\\") {
        guard at < bytes.count, let meant = Self.meaning(ofEscaped: bytes[at]) else { return nil }
        byte = meant
        at += 1
      } else if byte < 0x20 {
        return nil
      }
      text.append(byte)
    }
    return nil
  }

  private static func meaning(ofEscaped byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
    case UInt8(ascii: "n"): UInt8(ascii: "\n")
    case UInt8(ascii: "t"): UInt8(ascii: "\t")
    case UInt8(ascii: "r"): UInt8(ascii: "\r")
    default: nil
    }
  }

  /// An object of strings.
  mutating func strings() -> [String: String]? {
    guard take("{") else { return nil }
    var found: [String: String] = [:]
    repeat {
      guard let key = string(), take(":"), found[key] == nil, let value = string() else {
        return nil
      }
      found[key] = value
    } while take(",")
    return take("}") ? found : nil
  }

  mutating func entry() -> SafetensorsHeader.Entry? {
    guard take("{") else { return nil }
    var dtype: String?
    var shape: [Int]?
    var offsets: [Int]?
    repeat {
      guard let key = string(), take(":") else { return nil }
      switch key {
      case "dtype" where dtype == nil: dtype = string()
      case "shape" where shape == nil: shape = numbers()
      case "data_offsets" where offsets == nil: offsets = numbers()
      default: return nil
      }
    } while take(",")
    guard take("}"), let dtype, let shape, let offsets else { return nil }
    return SafetensorsHeader.Entry(dtype: dtype, shape: shape, data_offsets: offsets)
  }

  private mutating func numbers() -> [Int]? {
    guard take("[") else { return nil }
    var found: [Int] = []
    if take("]") { return found }
    repeat {
      guard let number = number() else { return nil }
      found.append(number)
    } while take(",")
    return take("]") ? found : nil
  }

  /// A whole number of at most 18 digits, without a 0 in front.
  private mutating func number() -> Int? {
    let start = at
    var number = 0
    while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10, at - start < 18 {
      number = number * 10 + Int(bytes[at] - UInt8(ascii: "0"))
      at += 1
    }
    guard at > start, bytes[start] != UInt8(ascii: "0") || at - start == 1 else { return nil }
    return number
  }
}
